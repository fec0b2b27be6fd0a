/** Where a run can be killed, by what is about to happen, or has just happened. All but the last two are a socket's. */
export const SOCKET_KINDS = ['connect', 'connected', 'write', 'half-write', 'written', 'read', 'end', 'close'] as const;
export const KINDS = [...SOCKET_KINDS, 'timer', 'await'] as const;
export type Kind = (typeof KINDS)[number];

/** How many boundaries of each kind a run has passed. */
export type Counts = Record<Kind, number>;

/** The n-th boundary of a kind, from 1 on. */
export interface Point {
  kind: Kind;
  n: number;
}

export const noCounts = (): Counts => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Counts;

export const pointText = ({ kind, n }: Point): string => `${kind}:${n}`;

/** @throws Error that says what was expected */
export function parsePoint(text: string): Point {
  const [, name, n] = /^([a-z-]+):([1-9]\d{0,8})$/.exec(text) ?? [];
  const kind = KINDS.find((one) => one === name);
  if (kind !== undefined) return { kind, n: Number(n) };
  throw new Error(`the point is "${text}": expected KIND:N, with one of ${KINDS.join(', ')}; for instance write:3`);
}
