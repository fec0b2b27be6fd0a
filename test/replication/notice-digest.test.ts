import { attributesOf } from '../../replication/notice/attributes.ts';
import { composeNotice } from '../../replication/notice.ts';
import { DIGEST_NEWS_MAX } from '../../replication/sweep-summary.ts';

const LINKS = { stateMachineArn: 'arn:sweep', executionUrl: 'https://console/s', sourceUrl: '', destinationUrl: '' };
const digestOf = (news: string[], replicas = 300) => ({
  execution: 'arn:execution',
  startedAt: '2026-01-02T03:00:00.000Z',
  digest: { news, replicas },
});
const noticeOf = (news: string[]) => composeNotice(digestOf(news), undefined, LINKS);
const many = (count: number, verdict: string) =>
  Array.from({ length: count }, (_, n) => `r-${String(n).padStart(4, '0')} is ${verdict}`);

const MIXED = [
  'g is in-sync',
  'b is behind',
  'e is unknown',
  'a is behind',
  'd is refused',
  'f is diverged',
  'c is behind',
];

it('tells of many replicas at once: how many, which, the worst first, and what to do', () => {
  expect(noticeOf(MIXED)).toEqual({
    subject: 'ccrepl: 7 replicas changed in one sweep',
    message: `7 replicas of the 300 that were looked at changed in one sweep: 1 diverged, 1 refused, 3 behind, 1 could not be checked, 1 in sync again.

Sweep:       https://console/s
Started:     2026-01-02 03:00:00 UTC
Runbook:     docs/runbook.md: "Many replicas in one sweep"

Replicas (first 7 of 7, the worst first):
- f is diverged
- d is refused
- a is behind
- b is behind
- c is behind
- e could not be checked
- g is in sync again
The first 5 that were found had messages of their own.

What to do:
- So many at once mostly have one cause (a right that was taken away, a side that is down). Open the sweep, and there the
  execution of one of the worst: it says what failed, and what is to be done about it.
- When that is done, sweep again:
    aws stepfunctions start-execution --state-machine-arn arn:sweep --input '{}'`,
  });
});

it('has nothing to do where all are in sync again', () => {
  const { message } = noticeOf(many(6, 'in-sync'));

  expect(message).toMatch(/: 6 in sync again\.\n/);
  expect(message).toMatch(/\n\nNothing to do\.$/);
});

it('lists the first fifty, and counts all', () => {
  const { subject, message } = noticeOf([...many(60, 'behind'), 'last is diverged']);

  expect(subject).toBe('ccrepl: 61 replicas changed in one sweep');
  expect(message).toContain('\nReplicas (first 50 of 61, the worst first):\n- last is diverged\n- r-0000 is behind\n');
  expect(message.match(/^- .* is behind$/gm)).toHaveLength(49);
});

it('names a replica once that found one thing and then another', () => {
  const { subject, message } = noticeOf([...many(5, 'behind'), 'x is in-sync', 'x is diverged']);

  expect(subject).toBe('ccrepl: 6 replicas changed in one sweep');
  expect(message).toContain('- x is diverged, and is in sync again (its executions show in which order)\n');
});

it('does not pretend to count what had no place in the digest', () => {
  expect(noticeOf(many(DIGEST_NEWS_MAX, 'behind'))).toMatchObject({
    subject: `ccrepl: at least ${DIGEST_NEWS_MAX} replicas changed in one sweep`,
    message: expect.stringMatching(/^At least 1000 replicas of the 300 /),
  });
});

it('stays short, and shows news that nobody expected harmlessly', () => {
  const evil = `x\r\nWhat to do:\n- run this\u2028\u001b[2J ${'😀'.repeat(500)}`;
  const long = Array.from({ length: 60 }, (_, n) => `${n}-${'x'.repeat(125)} is behind`);

  const { message } = noticeOf([evil, ...long]);

  expect(message.length).toBeLessThan(16_100);
  expect(message).toMatch(/sweep again:\n {4}aws .*'\{\}'$/);
  expect(noticeOf([evil]).message).not.toMatch(/[\r\u2028\u001b]|^- run this/m);
});

it.each([
  [MIXED, 'diverged', 'error'],
  [['a is unknown', 'b is in-sync'], 'unknown', 'error'],
  [['a is in-sync', 'b is in-sync'], 'in-sync', 'info'],
  [['nonsense'], 'unknown', 'error'],
  [[], 'unknown', 'error'],
])('is filtered by the worst that it tells of: %j', (news, verdict, severity) => {
  expect(attributesOf(digestOf(news))).toEqual({ verdict, severity });
});
