import { randomBytes } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signCodeCommit } from '../../git/codecommit/signature.ts';
import { basicHeader } from '../../git/credentials.ts';
import { Region, type RegionOptions } from '../../local/codecommit/region.ts';
import type { Trigger } from '../../local/codecommit/trigger.ts';
import { aFolder, Clone, fsck, git, refsOf, removeFolders } from '../support/repository.ts';
import { packets } from '../support/stream.ts';

const NAME = 'ap-northeast-1';
const ACCOUNT = '111122223333';
const ARN = `arn:aws:codecommit:${NAME}:${ACCOUNT}:Repo`;
const ZERO = '0'.repeat(40);
const LOGIN = basicHeader('test', 'test');
const AT = new Date('2026-01-02T03:04:05.678Z');
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret', sessionToken: 'token/with+signs=%' };
const principals = [
  {
    arn: `arn:aws:iam::${ACCOUNT}:user/test`,
    credentials,
    gitCredentials: { username: 'test', password: 'test' },
    may: () => true,
  },
  {
    arn: `arn:aws:iam::${ACCOUNT}:user/reader`,
    credentials: { accessKeyId: 'AKIAREADER', secretAccessKey: 'reader-secret' },
    gitCredentials: { username: 'reader', password: 'reader' },
    may: (action: string) => action === 'GitPull',
  },
];

let region: Region;
let delivered: { functionArn: string; event: { Records: Record<string, unknown>[] } }[];

async function start(options: Partial<RegionOptions> = {}): Promise<void> {
  delivered = [];
  region = new Region({
    name: NAME,
    account: ACCOUNT,
    directory: await aFolder(),
    principals,
    now: () => AT,
    invoke: (functionArn, event) => delivered.push({ functionArn, event: event as never }),
    ...options,
  });
  await region.start();
  await region.store.create('Repo');
  region.record('Repo');
}

beforeEach(() => start());
afterEach(() => region.stop());
afterAll(removeFolders);

