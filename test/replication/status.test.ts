import { type ReplicaRecord, secondsSince, statusOf } from '../../replication/status.ts';

const NOW = new Date('2026-01-02T12:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const one = (record: Partial<ReplicaRecord>, maxAgeSeconds?: number) =>
  statusOf([{ replica: 'R', ...record }], NOW, maxAgeSeconds)[0];

describe('the recovery point', () => {
  it('is when the last proof began, and nothing is known to be missing while nobody wants a look', () => {
    expect(one({ verdict: 'in-sync', verifiedAt: ago(240) })).toMatchObject({
      recoveryPointSeconds: 240,
      mayBeMissing: 'nothing-known',
    });
  });

  it('is that also where something is wanted since later: a push whose trigger was lost is older than the look for it', () => {
    expect(one({ verdict: 'behind', verifiedAt: ago(3600), wantedSince: ago(5) })).toMatchObject({
      recoveryPointSeconds: 3600,
      mayBeMissing: 'pushed-since-verified',
    });
  });

  it.each([undefined, '', 'yesterday', '1', 'Jan 2 2026', ago(-301), '9999-12-31T00:00:00.000Z'])(
    'is none where no proof is known: %j',
    (verifiedAt) => {
      expect(one({ ...(verifiedAt !== undefined && { verifiedAt }), wantedSince: ago(5) })).toMatchObject({
        recoveryPointSeconds: undefined,
        mayBeMissing: 'everything',
      });
    },
  );

  it('is now where the clock that wrote it is a little ahead', () => {
    expect(one({ verifiedAt: ago(-300) })?.recoveryPointSeconds).toBe(0);
  });
});

describe('good enough', () => {
  it.each<[string, Partial<ReplicaRecord>, number | undefined, boolean]>([
    ['is what is in sync', { verdict: 'in-sync', verifiedAt: ago(9e6) }, undefined, true],
    ['is what was verified just as long ago as may be', { verdict: 'in-sync', verifiedAt: ago(900) }, 900, true],
    ['is not what was verified longer ago', { verdict: 'in-sync', verifiedAt: ago(901) }, 900, false],
    ['is what a clock verified that is a little ahead', { verdict: 'in-sync', verifiedAt: ago(-300) }, 900, true],
    ['is not what was never verified', { verdict: 'in-sync' }, 900, false],
    ['is not what was never verified, however old it may be', { verdict: 'in-sync' }, undefined, false],
    ['is not what has an unreadable time', { verdict: 'in-sync', verifiedAt: 'today' }, undefined, false],
    ['is not what will be verified', { verdict: 'in-sync', verifiedAt: ago(-301) }, undefined, false],
    ['is not what will be verified, with an age', { verdict: 'in-sync', verifiedAt: ago(-301) }, 900, false],
    ['is not what is behind, however fresh', { verdict: 'behind', verifiedAt: ago(1) }, 900, false],
    ['is not what has no verdict yet', { holder: 'arn' }, undefined, false],
    ['is not what has a verdict that nobody knows', { verdict: 'splendid', verifiedAt: ago(1) }, undefined, false],
  ])('%s', (_what, record, maxAge, goodEnough) => {
    expect(one(record, maxAge)?.goodEnough).toBe(goodEnough);
  });
});

it('calls what has no verdict unknown, and says since when what has one has had it', () => {
  expect(one({})).toMatchObject({ verdict: 'unknown', since: undefined });
  expect(one({ verdict: 'in-sync', inSyncSince: ago(9) })?.since).toBe(ago(9));
  expect(one({ verdict: 'refused', driftedSince: ago(8) })?.since).toBe(ago(8));
});

it('puts those first that are not good enough, each by their ids', () => {
  const verdicts = { d: 'in-sync', c: 'behind', b: 'in-sync', a: 'in-sync', e: 'diverged' };
  const records = Object.entries(verdicts).map(([replica, verdict]) => ({ replica, verdict, verifiedAt: ago(1) }));

  expect(statusOf(records, NOW, undefined).map(({ record }) => record.replica)).toEqual(['c', 'e', 'a', 'b', 'd']);
});

it.each(['in-sync', 'behind', 'diverged', 'refused', 'unknown'])('passes the verdict %s on', (verdict) => {
  expect(one({ verdict })?.verdict).toBe(verdict);
});

it.each<[string, number | undefined]>([
  ['2026-01-02T11:59:50Z', 10],
  ['2026-01-02T11:59:50.999Z', 9],
  ['2026-01-02T11:59:50.1Z', 9],
  ['2026-01-02T12:59:50+01:00', 10],
  ['2026-01-02T10:59:50-01:00', 10],
  ['2026-01-02T11:59:50', undefined],
  ['2026-01-02T11:59:50.Z', undefined],
  ['2026-01-02T11:59:50+0100', undefined],
  ['2026-01-02T11:59:50 +01:00', undefined],
  ['x2026-01-02T11:59:50Z', undefined],
  ['2026-01-02T11:59:50Z (UTC)', undefined],
  ['2026-01-02', undefined],
  ['2026-13-02T11:59:50Z', undefined],
])('takes %s for so many seconds ago: %s', (iso, seconds) => {
  expect(secondsSince(iso, NOW)).toBe(seconds);
});
