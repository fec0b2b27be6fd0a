import type { AlertRequest, DigestNews, ReplicaNews } from '../../replication/contract.ts';
import { attributesOf } from '../../replication/notice/attributes.ts';
import { taskFailureLines } from '../../replication/notice/failure.ts';
import { extentOf, headLines } from '../../replication/notice/heads.ts';
import { asNotice, replicaNotice } from '../../replication/notice/message.ts';
import { worstFirst, worstVerdict } from '../../replication/notice/news.ts';
import { toldOf } from '../../replication/notice/occasion.ts';
import { composeRecovery } from '../../replication/notice/recovery.ts';
import { remedyLines, startCommand } from '../../replication/notice/remedies.ts';
import { durationOf, momentOf, momentWithAge } from '../../replication/notice/times.ts';
import type { Replica } from '../../replication/settings.ts';
import type { Verdict } from '../../replication/verdict.ts';
import { aComparison, aDifference } from '../support/comparisons.ts';
import { anOid } from '../support/plans.ts';

const AT = '2026-01-02T03:04:05.000Z';
const LINKS = { stateMachineArn: 'arn:sm', executionUrl: 'https://console/e', sourceUrl: '', destinationUrl: '' };
const state = (verdict: Verdict, changes: Partial<ReplicaNews['state']> = {}): ReplicaNews['state'] => ({
  run: { replica: 'R', remindBefore: AT, expiresAt: '1' },
  rounds: { number: 1 },
  lease: { wantedSince: AT },
  outcome: { verdict, kind: verdict, at: AT, seenAt: AT },
  recorded: {},
  ...changes,
});
const ofReplica = (verdict: Verdict, kind: string): AlertRequest => ({
  execution: 'arn:e',
  startedAt: AT,
  state: state(verdict, { outcome: { verdict, kind, at: AT, seenAt: AT } }),
});
const ofMany = (...news: DigestNews[]): AlertRequest => ({
  execution: 'arn:e',
  startedAt: AT,
  digest: { news, replicas: 9 },
});

describe('what subscriptions can be filtered by', () => {
  it.each<[Verdict, string, string]>([
    ['in-sync', 'in-sync', 'info'],
    ['behind', 'behind', 'error'],
    ['diverged', 'diverged:diverged', 'error'],
    ['unknown', 'unknown', 'error'],
    ['refused', 'refused:mass-change', 'critical'],
    ['diverged', 'diverged:diverged,mass-change', 'critical'],
  ])('is of one replica that is %s (%s): %s', (verdict, kind, severity) => {
    expect(attributesOf(ofReplica(verdict, kind))).toEqual({ replica: 'R', verdict, severity });
  });

  it('is of many replicas the worst', () => {
    const one = (replica: string, verdict: Verdict, kind: string = verdict) => ({ replica, verdict, kind });

    expect(attributesOf(ofMany(one('a', 'in-sync'), one('b', 'in-sync')))).toEqual({
      verdict: 'in-sync',
      severity: 'info',
    });
    expect(attributesOf(ofMany(one('a', 'behind'), one('b', 'diverged')))).toEqual({
      verdict: 'diverged',
      severity: 'error',
    });
    expect(attributesOf(ofMany(one('a', 'diverged'), one('b', 'refused', 'refused:mass-change')))).toEqual({
      verdict: 'diverged',
      severity: 'critical',
    });
    expect(attributesOf(ofMany())).toEqual({ verdict: 'unknown', severity: 'error' });
  });
});

it('puts a mass change before all else, then the worst, and the same by their ids', () => {
  const one = (replica: string, verdict: Verdict, kind: string = verdict) => ({ replica, verdict, kind });
  const news = [
    one('d', 'in-sync'),
    one('c', 'behind'),
    one('b', 'behind'),
    one('a', 'unknown'),
    one('e', 'refused', 'refused:mass-change'),
    one('f', 'diverged'),
    one('g', 'behind'),
  ];

  for (const given of [news, news.toReversed()]) {
    expect(
      worstFirst(given)
        .map(({ replica }) => replica)
        .join(''),
    ).toBe('efbcgad');
  }
  expect(worstVerdict(news)).toBe('diverged');
  expect(worstVerdict([])).toBe('unknown');
});

