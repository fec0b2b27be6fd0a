import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { signCodeCommit } from '../../git/codecommit/signature.ts';
import { basicHeader } from '../../git/credentials.ts';
import { Region } from '../../local/codecommit/region.ts';
import { aFolder, Clone, git, refsOf, removeFolders } from '../support/repository.ts';
import { packets } from '../support/stream.ts';

const NOW = new Date('2026-05-01T12:00:00Z');
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const everybody = {
  arn: 'arn:aws:iam::1:user/dev',
  credentials,
  gitCredentials: { username: 'dev', password: 'pw' },
  may: () => true,
};
const reader = {
  arn: 'arn:aws:iam::1:user/reader',
  credentials: { ...credentials, accessKeyId: 'READER' },
  gitCredentials: { username: 'reader', password: 'pw' },
  may: (action: string) => action === 'GitPull',
};

let region: Region;
let clone: Clone;
let events: { arn: string; event: { Records: Record<string, unknown>[] } }[];
beforeEach(async () => {
  events = [];
  region = new Region({
    name: 'eu-west-1',
    account: '111122223333',
    directory: await aFolder(),
    principals: [everybody, reader],
    now: () => NOW,
    invoke: (arn, event) => events.push({ arn, event: event as never }),
  });
  await region.start();
  await region.store.create('R');
  region.record('R');
  clone = await Clone.init();
  await clone.commit();
});
afterEach(() => region.stop());
afterAll(removeFolders);

const url = (who = 'dev') => region.cloneUrl('R').replace('://', `://${who}:pw@`);
const login = { Authorization: basicHeader('dev', 'pw') };

