/** How a push that is too big, or takes too long, goes wrong: always before git has had the whole pack, so nothing is written. */
export type PushFault =
  /** The connection breaks once more than so many bytes of the pack have come. */
  | { kind: 'cut-after-bytes'; bytes: number }
  /** The connection breaks so long after the pack has begun, unless all of it has come by then. */
  | { kind: 'cut-after-seconds'; seconds: number }
  /** This status as soon as more than so many bytes of the pack have come, and the end of the connection. */
  | { kind: 'answer'; status: FaultStatus; overBytes: number }
  /** A report that refuses the pack for having more than so many bytes, as git's own `receive.maxInputSize` does. */
  | { kind: 'refuse-over-bytes'; bytes: number };

const FAULT_STATUSES = [408, 413, 500, 502, 503, 504] as const;
type FaultStatus = (typeof FAULT_STATUSES)[number];

/** The kinds as they are written on a command line, each followed by `:` and its value. */
export const PUSH_FAULTS: readonly string[] = [
  'cut-after-bytes',
  'cut-after-seconds',
  'refuse-over-bytes',
  ...FAULT_STATUSES.map((status) => `answer-${status}`),
];

/** A timer takes no more: 2^31 milliseconds. */
const SECONDS_MAX = 2_000_000;

/**
 * A fault from `KIND:VALUE`, such as `cut-after-bytes:1000000`.
 *
 * @throws Error with a message that says what to do.
 */
export function parsePushFault(text: string): PushFault {
  const [, kind = '', number = ''] = /^([a-z]+(?:-[a-z0-9]+)*):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const value = Number(number);
  const bad = (expected: string) => new Error(`the push fault is "${text}": ${expected}`);
  if (!PUSH_FAULTS.includes(kind)) {
    throw bad(`expected KIND:NUMBER with one of ${PUSH_FAULTS.join(', ')}; for instance cut-after-bytes:1000000`);
  }
  if (kind === 'cut-after-seconds') {
    if (value > SECONDS_MAX) throw bad(`expected at most ${SECONDS_MAX} seconds; for instance cut-after-seconds:10`);
    return { kind, seconds: value };
  }
  if (!Number.isSafeInteger(value)) throw bad(`expected a whole number of bytes; for instance ${kind}:1000000`);
  if (kind === 'cut-after-bytes' || kind === 'refuse-over-bytes') return { kind, bytes: value };
  return { kind: 'answer', status: Number(kind.slice('answer-'.length)) as FaultStatus, overBytes: value };
}

/** The bytes that a pack may have before the fault strikes. */
export function bytesAllowed(fault: PushFault | undefined): number {
  if (fault === undefined || fault.kind === 'cut-after-seconds') return Number.POSITIVE_INFINITY;
  return fault.kind === 'answer' ? fault.overBytes : fault.bytes;
}
