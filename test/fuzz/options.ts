import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

export interface Options {
  targets: readonly Target[];
  /** For each target. */
  inputs: number;
  seed: number;
  jobs: number;
  /** One input to try again, instead of a search. */
  replay: Buffer | undefined;
}

/** @throws Error that says what was expected */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      target: { type: 'string', multiple: true },
      jobs: { type: 'string', default: '1' },
      replay: { type: 'string' },
      'replay-file': { type: 'string' },
    },
  });
  const names = values.target ?? TARGETS.map(({ name }) => name);
  const targets = names.map(targetOf);
  const file = values['replay-file'];
  const replay = values.replay === undefined ? undefined : Buffer.from(values.replay, 'hex');
  if ((replay !== undefined || file !== undefined) && targets.length !== 1)
    throw new Error('a replay needs one --target');
  return {
    targets,
    inputs: Math.ceil(whole('inputs', values.inputs, 1) / targets.length),
    seed: whole('seed', values.seed, 0),
    jobs: whole('jobs', values.jobs, 1),
    replay: file === undefined ? replay : readFileSync(file),
  };
}

function targetOf(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target !== undefined) return target;
  throw new Error(`--target is "${name}": expected one of ${TARGETS.map((one) => one.name).join(', ')}`);
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text.replaceAll('_', ''));
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} is "${text}": expected a whole number from ${least}`);
}
