import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { CHECKS } from '../smoke/checks.ts';
import type { Answered } from '../smoke/report/report.ts';
import { BOTH, HERE, THERE, World, type WorldOptions } from '../smoke/support/world.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { aFolder, Clone, git, refsOf, removeFolders } from '../support/repository.ts';
import { collect } from '../support/stream.ts';

const worlds: World[] = [];
const proxies: Pick<LocalServer, 'close'>[] = [];
async function aWorld(options?: WorldOptions): Promise<World> {
  const world = await World.start(options);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.stop();
  for (const one of proxies.splice(0)) await one.close();
});
afterAll(removeFolders);

const SOMEBODYS = [`${HERE} Somebodys`, `${THERE} Somebodys`];
const named = (result: string, checks: readonly Answered[]) =>
  checks.filter((check) => check.result === result).map(({ name }) => name);
/** A call that is never answered, and that is heard of. */
function holding(world: World, wanted: string): Promise<void> {
  return new Promise((reached) => {
    world.onCall = (operation) => {
      if (operation !== wanted) return;
      reached();
      return new Promise(() => {});
    };
  });
}

/** Settings of git under which it is not like CodeCommit. */
const OTHER_WAYS = {
  'receive.denyDeletes': 'true',
  'receive.denyNonFastForwards': 'true',
};
const OTHERWISE = ['deletion-alone', 'rewrite', 'triggers-of-others'];

/** What a proxy passes on of a request's headers. */
const passedOn = ({ authorization = '', 'content-type': type = '' }: IncomingHttpHeaders) => ({
  authorization,
  'content-type': type,
});

it('answers every question with what is expected, takes away all it has made, and touches nothing of anybody', async () => {
  const world = await aWorld();
  const clone = await Clone.init();
  await clone.commit();
  const paths = world.regions.map(({ store }) => store.path('Somebodys'));
  for (const path of paths) await clone.push(path, 'main');
  const before = await Promise.all(paths.map(refsOf));
  const report = join(await aFolder(), 'report.md');

  const { code, stdout, stderr } = await world.run('--json', '--big', '3', '--report', report);
  const { checks, counts, left, repositories, ...rest } = JSON.parse(stdout);
  const page = await readFile(report, 'utf8');

  expect(named('different', checks)).toEqual([]);
  expect(named('could-not-tell', checks)).toEqual(['trigger-test', 'long-request']);
  expect(checks.map(({ name }: Answered) => name)).toEqual(CHECKS.map(({ name }) => name));
  expect(counts).toEqual({ asExpected: CHECKS.length - 2, different: 0, couldNotTell: 2, notReached: 0 });
  expect([code, rest.exitCode, left, rest.error]).toEqual([0, 0, [], undefined]);
  expect(repositories.source.repository).toMatch(/^ccrepl-smoke-[0-9a-f]{12}-source$/);
  expect(stderr).toContain(`  ${THERE}  ${repositories.destination.repository}\n`);
  expect(page).toContain('| 1 | `new-repository` | as-expected |');
  expect(world.repositories).toEqual(SOMEBODYS);
  expect(await Promise.all(paths.map(refsOf))).toEqual(before);
  expect([...world.called].sort()).toEqual(await apiRightsOfThePolicy());
  expect(world.canaries.filter((canary) => `${stdout}${stderr}${page}`.includes(canary))).toEqual([]);
});

/** What docs/smoke.md tells people to allow, but for git itself and what the look-alike has not. */
async function apiRightsOfThePolicy(): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'smoke.md'), 'utf8');
  const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '{}');
  const actions: string[] = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  const others = ['GitPull', 'GitPush', 'TestRepositoryTriggers'];
  return actions
    .map((action) => action.replace('codecommit:', ''))
    .filter((action) => !others.includes(action))
    .sort();
}

/** Where git's own server is not like CodeCommit, and some of where it is. */
const GIT_ALONE = [
  'upload-pack-capabilities',
  'receive-pack-capabilities',
  'absent-capabilities',
  'offset-delta',
  'unadvertised-agent',
  'upload-without-length',
  'ref-commands',
];
const ALIKE = [
  'thin-pack',
  'compare-and-swap',
  'default-branch-deletion',
  'path-limits',
  'password-age',
  'merge-options',
];

