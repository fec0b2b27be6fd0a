import { parseArgs } from 'node:util';
import { seed as anySeed } from '../support/seed.ts';
import { KINDS, parsePoint } from './boundaries.ts';
import type { CampaignOptions } from './campaign.ts';
import { PLANS } from './plans.ts';

export const USAGE = `Usage: npm run crash-points -- [options]

Kills runs of the container's program at the boundaries that it passes (each read, write, connect and close of a socket, half-way
through each write, timers and awaits), looks at what they left, and lets the next run go on from there.

  --points N        so many points; else all boundaries of sockets, and of each plan a sample of the others
  --seed S          which sample
  --plan NAME,…     these plans alone: ${PLANS.map(({ name }) => name).join(', ')}
  --at KIND:N       this point alone; kinds: ${KINDS.join(', ')}
  --next WHO        who makes the next run: program (the real one) or here (in this process); else each tenth is the program
  --help            this text

Ctrl-C ends it with what was found until then.
Exit code: 0 if all held, 1 if something did not, 2 for an error.`;

/** @throws Error that says what is wrong and what was expected */
export function parseArguments(argv: readonly string[]): CampaignOptions | 'help' {
  const { values } = parseArgs({
    args: argv as string[],
    options: {
      points: { type: 'string' },
      seed: { type: 'string' },
      plan: { type: 'string' },
      at: { type: 'string' },
      next: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const healer = values.next;
  if (healer !== undefined && healer !== 'program' && healer !== 'here')
    throw new Error(`--next is "${healer}": expected program or here`);
  return {
    plans: plansOf(values.plan),
    seed: numberOf('seed', values.seed) ?? anySeed,
    points: numberOf('points', values.points),
    at: values.at === undefined ? undefined : parsePoint(values.at),
    healer,
  };
}

function plansOf(names: string | undefined): CampaignOptions['plans'] {
  if (names === undefined) return PLANS;
  return names.split(',').map((name) => {
    const plan = PLANS.find((one) => one.name === name);
    if (plan !== undefined) return plan;
    throw new Error(`--plan has "${name}": expected some of ${PLANS.map((one) => one.name).join(', ')}`);
  });
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Error(`--${option} is "${text}": expected a whole number`);
}
