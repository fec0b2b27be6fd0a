import fc from 'fast-check';
import type { Comparison, Difference, ReplicaNews } from '../../replication/contract.ts';
import { movedSide } from '../../replication/notice/moved.ts';
import { composeNotice } from '../../replication/notice.ts';
import { REASONS } from '../../replication/reasons.ts';
import type { Replica } from '../../replication/settings.ts';
import { aComparison, aDifference, hasMoved, isGone, isNew } from '../support/comparisons.ts';
import { anOid } from '../support/plans.ts';
import { seed } from '../support/seed.ts';

const ID = 'Source--ap-northeast-3';
const REPLICA = {
  id: ID,
  source: { region: 'ap-northeast-1', repository: 'Source' },
  destination: { region: 'ap-northeast-3', repository: 'Destination' },
} as Replica;
const LINKS = {
  stateMachineArn: 'arn:sm',
  executionUrl: 'https://console/e',
  sourceUrl: 'https://s/Source',
  destinationUrl: 'https://d/Destination',
};
const SINCE = '2026-01-02T03:01:05.000Z';
const STARTED = '2026-01-02T03:04:05.000Z';
const START = 'aws stepfunctions start-execution --state-machine-arn arn:sm --input';
const AGAIN = `- When that is done, or to try again:
    ${START} '{"replica":"${ID}"}'`;

/** News of trouble that people have not heard of. */
const news = (state: Partial<ReplicaNews['state']>): ReplicaNews => ({
  execution: 'arn:execution',
  startedAt: STARTED,
  state: {
    run: { replica: ID, remindBefore: '2026-01-01T03:04:05.000Z', expiresAt: '1767927845' },
    rounds: { number: 1 },
    lease: { wantedSince: SINCE },
    outcome: {
      verdict: state.compared?.result.verdict ?? 'unknown',
      kind: state.compared?.result.kind ?? 'unknown',
      at: SINCE,
      seenAt: state.compared?.result.comparedAt ?? STARTED,
      Error: 'Ccrepl.Drift',
      Cause: 'The replica …',
    },
    recorded: {},
    ...state,
  },
});
const found = (differences: Difference[], inSync = 0, changes: Partial<Comparison> = {}) => ({
  compared: { result: { ...aComparison(differences, inSync), ...changes } },
});
/** The state of an execution whose comparison failed. */
const failed = (error: string, cause: string): Partial<ReplicaNews['state']> => ({
  outcome: { verdict: 'unknown', kind: 'unknown', at: SINCE, seenAt: STARTED, Error: error, Cause: cause },
});
const noticeOf = (state: Partial<ReplicaNews['state']>) => composeNotice(news(state), REPLICA, LINKS);
const messageOf = (differences: Difference[], state: Partial<ReplicaNews['state']> = {}): string =>
  noticeOf({ ...found(differences), ...state }).message;

it('says of a diverged head what, where, since when, which side moved, and both ways out', () => {
  expect(noticeOf(found([aDifference('refs/heads/main')]))).toEqual({
    subject: `ccrepl: ${ID} is diverged`,
    message: `The replica "${ID}" is diverged: 1 of 1 head is not as at the source.

Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02 03:01:05 UTC (3 minutes)
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is diverged"

Heads (first 1 of 1):
- refs/heads/main was changed at the destination by somebody else: the source does not know its commit
    moved       the destination: somebody else pushed to it
    source      ${anOid('1')}
    destination ${anOid('9')}

What to do:
- Nothing was overwritten: refs/heads/main still has what was pushed to the destination.
- To keep that work, bring it to the source (from there it counts as known, and the replica follows the source again):
    git fetch https://d/Destination refs/heads/main && git push https://s/Source ${anOid('9')}:refs/heads/from-replica/main
- To give it up, put the destination back to what the source has:
    git fetch https://s/Source refs/heads/main && git push --force-with-lease=refs/heads/main:${anOid('9')} https://d/Destination ${anOid('1')}:refs/heads/main
${AGAIN}`,
  });
});