it('says of a server that is git alone exactly where it is not CodeCommit, and ends with 1', async () => {
  const world = await aWorld({ profile: 'git' });

  const { code, stdout } = await world.run('--json', '--only', [...GIT_ALONE, ...ALIKE].join());
  const { checks } = JSON.parse(stdout);

  expect(named('different', checks)).toEqual(GIT_ALONE);
  expect(named('as-expected', checks)).toEqual(ALIKE);
  expect(checks.find(({ name }: Answered) => name === 'receive-pack-capabilities').found).toMatch(
    /source: new: .*ofs-delta/,
  );
  expect(code).toBe(1);
  expect(world.repositories).toEqual(SOMEBODYS);
});

it('says of a server that refuses what it should take, and takes what it should refuse, that it is different', async () => {
  const world = await aWorld();
  for (const { store } of world.regions) {
    const create = store.create.bind(store);
    store.create = async (name) => {
      await create(name);
      for (const [key, value] of Object.entries(OTHER_WAYS)) await git(store.path(name), 'config', key, value);
    };
  }
  world.onCall = (operation) => {
    const triggers = world.regions.flatMap(({ records }) => [...records.values()].flatMap((record) => record.triggers));
    if (operation === 'GetRepositoryTriggers') for (const trigger of triggers) delete trigger.customData;
  };

  const { code, stdout } = await world.run('--json', '--only', OTHERWISE.join());

  expect(named('different', JSON.parse(stdout).checks)).toEqual(OTHERWISE);
  expect(code).toBe(1);
});

it('counts the readings that come too early', async () => {
  const origins = new Map<string, string>();
  const world = await aWorld({ gitOrigin: ({ name, origin }) => origins.get(name) ?? origin });
  const [source] = world.regions;
  let before: Buffer | undefined;
  let pushed = false;
  const lagging = await listen(async (request, response) => {
    const { method = 'GET', url = '' } = request;
    const sent = method === 'POST' && { method, body: await collect(request) };
    const answer = await fetch(`${source.origin}${url}`, { headers: passedOn(request.headers), ...sent });
    const now = Buffer.from(await answer.arrayBuffer());
    const isReading = url.endsWith('info/refs?service=git-upload-pack');
    const shown = isReading && pushed && before !== undefined ? before : now;
    if (isReading) before = now;
    // The first reading after each push shows what was there before it.
    pushed = url.endsWith('git-receive-pack') && method === 'POST' ? true : pushed && !isReading;
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' });
    response.end(shown);
  }, 0);
  proxies.push(lagging);
  origins.set(source.name, lagging.origin);

  const { code, stdout } = await world.run('--json', '--only', 'read-after-push');

  const [answer] = JSON.parse(stdout).checks;
  expect([code, answer.result]).toEqual([1, 'different']);
  expect(answer.found).toMatch(/^30 first readings, 9 of them too early; the longest took \d+ ms/);
});

it('shows a person what is different, what was expected and what it means', async () => {
  const world = await aWorld({ profile: 'git' });

  const { code, stdout } = await world.run('--only', 'rewrite,absent-capabilities,trigger-test');

  expect(code).toBe(1);
  expect(stdout).toMatch(/^7 +absent-capabilities +different +git-upload-pack of the source offers ofs-delta/m);
  expect(stdout).toMatch(/^19 +rewrite +as-expected +"ok"$/m);
  expect(stdout).toContain('  expected: none of the three, in neither region\n');
  expect(stdout).toContain('  means:    CodeCommit can do more than ccrepl makes use of; what it does stays right\n');
  expect(stdout).toContain('1 as expected, 1 different, 1 could not be told (1 of them not asked for)');
});

it('sees that a push does not get through, and says what of it the server takes', async () => {
  const world = await aWorld();
  world.regions[0].pushFault = { kind: 'answer', status: 413, overBytes: 1_000_000 };

  const { code, stdout } = await world.run('--json', '--only', 'chunked-push');

  const [answer] = JSON.parse(stdout).checks;
  expect(code).toBe(1);
  expect(answer.result).toBe('different');
  expect(answer.found).toMatch(
    /small: "ok" \| big: "no report: .*HTTP 413.*the small one with its length: HTTP 200, ".*unpack ok/,
  );
});

