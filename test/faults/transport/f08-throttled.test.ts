import { LIST_OF, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

/** The longest pause of ours, whatever a server asks for. */
const PAUSE_MS_MAX = 30_000;
/** A task ends itself after so long. */
const DEADLINE_MS = 55 * 60 * 1000;

const headers = (retryAfter: string | undefined): Record<string, string> =>
  retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
const throttle = (retryAfter: string | undefined) =>
  ({ do: 'answer', status: 429, headers: headers(retryAfter), body: 'Rate exceeded' }) as const;

const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

const isLongest = (pauses: number[]) => expect(pauses).toEqual([PAUSE_MS_MAX, PAUSE_MS_MAX]);

it.each<[string, SideName, () => string | undefined, (pauses: number[]) => void]>([
  ['2', 'source', () => '2', (pauses) => expect(pauses).toEqual([2000, 2000])],
  ['a past date', 'destination', () => 'Sun, 06 Nov 1994 08:49:37 GMT', (pauses) => expect(pauses).toEqual([0, 0])],
  ['a date in an hour', 'source', inAnHour, isLongest],
  ['10^9', 'destination', () => '1000000000', isLongest],
  ['none', 'source', () => undefined, expectOwnPauses],
  ['garbage', 'destination', () => 'soon-ish; 5', expectOwnPauses],
])(
  'F08: HTTP 429 with the Retry-After %s of a %s is waited out, within reason',
  async (_what, side, retryAfter, expectPauses) => {
    const pauses: number[] = [];
    const seen = await stage.observe({
      [side]: [{ service: 'info/refs', of: LIST_OF[side], times: 2, act: throttle(retryAfter()) }],
      remote: { sleep: async (ms) => void pauses.push(ms) },
    });

    expect(seen.happened[side]).toEqual([2]);
    expectPauses(pauses);
    await stage.expectWhole(seen);
  },
);

/** Our own, by chance (full jitter), and longer each time. */
function expectOwnPauses(pauses: number[]): void {
  expect(pauses).toHaveLength(2);
  expect(pauses.every((ms, n) => ms >= 0 && ms <= 500 * 2 ** (n + 1))).toBe(true);
  expect(pauses.every(Number.isInteger)).toBe(false);
}

it.each([
  ['2', 'source', 'info/refs'],
  ['1000000000', 'source', 'git-upload-pack'],
  ['1000000000', 'destination', 'git-receive-pack'],
  [undefined, 'destination', 'info/refs'],
] as const)(
  'F08: HTTP 429 for ever (Retry-After %s, the %s, %s) is given up well inside the deadline',
  async (retryAfter, side, service) => {
    const pauses: number[] = [];

    const seen = await stage.observeFailure({
      [side]: [{ service, act: throttle(retryAfter) }],
      remote: { sleep: async (ms) => void pauses.push(ms) },
    });

    expect(seen.result.error).toMatchObject({
      code: 'transient',
      message: expect.stringMatching(new RegExp(`^${side} http.*HTTP 429: Rate exceeded`)),
    });
    expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThan(DEADLINE_MS / 4);
    await stage.heal();
  },
);