const url = (login = 'test:test') => region.cloneUrl('Repo').replace('://', `://${login}@`);
const path = () => region.store.path('Repo');

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** One request, byte for byte as given. */
function ask(
  method: string,
  to: string,
  options: { headers?: Record<string, string>; body?: Buffer } = {},
): Promise<Answer> {
  const { headers = { Authorization: LOGIN }, body } = options;
  return new Promise((resolve, reject) => {
    const request = http.request(`${region.origin}${to}`, {
      method,
      headers: { ...headers, ...(body && { 'Content-Length': String(body.length) }) },
      agent: false,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    request.end(body);
  });
}

const advertisement = (service: string, headers?: Record<string, string>): Promise<Answer> =>
  ask('GET', `/v1/repos/Repo/info/refs?service=${service}`, headers === undefined ? {} : { headers });

const post = (service: string, body: Buffer, headers: Record<string, string> = {}) =>
  ask('POST', `/v1/repos/Repo/${service}`, {
    headers: { Authorization: LOGIN, 'Content-Type': `application/x-${service}-request`, ...headers },
    body,
  });

const said = ({ status, body }: Answer): [number, string] => [status, body.toString()];

/** A clone with one commit on `main`, pushed. */
async function pushedClone(): Promise<{ clone: Clone; tip: string }> {
  const clone = await Clone.init();
  const tip = await clone.commit();
  await clone.push(url(), 'main');
  return { clone, tip };
}

/** The request heads that the server got while `work` ran. */
async function requestsDuring(work: () => Promise<unknown>): Promise<http.IncomingHttpHeaders[]> {
  const seen: http.IncomingHttpHeaders[] = [];
  const onRequest = (message: unknown) => seen.push((message as { request: http.IncomingMessage }).request.headers);
  diagnostics.subscribe('http.server.request.start', onRequest);
  try {
    await work();
  } finally {
    diagnostics.unsubscribe('http.server.request.start', onRequest);
  }
  return seen;
}

describe('what is advertised', () => {
  it('is, for pushing into an empty repository, the four capabilities of CodeCommit', async () => {
    const { body } = await advertisement('git-receive-pack');

    expect(body.toString('latin1')).toContain(
      `${ZERO} capabilities^{}\0report-status delete-refs side-band-64k thin-pack\n0000`,
    );
  });

  it.each(['git-upload-pack', 'git-receive-pack'])(
    'names no agent, and is whatever git has under the profile git: %s',
    async (service) => {
      await pushedClone();
      const dressed = await advertisement(service);
      await region.stop();
      await start({ profile: 'git' });
      await pushedClone();
      const plain = await advertisement(service);

      expect(dressed.body.includes('agent=')).toBe(false);
      expect(plain.body.includes('agent=git/')).toBe(true);
    },
  );
});

describe('an address', () => {
  it.each(['/v1/repos/Repo/', '/v1/repos/Repo/HEAD', '/Repo/info/refs'])(
    'that names no repository is not found, said in XML: %s',
    async (address) => {
      const answer = await ask('GET', `${address}?service=git-upload-pack`);

      expect(said(answer)).toEqual([404, '<RepositoryDoesNotExistException/>\n']);
      expect(answer.headers['content-type']).toBe('application/xml');
    },
  );

  it.each(['', '?service=git-upload-archive', '?service=git-upload-pack&x=1'])(
    'that asks for refs of no service is refused: "%s"',
    async (query) => {
      expect((await ask('GET', `/v1/repos/Repo/info/refs${query}`)).status).toBe(400);
    },
  );
});

describe('a login', () => {
  const REPO = '/v1/repos/Repo';
  const signed = (request: { region?: string; host?: string; path?: string; at?: Date } = {}, keys = credentials) => {
    const { username, password } = signCodeCommit(keys, {
      region: NAME,
      host: '127.0.0.1',
      path: REPO,
      at: AT,
      ...request,
    });
    return basicHeader(username, password);
  };
  const minutes = (count: number, seconds = 0) => new Date(AT.getTime() + (count * 60 + seconds) * 1000);

  it.each(['git-upload-pack', 'git-receive-pack'])('is asked for when there is none: %s', async (service) => {
    const answers = [
      await advertisement(service, {}),
      await ask('POST', `/v1/repos/Repo/${service}`, { headers: {}, body: packets(null) }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
    }
  });

  it.each<[string, () => string]>([
    ['signed now', () => signed()],
    ['signed fourteen minutes ago', () => signed({ at: minutes(-14) })],
    ['signed by a clock that is four minutes fast', () => signed({ at: minutes(4) })],
    ['static', () => LOGIN],
  ])('is taken when its password is right: %s', async (_, header) => {
    expect((await advertisement('git-upload-pack', { Authorization: header() })).status).toBe(200);
    expect((await advertisement('git-receive-pack', { Authorization: header() })).status).toBe(200);
  });

  it.each<[string, () => string]>([
    ['of another key', () => signed({}, { ...credentials, secretAccessKey: 'wrong' })],
    ['of another session', () => signed({}, { ...credentials, sessionToken: 'other' })],
    ['signed over fifteen minutes ago', () => signed({ at: minutes(-15, -1) })],
    ['signed for a time to come', () => signed({ at: minutes(6) })],
    ['signed for another repository', () => signed({ path: '/v1/repos/Other' })],
    ['signed for the address of the request', () => signed({ path: `${REPO}/info/refs` })],
    ['signed for another region', () => signed({ region: 'ap-northeast-3' })],
    ['signed for another host', () => signed({ host: 'git-codecommit.ap-northeast-1.amazonaws.com' })],
    ['with one digit changed', () => changed(signed())],
    ['static and wrong', () => basicHeader('test', 'wrong')],
    ['of somebody else', () => basicHeader('reader', 'test')],
    ['empty', () => basicHeader('test', '')],
    ['of another scheme', () => LOGIN.replace('Basic', 'Bearer')],
  ])('is refused in XML when its password is wrong: %s', async (_, header) => {
    const answer = await advertisement('git-upload-pack', { Authorization: header() });

    expect(said(answer)).toEqual([
      403,
      '<AccessDeniedException>\n  <Message>the password is wrong or has expired</Message>\n</AccessDeniedException>\n',
    ]);
    expect(answer.headers['content-type']).toBe('application/xml');
  });
});

function changed(header: string): string {
  const login = Buffer.from(header.slice('Basic '.length), 'base64').toString();
  const last = login.endsWith('0') ? '1' : '0';
  return `Basic ${Buffer.from(login.slice(0, -1) + last).toString('base64')}`;
}

describe('a fetch', () => {
  it('by stock git clones every branch and tag, undamaged', async () => {
    const { clone } = await pushedClone();
    await clone.git('tag', '-a', '-m', 'annotated', 'v1');
    await clone.push(url(), 'main:refs/heads/feature/one', 'v1');
    const mirror = join(await aFolder(), 'mirror.git');

    await git('.', 'clone', '--quiet', '--mirror', url(), mirror);

    expect(await refsOf(mirror)).toBe(await refsOf(path()));
    await fsck(mirror);
  });

  it('by stock git whose request is over 1 KiB, and so comes gzipped, gets what it wants', async () => {
    const clone = await Clone.init();
    for (let n = 0; n < 30; n++) {
      await clone.commit();
      await clone.git('branch', `b${n}`);
    }
    await clone.push(url(), '--all');
    const mirror = join(await aFolder(), 'mirror.git');

    const requests = await requestsDuring(() => git('.', 'clone', '--quiet', '--mirror', url(), mirror));

    expect(requests.map((headers) => headers['content-encoding'])).toContain('gzip');
    expect(await refsOf(mirror)).toBe(await refsOf(path()));
  });

  it('gets the same answer to a gzipped request as to a plain one', async () => {
    const { tip } = await pushedClone();
    const unknown = Array.from({ length: 30 }, (_, n) => `have ${String(n).padStart(40, '1')}\n`);
    const request = packets(`want ${tip} multi_ack_detailed\n`, null, ...unknown, 'done\n');

    const plain = await post('git-upload-pack', request);
    const zipped = await post('git-upload-pack', gzipSync(request), { 'Content-Encoding': 'gzip' });

    expect(request.length).toBeGreaterThan(1024);
    expect(plain.body.toString('latin1')).toMatch(/^0008NAK\nPACK/);
    expect(zipped.body.equals(plain.body)).toBe(true);
  });
});

describe('a push by stock git', () => {
  it('creates and moves branches and tags, rewrites and deletes them', async () => {
    const { clone, tip } = await pushedClone();
    await clone.push(url(), 'main:refs/heads/old', 'main:refs/tags/old', 'main:refs/tags/v1');
    await clone.git('commit', '--quiet', '--amend', '--message', 'rewritten');
    const rewritten = await clone.git('rev-parse', 'HEAD');
    await clone.push(url(), 'main', 'main:refs/tags/v1', ':refs/heads/old', ':refs/tags/old');

    expect(rewritten).not.toBe(tip);
    expect(await refsOf(path())).toBe(`${rewritten} commit\trefs/heads/main\n${rewritten} commit\trefs/tags/v1`);
    await fsck(path());
  });

  it('of over 1 MiB, whose length is not said beforehand, arrives whole', async () => {
    const clone = await Clone.init();
    const tip = await clone.commit(randomBytes(1_500_000).toString('base64'));

    const requests = await requestsDuring(() => clone.push(url(), 'main'));

    expect(requests.map((headers) => headers['transfer-encoding'])).toContain('chunked');
    expect(await git(path(), 'rev-parse', 'main')).toBe(tip);
    await fsck(path());
  });

  it('is not taken when it comes without the force that it needs', async () => {
    const { clone, tip } = await pushedClone();
    await clone.git('commit', '--quiet', '--amend', '--message', 'rewritten');

    await expect(clone.git('push', url(), 'main')).rejects.toThrow('non-fast-forward');
    expect(await git(path(), 'rev-parse', 'main')).toBe(tip);
  });
});

describe('the default branch', () => {
  it('is the first branch that was pushed, whatever it is called', async () => {
    const clone = await Clone.init();
    await clone.commit();
    await clone.push(url(), 'main:refs/tags/v1');
    const afterTag = await region.store.defaultBranch('Repo');
    await clone.push(url(), 'main:refs/heads/zürich');
    await clone.push(url(), 'main');
    expect(afterTag).toBeUndefined();
    expect(await region.store.defaultBranch('Repo')).toBe('zürich');
  });
});

describe('a trigger', () => {
  const FUNCTION = `arn:aws:lambda:${NAME}:${ACCOUNT}:function:on-push`;
  const setTriggers = (...triggers: Partial<Trigger>[]) => {
    region.record('Repo').triggers = triggers.map((trigger) => ({
      name: 'ccrepl',
      destinationArn: FUNCTION,
      branches: [],
      events: ['all'],
      ...trigger,
    }));
  };
  /** What each delivered event says of refs. */
  const references = () =>
    delivered.flatMap(({ event }) =>
      event.Records.map((record) => (record['codecommit'] as { references: { ref: string }[] }).references),
    );

  it('sends the event of CodeCommit, field for field', async () => {
    setTriggers({ customData: 'mine' });

    const { tip } = await pushedClone();

    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(delivered).toEqual([
      {
        functionArn: FUNCTION,
        event: {
          Records: [
            {
              awsRegion: NAME,
              codecommit: { references: [{ commit: tip, created: true, ref: 'refs/heads/main' }] },
              customData: 'mine',
              eventId: uuid,
              eventName: 'ReferenceChanges',
              eventPartNumber: 1,
              eventSource: 'aws:codecommit',
              eventSourceARN: ARN,
              eventTime: '2026-01-02T03:04:05.678+0000',
              eventTotalParts: 1,
              eventTriggerConfigId: uuid,
              eventTriggerName: 'ccrepl',
              eventVersion: '1.0',
              userIdentityARN: `arn:aws:iam::${ACCOUNT}:user/test`,
            },
          ],
        },
      },
    ]);
  });

  it('is not fired by a push that changes nothing or is rejected', async () => {
    const { clone } = await pushedClone();
    setTriggers({});

    await clone.push(url(), 'main');
    await expect(clone.push(url(), ':refs/heads/main')).rejects.toThrow('remote rejected');

    expect(delivered).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['createReference', ['refs/heads/new']],
    ['updateReference', ['refs/heads/main']],
    ['deleteReference', ['refs/heads/gone']],
    ['all', ['refs/heads/gone', 'refs/heads/main', 'refs/heads/new']],
  ])('for %s is told of just that', async (event, expected) => {
    const { clone } = await pushedClone();
    await clone.push(url(), 'main:refs/heads/gone');
    setTriggers({ events: [event] });
    await clone.commit();
    await clone.push(url(), 'main', 'main:refs/heads/new', ':refs/heads/gone');

    const told = references().flatMap((refs) => refs.map(({ ref }) => ref));

    expect(told.sort()).toEqual(expected);
  });

  it.each([['main'], ['feature/one'], ['zürich-日本']])('for one branch is told of that branch: %s', async (branch) => {
    const { clone } = await pushedClone();
    setTriggers({ branches: [branch] });
    const tip = await clone.commit();
    const others = ['main', 'feature/one', 'zürich-日本', 'one', 'mainly'].map((name) => `main:refs/heads/${name}`);
    await clone.push(url(), ...others);

    expect(references()).toMatchObject([[{ commit: tip, ref: `refs/heads/${branch}` }]]);
  });

  it('of several is fired each by what it is for, with its own name and target', async () => {
    setTriggers(
      { name: 'first', branches: ['main'] },
      { name: 'second', destinationArn: `${FUNCTION}-2`, branches: ['other'] },
      { name: 'third', destinationArn: `${FUNCTION}-3` },
    );

    await pushedClone();

    expect(delivered.map(({ functionArn, event }) => [functionArn, event.Records[0]?.['eventTriggerName']])).toEqual([
      [FUNCTION, 'first'],
      [`${FUNCTION}-3`, 'third'],
    ]);
  });
});
