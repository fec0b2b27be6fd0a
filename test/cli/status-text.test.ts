import { describeStatus } from '../../cli/text/status.ts';
import { type ReplicaRecord, statusOf } from '../../replication/status.ts';

const NOW = new Date('2026-01-02T12:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const linesOf = (records: ReplicaRecord[], maxAge?: string) =>
  describeStatus(statusOf(records, NOW, undefined), NOW, maxAge).map((line) => line.replace(/\u001b\[\d+m/g, ''));

it('shows a row for each replica, its trouble, and how many are well', () => {
  const lines = linesOf([
    {
      replica: 'well',
      verdict: 'in-sync',
      inSyncSince: ago(9e5),
      verifiedAt: ago(240),
      lagSeconds: 1234,
      lastError: 'E',
    },
    {
      replica: 'ill',
      verdict: 'diverged',
      driftedSince: ago(600),
      verifiedAt: ago(7200),
      wantedSince: ago(600),
      lastError: 'Ccrepl.Drift',
      lastCause: 'The replica ill is diverged: 1 of 2 heads.',
      holder: 'arn:aws:states:r:1:execution:ccrepl-replicate:ill-push-1',
      heldSince: ago(90),
    },
    {
      replica: 'blind',
      verdict: 'unknown',
      driftedSince: ago(5),
      lastError: 'Ccrepl.Auth',
      lastCause: '{"errorMessage":"source: 403","trace":[]}',
    },
    { replica: 'new' },
    { replica: 'odd', verdict: 'in-sync', inSyncSince: 'today', verifiedAt: 'today', heldSince: '?', holder: 'a:b' },
    { replica: 'tomorrow', verdict: 'in-sync', verifiedAt: ago(-86_400) },
  ]);

  expect(lines).toEqual([
    'REPLICA   VERDICT   SINCE       VERIFIED       MAY BE MISSING                       LAST LAG  AT WORK',
    'blind     unknown   5 seconds   never          everything                           -         -',
    'ill       diverged  10 minutes  2 hours ago    what was pushed in the last 2 hours  -         ill-push-1, for 90 seconds',
    'new       unknown   -           never          everything                           -         -',
    'odd       in-sync   unknown     unknown        everything                           -         b',
    'tomorrow  in-sync   -           unknown        everything                           -         -',
    'well      in-sync   10 days     4 minutes ago  nothing known                        1,234 s   -',
    '',
    'blind: Ccrepl.Auth: source: 403',
    'The replica ill is diverged: 1 of 2 heads.',
    '',
    '1 of 6 replicas with a record are in sync.',
  ]);
});

it('lets no text of a record forge a line', () => {
  const lines = linesOf([
    {
      replica: 'R\u202e\n',
      verdict: 'behind\n',
      driftedSince: '\u001b[2J',
      verifiedAt: '\n\u202e',
      lastError: 'a\nb',
      lastCause: 'c\u001b[2Jd\u202e',
      holder: 'e\nf',
      heldSince: '\u202e\n',
    },
  ]);

  expect(lines.join('\n')).not.toMatch(/[\u001b\u202e]/);
  expect(lines).toHaveLength(6);
});

it('names ten in trouble, and says how many more there are', () => {
  const lines = linesOf(
    Array.from({ length: 12 }, (_, n) => ({
      replica: `r${n}`,
      verdict: 'behind',
      driftedSince: ago(1),
      lastError: 'E',
      lastCause: 'c',
    })),
    '15m',
  );

  expect(lines.filter((line) => line.endsWith(': E: c'))).toHaveLength(10);
  expect(lines).toContain('… and 2 more; --json names them all');
  expect(lines.at(-1)).toBe('0 of 12 replicas with a record are in sync and verified no longer than 15m ago.');
});