describe('a message', () => {
  it('has a subject of at most 99 characters of printable ASCII, from which a long id is cut and not what it says', () => {
    const subject = (id: string) => replicaNotice(id, 'is behind', []).subject;
    const room = 99 - 'ccrepl:  is behind'.length;

    expect(subject('x'.repeat(room))).toBe(`ccrepl: ${'x'.repeat(room)} is behind`);
    expect(subject('x'.repeat(room + 1))).toBe(`ccrepl: ${'x'.repeat(room - 3)}... is behind`);
    expect(asNotice('é\n😀 ~', []).subject).toBe('???? ~');
    expect(asNotice('x'.repeat(100), []).subject).toHaveLength(99);
  });

  it('has 16,000 characters at the most, of whole lines', () => {
    const message = (...lengths: number[]) =>
      asNotice(
        '',
        lengths.map((length) => 'x'.repeat(length)),
      ).message;
    const cut = '… (cut; the execution has the whole)';

    expect(message(9999, 5999)).toBe(`${'x'.repeat(9999)}\n${'x'.repeat(5999)}`);
    expect(message(9999, 6000)).toBe(`${'x'.repeat(9999)}\n${cut}`);
    expect(message(16_000)).toBe(cut);
    expect(asNotice('', ['a\ud800']).message).toBe('a\ufffd');
  });
});

describe('the heads of a message', () => {
  const names = (count: number, length = 1) =>
    Array.from({ length: count }, (_, n) => aDifference(`refs/heads/${String(n).padStart(length, 'x')}`));
  const blocksOf = (lines: string[]) => lines.filter((line) => line.startsWith('- '));

  it('are ten, with what is there and which side moved', () => {
    const lines = headLines(aComparison(names(11)));

    expect(lines[0]).toBe('Heads (first 10 of 11):');
    expect(blocksOf(lines)).toHaveLength(10);
    expect(lines.slice(2, 5)).toEqual([
      expect.stringMatching(/^ {4}moved {7}.*destination/),
      `    source      ${anOid('1')}`,
      `    destination ${anOid('9')}`,
    ]);
  });

  it('are fewer where their names are long, but never none, and none where there are none', () => {
    expect(blocksOf(headLines(aComparison(names(3, 3700))))).toHaveLength(2);
    expect(blocksOf(headLines(aComparison(names(3, 9000))))).toHaveLength(1);
    expect(headLines(aComparison([]))).toEqual([]);
  });

  it('show a reason of a version that is newer as it is', () => {
    const [head] = blocksOf(headLines(aComparison([aDifference('refs/heads/a', { reason: 'splendid' })])));

    expect(head).toBe('- refs/heads/a splendid');
  });

  it.each([
    [1, 0, '1 of 1 head is not as at the source'],
    [1, 1, '1 of 2 heads is not as at the source'],
    [2, 1, '2 of 3 heads are not as at the source'],
  ])('are counted: %i that differ beside %i', (differing, equal, extent) => {
    expect(extentOf(aComparison(names(differing), equal))).toBe(extent);
  });

  it('are as at the source where only something beside them is not', () => {
    const defaultBranch = (settable: boolean) => ({ defaultBranch: { expected: 'a', found: 'b', settable } });

    expect(extentOf({ ...aComparison([], 1), ...defaultBranch(true) })).toBe("its default branch is not the source's");
    expect(extentOf({ ...aComparison([], 1), ...defaultBranch(false) })).toMatch(/^every head is as at the source/);
  });
});

describe('that all is well again', () => {
  const linesOf = (changes: Partial<ReplicaNews['state']>) => {
    const news = { execution: 'arn:e', startedAt: AT, state: state('in-sync', changes) };
    return composeRecovery(news, undefined, LINKS).message.split('\n');
  };
  const verified = (inSync: number | undefined) =>
    linesOf(inSync === undefined ? {} : { compared: { result: aComparison([], inSync) } }).find((line) =>
      line.startsWith('Verified:'),
    );

  it.each<[number | undefined, string]>([
    [undefined, 'neither side has a head'],
    [0, 'neither side has a head'],
    [1, '1 head, equal on both sides'],
    [2, '2 heads, each equal on both sides'],
  ])('is proven by %s heads', (heads, proof) => {
    expect(verified(heads)).toBe(`Verified:    2026-01-02 03:04:05 UTC: ${proof}`);
  });

  it('comes with what was before, as far as anybody wrote it down', () => {
    const past = (Attributes: NonNullable<ReplicaNews['state']['recorded']>['Attributes']) =>
      linesOf({ recorded: { Attributes } }).filter((line) => /^(In trouble|Last told):/.test(line));

    expect(past({})).toEqual([]);
    expect(past({ driftedSince: { S: '2026-01-02T03:00:05.000Z' }, told: { S: 'behind' } })).toEqual([
      'In trouble:  since 2026-01-02 03:00:05 UTC, for 4 minutes',
      'Last told:   it was behind',
    ]);
    expect(past({ driftedSince: { S: 'x' }, told: { S: 'unknown' }, toldAt: { S: AT } })).toEqual([
      'In trouble:  since x',
      'Last told:   2026-01-02 03:04:05 UTC: it could not be checked',
    ]);
  });
});

