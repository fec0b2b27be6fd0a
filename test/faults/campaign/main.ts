import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { add, campaign, type Failure, type Tally } from './campaign.ts';

const USAGE = `npm run faults -- --runs N [--seed S] [--jobs J]   N random cases
npm run faults -- --seed S --case K               one of them again`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    case: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    job: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000));
const runs = whole('runs', values.runs ?? '200');
const jobs = Math.max(1, whole('jobs', values.jobs));

if (values.help) console.log(USAGE);
else if (values.case !== undefined) process.exitCode = await again(whole('case', values.case));
else if (values.job !== undefined) await part(whole('job', values.job));
else process.exitCode = await all();

/** One case, with everything about it. */
async function again(number: number): Promise<number> {
  const { failures } = await campaign({ seed, first: number, count: 1 }, (_, one, { results, happened }) => {
    console.log(JSON.stringify(one, null, 1), '\nfaults that happened:', happened);
    for (const { result, error, heads } of results) console.log(result, error?.message ?? '', heads);
  });
  failures.forEach(show);
  return failures.length > 0 ? 1 : 0;
}

/** Every `jobs`-th case, as a child of the whole. */
async function part(job: number): Promise<void> {
  const tally = await campaign({ seed, first: job, count: runs - job, step: jobs }, () => process.send?.('done'), show);
  process.send?.(tally);
  process.disconnect?.();
}

async function all(): Promise<number> {
  const started = Date.now();
  let [done, lastShown] = [0, started];
  const onCase = () => {
    done += 1;
    if (Date.now() - lastShown < 10_000) return;
    lastShown = Date.now();
    console.error(`${done} of ${runs} cases, ${((done * 1000) / (lastShown - started)).toFixed(1)} a second`);
  };
  const tallies = await Promise.all(Array.from({ length: jobs }, (_, job) => childOf(job, onCase)));
  const { cases, faults, results, failures } = tallies.reduce(add);
  const table = (title: string, counts: Record<string, number>) => {
    console.log(`\n${title}`);
    for (const [name, count] of Object.entries(counts).sort(([, a], [, b]) => b - a))
      console.log(`  ${String(count).padStart(8)}  ${name}`);
  };
  table('faults that happened', faults);
  table('how the disturbed runs ended', results);
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  console.log(`\nseed ${seed}: ${cases} cases in ${minutes} minutes, ${failures.length} failed`);
  return failures.length > 0 ? 1 : 0;
}

async function childOf(job: number, onCase: () => void): Promise<Tally> {
  const child = fork(import.meta.filename, [
    ...['--job', String(job), '--jobs', String(jobs)],
    ...['--runs', String(runs), '--seed', String(seed)],
  ]);
  let tally: Tally | undefined;
  child.on('message', (message: 'done' | Tally) => {
    if (message === 'done') onCase();
    else tally = message;
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (tally === undefined) throw new Error(`a part of the campaign ended with ${code} and no result`);
  return tally;
}

function show({ number, violations, smallest }: Failure): void {
  console.error(`\ncase ${number} of seed ${seed} fails:\n  ${violations.join('\n  ')}`);
  console.error(`  made smaller: ${JSON.stringify(smallest)}`);
  console.error(`  again: npm run faults -- --seed ${seed} --case ${number}\n`);
}

function whole(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}": expected a whole number\n${USAGE}`);
  process.exit(2);
}
