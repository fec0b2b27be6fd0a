import { CodeCommitClient, ListRepositoriesCommand } from '@aws-sdk/client-codecommit';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { signCodeCommit } from '../../git/codecommit/signature.ts';
import { basicHeader } from '../../git/credentials.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { Region } from '../../local/codecommit/region.ts';
import { authenticate, type Principal } from '../../local/identity.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { LocalRoles } from '../../local/sts/roles.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const ROLE = 'arn:aws:iam::222222222222:role/path/writer';
const ASKED = { RoleArn: ROLE, RoleSessionName: 'test', ExternalId: 'external-id' };

/** A role of ours with these keys, which may assume these roles. */
const caller = (name: string, assumes: string[]): Principal => ({
  arn: `arn:aws:sts::111122223333:assumed-role/${name}/session`,
  credentials: { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: 'secret' },
  may: () => true,
  assumes,
});
const trusted = caller('trusted', [ROLE]);
const notTrusted = caller('nottrusted', [ROLE]);
const notAllowed = caller('notallowed', []);

let now: Date;
let known: Principal[];
let aws: LocalServer;
const clients: STSClient[] = [];
beforeEach(async () => {
  now = new Date('2030-01-01T00:00:00Z');
  known = [];
  const role = {
    arn: ROLE,
    trusts: 'arn:aws:iam::111122223333:role/trusted',
    externalId: 'external-id',
    may: (action: string) => action === 'GitPull',
    denies: ['UpdateDefaultBranch'],
    principals: known,
  };
  const unreachable = {
    ...role,
    arn: 'arn:aws:iam::222222222222:role/for-nobody',
    trusts: 'arn:aws:iam::111122223333:role/notallowed',
  };
  const callers = [trusted, notTrusted, notAllowed];
  aws = await listen(
    gateway({
      regions: [],
      machines: [],
      functions: [],
      topic: new LocalTopic('arn:aws:sns:eu-west-1:111122223333:t', () => {}),
      roles: new LocalRoles([role, unreachable], callers, () => now),
      accessKeyIds: callers.map(({ credentials }) => credentials.accessKeyId),
    }),
    0,
  );
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
});

afterAll(removeFolders);

