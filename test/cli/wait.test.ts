import { pauseUnless, waitForAnswer, waitForEnd } from '../../cli/wait.ts';
import type { Execution } from '../../replication/execution.ts';

const running: Execution = { arn: 'a', status: 'RUNNING' };
const done: Execution = { arn: 'a', status: 'SUCCEEDED', output: '{"outcome":"in-sync"}' };
const left = (execution?: string): Execution => ({
  arn: 'a',
  status: 'SUCCEEDED',
  output: JSON.stringify({ outcome: 'coalesced', execution }),
});

/** Answers in turn, the last for ever. What was done is noted in order: looks at what runs, pauses, starts. */
function answering(answers: Record<string, (Execution | undefined)[]>, starts: readonly string[] = []) {
  const pauses: number[] = [];
  const seen: string[] = [];
  const did: string[] = [];
  const queue = [...starts];
  const waiting = {
    describe: async (arn: string) => {
      did.push(`look ${arn}`);
      const [first, ...others] = answers[arn] ?? [];
      if (others.length > 0) answers[arn] = others;
      return first;
    },
    pause: async (ms: number) => {
      did.push('pause');
      pauses.push(ms);
    },
    onRunning: (arn: string) => void seen.push(arn),
  };
  const again = async () => {
    const arn = queue.shift() ?? 'more';
    did.push(`start ${arn}`);
    return arn;
  };
  return { waiting, pauses, seen, did, again };
}

it('looks again with growing pauses, up to ten seconds, until the execution has ended', async () => {
  const { waiting, pauses } = answering({ a: [...Array<Execution>(30).fill(running), done] });

  expect(await waitForEnd('a', waiting)).toBe(done);
  expect(pauses).toHaveLength(30);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect([pauses[0], pauses.at(-1)]).toEqual([500, 10_000]);
});

it('waits a little for an execution that Step Functions does not know yet, but not for ever', async () => {
  const late = answering({ a: [undefined, undefined, running, done] });
  const never = answering({ a: [undefined] });

  expect(await waitForEnd('a', late.waiting)).toBe(done);
  await expect(waitForEnd('a', never.waiting)).rejects.toMatchObject({ code: 'missing' });
  expect(never.pauses.length).toBeLessThan(10);
});

describe('an execution that left its work to another', () => {
  const leaving = () => {
    const all: (string | undefined)[][] = [];
    return { all, onLeft: (...one: [string, string | undefined]) => void all.push(one) };
  };

  it.each<[string, Execution]>([
    [
      'succeeded, perhaps by giving its lease away',
      { arn: 'h', status: 'SUCCEEDED', output: '{"outcome":"replicated"}' },
    ],
    ['drifted', { arn: 'h', status: 'FAILED', error: 'Ccrepl.Drift' }],
    ['was stopped', { arn: 'h', status: 'ABORTED' }],
    ['left it to a third', left('third')],
  ])('is done again once that has ended, also where that %s', async (_what, holder) => {
    const { waiting, seen, did, again } = answering(
      { a: [left('h')], h: [{ ...running, arn: 'h' }, holder], b: [done] },
      ['b'],
    );
    const { all, onLeft } = leaving();

    expect(await waitForAnswer('a', again, { ...waiting, onLeft })).toBe(done);
    expect(did).toEqual(['look a', 'look h', 'pause', 'look h', 'pause', 'start b', 'look b']);
    expect(seen).toEqual(['h']);
    expect(all).toEqual([['a', 'h']]);
  });

  it('is done again as often as it is left to another', async () => {
    const ended = { arn: 'h', status: 'FAILED' };
    const drifted = { arn: 'c', status: 'FAILED', error: 'Ccrepl.Drift' };
    const { waiting, again } = answering({ a: [left('h')], h: [ended], b: [left('i')], i: [ended], c: [drifted] }, [
      'b',
      'c',
    ]);
    const { all, onLeft } = leaving();

    expect(await waitForAnswer('a', again, { ...waiting, onLeft })).toBe(drifted);
    expect(all).toEqual([
      ['a', 'h'],
      ['b', 'i'],
    ]);
  });

  it.each<[string, Execution]>([
    ['itself', left('a')],
    ['nobody', left()],
    ['one that nobody knows', left('gone')],
  ])('is done again where it names %s, and never without a pause', async (_what, end) => {
    const { waiting, did, again } = answering({ a: [end], b: [done] }, ['b']);

    expect(await waitForAnswer('a', again, { ...waiting, onLeft: () => {} })).toBe(done);
    expect(did.slice(-3)).toEqual(['pause', 'start b', 'look b']);
  });

  it('is not done for ever: after twenty times a person is told what to do', async () => {
    const { waiting, did, again } = answering({
      a: [left('h')],
      h: [{ arn: 'h', status: 'SUCCEEDED' }],
      more: [left('h')],
    });
    const { all, onLeft } = leaving();

    await expect(waitForAnswer('a', again, { ...waiting, onLeft })).rejects.toMatchObject({
      code: 'transient',
      message: expect.stringMatching(/20 executions .* left their work to others: .*ccrepl status/),
    });
    expect(all).toHaveLength(20);
    expect(did.filter((one) => one.startsWith('start'))).toHaveLength(19);
    did.forEach((one, at) => {
      if (one.startsWith('start')) expect(did[at - 1]).toBe('pause');
    });
  });

  it('is not done again after a day', async () => {
    const day = Array<Execution>(10_000).fill(running);
    const { waiting, did, again } = answering({ a: [left('h')], h: [...day, done], more: [left('h')] });

    await expect(waitForAnswer('a', again, { ...waiting, onLeft: () => {} })).rejects.toMatchObject({
      message: expect.stringMatching(/^1 execution in 28 hours left/),
    });
    expect(did.filter((one) => one.startsWith('start'))).toEqual([]);
  });
});

it('is ended by Ctrl-C in the middle of a pause', async () => {
  const stop = new AbortController();
  const pause = pauseUnless(stop.signal)(60_000);

  stop.abort(new Error('stopped by SIGINT'));

  await expect(pause).rejects.toMatchObject({ code: 'terminated', message: 'stopped by SIGINT' });
});
