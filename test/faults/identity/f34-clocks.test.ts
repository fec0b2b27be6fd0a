import type { Fault } from '../../support/fault-proxy/fault.ts';
import { observe } from '../../support/oracle/observe.ts';
import { stageOf } from '../../support/oracle/two-regions-stage.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';

const MINUTE = 60_000;
/** A whole second, because a signature has no parts of one. */
const START = Math.floor(Date.now() / 1000) * 1000;
/** Milliseconds by which the servers' clock, and that of the machine, have moved on; between that they stand still. */
let servers = 0;
let ours = 0;
let commits = 0;
let two: TwoRegions;
let clone: Clone;
beforeAll(async () => {
  two = await TwoRegions.start('codecommit', [], { now: () => new Date(START + servers) });
  clone = await Clone.init();
  await clone.commit();
});
beforeEach(async () => {
  servers = 0;
  ours = 0;
  commits += 1;
  await clone.commit(`${commits}`);
  await clone.push(two.sourceUrl, '+main');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

const remote = { now: () => new Date(START + ours) };
const run = (source: Fault[] = [], hooks = {}) => observe(stageOf(two), { source, hooks: () => hooks, remote });
/** The times in the signatures of a side's requests, in minutes since the first. */
const signedAt = (seen: readonly { headers: { authorization?: string } }[]) => {
  const times = seen.map(({ headers: { authorization = '' } }) => {
    const login = Buffer.from(authorization.slice('Basic '.length), 'base64').toString();
    const [, ...parts] = /:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(login) ?? [];
    return Date.parse(`${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}Z`);
  });
  return times.map((time) => Math.floor((time - (times[0] as number)) / MINUTE));
};

/** The clocks of all move on by so much. */
const passes = (seconds: number) => ({
  passes: () => {
    servers += seconds * 1000;
    ours += seconds * 1000;
  },
});
/** A request is on its way for so long: the time in its signature is that old when the server reads it. */
const isUnderWay = (seconds: number) => ({
  passes: () => {
    servers += seconds * 1000;
  },
});

it.each([
  ['14:59', 14 * 60 + 59],
  ['15:01', 15 * 60 + 1],
])('F34: a run that goes on %s after its first request signs the next for that moment', async (_age, seconds) => {
  const later: Fault = { service: 'info/refs', times: 1, phase: 'end', act: { do: 'hook', name: 'passes' } };

  const seen = await run([later], passes(seconds));

  expect(seen.violations).toEqual([]);
  expect(seen.happened.source).toEqual([1]);
  expect(seen.result).toMatchObject({ result: 'replicated' });
  const [first, next = 0] = signedAt(seen.seen.source);
  expect(first).toBe(0);
  expect(next).toBeGreaterThanOrEqual(14);
  await two.expectEqual();
});

it.each([
  ['14:59', 14 * 60 + 59, 1],
  ['15:01', 15 * 60 + 1, 2],
])(
  'F34: a signature that is %s old when it arrives is replaced once if it is refused',
  async (_age, seconds, asked) => {
    const late: Fault = { service: 'info/refs', times: 1, act: { do: 'hook', name: 'passes' } };
    const back: Fault = { service: 'info/refs', times: 1, phase: 'end', act: { do: 'hook', name: 'catchesUp' } };

    const seen = await run([late, back], {
      ...isUnderWay(seconds),
      catchesUp: () => {
        ours = servers;
      },
    });

    expect(seen.violations).toEqual([]);
    expect(seen.happened.source).toEqual([1, 1]);
    expect(seen.result).toMatchObject({ result: 'replicated' });
    expect(seen.seen.source.filter(({ service }) => service === 'info/refs')).toHaveLength(asked);
    await two.expectEqual();
  },
);

it('F34: a clock that is 10 minutes behind is no trouble: signatures are good for 15', async () => {
  ours = -10 * MINUTE;

  const seen = await run();

  expect(seen.violations).toEqual([]);
  expect(seen.result).toMatchObject({ result: 'replicated' });
  await two.expectEqual();
});

it.each([
  [10, '10 minutes ahead of'],
  [-20, '20 minutes behind'],
])('F34: a clock that is %d minutes off, and so refused, is what the error names', async (minutes, words) => {
  ours = minutes * MINUTE;

  const seen = await run();

  expect(seen.violations).toEqual([]);
  expect(seen.result.error).toMatchObject({
    code: 'auth',
    retryable: false,
    message: expect.stringContaining(`this machine's clock is ${words} the server's`),
  });
  expect(seen.chronicle.after).toEqual(seen.chronicle.before);

  ours = 0;
  expect(await run()).toMatchObject({ violations: [], result: { result: 'replicated' } });
  await two.expectEqual();
});

it('F34: a login that is refused for another reason is not blamed on the clock', async () => {
  const { result } = await run([{ service: 'info/refs', act: { do: 'echo', status: 403 } }]);

  expect(result.error?.message).toContain('denied for');
  expect(result.error?.message).not.toContain('clock');
  expect(await run()).toMatchObject({ violations: [], result: { result: 'replicated' } });
});