const sts = (accessKeyId = trusted.credentials.accessKeyId): STSClient => {
  const credentials = { accessKeyId, secretAccessKey: 'secret' };
  const client = new STSClient({ region: 'eu-west-1', endpoint: aws.origin, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
};
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'the call succeeded',
    (error: unknown) => error,
  );

it('gives keys with a session token and an end, to STS’s own SDK', async () => {
  const given = await sts().send(new AssumeRoleCommand({ ...ASKED, DurationSeconds: 900 }));

  expect(given).toMatchObject({
    AssumedRoleUser: { Arn: 'arn:aws:sts::222222222222:assumed-role/writer/test' },
    Credentials: { AccessKeyId: expect.stringMatching(/^ASIA\w{16}$/), Expiration: new Date('2030-01-01T00:15:00Z') },
  });
  expect(known.map(({ arn, credentials }) => ({ arn, ...credentials }))).toEqual([
    {
      arn: given.AssumedRoleUser?.Arn,
      accessKeyId: given.Credentials?.AccessKeyId,
      secretAccessKey: given.Credentials?.SecretAccessKey,
      sessionToken: given.Credentials?.SessionToken,
    },
  ]);
});

it('makes of a session an identity with the role’s rights, for as long as it lasts', async () => {
  await sts().send(new AssumeRoleCommand(ASKED));
  const [first] = known;
  now = new Date('2030-01-01T01:00:00Z');
  await sts().send(new AssumeRoleCommand(ASKED));

  expect(first).toMatchObject({ denies: ['UpdateDefaultBranch'], expires: now });
  expect([first?.may('GitPull', 'any'), first?.may('GitPush', 'any')]).toEqual([true, false]);
  expect(known).not.toContain(first);
  expect(known).toHaveLength(1);
});

it('has a session’s keys taken by git and by the API until the session ends, by git only with its token', async () => {
  const { Credentials: given } = await sts().send(new AssumeRoleCommand(ASKED));
  const keys = {
    accessKeyId: given?.AccessKeyId as string,
    secretAccessKey: given?.SecretAccessKey as string,
    sessionToken: given?.SessionToken,
  };
  const at = { region: 'eu-west-1', host: '127.0.0.1', path: '/v1/repos/R' };
  const byGit = (sessionToken: string | undefined) => {
    const { username, password } = signCodeCommit({ ...keys, sessionToken }, { ...at, at: now });
    return authenticate(basicHeader(username, password), known, { ...at, now })?.arn;
  };
  const region = new Region({
    name: at.region,
    account: '111122223333',
    directory: await aFolder(),
    principals: [],
    others: [
      new Region({
        name: at.region,
        account: '222222222222',
        directory: await aFolder(),
        principals: known,
        now: () => now,
      }),
    ],
  });
  await region.start();
  const client = new CodeCommitClient({ ...at, endpoint: region.origin, credentials: keys, maxAttempts: 1 });
  const byApi = async () => await failure(client.send(new ListRepositoriesCommand({})));

  now = new Date('2030-01-01T00:59:59Z');
  expect([byGit(keys.sessionToken), byGit(undefined), byGit('another')]).toEqual([known[0]?.arn, undefined, undefined]);
  expect(await byApi()).toBe('the call succeeded');
  now = new Date('2030-01-01T01:00:00Z');
  expect(byGit(keys.sessionToken)).toBeUndefined();
  expect(await byApi()).toMatchObject({ name: 'UnrecognizedClientException' });
  client.destroy();
  await region.stop();
});

it.each<[string, Principal, object]>([
  ['a role that there is not', trusted, { RoleArn: 'arn:aws:iam::222222222222:role/none' }],
  ['another external id', trusted, { ExternalId: 'external-ie' }],
  ['no external id', trusted, { ExternalId: undefined }],
  ['a caller whom the role does not trust', notTrusted, {}],
  [
    'a caller who may not assume it, though it trusts him',
    notAllowed,
    { RoleArn: 'arn:aws:iam::222222222222:role/for-nobody' },
  ],
])('refuses %s in STS’s words, which do not say which of these it was', async (_what, who, changes) => {
  const asked = { ...ASKED, ...changes };

  expect(await failure(sts(who.credentials.accessKeyId).send(new AssumeRoleCommand(asked)))).toMatchObject({
    name: 'AccessDenied',
    message: `User: ${who.arn} is not authorized to perform: sts:AssumeRole on resource: ${asked.RoleArn}`,
    $metadata: { httpStatusCode: 403 },
  });
  expect(known).toEqual([]);
});

it.each<[string, object, string, string]>([
  ['a session name with a space', { RoleSessionName: 'a b' }, 'ValidationError', 'roleSessionName'],
  ['a session name of 65 characters', { RoleSessionName: 'a'.repeat(65) }, 'ValidationError', 'roleSessionName'],
  ['an external id of one character', { ExternalId: 'x' }, 'ValidationError', 'externalId'],
  ['an ARN that is no role’s', { RoleArn: 'arn:aws:iam::222222222222:user/x' }, 'ValidationError', 'roleArn'],
  ['less than a quarter of an hour', { DurationSeconds: 899 }, 'ValidationError', '900'],
  ['more than an hour, for one who is a role', { DurationSeconds: 3601 }, 'ValidationError', 'role chaining'],
  ['a session policy', { Policy: '{}' }, 'UnsupportedOperation', 'AssumeRole with Policy'],
  ['tags', { Tags: [{ Key: 'a', Value: 'b' }] }, 'UnsupportedOperation', 'AssumeRole with Tags.member.1.Key'],
])('refuses %s', async (_what, changes, name, message) => {
  expect(await failure(sts().send(new AssumeRoleCommand({ ...ASKED, ...changes })))).toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
  expect(known).toEqual([]);
});

it('refuses other operations by name, and whom it does not know', async () => {
  expect(await failure(sts().send(new GetCallerIdentityCommand({})))).toMatchObject({
    name: 'UnsupportedOperation',
    message: expect.stringContaining('STS GetCallerIdentity'),
  });
  expect(await failure(sts('AKIASTRANGER').send(new AssumeRoleCommand(ASKED)))).toMatchObject({
    name: 'InvalidClientTokenId',
  });
});
