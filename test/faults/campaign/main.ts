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
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const whole = (name: string, text: string): number => {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}": expected a whole number\n${USAGE}`);
  process.exit(2);
};
const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000));
const runs = whole('runs', values.runs ?? '200');
const jobs = Math.max(1, whole('jobs', values.jobs));

const show = ({ number, violations, smallest }: Failure): void => {
  console.error(`\ncase ${number} of seed ${seed} fails:\n  ${violations.join('\n  ')}`);
  console.error(`  made smaller: ${JSON.stringify(smallest)}`);
  console.error(`  again: npm run faults -- --seed ${seed} --case ${number}`);
};

if (values.case !== undefined) {
  const number = whole('case', values.case);
  const { failures } = await campaign({ seed, first: number, count: 1 }, (_number, one, { results, happened }) => {
    console.log(JSON.stringify(one, null, 1));
    console.log(happened);
    for (const { result, error, heads } of results) console.log(result, error?.message ?? '', heads);
  });
  for (const failure of failures) show(failure);
  process.exit(failures.length > 0 ? 1 : 0);
}

if (values.job !== undefined) {
  const job = whole('job', values.job);
  let failures = 0;
  const tally = await campaign({ seed, first: job, count: runs - job, step: jobs }, (_number, _one, verdict) => {
    if (verdict.violations.length > 0) failures += 1;
    process.send?.({ done: 1, failures });
  });
  process.send?.({ tally });
  process.disconnect?.();
} else {
  const started = Date.now();
  let [done, lastShown] = [0, 0];
  const failing = new Map<number, number>();
  const tallies = await Promise.all(
    Array.from({ length: jobs }, async (_, job): Promise<Tally> => {
      const args = ['--job', String(job), '--jobs', String(jobs), '--runs', String(runs), '--seed', String(seed)];
      const child = fork(import.meta.filename, args);
      let tally: Tally | undefined;
      child.on('message', (message: { done?: number; failures?: number; tally?: Tally }) => {
        if (message.tally) tally = message.tally;
        done += message.done ?? 0;
        failing.set(job, message.failures ?? failing.get(job) ?? 0);
        if (Date.now() - lastShown < 10_000) return;
        lastShown = Date.now();
        const rate = (done * 1000) / (Date.now() - started);
        const failures = [...failing.values()].reduce((a, b) => a + b, 0);
        console.error(`${done} of ${runs} cases, ${failures} failed, ${rate.toFixed(1)} a second`);
      });
      const [code] = (await once(child, 'exit')) as [number];
      if (tally === undefined) throw new Error(`a part of the campaign ended with ${code} and no result`);
      return tally;
    }),
  );
  const { cases, faults, results, failures } = tallies.reduce(add);
  for (const failure of failures) show(failure);
  const table = (title: string, counts: Record<string, number>) => {
    console.log(`\n${title}`);
    for (const [name, count] of Object.entries(counts).sort(([, a], [, b]) => b - a))
      console.log(`  ${String(count).padStart(8)}  ${name}`);
  };
  table('faults that happened', faults);
  table('how the disturbed runs ended', results);
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  console.log(`\nseed ${seed}: ${cases} cases in ${minutes} minutes, ${failures.length} failed`);
  process.exit(failures.length > 0 ? 1 : 0);
}