it('calls a question that was put and got no answer neither good nor bad, and ends with 2', async () => {
  const world = await aWorld({ denies: ['GetMergeOptions'] });
  const topic = `arn:aws:sns:${HERE}:111122223333:t`;

  const { code, stdout } = await world.run('--json', '--topic', topic, '--only', 'merge-options,trigger-test,rewrite');

  const { checks } = JSON.parse(stdout);
  expect(named('could-not-tell', checks)).toEqual(['merge-options', 'trigger-test']);
  expect(checks[2].found).toContain('does not support CodeCommit TestRepositoryTriggers');
  expect(code).toBe(2);
});

it('shows nobody the account, the caller or a credential, even where the server repeats them', async () => {
  const origins = new Map<string, string>();
  const world = await aWorld({
    denies: ['BatchGetCommits'],
    gitOrigin: ({ name, origin }) => origins.get(name) ?? origin,
  });
  const [source] = world.regions;
  const proxy = await FaultProxy.start(source.origin, [
    { path: '-absent/info/refs', act: { do: 'echo', status: 403 } },
    { path: 'info/lfs/objects/batch', act: { do: 'echo', status: 403 } },
  ]);
  proxies.push(proxy);
  origins.set(source.name, proxy.origin);
  const report = join(await aFolder(), 'report.md');

  const { stdout, stderr } = await world.run('--report', report, '--only', 'git-lfs,git-not-found,batch-get-commits');
  const json = await world.run('--json', '--only', 'git-lfs,git-not-found,batch-get-commits');
  const all = [stdout, stderr, await readFile(report, 'utf8'), json.stdout].join('\n');

  expect(stdout.match(/denied for Basic \[redacted\]/g)).toHaveLength(2 + 1);
  expect(stdout).toMatch(/assumed-role|arn:aws:sts::ACCOUNT:…/);
  expect([...world.canaries, '111122223333', 'jane'].filter((canary) => all.includes(canary))).toEqual([]);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'takes away all it has made when %s comes in the middle',
  async (signal) => {
    const world = await aWorld();
    const held = holding(world, 'GetMergeOptions');
    const started = world.smoke(...BOTH, '--yes', '--json', '--only', 'rewrite,merge-options,replication');

    await held;
    const meanwhile = world.repositories.length;
    const heard = new Promise<void>((resolve) => {
      started.child.stderr?.on('data', (text: string) => text.includes(`${signal}: removing`) && resolve());
    });
    started.child.kill(signal);
    await heard;
    // As npm passes it on: that is no second one.
    started.child.kill(signal);
    const { code, stdout, stderr } = await started.ended;

    expect(meanwhile).toBe(4);
    expect(world.repositories).toEqual(SOMEBODYS);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${signal}: removing what was made`)]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: `stopped by ${signal}`,
      left: [],
      counts: { asExpected: 1, notReached: 2 },
    });
  },
  // Before the SDK would give the held call up by itself: twenty seconds.
  15_000,
);

it('ends at once when it is told so again and again, and says what to remove by hand', async () => {
  const world = await aWorld();
  const held = holding(world, 'DeleteRepository');
  const started = world.smoke(...BOTH, '--yes', '--only', 'rewrite');

  await held;
  const again = setInterval(() => started.child.kill('SIGINT'), 100);
  const { code, stderr } = await started.ended;
  clearInterval(again);

  expect(code).toBe(2);
  expect(stderr).toMatch(
    /ended at once; remove by hand what may be left:\naws codecommit delete-repository --region ap-northeast-1 .*-source\naws .*-destination\n$/,
  );
});

it('breaks a push that is under way when it is stopped, and takes away all it has made', async () => {
  const origins = new Map<string, string>();
  const world = await aWorld({ gitOrigin: ({ name, origin }) => origins.get(name) ?? origin });
  const [source] = world.regions;
  const hanging = Promise.withResolvers<void>();
  const proxy = await FaultProxy.start(
    source.origin,
    [
      { service: 'git-receive-pack', phase: 'answer', at: { byte: 1 }, act: { do: 'hook', name: 'hangs' } },
      { service: 'git-receive-pack', phase: 'answer', at: { byte: 1 }, act: { do: 'stall' } },
    ],
    { hangs: () => hanging.resolve() },
  );
  proxies.push(proxy);
  origins.set(source.name, proxy.origin);
  const started = world.smoke(...BOTH, '--yes', '--only', 'chunked-push');

  await hanging.promise;
  started.child.kill('SIGINT');
  const { code, stdout } = await started.ended;

  expect([code, world.repositories]).toEqual([2, SOMEBODYS]);
  expect(stdout).toContain('error: stopped by SIGINT');
});

it('takes the first repository away when the second cannot be made', async () => {
  const world = await aWorld({ deniesThere: ['CreateRepository'] });

  const { code, stdout } = await world.run();

  expect([code, world.repositories]).toEqual([2, SOMEBODYS]);
  expect(stdout).toContain(
    'error: AWS (codecommit:CreateRepository): AccessDeniedException: User: arn:aws:sts::ACCOUNT:…',
  );
  expect(stdout).not.toContain('NOT removed');
});

it('says what it could not take away, why, and the command to do so', async () => {
  const world = await aWorld({ denies: ['DeleteRepository'], deniesThere: [] });

  const { code, stdout } = await world.run('--only', 'rewrite');

  const [, name = ''] = world.repositories.find((one) => one.includes('ccrepl-smoke'))?.split(' ') ?? [];
  expect(world.repositories).toHaveLength(3);
  expect(stdout).toMatch(
    new RegExp(`^NOT removed: ${name} in ${HERE} \\(AWS \\(codecommit:DeleteRepository\\): AccessDenied`, 'm'),
  );
  expect(stdout).toContain(`remove it: aws codecommit delete-repository --region ${HERE} --repository-name ${name}\n`);
  expect(code).toBe(2);
});

it('keeps what it has made with --keep, and says how to take it away', async () => {
  const world = await aWorld();

  const { code, stdout } = await world.run('--keep', '--only', 'rewrite');

  expect([code, world.repositories.length, world.called.has('DeleteRepository')]).toEqual([0, 4, false]);
  expect(stdout.match(/remove it: aws codecommit delete-repository --region/g)).toHaveLength(2);
});

it('makes nothing without --yes where nobody can be asked, without regions, or where the report cannot be written', async () => {
  const world = await aWorld();

  const unasked = await world.smoke(...BOTH).ended;
  const nowhere = await world.smoke('--yes', '--destination-region', THERE).ended;
  const unwritable = await world.run('--report', join(await aFolder(), 'no', 'folder.md'));

  expect([unasked.code, nowhere.code, unwritable.code]).toEqual([2, 2, 2]);
  expect(unasked.stderr).toContain('touches no other:');
  expect(unasked.stderr).toContain(
    'error: nothing was made: there is no terminal to ask on; if this is wanted, give --yes',
  );
  expect(nowhere.stderr).toContain('--source-region is missing: expected an AWS region such as');
  expect([...world.called]).toEqual([]);
});

it('takes away a repository of which it heard only that it is there already, because the first answer was lost', async () => {
  const world = await aWorld();
  const proxy = await FaultProxy.start(world.apiOrigin, [{ times: 1, phase: 'whole', act: { do: 'close' } }]);
  proxies.push(proxy);
  world.apiOrigin = proxy.origin;

  const { code } = await world.run('--only', 'rewrite');

  expect([code, world.repositories]).toEqual([0, SOMEBODYS]);
});

it('leaves a repository of its own name alone that somebody else has made', async () => {
  const world = await aWorld();
  const started = world.smoke(...BOTH, '--yes', '--only', 'rewrite');
  let announced = '';
  started.child.stderr?.on('data', (text: string) => {
    announced += text;
  });
  world.onCall = async (operation) => {
    const [name] = /ccrepl-smoke-\w+-source/.exec(announced) ?? [];
    const [source] = world.regions;
    if (operation !== 'CreateRepository' || name === undefined || source.records.has(name)) return;
    await source.store.create(name);
    source.record(name);
  };

  const { code, stdout } = await started.ended;

  expect(code).toBe(2);
  expect(stdout).toContain('RepositoryNameExistsException');
  expect(world.repositories.filter((one) => one.endsWith('-source'))).toHaveLength(1);
  expect(world.called.has('DeleteRepository')).toBe(false);
});
