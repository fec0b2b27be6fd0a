import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeCommitRemote, environmentCredentials, gitEndpoints } from '../../git/codecommit/remote.ts';
import { signCodeCommit } from '../../git/codecommit/signature.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';

interface Facts {
  vectors: {
    name: string;
    inputs: { accessKeyId: string; secretAccessKey: string; region: string; timestampUtc: string };
  }[];
  credentialCommandBehaviours: {
    name: string;
    args: { host: string; path: string; pgregion?: string };
    stdout: string;
  }[];
}

const file = join(import.meta.dirname, '..', 'fixtures', 'sigv4-vectors.json');
const facts = JSON.parse(readFileSync(file, 'utf8')) as Facts;
const [{ inputs }] = facts.vectors as [Facts['vectors'][number]];
// The AWS CLI signs "/" plus nothing where git gives it no path: never our case.
const answered = facts.credentialCommandBehaviours.filter(({ stdout, args }) => stdout !== '' && args.path !== '');

it('there are answers of the AWS CLI to compare with', () => {
  expect(answered).toHaveLength(6);
});

it.each(answered.map((behaviour) => [behaviour.name, behaviour] as const))(
  'signs as the AWS CLI does: %s',
  (_name, { args, stdout }) => {
    const { accessKeyId, secretAccessKey } = inputs;
    const { hostname: host } = new URL(`https://${args.host}/`);
    const region = /^git-codecommit\.([^.]+)\./.exec(host)?.[1] ?? (args.pgregion as string);
    const request = { region, host, path: `/${args.path}`, at: new Date(inputs.timestampUtc) };

    const { username, password } = signCodeCommit({ accessKeyId, secretAccessKey }, request);

    expect(`username=${username}\npassword=${password}\n`).toBe(stdout);
  },
);

const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

it('every request to a repository is signed for it, with the session token in the user name', async () => {
  const seen: { path: string | undefined; login: string }[] = [];
  const server = await listen(async (request, response) => {
    const [, encoded = ''] = (request.headers.authorization ?? '').split(' ');
    seen.push({ path: request.url, login: Buffer.from(encoded, 'base64').toString() });
    response.end('001e# service=git-upload-pack\n00000000');
  }, 0);
  servers.push(server);
  const remote = codeCommitRemote(
    { region: 'eu-west-1', repository: 'My.Repo' },
    async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'to/ken' }),
    gitEndpoints({ CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'eu-west-1': server.origin }) }),
    { side: 'source' },
  );

  const { refs } = await remote.advertisement('git-upload-pack');
  remote.close();

  expect(refs.size).toBe(0);
  expect(seen).toEqual([
    {
      path: '/v1/repos/My.Repo/info/refs?service=git-upload-pack',
      login: expect.stringMatching(/^AKIA%to\/ken:\d{8}T\d{6}Z[0-9a-f]{64}$/),
    },
  ]);
});

it('an environment has keys only if it has both', () => {
  const both = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: '' };

  expect(environmentCredentials(both)).toEqual({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: undefined });
  expect(environmentCredentials({ ...both, AWS_SECRET_ACCESS_KEY: '' })).toBeUndefined();
  expect(environmentCredentials({})).toBeUndefined();
});
