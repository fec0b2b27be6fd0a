import { pauseUnless, waitForEnd } from '../../cli/wait.ts';
import type { Execution } from '../../replication/execution.ts';

const running: Execution = { arn: 'a', status: 'RUNNING' };
const done: Execution = { arn: 'a', status: 'SUCCEEDED', output: '{}' };

/** Answers in turn, the last for ever. */
function answering(answers: Record<string, (Execution | undefined)[]>) {
  const pauses: number[] = [];
  const seen: string[] = [];
  const waiting = {
    describe: async (arn: string) => {
      const [first, ...others] = answers[arn] ?? [];
      if (others.length > 0) answers[arn] = others;
      return first;
    },
    pause: async (ms: number) => void pauses.push(ms),
    onRunning: (arn: string) => void seen.push(arn),
  };
  return { waiting, pauses, seen };
}

it('looks again with growing pauses, up to ten seconds, until the execution has ended', async () => {
  const { waiting, pauses } = answering({ a: [...Array<Execution>(30).fill(running), done] });

  expect(await waitForEnd('a', waiting)).toBe(done);
  expect(pauses).toHaveLength(30);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect([pauses[0], pauses.at(-1)]).toEqual([500, 10_000]);
});

it('goes on with the execution that the work was left to', async () => {
  const left = { ...done, output: '{"outcome":"coalesced","execution":"b"}' };
  const other = { arn: 'b', status: 'FAILED', error: 'Ccrepl.Drift' };
  const { waiting, seen } = answering({ a: [running, left], b: [{ arn: 'b', status: 'RUNNING' }, other] });

  expect(await waitForEnd('a', waiting)).toBe(other);
  expect(seen).toEqual(['a', 'b']);
});

it('waits a little for an execution that Step Functions does not know yet, but not for ever', async () => {
  const late = answering({ a: [undefined, undefined, running, done] });
  const never = answering({ a: [undefined] });

  expect(await waitForEnd('a', late.waiting)).toBe(done);
  await expect(waitForEnd('a', never.waiting)).rejects.toMatchObject({ code: 'missing' });
  expect(never.pauses.length).toBeLessThan(10);
});

it('is ended by Ctrl-C in the middle of a pause', async () => {
  const stop = new AbortController();
  const pause = pauseUnless(stop.signal)(60_000);

  stop.abort(new Error('stopped by SIGINT'));

  await expect(pause).rejects.toMatchObject({ code: 'terminated', message: 'stopped by SIGINT' });
});