it('says what people were told, also by another version', () => {
  expect(['unknown', 'in-sync', 'behind', 'x'.repeat(41)].map(toldOf)).toEqual([
    'it could not be checked',
    'it was in sync',
    'it was behind',
    `it was ${'x'.repeat(40)}…`,
  ]);
});

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7199, '119 minutes'],
  [7200, '2 hours'],
  [172_799, '47 hours'],
  [172_800, '2 days'],
  [-1, ''],
])('a time of %i seconds is %j', (seconds, text) => {
  const from = new Date(0).toISOString();
  const to = new Date(seconds * 1000).toISOString();

  expect(durationOf(from, to)).toBe(text);
  expect(momentWithAge(from, to)).toBe(`1970-01-01 00:00:00 UTC${text === '' ? '' : ` (${text})`}`);
});

it('shows what is no time, but not at any length', () => {
  expect(momentOf('x'.repeat(41))).toBe(`${'x'.repeat(40)}…`);
  expect(momentOf('x'.repeat(40))).toBe('x'.repeat(40));
});

describe('why a task failed', () => {
  const of = (Cause: string, Err = 'States.TaskFailed') =>
    taskFailureLines(state('behind', { tries: { round: 1, task: { Error: Err, Cause } } }));

  it('is said by its exit code, if that is one of ours', () => {
    expect(of('{"Containers":[{"ExitCode":14}]}')[0]).toMatch(
      /^Task: {8}ended with exit code 14: .* \(docs\/errors\.md: auth\)$/,
    );
    expect(of('{"ExitCode": 137, "Reason":""}')[0]).toBe('Task:        failed with States.TaskFailed, exit code 137');
    expect(of('{"ExitCode":}')[0]).toBe('Task:        failed with States.TaskFailed');
    expect(of('')).toEqual(['Task:        failed with States.TaskFailed', 'Cause:       ', '']);
  });

  it('is said by AWS, each of its reasons once', () => {
    const cause =
      '{"StoppedReason": "one \\"of\\" two","Containers":[{"Reason":"two"},{"Reason":"two"},{"Reason":""}]}';

    expect(of(cause)[1]).toBe('Cause:       one \\"of\\" two; two');
    expect(of('no reason at all')[1]).toBe('Cause:       no reason at all');
    expect(of('x'.repeat(601))[1]).toBe(`Cause:       ${'x'.repeat(600)}…`);
  });
});

describe('what to do', () => {
  const replica = {
    id: 'R',
    source: { region: 'eu-west-1', repository: 'S' },
    destination: { region: 'eu-west-2', repository: 'D' },
  } as Replica;
  const linesOf = (changes: Partial<ReturnType<typeof aComparison>>, differences = [aDifference('refs/heads/a')]) =>
    remedyLines(
      state('behind', { compared: { result: { ...aComparison(differences, 1), ...changes } } }),
      replica,
      LINKS,
    ).join('\n');
  const branch = { expected: 'refs/heads/main', found: 'refs/heads/old', settable: true };

  it('names the region of a state machine only where its ARN has one', () => {
    expect(startCommand('arn:aws:states:eu-west-1:1:stateMachine:s', {})).toContain(' --region eu-west-1 ');
    expect(startCommand('arn:sm', {})).not.toContain('--region');
  });

  it('is nothing about a mass change that is confirmed', () => {
    const massChange = { fingerprint: '0123456789abcdef', deletes: 1, rewrites: 2, of: 3, confirmed: true };

    expect(linesOf({ massChange })).not.toContain('0123456789abcdef');
    expect(linesOf({ massChange: { ...massChange, confirmed: false } })).toContain('0123456789abcdef');
  });

  it('is about the default branch only where it is there and can be set', () => {
    const set = '--default-branch-name main';
    const others = [
      aDifference('refs/heads/main', { found: anOid('2') }),
      aDifference('refs/heads/b', { found: null }),
    ];

    expect(linesOf({ defaultBranch: branch })).toContain(set);
    expect(linesOf({ defaultBranch: branch }, others)).toContain(set);
    expect(linesOf({ defaultBranch: { ...branch, found: null } })).toContain(', and not set at the destination.');
    expect(linesOf({ defaultBranch: { ...branch, settable: false } })).not.toContain(set);
    expect(linesOf({ defaultBranch: branch }, [aDifference('refs/heads/main', { found: null })])).not.toContain(set);
    const empty = { ...aComparison([]).counts, destination: 0 };
    expect(linesOf({ defaultBranch: branch, counts: empty }, [])).not.toContain(set);
  });
});
