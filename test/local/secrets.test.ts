import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { LocalSecrets } from '../../local/secretsmanager/secrets.ts';
import { LocalTopic } from '../../local/sns/topic.ts';

const NAME = 'ap-northeast-1';
const ARN = `arn:aws:secretsmanager:${NAME}:111122223333:secret:git/login-AbCdEf`;
const VALUE = '{"username":"zoë","password":"p:w"}';

let aws: LocalServer;
const clients: SecretsManagerClient[] = [];
async function start(secrets?: LocalSecrets): Promise<void> {
  const topic = new LocalTopic(`arn:aws:sns:${NAME}:111122223333:t`, () => {});
  const options = { regions: [], machines: [], functions: [], topic, accessKeyIds: ['AKIATEST'] };
  aws = await listen(gateway({ ...options, ...(secrets && { secrets }) }), 0);
}
beforeEach(() => start(new LocalSecrets({ [ARN]: VALUE })));
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
});

const client = (region = NAME, accessKeyId = 'AKIATEST') => {
  const credentials = { accessKeyId, secretAccessKey: 'secret' };
  const made = new SecretsManagerClient({ region, endpoint: aws.origin, credentials, maxAttempts: 1 });
  clients.push(made);
  return made;
};
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'the call succeeded',
    (error: unknown) => error,
  );

it('gives a secret by its ARN to Secrets Manager’s own SDK', async () => {
  const secret = await client().send(new GetSecretValueCommand({ SecretId: ARN }));

  expect(secret).toMatchObject({
    ARN,
    Name: 'git/login',
    SecretString: VALUE,
    VersionId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
});

it('gives its one version by its id and by its stage', async () => {
  const { VersionId } = await client().send(new GetSecretValueCommand({ SecretId: ARN }));

  const byId = await client().send(new GetSecretValueCommand({ SecretId: ARN, VersionId }));
  const byStage = await client().send(new GetSecretValueCommand({ SecretId: ARN, VersionStage: 'AWSCURRENT' }));

  expect([byId.SecretString, byStage.SecretString]).toEqual([VALUE, VALUE]);
});

it.each<[string, object, string]>([
  ['of another ARN', { SecretId: `${ARN.slice(0, -1)}x` }, NAME],
  ['by its name alone', { SecretId: 'git/login' }, NAME],
  ['of a version that there is not', { SecretId: ARN, VersionId: 'a'.repeat(32) }, NAME],
  ['of a stage that there is not', { SecretId: ARN, VersionStage: 'AWSPREVIOUS' }, NAME],
  ['of another region', { SecretId: ARN }, 'ap-northeast-3'],
])('finds no secret %s', async (_, input, region) => {
  const error = await failure(client(region).send(new GetSecretValueCommand(input as { SecretId: string })));

  expect(error).toBeInstanceOf(ResourceNotFoundException);
});

it('has none unless it is given some', async () => {
  await aws.close();
  await start();

  expect(await failure(client().send(new GetSecretValueCommand({ SecretId: ARN })))).toBeInstanceOf(
    ResourceNotFoundException,
  );
});

it('refuses other operations by name, and whom it does not know', async () => {
  const creating = client().send(
    new CreateSecretCommand({ Name: 'n', SecretString: 's', ClientRequestToken: 'a'.repeat(32) }),
  );

  expect(await failure(creating)).toMatchObject({
    name: 'UnsupportedOperation',
    message: expect.stringContaining('Secrets Manager CreateSecret'),
  });
  expect(await failure(client(NAME, 'AKIASTRANGER').send(new GetSecretValueCommand({ SecretId: ARN })))).toMatchObject({
    name: 'UnrecognizedClientException',
  });
});
