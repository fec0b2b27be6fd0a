import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { basicHeader } from '../../git/credentials.ts';
import { encodePktLine } from '../../git/pkt-line/encode.ts';
import { emptyPack } from '../../git/protocol/push-request.ts';
import { Region } from '../../local/codecommit/region.ts';
import { aFolder, Clone, fsck, refsOf, removeFolders } from '../support/repository.ts';
import { packets } from '../support/stream.ts';

const ZEROS = '0'.repeat(40);
const login = basicHeader('dev', 'pw');
let region: Region;
let events: object[];
let clone: Clone;
let tip: string;
beforeEach(async () => {
  events = [];
  const developer = {
    arn: 'arn:aws:iam::111122223333:user/dev',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    gitCredentials: { username: 'dev', password: 'pw' },
    may: () => true,
  };
  region = new Region({
    name: 'ap-northeast-1',
    account: '111122223333',
    directory: await aFolder(),
    principals: [developer],
    invoke: (_, event) => events.push(event),
  });
  await region.start();
  await region.store.create('R');
  const trigger = {
    name: 't',
    destinationArn: 'arn:aws:lambda:ap-northeast-1:1:function:f',
    branches: [],
    events: ['all'],
  };
  region.record('R').triggers = [trigger];
  clone = await Clone.init();
  tip = await clone.commit();
  await clone.push(region.cloneUrl('R').replace('://', '://dev:pw@'), 'main');
  events = [];
});
afterEach(() => region.stop());
afterAll(removeFolders);

const post = (service: string, headers: http.OutgoingHttpHeaders = {}): http.ClientRequest => {
  const request = http.request(`${region.cloneUrl('R')}/${service}`, {
    method: 'POST',
    headers: { Authorization: login, 'Content-Type': `application/x-${service}-request`, ...headers },
  });
  request.on('error', () => {});
  return request;
};
const create = packets(`${ZEROS} ${'a'.repeat(40)} refs/heads/new\0 report-status`, null);

/** Running processes that serve the region: the CGI server and whatever it started. */
async function gitProcesses(): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')));
  return environments.filter((text) => text.includes(`GIT_PROJECT_ROOT=${region.store.directory}\0`)).length;
}

/** Looks at most so often; every look gives the event loop many turns. */
async function until(condition: () => Promise<boolean>, looks = 2000): Promise<void> {
  for (let n = 0; n < looks; n++) {
    if (await condition()) return;
    // Processes of git's own are watched, and tell nobody when they begin and end.
    await pause(5);
  }
  throw new Error(`not true after ${looks} looks`);
}

async function expectUntouched(): Promise<void> {
  expect(await refsOf(region.store.path('R'))).toBe(`${tip} commit\trefs/heads/main`);
  await fsck(region.store.path('R'));
  expect(events).toEqual([]);
}

it('leaves no git behind when a client goes away in the middle of what it is sent', async () => {
  // More than the buffers between two processes hold: whoever sends it waits for its reader.
  tip = await clone.commit(randomBytes(8_000_000).toString('base64'));
  await clone.push(region.cloneUrl('R').replace('://', '://dev:pw@'), 'main');
  events = [];
  const body = packets(`want ${tip} side-band-64k\n`, null, 'done\n');
  const request = post('git-upload-pack', { 'Content-Length': body.length });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  await once(answer, 'readable');
  const before = await gitProcesses();

  request.destroy();

  expect(before).toBeGreaterThan(0);
  await until(async () => (await gitProcesses()) === 0);
  await expectUntouched();
});

it.each<[string, http.OutgoingHttpHeaders]>([
  ['of a length that it has said', { 'Content-Length': 50_000_000 }],
  ['of no length that it has said', {}],
])('leaves no git behind, and no ref moved, when a client goes away in the middle of a pack %s', async (_, headers) => {
  const request = post('git-receive-pack', headers);
  const header = Buffer.from('PACK\0\0\0\x02\0\0\x03\xe8', 'latin1');
  request.write(Buffer.concat([create, header]));
  await until(async () => (await gitProcesses()) > 0);

  request.destroy();

  await until(async () => (await gitProcesses()) === 0);
  await expectUntouched();
});

it('leaves no lock behind for a client that goes away while its refs are locked: the next push succeeds', async () => {
  const repository = region.store.path('R');
  const locked = join(repository, 'locked');
  const hook = join(repository, 'hooks', 'reference-transaction');
  await mkdir(join(repository, 'hooks'), { recursive: true });
  await writeFile(hook, `#!/bin/sh\n[ "$1" = prepared ] && touch '${locked}' && exec sleep 60\nexit 0\n`, {
    mode: 0o755,
  });
  const request = post('git-receive-pack');
  const command = packets(`${ZEROS} ${tip} refs/heads/new\0 report-status`, null);
  request.end(Buffer.concat([command, emptyPack('sha1')]));
  await until(async () => (await readdir(repository)).includes('locked'));
  const before = await readdir(join(repository, 'refs', 'heads'));

  request.destroy();

  await until(async () => (await gitProcesses()) === 0);
  await rm(hook);
  expect(before).toContain('new.lock');
  await clone.push(region.cloneUrl('R').replace('://', '://dev:pw@'), 'main:new');
  expect(await refsOf(repository)).toContain(`${tip} commit\trefs/heads/new`);
});

it('leaves no git behind for a client that goes away while it says what to push', async () => {
  const request = post('git-receive-pack');
  const arrived = new Promise((resolve) => request.once('socket', (socket) => socket.once('connect', resolve)));
  request.write(encodePktLine(`${ZEROS} ${'a'.repeat(40)} refs/heads/new\0 report-status`));
  await arrived;

  request.destroy();

  // The server goes on as ever.
  await clone.git('ls-remote', region.cloneUrl('R').replace('://', '://dev:pw@'));
  await until(async () => (await gitProcesses()) === 0);
  await expectUntouched();
});

it.each<[string, string, http.OutgoingHttpHeaders, Buffer]>([
  ['is said to be gzipped and is not', 'git-upload-pack', { 'Content-Encoding': 'gzip' }, Buffer.from('no gzip')],
  ['is no pkt-line', 'git-upload-pack', {}, Buffer.from('zzzz')],
  ['is no pkt-line', 'git-receive-pack', {}, Buffer.from('zzzz')],
  ['ends in the middle of a pkt-line', 'git-receive-pack', {}, create.subarray(0, 20)],
])('answers a request that %s with an error, to %s, and the next as ever', async (_, service, headers, body) => {
  const request = post(service, { ...headers, 'Content-Length': body.length });
  request.end(body);

  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  answer.resume();
  await once(answer, 'end');

  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(await clone.git('ls-remote', region.cloneUrl('R').replace('://', '://dev:pw@'), 'main')).toBe(
    `${tip}\trefs/heads/main`,
  );
  await until(async () => (await gitProcesses()) === 0);
  await expectUntouched();
});
