import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedAttributes, ReplicaNews } from '../../replication/contract.ts';
import { RUNBOOK } from '../../replication/notice/runbook.ts';
import { durationOf, momentOf } from '../../replication/notice/times.ts';
import { composeNotice } from '../../replication/notice.ts';
import type { Replica } from '../../replication/settings.ts';
import type { Verdict } from '../../replication/verdict.ts';
import { aComparison, aDifference } from '../support/comparisons.ts';

const ID = 'Source--ap-northeast-3';
const REPLICA = {
  id: ID,
  source: { region: 'ap-northeast-1', repository: 'Source' },
  destination: { url: 'https://git.example.com/Destination.git' },
} as Replica;
const LINKS = { stateMachineArn: 'arn:sm', executionUrl: 'https://console/e', sourceUrl: '', destinationUrl: '' };
const DRIFTED_SINCE = '2025-12-30T01:00:00.000Z';
const TOLD_AT = '2026-01-01T02:00:00.000Z';
const STARTED = '2026-01-02T03:04:05.000Z';

const verdictIn = (kind: string): Verdict => kind.split(':', 1)[0] as Verdict;

/** What a comparison found now, of a replica of which people were told this before. Kinds: `refused:mass-change`. */
function noticeOf(kind: string, toldKind: string | undefined, recorded: RecordedAttributes = {}) {
  const verdict = verdictIn(kind);
  const known: RecordedAttributes =
    toldKind === undefined
      ? {}
      : {
          told: { S: verdictIn(toldKind) },
          toldKind: { S: toldKind },
          toldAt: { S: TOLD_AT },
          driftedSince: { S: DRIFTED_SINCE },
        };
  const differences = verdict === 'in-sync' ? [] : [aDifference('refs/heads/main')];
  const failure =
    verdict === 'unknown' ? { Error: 'Ccrepl.Missing', Cause: 'HTTP 404' } : { Error: 'Ccrepl.Drift', Cause: '' };
  const result = { ...aComparison(differences, 12), verdict, kind };
  const news: ReplicaNews = {
    execution: 'arn:execution',
    startedAt: STARTED,
    state: {
      run: { replica: ID, remindBefore: '2026-01-01T03:04:05.000Z', expiresAt: '1767927845' },
      rounds: { number: 1 },
      lease: { wantedSince: DRIFTED_SINCE },
      compared: { result },
      outcome: {
        verdict,
        kind,
        at: DRIFTED_SINCE,
        seenAt: verdict === 'unknown' ? STARTED : result.comparedAt,
        ...(verdict !== 'in-sync' && failure),
      },
      recorded: { Attributes: { ...known, ...recorded } },
    },
  };
  return composeNotice(news, REPLICA, LINKS);
}
const firstLineOf = ({ message }: { message: string }) => message.split('\n', 1)[0];
const head = ({ message }: { message: string }) => message.split('\n\nHeads ')[0];

it.each([undefined, 'in-sync'])('tells of trouble as new to people who were told %s', (told) => {
  const notice = noticeOf('behind', told);

  expect(notice.subject).toBe(`ccrepl: ${ID} is behind`);
  expect(firstLineOf(notice)).toBe(`The replica "${ID}" is behind: 1 of 13 heads is not as at the source.`);
  expect(head(notice)).not.toMatch(/still|before|told/i);
});

it('tells of other trouble with what people know of', () => {
  const notice = noticeOf('diverged', 'behind');

  expect(notice.subject).toBe(`ccrepl: ${ID} is now diverged (before, it was behind)`);
  expect(
    head(notice),
  ).toBe(`The replica "${ID}" is now diverged: 1 of 13 heads is not as at the source. Before, it was behind.

Source:      Source in ap-northeast-1
Destination: https://git.example.com/Destination.git
Since:       2025-12-30 01:00:00 UTC (3 days)
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is diverged"`);
});

it('tells of trouble that could not be checked before', () => {
  const notice = noticeOf('refused', 'unknown');

  expect(notice.subject).toBe(`ccrepl: ${ID} is now refused (before, it could not be checked)`);
  expect(firstLineOf(notice)).toMatch(/ Before, it could not be checked\.$/);
});

it('tells of trouble of the same verdict for another reason: which, and when people were told of the others', () => {
  const notice = noticeOf('refused:mass-change,source-empty', 'refused:source-empty,views-disagree');

  expect(notice.subject).toBe(`ccrepl: ${ID} is still refused, for other reasons`);
  expect(
    head(notice),
  ).toBe(`The replica "${ID}" is still refused, but for other reasons: 1 of 13 heads is not as at the source. People were last told on 2026-01-01 02:00:00 UTC.

Source:      Source in ap-northeast-1
Destination: https://git.example.com/Destination.git
Reasons:     now also mass-change; no longer views-disagree
Since:       2025-12-30 01:00:00 UTC (3 days)
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is refused"`);
});

it.each([
  ['diverged:diverged,mass-change', 'diverged:diverged', 'now also mass-change'],
  ['diverged:diverged', 'diverged:archive-failed,diverged,mass-change', 'no longer archive-failed, mass-change'],
])('says what is other about %s after %s', (kind, toldKind, says) => {
  expect(noticeOf(kind, toldKind).message).toContain(`\nReasons:     ${says}\n`);
});

