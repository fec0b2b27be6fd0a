import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { ccrepl, startCcrepl } from '../support/program.ts';
import { Clone, refsOf, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
beforeAll(async () => {
  two = await TwoRegions.start('codecommit');
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main', 'main:refs/heads/other', 'main:refs/tags/v1');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

const through = (origin: string) => two.sourceUrl.replace(/@[^/]+/, `@${new URL(origin).host}`);

describe('one JSON document on standard output', () => {
  const unwritten = ['refs/heads/main', 'refs/heads/other', 'refs/tags/v1'].map((ref) => ({
    ref,
    status: 'not-written',
    reason: expect.stringMatching(/./),
  }));

  it('comes when the source breaks in the middle of the pack', async () => {
    const proxy = await FaultProxy.start(two.source.origin, [
      { service: 'git-upload-pack', phase: 'answer', at: { byte: 60 }, act: { do: 'close' } },
    ]);

    const { code, stdout } = await ccrepl(['replicate', through(proxy.origin), two.destinationUrl, '--json']);
    await proxy.close();

    expect(code).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'failed',
      error: { code: 'transient', retryable: true },
      heads: unwritten,
    });
    expect(await refsOf(two.destinationPath)).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('comes when a person stops it with %s', async (signal) => {
    const asked = Promise.withResolvers<void>();
    const proxy = await FaultProxy.start(
      two.source.origin,
      [
        { service: 'git-upload-pack', phase: 'answer', at: { byte: 60 }, act: { do: 'hook', name: 'hangs' } },
        { service: 'git-upload-pack', phase: 'answer', at: { byte: 60 }, act: { do: 'stall' } },
      ],
      { hangs: asked.resolve },
    );
    const { child, ended } = startCcrepl(['replicate', through(proxy.origin), two.destinationUrl, '--json']);
    await Promise.race([asked.promise, ended]);

    child.kill(signal);
    const { code, stdout } = await ended;
    await proxy.close();

    expect(code).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', error: { code: 'terminated' }, heads: unwritten });
  });

  it('comes of a dry run, which writes nothing and gives no reason to worry', async () => {
    const { code, stdout, stderr } = await ccrepl([
      'replicate',
      '--dry-run',
      '--json',
      two.sourceUrl,
      two.destinationUrl,
    ]);

    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'planned',
      heads: unwritten.map((head) => ({ ...head, status: 'planned', action: 'create' })),
    });
    expect(await refsOf(two.destinationPath)).toBe('');
  });

  it.each([
    [['replicate', 'check', 'https://host/b', '--json']],
    [['--json', 'replicate', 'https://host/a', 'check']],
    [['mirror', 'https://host/a', 'https://host/b', '--json']],
  ])('comes of replicate for %j, whatever the arguments are named', async (args) => {
    const { code, stdout } = await ccrepl(args);

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', heads: [], error: { code: 'input' } });
  });

  it.each([
    [['check', 'replicate', 'https://host/b', '--json']],
    [['--from', 'https://host/a', 'check', '--json']],
    [['check', 'https://host/a', 'https://host/b', '--json=yes']],
  ])('comes of check for %j, whatever else is wrong', async (args) => {
    const { code, stdout } = await ccrepl(args);

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'unknown', differences: [], error: { code: 'input' } });
  });

  it.each<[string[], object]>([
    [['status', '--max-age', '--json'], { goodEnough: false, replicas: [] }],
    [['replicate', '--refs', '--json', 'https://host/a', 'https://host/b'], { result: 'failed', heads: [] }],
    [['check', 'https://host/a', 'https://host/b', '--deletes', '--json'], { verdict: 'unknown', differences: [] }],
    [['start', '--confirm', '--json', 'X'], { result: 'failed', execution: null }],
    [['start', 'X', '--region', '--json'], { result: 'failed', execution: null }],
    [['start', 'X', '--json', '--region'], { result: 'failed', execution: null }],
  ])('comes of %j, where an option lacks its value', async (args, document) => {
    const { code, stdout, stderr } = await ccrepl(args);

    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ...document,
      error: { code: 'input', message: expect.stringContaining('see ccrepl --help'), retryable: false },
    });
  });

  it('gives way to the help alone, which says so', async () => {
    const { code, stdout } = await ccrepl(['status', '--json', '--help']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: .*--json +one JSON document on stdout, .*but not with --help/s);
  });

  it('does not come where "--json" is an argument and no option', async () => {
    const { code, stdout, stderr } = await ccrepl(['check', '--', 'https://host/a', '--json']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});

it.each([
  ['a wrong password', 401, 14],
  ['a repository that is not there', 404, 15],
  ['a server that is overloaded', 503, 10],
  ['a page instead of a repository', 200, 17],
])('check ends with 2, and replicate with its own code, for %s', async (_what, status, exitCode) => {
  const proxy = await FaultProxy.start(two.source.origin, [
    { service: 'info/refs', act: { do: 'answer', status, body: '<html>' } },
  ]);
  const both = [through(proxy.origin), two.destinationUrl, '--json'];

  const check = await ccrepl(['check', ...both]);
  const replicate = await ccrepl(['replicate', ...both]);
  await proxy.close();

  expect([check.code, replicate.code]).toEqual([2, exitCode]);
  expect(JSON.parse(check.stdout)).toMatchObject({ verdict: 'unknown', differences: [] });
  expect(JSON.parse(replicate.stdout)).toMatchObject({ result: 'failed', heads: [] });
});