it('says of a replica that is behind which heads wait and why, and offers no command that overwrites anything', () => {
  const PROVEN = '2026-01-01T03:04:10.000Z';
  const heads = found([aDifference('refs/heads/main', hasMoved), aDifference('refs/heads/new', isNew)], 1);
  const task = { Error: 'States.TaskFailed', Cause: '{"Containers":[{"ExitCode":16,"Name":"replicate"}]}' };

  expect(
    noticeOf({ ...heads, tries: { round: 1, task }, recorded: { Attributes: { verifiedAt: { S: PROVEN } } } }),
  ).toEqual({
    subject: `ccrepl: ${ID} is behind`,
    message: `The replica "${ID}" is behind: 2 of 3 heads are not as at the source.

Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02 03:01:05 UTC (3 minutes)
Last proven: 2026-01-01 03:04:10 UTC (24 hours)
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is behind"

Heads (first 2 of 2):
- refs/heads/main has moved at the source
    moved       the source
    source      ${anOid('2')}
    destination ${anOid('3')}
- refs/heads/new is at the source and not yet at the destination
    moved       the source
    source      ${anOid('1')}
    destination (not there)

Task:        ended with exit code 16: a limit of the server, or of ours, was met (docs/errors.md: quota)

What to do:
- The next push or sweep tries again by itself. To try now:
    ${START} '{"replica":"${ID}"}'`,
  });
});

it('says of a refused head what the guard saw, and of a mass change how to carry it out', () => {
  const massChange = { fingerprint: '0123456789abcdef', deletes: 30, rewrites: 2, of: 40, confirmed: false };
  const gone = aDifference('refs/heads/gone', { ...isGone, action: 'refuse', reason: 'mass-change' });
  const whole = aComparison([gone], 8);
  const counts = { ...whole.counts, destination: 40, refuse: 32 };

  expect(
    noticeOf({ compared: { result: { ...whole, verdict: 'refused', counts, massChange, differencesOmitted: 31 } } }),
  ).toEqual({
    subject: `ccrepl: ${ID} is refused`,
    message: `The replica "${ID}" is refused: 32 of 40 heads are not as at the source.

Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02 03:01:05 UTC (3 minutes)
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica is refused"

Heads (first 1 of 32):
- refs/heads/gone is kept: too many heads would be deleted or rewritten at once, until a person confirms it
    moved       the source
    source      (not there)
    destination ${anOid('4')}

What to do:
- 30 deletions and 2 rewrites of 40 heads were held back: they are more than the replica allows at once.
  If they are not meant, put the source right: the destination still has everything.
  If they are, carry out exactly these (what changes until then needs a new confirmation):
    ${START} '{"replica":"${ID}","confirm":"0123456789abcdef"}'
${AGAIN}`,
  });
});

it('says of a comparison that failed what failed, and nothing about heads that an earlier one saw', () => {
  const cause = JSON.stringify({
    errorType: 'Ccrepl.Auth',
    errorMessage: 'https://d/Destination: HTTP 403',
    trace: [],
  });
  const state = { ...found([aDifference('refs/heads/main')]), ...failed('Ccrepl.Auth', cause) };

  expect(noticeOf(state)).toEqual({
    subject: `ccrepl: ${ID} could not be checked`,
    message: `Whether the replica "${ID}" is in sync could not be found out.

Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02 03:01:05 UTC (3 minutes)
Last proven: never
Execution:   https://console/e
Runbook:     docs/runbook.md: "A replica could not be checked"

Error:       Ccrepl.Auth: access was denied
Cause:       https://d/Destination: HTTP 403

What to do:
- Put right what the cause says; docs/errors.md has a row for Ccrepl.Auth.
${AGAIN}`,
  });
});

it.each(['null', '7', '{}', '{"errorMessage":7}', '{"errorMessage":"cut', 'Task timed out'])(
  'passes on a cause that is no error of a function as it is: %s',
  (cause) => {
    expect(noticeOf(failed('States.Timeout', cause)).message).toContain(
      `Error:       States.Timeout\nCause:       ${cause}\n`,
    );
  },
);

it.each(Object.keys(REASONS))('says which side moved, or that nobody knows, of a head that is %s', (reason) => {
  expect(movedSide(reason)).toMatch(/^(the source|the destination|not known)/);
  expect(messageOf([aDifference('refs/heads/a', { reason })])).toContain(`    moved       ${movedSide(reason)}\n`);
});

it('names the destination as the side that moved where somebody pushed to it, and only there', () => {
  expect(Object.keys(REASONS).filter((reason) => movedSide(reason)?.startsWith('the destination'))).toEqual([
    'diverged',
  ]);
});

it('says for one of many diverged heads what to do, and that the others are as that one', () => {
  const message = messageOf([aDifference('refs/heads/a'), aDifference('refs/heads/b')]);

  expect(message.match(/git push/g)).toHaveLength(2);
  expect(message).toContain('- The other heads that were changed at the destination: the same, one by one.');
});

it('points to the table of reasons where a guard refused a head and there is no command', () => {
  const heads = [aDifference('refs/heads/a', { reason: 'views-disagree' })];

  expect(messageOf(heads)).toContain('docs/guards.md explains each reason.\n- When that is done');
  expect(messageOf([aDifference('refs/heads/a')])).not.toContain('docs/guards.md');
});