it.each([
  ['behind', undefined],
  ['refused:mass-change', 'diverged:diverged'],
  ['refused:mass-change', 'refused:mass-change'],
  ['unknown', 'refused:mass-change'],
])('says nothing about other reasons where it is %s and was %s', (kind, toldKind) => {
  const { subject, message } = noticeOf(kind, toldKind);

  expect(`${subject}\n${message}`).not.toMatch(/other reasons|^Reasons:/m);
});

it('takes trouble for the same whose kind nobody wrote down, if the verdict is', () => {
  const recorded: RecordedAttributes = { told: { S: 'refused' } };

  expect(noticeOf('refused:mass-change', undefined, recorded).subject).toContain(' is still refused (since ');
  expect(noticeOf('diverged:diverged', undefined, recorded).subject).toContain(' is now diverged (before, ');
});

it.each(['behind', 'refused:mass-change', 'unknown'])('says of %s when the replica was last proven', (kind) => {
  const verifiedAt = { S: '2026-01-02T01:02:03.000Z' };

  for (const told of [undefined, 'in-sync', 'diverged:diverged', kind]) {
    expect(noticeOf(kind, told, { verifiedAt }).message).toContain(
      '\nLast proven: 2026-01-02 01:02:03 UTC (2 hours)\nExecution:   ',
    );
  }
});

it('reminds of trouble that is still the same: since when, and when people were told', () => {
  const notice = noticeOf('diverged', 'diverged');

  expect(notice.subject).toBe(`ccrepl: ${ID} is still diverged (since 2025-12-30)`);
  expect(
    head(notice),
  ).toBe(`The replica "${ID}" is still diverged, since 2025-12-30 01:00:00 UTC (3 days): 1 of 13 heads is not as at the source. People were last told on 2026-01-01 02:00:00 UTC.

Source:      Source in ap-northeast-1
Destination: https://git.example.com/Destination.git
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is diverged"`);
});

it.each([
  ['diverged', 'it was diverged'],
  ['unknown', 'it could not be checked'],
])('reminds of a replica that cannot be checked, of which people were told %s', (told, says) => {
  const notice = noticeOf('unknown', told);

  expect(notice.subject).toBe(`ccrepl: ${ID} is still not known to be in sync (since 2025-12-30)`);
  expect(
    notice.message,
  ).toBe(`Whether the replica "${ID}" is in sync is still not known: it has not been well since 2025-12-30 01:00:00 UTC (3 days). People were last told on 2026-01-01 02:00:00 UTC: ${says}.

Source:      Source in ap-northeast-1
Destination: https://git.example.com/Destination.git
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica could not be checked"

Error:       Ccrepl.Missing: a repository does not exist
Cause:       HTTP 404

What to do:
- Put right what the cause says; docs/errors.md has a row for Ccrepl.Missing.
- When that is done, or to try again:
    aws stepfunctions start-execution --state-machine-arn arn:sm --input '{"replica":"${ID}"}'`);
});

it('says that all is well again: how long it was not, what proves it, and that there is nothing to do', () => {
  expect(noticeOf('in-sync', 'diverged')).toEqual({
    subject: `ccrepl: ${ID} is in sync again`,
    message: `The replica "${ID}" is in sync again.

Source:      Source in ap-northeast-1
Destination: https://git.example.com/Destination.git
Verified:    2026-01-02 03:04:10 UTC: 12 heads, each equal on both sides
In trouble:  since 2025-12-30 01:00:00 UTC, for 3 days
Last told:   2026-01-01 02:00:00 UTC: it was diverged
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is in sync again"

Nothing to do.`,
  });
});

it('says that all is well again although nobody wrote down since when it was not', () => {
  const { message } = noticeOf('in-sync', undefined, { told: { S: 'unknown' } });

  expect(message).toContain('\nLast told:   it could not be checked\n');
  expect(message).not.toContain('In trouble');
});

it.each(Object.values(RUNBOOK))('sends the reader to a heading of the runbook that is there: %s', (heading) => {
  const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

  expect(runbook).toContain(`\n## ${heading}\n`);
});

it.each([
  ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.999Z', '1 second'],
  ['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:59.000Z', '119 seconds'],
  ['2026-01-01T00:00:00.000Z', '2026-01-01T00:02:00.000Z', '2 minutes'],
  ['2026-01-01T00:00:00.000Z', '2026-01-02T23:59:59.000Z', '47 hours'],
  ['2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z', '2 days'],
  ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '0 seconds'],
  ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:00.000Z', ''],
  ['no time', '2026-01-01T00:00:00.000Z', ''],
])('says of %s to %s that it is "%s"', (from, to, says) => {
  expect(durationOf(from, to)).toBe(says);
});

it('shows times of AWS in one zone, and what is no time harmlessly', () => {
  expect(momentOf('2026-01-02T03:04:05Z')).toBe('2026-01-02 03:04:05 UTC');
  expect(momentOf('2026-01-02T03:04:05.678+09:00')).toBe('2026-01-01 18:04:05 UTC');
  expect(momentOf('so\non')).toBe('so\\u{a}on');
});
