import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Results } from './results.ts';
import { SHAPES } from './shapes/shapes.ts';
import { WORKS } from './works.ts';

/** What a person asked of `npm run bench`. */
export interface BenchOptions {
  mode: Results['mode'];
  rounds: number;
  scale: number;
  /** Names; absent: all. */
  shapes: readonly string[] | undefined;
  works: readonly string[] | undefined;
  /** A repository of the person's own, instead of the shapes. */
  repo: string | undefined;
  /** Where generated repositories are kept. */
  cache: string;
  /** Where the results go; absent: they are not kept. */
  out: string | undefined;
  /** Results to hold these against. */
  compare: string | undefined;
}

export const RESULTS = join(import.meta.dirname, 'results');

export const USAGE = `Usage: npm run bench -- [options]

Lets ccrepl and what people would use instead do the same work on the same repositories, in turns, and compares.

  --quick          small repositories, 3 rounds: a few minutes
  --rounds N       rounds of each (default 7; with --quick 3)
  --shapes A,B     only these: ${SHAPES.map(({ name }) => name).join(', ')}
  --works A,B      only these: ${WORKS.map(({ name }) => name).join(', ')}
  --repo PATH      a bare or other local git repository instead of the shapes
  --compare        hold the ratios against the saved ones of the same mode; exit code 1 if one is 30 % worse
  --compare-with F against those of a file instead
  --save           keep the results as bench/results/MODE.json, with the chart and the tables of docs/performance.md
  --out DIR        keep them there
  --cache DIR      where generated repositories are kept (default: a folder of the temporary one)
  --help           this text`;

/** @throws Error with a message that says what to do. */
export function parseOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: argv as string[],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      scale: { type: 'string' },
      shapes: { type: 'string' },
      works: { type: 'string' },
      repo: { type: 'string' },
      compare: { type: 'boolean', default: false },
      'compare-with': { type: 'string' },
      save: { type: 'boolean', default: false },
      out: { type: 'string' },
      cache: { type: 'string', default: join(tmpdir(), 'ccrepl-bench') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick, save } = values;
  const scale = number('scale', values.scale, quick ? 0.1 : 1, 0.001, 10);
  const rounds = number('rounds', values.rounds, quick ? 3 : 7, 1, 1000);
  if (!Number.isInteger(rounds)) throw new Error(`--rounds is "${values.rounds}": expected a whole number`);
  const own = values.repo !== undefined || values.scale !== undefined;
  const mode = own ? 'own' : quick ? 'quick' : 'full';
  const saved = join(RESULTS, `${mode}.json`);
  const partly = own || values.shapes !== undefined || values.works !== undefined;
  if (save && partly) throw new Error('--save keeps what docs/performance.md shows: it needs all shapes and works');
  if (values.compare && own) throw new Error('--compare knows the saved shapes only: give --compare-with FILE');
  return {
    mode,
    rounds,
    scale,
    shapes: names('shapes', values.shapes, SHAPES),
    works: names('works', values.works, WORKS),
    repo: values.repo === undefined ? undefined : resolve(values.repo),
    cache: resolve(values.cache),
    out: save ? RESULTS : values.out === undefined ? undefined : resolve(values.out),
    compare: values['compare-with'] ?? (values.compare ? saved : undefined),
  };
}

function number(name: string, text: string | undefined, byDefault: number, least: number, most: number): number {
  const value = text === undefined ? byDefault : Number(text);
  if (value >= least && value <= most) return value;
  throw new Error(`--${name} is "${text}": expected a number from ${least} to ${most}`);
}

function names(
  name: string,
  text: string | undefined,
  all: readonly { name: string }[],
): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const known = all.map((one) => one.name);
  const given = text.split(',');
  const unknown = given.find((one) => !known.includes(one));
  if (unknown !== undefined) throw new Error(`--${name} has "${unknown}": expected some of ${known.join(', ')}`);
  return given;
}
