import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeComparison } from '../../replication/comparison.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { composeNotice } from '../../replication/notice.ts';
import { refuseTips } from '../../replication/plan.ts';
import { parseReplica } from '../../replication/settings.ts';
import { anOid, aPlan } from '../support/plans.ts';

const REPLICA = parseReplica(
  JSON.stringify({
    id: 'Source--ap-northeast-3',
    source: { region: 'ap-northeast-1', repository: 'Source' },
    destination: { region: 'ap-northeast-3', repository: 'Destination' },
  }),
);
const LINKS = {
  stateMachineArn: 'arn:sm',
  executionUrl: 'https://console/e',
  sourceUrl: 'https://s/Source',
  destinationUrl: 'https://d/Destination',
};

function request(plan: ReturnType<typeof aPlan> | undefined, state: Partial<AlertRequest['state']> = {}): AlertRequest {
  return {
    execution: 'arn:execution',
    startedAt: '2026-01-02T03:04:05.000Z',
    input: { replica: REPLICA.id },
    state: {
      ...(plan && { compared: { result: describeComparison(REPLICA, plan) } }),
      outcome: { Error: 'Ccrepl.Drift', Cause: '…' },
      ...state,
    },
  };
}
const diverged = (ref: string, source: Record<string, string> = { [ref]: '1' }) =>
  refuseTips(aPlan(source, { [ref]: '9' }), new Set([anOid('9')]), 'diverged');

it('says of a diverged head what, where, since when, and both ways out', () => {
  const { subject, message } = composeNotice(request(diverged('refs/heads/main')), REPLICA, LINKS);

  expect(subject).toBe('ccrepl: Source--ap-northeast-3 is diverged');
  expect(message).toBe(`The replica "Source--ap-northeast-3" is diverged: 1 of 1 head is not as at the source.

Source:      Source in ap-northeast-1
Destination: Destination in ap-northeast-3
Since:       2026-01-02T03:04:05.000Z (start of the execution that found it)
Execution:   https://console/e

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
- When that is done, or to try again:
    aws stepfunctions start-execution --state-machine-arn arn:sm --input '{"replica":"Source--ap-northeast-3"}'`);
});

it('offers to delete a head that only the destination has', () => {
  const plan = diverged('refs/tags/x', { 'refs/heads/main': '1' });

  const { message } = composeNotice(request(plan), REPLICA, LINKS);

  expect(message).toContain(`git push --force-with-lease=refs/tags/x:${anOid('9')} https://d/Destination :refs/tags/x`);
  expect(message).toContain('source      (not there)');
});

it('translates the exit code of a task', () => {
  const failure = { Error: 'States.TaskFailed', Cause: '{"Containers":[{"ExitCode":14}]}' };

  const { message } = composeNotice(request(aPlan({ 'refs/heads/a': '1' }, {}), { failure }), REPLICA, LINKS);

  expect(message).toContain('The task ended with exit code 14: access was denied.');
});

it('says that it does not know, where no comparison succeeded', () => {
  const outcome = { Error: 'Ccrepl.Missing', Cause: 'no such repository' };

  const { subject, message } = composeNotice(request(undefined, { outcome, failure: outcome }), REPLICA, LINKS);

  expect(subject).toBe('ccrepl: Source--ap-northeast-3 could not be checked');
  expect(message).toContain('Cause: no such repository');
});

it('quotes hostile names so that a shell gives them back unchanged', async () => {
  const ref = 'refs/heads/$(touch$IFS-x);`id`\'"&|<>!';
  const { message } = composeNotice(request(diverged(ref)), REPLICA, LINKS);
  const line = message.split('\n').find((text) => text.includes('--force-with-lease')) ?? '';
  const words = line.slice(line.lastIndexOf('&& git push') + 2).trim();

  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `set -f; for word in ${words}; do printf '%s\\n' "$word"; done`,
  ]);

  expect(stdout.split('\n')).toEqual([
    'git',
    'push',
    `--force-with-lease=${ref}:${anOid('9')}`,
    LINKS.destinationUrl,
    `${anOid('1')}:${ref}`,
    '',
  ]);
});

it('lets no name forge a line or break the subject', () => {
  const plan = diverged('refs/heads/a\u202eb');
  const failure = { Error: 'X\nSubject: y', Cause: 'line\r\nforged\u001b[31m' };

  const { subject, message } = composeNotice(
    { ...request(plan, { failure }), input: { replica: 'ü\n'.repeat(80) } },
    REPLICA,
    LINKS,
  );

  expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  expect(message).not.toMatch(/\u202e|\u001b|^forged|^Subject:/m);
});

it('stays short however much has drifted, with what people must see first', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`refs/heads/${'x'.repeat(200)}${n}`, '1']));
  const plan = refuseTips(
    aPlan({ ...many, 'refs/heads/zzz': '2' }, { 'refs/heads/zzz': '9' }),
    new Set([anOid('9')]),
    'diverged',
  );

  const comparison = describeComparison(REPLICA, plan);
  const { message } = composeNotice(request(plan), REPLICA, LINKS);

  expect(comparison.differences[0]).toMatchObject({ ref: 'refs/heads/zzz', action: 'refuse' });
  expect(comparison).toMatchObject({ verdict: 'diverged', replicable: true, differencesOmitted: 9981 });
  expect(JSON.stringify(comparison).length).toBeLessThan(20_000);
  expect(message.length).toBeLessThan(17_000);
});
