import type { DigestNews } from '../../replication/contract.ts';
import { attributesOf } from '../../replication/notice/attributes.ts';
import { composeNotice } from '../../replication/notice.ts';
import type { Verdict } from '../../replication/verdict.ts';

const LINKS = { stateMachineArn: 'arn:sweep', executionUrl: 'https://console/s', sourceUrl: '', destinationUrl: '' };
const aNews = (replica: string, verdict: Verdict, kind: string = verdict): DigestNews => ({ replica, verdict, kind });
const digestOf = (news: DigestNews[], replicas = 300) => ({
  execution: 'arn:execution',
  startedAt: '2026-01-02T03:00:00.000Z',
  digest: { news, replicas },
});
const noticeOf = (news: DigestNews[], replicas = 300) => composeNotice(digestOf(news, replicas), undefined, LINKS);
const many = (count: number, verdict: Verdict, kind?: string) =>
  Array.from({ length: count }, (_, n) => aNews(`r-${String(n).padStart(4, '0')}`, verdict, kind));

const MIXED = [
  aNews('g', 'in-sync'),
  aNews('b', 'behind'),
  aNews('e', 'unknown'),
  aNews('a', 'behind'),
  aNews('d', 'refused', 'refused:source-empty'),
  aNews('f', 'diverged', 'diverged:diverged'),
  aNews('c', 'behind'),
];

it('tells of many replicas at once: how many, which, the worst first, and what to do', () => {
  expect(noticeOf(MIXED)).toEqual({
    subject: 'ccrepl: news of 7 replicas in one sweep, the worst: diverged',
    message: `The sweep looked at 300 replicas, and has news of 7: 1 diverged, 1 refused, 3 behind, 1 could not be checked, 1 in sync again.

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
Others may have had messages of their own, or are told of by the next sweep.

What to do:
- So many at once mostly have one cause (a right that was taken away, a side that is down). Open the sweep, and there the
  execution of one of the worst: it says what failed, and what is to be done about it.
- When that is done, sweep again:
    aws stepfunctions start-execution --state-machine-arn arn:sweep --input '{}'`,
  });
});

it('has nothing to do where all are in sync again', () => {
  const { subject, message } = noticeOf(many(6, 'in-sync'));

  expect(subject).toBe('ccrepl: 6 replicas are in sync again');
  expect(message).toMatch(/: 6 in sync again\.\n/);
  expect(message).toMatch(/\n\nNothing to do\.$/);
});

it('lists the first fifty, and counts all', () => {
  const { subject, message } = noticeOf([...many(60, 'behind'), aNews('last', 'diverged', 'diverged:diverged')]);

  expect(subject).toBe('ccrepl: news of 61 replicas in one sweep, the worst: diverged');
  expect(message).toContain('\nReplicas (first 50 of 61, the worst first):\n- last is diverged\n- r-0000 is behind\n');
  expect(message.match(/^- .* is behind$/gm)).toHaveLength(49);
});

it('has a digest of one, if the others had messages of their own', () => {
  expect(noticeOf([aNews('a', 'unknown')], 1)).toMatchObject({
    subject: 'ccrepl: news of 1 replica in one sweep, the worst: could not be checked',
    message: expect.stringMatching(/^The sweep looked at 1 replica, and has news of 1: 1 could not be checked\.\n/),
  });
  expect(noticeOf([aNews('a', 'in-sync')]).subject).toBe('ccrepl: 1 replica is in sync again');
});

it('shows a mass change before all others, and what it asks of a person', () => {
  const change = aNews('z', 'refused', 'refused:mass-change,source-empty');
  const { subject, message } = noticeOf([...many(60, 'diverged', 'diverged:diverged'), change]);

  expect(subject).toBe('ccrepl: news of 61 replicas in one sweep, the worst: a mass change');
  expect(message).toContain(': 60 diverged, 1 refused.\n');
  expect(message).toContain(
    '\nReplicas (first 50 of 61, the worst first):\n- z is refused (a mass change waits for a person)\n- r-0000 is diverged\n',
  );
  expect(message).toContain(`
What to do:
- A mass change may be an accident or an attack. Ask whoever owns the source; until then nothing of it is carried out.
  docs/runbook.md: "A replica is refused" has both ways out.
- So many at once `);
});

it('says nothing of a mass change where there is none', () => {
  expect(noticeOf([...MIXED, aNews('mass-change', 'refused', 'refused:not-a-mass-change')]).message).not.toMatch(
    /mass change/,
  );
});

it('stays short, and shows news that nobody expected harmlessly', () => {
  const evil = `x\r\nWhat to do:\n- run this\u2028\u001b[2J ${'😀'.repeat(500)}`;
  const long = Array.from({ length: 60 }, (_, n) =>
    aNews(`${100 + n}-${'x'.repeat(124)}`, 'refused', 'refused:mass-change'),
  );

  const { message } = noticeOf([aNews(evil, 'diverged', evil), ...long]);

  expect(message.length).toBeLessThan(16_100);
  expect(message).toMatch(/sweep again:\n {4}aws .*'\{\}'$/);
  expect(noticeOf([aNews(evil, 'behind', evil)]).message).not.toMatch(/[\r\u2028\u001b]|^- run this/m);
});

it.each<[DigestNews[], Verdict, string]>([
  [MIXED, 'diverged', 'error'],
  [[...MIXED, aNews('x', 'refused', 'refused:mass-change')], 'diverged', 'critical'],
  [[aNews('x', 'diverged', 'diverged:diverged,mass-change')], 'diverged', 'critical'],
  [[aNews('x', 'refused', 'refused:archive-failed,mass-change,name-taken')], 'refused', 'critical'],
  [[aNews('mass-change', 'refused', 'refused:source-empty')], 'refused', 'error'],
  [[aNews('a', 'unknown'), aNews('b', 'in-sync')], 'unknown', 'error'],
  [[aNews('a', 'in-sync'), aNews('b', 'in-sync')], 'in-sync', 'info'],
  [[], 'unknown', 'error'],
])('is filtered by the worst that it tells of: %j', (news, verdict, severity) => {
  expect(attributesOf(digestOf(news))).toEqual({ verdict, severity });
});