it('says apart how many heads moved while the others stood', () => {
  const two = [aDifference('refs/heads/a', hasMoved), aDifference('refs/heads/b', hasMoved)];
  const standing = { ...aComparison(two), differences: two.slice(0, 1) };

  expect(noticeOf({ compared: { result: standing } }).message).toMatch(
    /^The .* is behind: 2 of 2 heads are not[\s\S]*\nHeads \(first 1 of 1\):\n[\s\S]*\n1 more moved while this was found out, and are being followed\.\n/,
  );
});

it('says with whose identity git must speak to a destination in another account', () => {
  const account = {
    roleArn: 'arn:aws:iam::222222222222:role/w',
    checkerRoleArn: 'arn:aws:iam::222222222222:role/c',
    externalId: 'canary-external-id',
  };
  const replica = { ...REPLICA, destination: { region: 'ap-northeast-3', repository: 'Destination', account } };

  const { message } = composeNotice(news(found([aDifference('refs/heads/main')])), replica, LINKS);

  expect(message).toContain('The destination is in account 222222222222: git needs an identity of that account there.');
  expect(message).toMatch(/git fetch .* && git push/);
  expect(message).not.toContain('canary-external-id');
  expect(messageOf([aDifference('refs/heads/main')])).not.toContain('identity of that account');
});

it('leaves out the places and commands of a replica that is no longer configured', () => {
  const links = { ...LINKS, sourceUrl: '', destinationUrl: '' };

  const { message } = composeNotice(news(found([aDifference('refs/heads/main')])), undefined, links);

  expect(message).not.toMatch(/^(Source|Destination):/m);
  expect(message).not.toContain('git ');
  expect(message).toContain('No command can be given for it: the replica is not configured here');
});

it('names no other head in a command where the name is shown cut or escaped', () => {
  const message = messageOf([aDifference('refs/heads/\\xe9')]);

  expect(message).not.toMatch(/git (fetch|push)/);
  expect(message).toContain('No command can be given for it: its name is shown cut or escaped');
});

it('counts a head that is gone and one that is new as two of all the heads there are', () => {
  const heads = ['a', 'b'].flatMap((name) => [
    aDifference(`refs/heads/gone-${name}`, isGone),
    aDifference(`refs/heads/new-${name}`, isNew),
  ]);

  expect(messageOf(heads).split('\n')[0]).toBe(`The replica "${ID}" is behind: 4 of 4 heads are not as at the source.`);
});

it('says what is missing where every head is as at the source', () => {
  const defaultBranch = { expected: 'refs/heads/main', found: 'refs/heads/old', settable: true };

  expect(noticeOf(found([], 1, { defaultBranch })).message).toMatch(
    /^.* is behind: its default branch is not the source's\.\n[\s\S]*\n {4}aws codecommit update-default-branch --region ap-northeast-3 --repository-name Destination --default-branch-name main\n/,
  );
  expect(noticeOf(found([], 1)).message).toMatch(/^.* is behind: every head is as at the source, but helper refs /);
});

it.each([
  [1, 'a defect of ccrepl itself'],
  [13, 'a guard or a divergence kept some heads'],
  [14, 'access was denied'],
  [143, 'the task was told to stop'],
])('says what exit code %d of a task means, in whatever way the JSON is spaced', (exitCode, says) => {
  for (const Cause of [`{"ExitCode":${exitCode}}`, `{ "ExitCode": ${exitCode}, "Name": "replicate" }`]) {
    expect(messageOf([], { tries: { round: 1, task: { Error: 'States.TaskFailed', Cause } } })).toContain(
      `Task:        ended with exit code ${exitCode}: ${says} (`,
    );
  }
});

it('passes on why a task stopped where the exit code is none of its own', () => {
  const Cause = `{"Attachments":"${'x'.repeat(2000)}","ExitCode":137,"Reason":"OutOfMemoryError: killed","StoppedReason":"Essential container in task exited"}`;

  expect(messageOf([], { tries: { round: 1, task: { Error: 'States.TaskFailed', Cause } } })).toContain(
    'Task:        failed with States.TaskFailed, exit code 137\nCause:       OutOfMemoryError: killed; Essential container in task exited\n',
  );
});

it('passes on the cause of a task that never had an exit code', () => {
  const task = { Error: 'ECS.AmazonECSException', Cause: 'no such cluster' };

  expect(messageOf([], { tries: { round: 1, task } })).toContain(
    'Task:        failed with ECS.AmazonECSException\nCause:       no such cluster\n',
  );
});

