import { assumedRole } from '../../aws/assumed-role.ts';
import { codeCommitRemote } from '../../git/codecommit/remote.ts';
import { type AwsCredentials, signCodeCommit } from '../../git/codecommit/signature.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalSystem } from '../../local/system.ts';
import type { CodeCommitSide, Replica } from '../../replication/settings.ts';
import { aFolder, Clone, refsOf, removeFolders } from '../support/repository.ts';
import { theBundle } from '../support/system.ts';

const OTHER = '222222222222';
const EXTERNAL_ID = 'external-id-7f3a';
const account = {
  roleArn: `arn:aws:iam::${OTHER}:role/ccrepl/ccrepl-writer`,
  checkerRoleArn: `arn:aws:iam::${OTHER}:role/ccrepl/ccrepl-checker`,
  externalId: EXTERNAL_ID,
};
const THERE: CodeCommitSide = { ...REPLICA.destination, account };
const FOREIGN: Replica = { ...REPLICA, id: 'Source--222222222222', destination: THERE };

let system: LocalSystem;
let clone: Clone;
let seen: string[];
afterEach(() => system.stop());
afterAll(removeFolders);

/** The whole system with these replicas, and a developer's clone with one commit; all that it says is in `seen`. */
async function start(...replicas: Replica[]): Promise<void> {
  seen = [];
  const note = (thing: unknown) => seen.push(JSON.stringify(thing));
  system = await LocalSystem.start({
    replicas,
    directory: await aFolder(),
    bundle: await theBundle(),
    firstPort: 0,
    pauseMs: 0,
    onTaskLog: note,
    onTaskResult: (_arn, result) => note(result),
    onFunctionLog: (_name, line) => note(line),
    onAlert: note,
  });
  // What our own process asks of STS.
  process.env['AWS_ENDPOINT_URL_STS'] = system.endpoint;
  clone = await Clone.init();
  await clone.commit();
}

const own = (region: string, repository: string) => system.region(region).store.path(repository);
const foreign = (region: string, repository: string) => system.region(region, OTHER).store.path(repository);
const push = (...refspecs: string[]) =>
  clone.push(system.region('ap-northeast-1').cloneUrl('Source').replace('://', '://local:local@'), ...refspecs);

/** The keys of a role of the other account, as one of ours gets them. */
const assume = (as: 'task' | 'checker', roleArn: string): Promise<AwsCredentials> =>
  assumedRole(async () => system.people[as].credentials, {
    roleArn,
    externalId: EXTERNAL_ID,
    sessionName: 'test',
    region: THERE.region,
  })({ fresh: false });

/** What reading, or asking to push, comes to. */
async function reach(credentials: AwsCredentials, service: 'git-upload-pack' | 'git-receive-pack'): Promise<string> {
  const endpoints = { [THERE.region]: system.region(THERE.region).origin };
  const remote = codeCommitRemote(THERE, async () => credentials, endpoints, { side: 'destination' });
  try {
    return `${(await remote.advertisement(service)).refs.size} refs`;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    remote.close();
  }
}

/** Pushes with stock git, signed with these keys. */
async function pushAs(credentials: AwsCredentials, refspec: string): Promise<void> {
  const url = new URL(system.region(THERE.region).cloneUrl(THERE.repository));
  const { username, password } = signCodeCommit(credentials, {
    region: THERE.region,
    host: url.hostname,
    path: url.pathname,
    at: new Date(),
  });
  [url.username, url.password] = [encodeURIComponent(username), password];
  await clone.push(url.href, refspec);
}

it('replicates into another account and proves it there, beside a repository of ours with the same region and name', async () => {
  await start(FOREIGN, REPLICA);
  await clone.git('tag', '-a', '-m', 'one', 'v1');

  await push('main', 'v1');
  await system.idle();
  await clone.commit();
  await push('main', 'main:refs/heads/dev');
  await system.idle();
  await system.region('ap-northeast-1').store.setDefaultBranch('Source', 'dev');
  await system.startExecution({ replica: FOREIGN.id });
  await system.idle();

  expect(system.machine.executions.map(({ status }) => status)).not.toContain('FAILED');
  expect((await system.records()).get(FOREIGN.id)).toMatchObject({ verdict: 'in-sync', heads: 3 });
  const refs = await refsOf(own('ap-northeast-1', 'Source'));
  expect(refs).toContain('refs/tags/v1');
  expect(await refsOf(foreign('ap-northeast-3', 'Destination'))).toBe(refs);
  expect(await refsOf(own('ap-northeast-3', 'Destination'))).toBe(refs);
  expect(await system.region('ap-northeast-3', OTHER).store.defaultBranch('Destination')).toBe('dev');
  expect(await system.region('ap-northeast-3').store.defaultBranch('Destination')).toBe('main');
  const sessions = system.roles.sessions.map(({ arn }) => arn);
  expect([...new Set(sessions)].sort()).toEqual([
    `arn:aws:sts::${OTHER}:assumed-role/ccrepl-checker/ccrepl-${FOREIGN.id}`,
    `arn:aws:sts::${OTHER}:assumed-role/ccrepl-writer/ccrepl-${FOREIGN.id}`,
  ]);
});

