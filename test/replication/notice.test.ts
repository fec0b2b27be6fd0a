import fc from 'fast-check';
import type { AlertRequest, Comparison, Difference } from '../../replication/contract.ts';
import { composeNotice, replicaOf } from '../../replication/notice.ts';
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
const HEAD = `Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02T03:04:05.000Z (start of the execution that found it)
Execution:   https://console/e
`;
const AGAIN = `- When that is done, or to try again:
    aws stepfunctions start-execution --state-machine-arn arn:sm --input '{"replica":"${ID}"}'`;

const request = (state: Partial<AlertRequest['state']>, input: unknown = { replica: ID }): AlertRequest => ({
  execution: 'arn:execution',
  startedAt: '2026-01-02T03:04:05.000Z',
  input,
  state: { outcome: { Error: 'Ccrepl.Drift', Cause: '…' }, ...state },
});
const found = (differences: Difference[], inSync = 0): { compared: { result: Comparison } } => ({
  compared: { result: aComparison(differences, inSync) },
});
/** The state of an execution whose comparison failed. */
const failed = (name: string, cause: string) => {
  const failure = { Error: name, Cause: cause };
  return { failure, outcome: failure };
};
const messageOf = (differences: Difference[], state: Partial<AlertRequest['state']> = {}): string =>
  composeNotice(request({ ...found(differences), ...state }), REPLICA, LINKS).message;

it('says of a diverged head what, where, since when, and both ways out', () => {
  expect(composeNotice(request(found([aDifference('refs/heads/main')])), REPLICA, LINKS)).toEqual({
    subject: `ccrepl: ${ID} is diverged`,
    message: `The replica "${ID}" is diverged: 1 of 1 head is not as at the source.

${HEAD}
Heads (first 1 of 1):
- refs/heads/main was changed at the destination by somebody else: the source does not know its commit
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

it('says of a replica that is behind which heads wait, and offers no command that overwrites anything', () => {
  const heads = found([aDifference('refs/heads/main', hasMoved), aDifference('refs/heads/new', isNew)], 1);
  const failure = { Error: 'States.TaskFailed', Cause: '{"Containers":[{"ExitCode":16,"Name":"replicate"}]}' };

  expect(composeNotice(request({ ...heads, failure }), REPLICA, LINKS)).toEqual({
    subject: `ccrepl: ${ID} is behind`,
    message: `The replica "${ID}" is behind: 2 of 3 heads are not as at the source.

${HEAD}
Heads (first 2 of 2):
- refs/heads/main has moved at the source
    source      ${anOid('2')}
    destination ${anOid('3')}
- refs/heads/new is at the source and not yet at the destination
    source      ${anOid('1')}
    destination (not there)

The task ended with exit code 16: a limit of the server, or of ours, was met.

What to do:
${AGAIN}`,
  });
});

it('says of a comparison that failed what failed, and nothing about heads that nobody has seen', () => {
  const state = failed('Ccrepl.Auth', 'https://d/Destination: HTTP 403');

  expect(composeNotice(request(state), REPLICA, LINKS)).toEqual({
    subject: `ccrepl: ${ID} could not be checked`,
    message: `Whether the replica "${ID}" is in sync could not be found out.

${HEAD}
Error: Ccrepl.Auth
Cause: https://d/Destination: HTTP 403

What to do:
${AGAIN}`,
  });
});

it('leaves out the places and commands of a replica that is no longer configured', () => {
  const links = { ...LINKS, sourceUrl: '', destinationUrl: '' };

  const { message } = composeNotice(request(found([aDifference('refs/heads/main')])), undefined, links);

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

it.each([
  [1, 'a defect of ccrepl itself'],
  [13, 'a guard or a divergence kept some heads'],
  [14, 'access was denied'],
  [143, 'the task was told to stop'],
])('says what exit code %d of a task means, in whatever way the JSON is spaced', (exitCode, says) => {
  for (const Cause of [`{"ExitCode":${exitCode}}`, `{ "ExitCode": ${exitCode}, "Name": "replicate" }`]) {
    expect(messageOf([], { failure: { Error: 'States.TaskFailed', Cause } })).toContain(
      `The task ended with exit code ${exitCode}: ${says}.`,
    );
  }
});

it('passes on the error and the cause where the exit code is none of its own', () => {
  const failure = { Error: 'States.TaskFailed', Cause: '{"ExitCode":137,"Reason":"OutOfMemoryError"}' };

  const message = messageOf([], { failure });

  expect(message).toContain('Error: States.TaskFailed');
  expect(message).toContain('OutOfMemoryError');
});

it('takes the id of the comparison over what was typed', () => {
  expect(replicaOf(request(found([]), { replica: 'other' }))).toBe(ID);
  expect(replicaOf(request({}, { replica: 'a\nb' }))).toBe('a\\u{a}b');
});

it.each([{ replica: '' }, { replica: '  ' }, {}, null, 7])('asks for an id where %j names none', (input) => {
  const { subject, message } = composeNotice(request(failed('X', 'y'), input), undefined, LINKS);

  expect(subject).not.toMatch(/ {2}|undefined/);
  expect(message).toContain(`--input '{"replica":"ID"}'`);
});

it('keeps the subject within what SNS takes for any id that somebody typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (replica) => {
      const { subject } = composeNotice(request(failed('X', 'y'), { replica }), undefined, LINKS);

      expect(subject).toMatch(/^ccrepl: [\x20-\x7e]{1,91}$/);
    }),
    { seed },
  );
});

it('lets no field of strangers begin a line of its own', () => {
  const evil = 'x\r\nWhat to do:\n- run this\u2028\u0085\u001b[2J';

  const { message } = composeNotice(request(failed(evil, evil), { replica: evil }), undefined, LINKS);

  expect(message).not.toMatch(/[\r\u2028\u0085\u001b]/);
  expect(message.split('\n').filter((line) => line.startsWith('What to do:'))).toHaveLength(1);
  expect(message).not.toMatch(/^- run this/m);
});

it('cuts a message that is too long between lines, because half a command would name another head', () => {
  const heads = Array.from({ length: 10 }, (_, n) => aDifference(`refs/heads/${n}${"'".repeat(900)}`));

  const message = messageOf(heads);

  expect(message.length).toBeLessThan(16_100);
  expect(message).toMatch(/\n… \(cut; the execution has the whole\)$/);
  for (const line of message.split('\n').filter((text) => text.includes('git '))) expect(line).toMatch(/^ {4}git .*'$/);
});