it.each<[string, NonNullable<ReplicaNews['state']['tries']>]>([
  ['ended well', { round: 2, task: { ended: 'well' } }],
  ['failed in an earlier round', { round: 1, task: { Error: 'States.TaskFailed', Cause: '{"ExitCode":14}' } }],
  ['has not ended', { round: 2 }],
])('says nothing of a task that %s', (_what, tries) => {
  expect(messageOf([], { rounds: { number: 2 }, tries })).not.toContain('Task:');
});

it('says of a task that failed in this round, however many there were, how it ended', () => {
  const tries = { round: 7, task: { Error: 'States.TaskFailed', Cause: '{"ExitCode":14}' } };

  expect(messageOf([], { rounds: { number: 7 }, tries })).toContain('\nTask:        ended with exit code 14: ');
});

it('keeps the subject within what SNS takes, and what it says whole, for the longest id', () => {
  const run = { ...news({}).state.run, replica: `${'x'.repeat(127)}y` };

  const { subject } = noticeOf({ ...found([aDifference('refs/heads/main')]), run });

  expect(subject).toMatch(/^ccrepl: x+\.\.\. is diverged$/);
  expect(subject).toHaveLength(99);
});

it('lets no field of strangers begin a line of its own', () => {
  const evil = 'x\r\nWhat to do:\n- run this\u2028\u0085\u001b[2J';
  const tries = { round: 1, task: { Error: evil, Cause: evil } };
  const recorded = {
    Attributes: {
      driftedSince: { S: evil },
      told: { S: evil },
      toldKind: { S: `diverged:${evil}` },
      toldAt: { S: evil },
      verifiedAt: { S: evil },
    },
  };
  const sameVerdict = { Attributes: { ...recorded.Attributes, told: { S: 'diverged' } } };
  const outcome = { verdict: 'unknown' as const, kind: evil, at: evil, seenAt: evil, Error: evil, Cause: evil };

  for (const state of [
    { outcome, tries, recorded },
    { outcome, tries, lease: { wantedSince: evil } },
    { ...found([aDifference('refs/heads/main')]), tries, recorded },
    { ...found([aDifference('refs/heads/main')]), tries, recorded: sameVerdict },
    { ...found([]), outcome: { verdict: 'in-sync' as const, kind: evil, at: evil, seenAt: evil }, recorded },
  ]) {
    const { subject, message } = noticeOf(state);

    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(message).not.toMatch(/[\r\u2028\u0085\u001b]/);
    expect(message.split('\n').filter((line) => line.startsWith('What to do:')).length).toBeLessThanOrEqual(1);
    expect(message).not.toMatch(/^- run this/m);
  }
});

it('keeps a subject of printable ASCII for any error, cause and record', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(anyText, anyText, anyText, (error, cause, text) => {
      const S = text;
      const recorded = {
        Attributes: { told: { S }, toldKind: { S }, toldAt: { S }, driftedSince: { S }, verifiedAt: { S } },
      };
      const { subject } = noticeOf({ ...failed(error, cause), recorded });
      const changed = noticeOf({ ...found([aDifference('refs/heads/main')]), recorded }).subject;

      expect(subject).toMatch(/^ccrepl: [\x20-\x7e]{1,91}$/);
      expect(changed).toMatch(/^ccrepl: [\x20-\x7e]{1,91}$/);
    }),
    { seed },
  );
});

it('takes no head that is kept by policy for one that moved, and none that is not remembered either', () => {
  const one = [aDifference('refs/heads/a')];
  const kept = aComparison(one);
  kept.counts.keep = 17;
  const many = aComparison(one);
  many.counts.refuse = 12_000;

  expect(messageOf(one, { compared: { result: kept } })).not.toContain('moved while');
  expect(messageOf(one, { compared: { result: { ...many, differencesOmitted: 4999 } } })).toContain(
    '\n7000 more are not as at the source.\n',
  );
});

it('leaves room for what to do about it, however long the names of the heads are', () => {
  const heads = Array.from({ length: 10 }, (_, n) => aDifference(`refs/heads/${n}${'x'.repeat(960)}`));

  const message = messageOf(heads);

  expect(message).toMatch(/\nHeads \(first [5-9] of 10\):\n/);
  expect(message).toContain('To give it up');
  expect(message).toContain('start-execution');
});

it('cuts a message that is too long between lines, because half a command would name another head', () => {
  const heads = Array.from({ length: 10 }, (_, n) => aDifference(`refs/heads/${n}${"'".repeat(900)}`));

  const message = messageOf(heads);

  expect(message.length).toBeLessThan(16_100);
  expect(message).toMatch(/\n… \(cut; the execution has the whole\)$/);
  for (const line of message.split('\n').filter((text) => text.includes('git '))) expect(line).toMatch(/^ {4}git .*'$/);
});