/** One raw request; gives status, body, and whether the server hung up instead. */
async function request(
  path: string,
  options: { headers?: Record<string, string>; body?: Buffer; chunked?: boolean } = {},
) {
  const { headers = login, body, chunked } = options;
  const call = http.request(`${region.origin}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...(body && !chunked && { 'Content-Length': String(body.length) }) },
  });
  if (chunked) call.flushHeaders();
  call.end(body);
  try {
    const [response] = (await once(call, 'response')) as [http.IncomingMessage];
    const parts: Buffer[] = [];
    for await (const chunk of response) parts.push(chunk as Buffer);
    return { status: response.statusCode, body: Buffer.concat(parts).toString('latin1') };
  } catch (error) {
    return { status: (error as NodeJS.ErrnoException).code, body: '' };
  }
}

it('advertises exactly what CodeCommit does, whatever protocol version is asked for', async () => {
  const commit = await clone.git('rev-parse', 'HEAD');
  await clone.push(url(), 'main');
  const headers = { ...login, 'Git-Protocol': 'version=2' };

  const upload = await request('/v1/repos/R/info/refs?service=git-upload-pack', { headers });
  const receive = await request('/v1/repos/R/info/refs?service=git-receive-pack', { headers });

  const words =
    'multi_ack_detailed shallow side-band-64k thin-pack allow-tip-sha1-in-want allow-reachable-sha1-in-want';
  expect(upload.body).toBe(
    packets(
      '# service=git-upload-pack\n',
      null,
      `${commit} HEAD\0${words}\n`,
      `${commit} refs/heads/main\n`,
      null,
    ).toString(),
  );
  expect(receive.body).toBe(
    packets(
      '# service=git-receive-pack\n',
      null,
      `${commit} refs/heads/main\0report-status delete-refs side-band-64k thin-pack\n`,
      null,
    ).toString(),
  );
});

it('answers nothing to a capability that it did not offer', async () => {
  const commit = await clone.git('rev-parse', 'HEAD');
  await clone.push(url(), 'main');

  const upload = await request('/v1/repos/R/git-upload-pack', {
    body: packets(`want ${commit} agent=x\n`, null, 'done\n'),
  });
  const receive = await request('/v1/repos/R/git-receive-pack', {
    body: packets(`${commit} ${'0'.repeat(40)} refs/heads/main\0 report-status agent=x`, null),
  });

  expect(upload).toEqual({ status: 200, body: '' });
  expect(receive).toEqual({ status: 200, body: '' });
  expect(await refsOf(region.store.path('R'))).toContain('refs/heads/main');
});

it('hangs up on a request for a pack that does not say how long it is', async () => {
  const body = packets(`want ${'a'.repeat(40)}\n`, null, 'done\n');

  expect((await request('/v1/repos/R/git-upload-pack', { body, chunked: true })).status).toBe('ECONNRESET');
});

it.each([
  '/v1/repos/R.git/info/refs?service=git-upload-pack',
  '/v1/repos/R//info/refs?service=git-upload-pack',
  '/v1/repos/Other/info/refs?service=git-upload-pack',
])('knows no repository at %s', async (path) => {
  expect(await request(path)).toEqual({ status: 404, body: '<RepositoryDoesNotExistException/>\n' });
});

const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000);
it.each<[string, Partial<Parameters<typeof signCodeCommit>[1]>, string, number]>([
  ['a fresh one', {}, 'secret', 200],
  ['one of nearly 15 minutes', { at: minutes(-14.9) }, 'secret', 200],
  ['one of over 15 minutes', { at: minutes(-15.1) }, 'secret', 403],
  ['one from the future', { at: minutes(6) }, 'secret', 403],
  ['one for another repository', { path: '/v1/repos/Other' }, 'secret', 403],
  ['one for another region', { region: 'us-east-1' }, 'secret', 403],
  ['one by another key', {}, 'wrong', 403],
])('takes of signed passwords what CodeCommit takes: %s', async (_what, changes, secretAccessKey, status) => {
  const signed = signCodeCommit(
    { ...credentials, secretAccessKey },
    { region: 'eu-west-1', host: '127.0.0.1', path: '/v1/repos/R', at: NOW, ...changes },
  );
  const headers = { Authorization: basicHeader(signed.username, signed.password) };

  expect((await request('/v1/repos/R/info/refs?service=git-upload-pack', { headers })).status).toBe(status);
});

it('asks for a login, and lets nobody push who may only pull', async () => {
  const anonymous = await request('/v1/repos/R/info/refs?service=git-upload-pack', { headers: {} });
  await clone.push(url(), 'main');

  expect(anonymous.status).toBe(401);
  await clone.git('fetch', '--quiet', url('reader'), 'main');
  await expect(clone.push(url('reader'), 'main:refs/heads/x')).rejects.toThrow('403');
  expect(
    (
      await request('/v1/repos/R/git-receive-pack', {
        headers: { Authorization: basicHeader('reader', 'pw') },
        body: Buffer.from('0000'),
      })
    ).body,
  ).toContain('may not codecommit:GitPush arn:aws:codecommit:eu-west-1:111122223333:R');
});

it('serves stock git: large pushes, many haves, forced updates, tags; but not the loss of its default branch', async () => {
  clone = await Clone.init();
  await clone.history(400, 'main', { bytes: 8000 });
  await clone.git('branch', 'aaa');
  await clone.push(url(), 'main', 'aaa');
  const other = await Clone.init();
  for (let n = 0; n < 40; n++) await other.git('commit', '--quiet', '--allow-empty', '-m', `${n}`);
  await other.git('fetch', '--quiet', url(), 'main:refs/remotes/origin/main');
  await clone.push(url(), '+main~1:refs/heads/main', 'main:refs/tags/v1');

  expect(await other.git('rev-list', '--count', 'refs/remotes/origin/main')).toBe('400');
  expect(await git(region.store.path('R'), 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  await expect(clone.push(url(), ':refs/heads/main')).rejects.toThrow('deletion of the current branch prohibited');
  await clone.push(url(), ':refs/heads/aaa');
  expect(await git(region.store.path('R'), 'for-each-ref', '--format=%(refname)')).toBe(
    'refs/heads/main\nrefs/tags/v1',
  );
});

it('sends the trigger’s event in the documented shape, for what the trigger is for', async () => {
  const trigger = {
    name: 'all',
    destinationArn: 'arn:aws:lambda:eu-west-1:1:function:f',
    branches: [],
    events: ['all'],
  };
  const record = region.records.get('R');
  if (record)
    record.triggers = [trigger, { ...trigger, name: 'releases', branches: ['release'], events: ['createReference'] }];
  const first = await clone.git('rev-parse', 'HEAD');

  await clone.push(url(), 'main');
  await clone.commit();
  await clone.push(url(), 'main', 'main:refs/heads/release');
  await clone.push(url(), ':refs/heads/release');

  const references = events.map(({ event }) => [
    event.Records[0]?.['eventTriggerName'],
    event.Records[0]?.['codecommit'],
  ]);
  const second = await clone.git('rev-parse', 'HEAD');
  expect(references).toEqual([
    ['all', { references: [{ commit: first, ref: 'refs/heads/main', created: true }] }],
    [
      'all',
      {
        references: [
          { commit: second, ref: 'refs/heads/main' },
          { commit: second, ref: 'refs/heads/release', created: true },
        ],
      },
    ],
    ['releases', { references: [{ commit: second, ref: 'refs/heads/release', created: true }] }],
    // A deleted ref carries the commit that it had.
    ['all', { references: [{ commit: second, ref: 'refs/heads/release', deleted: true }] }],
  ]);
  expect(events[0]?.arn).toBe(trigger.destinationArn);
  expect(events[0]?.event.Records[0]).toMatchObject({
    awsRegion: 'eu-west-1',
    customData: null,
    eventId: expect.any(String),
    eventName: 'ReferenceChanges',
    eventPartNumber: 1,
    eventSource: 'aws:codecommit',
    eventSourceARN: 'arn:aws:codecommit:eu-west-1:111122223333:R',
    eventTime: '2026-05-01T12:00:00.000+0000',
    eventTotalParts: 1,
    eventVersion: '1.0',
    userIdentityARN: everybody.arn,
  });
});

it('ends git when a client goes away in the middle of a push', async () => {
  const call = http.request(`${region.origin}/v1/repos/R/git-receive-pack`, {
    method: 'POST',
    headers: { ...login, 'Content-Type': 'application/x-git-receive-pack-request', 'Content-Length': '100000' },
  });
  call.on('error', () => {});
  call.write(packets(`${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/x\0 report-status`, null));
  const path = region.store.path('R');
  await until(async () => (await gitProcesses()) > 0);

  call.destroy();

  await until(async () => (await gitProcesses()) === 0);
  expect(await refsOf(path)).toBe('');
});

/** Running processes whose environment names the region's folder: the CGI server and what it started. */
async function gitProcesses(): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')));
  return environments.filter((environment) => environment.includes(`GIT_PROJECT_ROOT=${region.store.directory}`))
    .length;
}

/** Asks again, each time after the event loop has had a turn, at most so often. */
async function until(condition: () => Promise<boolean>, times = 500): Promise<void> {
  for (let n = 0; n < times; n++) if (await condition()) return;
  throw new Error('it did not come true');
}