it('replicates into the repository of the same region and name in another account', async () => {
  await start({ ...FOREIGN, destination: { ...REPLICA.source, account } });

  await push('main');
  await system.idle();

  expect((await system.records()).get(FOREIGN.id)).toMatchObject({ verdict: 'in-sync', heads: 1 });
  expect(await refsOf(foreign('ap-northeast-1', 'Source'))).toBe(await refsOf(own('ap-northeast-1', 'Source')));
  expect(system.machine.executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
});

it('lets the writer’s role push, the checker’s only read, and nobody assume the role that is not his', async () => {
  await start(FOREIGN);
  const writer = await assume('task', account.roleArn);
  const checker = await assume('checker', account.checkerRoleArn);

  await pushAs(writer, 'main');
  await clone.commit();

  await expect(pushAs(checker, 'main')).rejects.toThrow('403');
  expect(await reach(checker, 'git-upload-pack')).toBe('1 refs');
  expect(await reach(checker, 'git-receive-pack')).toBe('unauthorized');
  await expect(assume('checker', account.roleArn)).rejects.toMatchObject({ code: 'auth' });
  await expect(assume('task', account.checkerRoleArn)).rejects.toMatchObject({ code: 'auth' });
});

it('shows our own identities nothing of the other account: without the role its repositories are not there', async () => {
  await start(FOREIGN);
  await pushAs(await assume('task', account.roleArn), 'main');
  const { task, checker, developer } = system.people;

  expect(await reach(task.credentials, 'git-upload-pack')).toBe('not-found');
  expect(await reach(task.credentials, 'git-receive-pack')).toBe('unauthorized');
  expect(await reach(checker.credentials, 'git-upload-pack')).toBe('not-found');
  expect(await reach(developer.credentials, 'git-receive-pack')).toBe('not-found');
  await expect(pushAs(task.credentials, 'main')).rejects.toThrow('403');
});

it('fails with Ccrepl.Auth and tells people what both accounts must allow, where the external id is not the role’s', async () => {
  const wrong = { ...account, externalId: 'another-id-91c4' };
  const other = { ...THERE, repository: 'Elsewhere', account: wrong };
  await start(FOREIGN, { ...FOREIGN, id: 'wrong-id', destination: other });

  await system.startExecution({ replica: 'wrong-id' });
  await system.idle();

  const record = (await system.records()).get('wrong-id');
  expect(record).toMatchObject({ lastError: 'Ccrepl.Auth' });
  const [alert] = system.topic.inbox;
  for (const text of [record?.lastCause, alert?.message]) {
    expect(text).toContain(`the role ${account.checkerRoleArn} cannot be assumed`);
    expect(text).toContain('its trust policy names this identity together with the external id');
  }
  expect(system.tasks.mostAtOnce.get('wrong-id')).toBeUndefined();
  expect([...seen, JSON.stringify([record, system.topic.inbox])].join()).not.toMatch(
    /another-id-91c4|external-id-7f3a/,
  );
});

it('shows the keys of no session in a log, a state, a record, a result or an alert', async () => {
  await start(FOREIGN);
  await push('main');
  await system.idle();
  // Somebody writes to the destination: the alert about it, too, comes of readings with these keys.
  await clone.commit('stray\n');
  await pushAs(await assume('task', account.roleArn), 'main');
  await system.startExecution({ replica: FOREIGN.id });
  await system.idle();

  const states = JSON.stringify(system.machine.executions);
  const told = [
    ...seen,
    states,
    JSON.stringify([...(await system.records()).values()]),
    JSON.stringify(system.topic.inbox),
  ].join();
  const secrets = [...system.roles.sessions, ...Object.values(system.people)].flatMap(({ credentials }) => [
    credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? [] : [credentials.sessionToken]),
  ]);

  expect(told).toContain('replicated');
  expect(system.topic.inbox).toHaveLength(1);
  expect(system.roles.sessions.length).toBeGreaterThan(3);
  expect(secrets.filter((secret) => told.includes(secret) || told.includes(encodeURIComponent(secret)))).toEqual([]);
});

it('refuses a destination that names the account ccrepl runs in as another', async () => {
  const [roleArn, checkerRoleArn] = [account.roleArn, account.checkerRoleArn].map((arn) =>
    arn.replace(OTHER, '111122223333'),
  );
  const itself = { ...account, roleArn, checkerRoleArn } as typeof account;
  await start({ ...FOREIGN, destination: { ...THERE, account: itself } });

  await system.startExecution({ replica: FOREIGN.id });
  await system.idle();

  const record = (await system.records()).get(FOREIGN.id);
  expect(record).toMatchObject({ lastError: 'Ccrepl.Input' });
  expect(record?.lastCause).toContain('its destination names roles of the account 111122223333, in which ccrepl runs');
  expect(system.roles.sessions).toEqual([]);
});
