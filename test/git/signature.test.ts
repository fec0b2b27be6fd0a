import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeCommitAuthorize, signCodeCommit } from '../../git/codecommit/signature.ts';
import { basicHeader } from '../../git/credentials.ts';

interface Vector {
  name: string;
  inputs: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string | null;
    region: string;
    host: string;
    path: string;
    timestampUtc: string;
  };
  outputs: { username: string; password: string; authorizationBasic: string };
}

const file = join(import.meta.dirname, '..', 'fixtures', 'sigv4-vectors.json');
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

it('has vectors to agree with', () => {
  expect(vectors).toHaveLength(7);
});

it.each(vectors.map((vector) => [vector.name, vector] as const))(
  'signs %s as the AWS CLI does',
  (_name, { inputs, outputs }) => {
    const { accessKeyId, secretAccessKey, sessionToken, region, host, path, timestampUtc } = inputs;
    const credentials = { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? undefined };

    const signed = signCodeCommit(credentials, { region, host, path, at: new Date(timestampUtc) });

    expect(signed).toEqual({ username: outputs.username, password: outputs.password });
    expect(basicHeader(signed.username, signed.password)).toBe(outputs.authorizationBasic);
  },
);

it('signs when a request is sent, with the keys of that moment, and for the host without its port', async () => {
  const times = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:20:00Z')];
  const asked: boolean[] = [];
  const url = new URL('http://127.0.0.1:4701/v1/repos/R');
  const load = async ({ fresh }: { fresh: boolean }) => {
    asked.push(fresh);
    return { accessKeyId: `key${asked.length}`, secretAccessKey: 's' };
  };
  const authorize = codeCommitAuthorize('us-east-1', url, load, () => times.shift() as Date);

  const headers = [await authorize(url, { fresh: false }), await authorize(url, { fresh: true })];

  const expected = (accessKeyId: string, at: string) => {
    const request = { region: 'us-east-1', host: '127.0.0.1', path: '/v1/repos/R', at: new Date(at) };
    const { username, password } = signCodeCommit({ accessKeyId, secretAccessKey: 's' }, request);
    return basicHeader(username, password);
  };
  expect(headers).toEqual([expected('key1', '2026-01-01T00:00:00Z'), expected('key2', '2026-01-01T00:20:00Z')]);
  expect(asked).toEqual([false, true]);
});
