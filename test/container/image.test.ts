import { readFileSync } from 'node:fs';
import { NODE_FLAGS } from '../../container/node-flags.ts';
import { REPLICA } from '../../local/demonstration.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { BuiltImage, DOCKERFILE, whyNoImage } from '../support/image.ts';
import { nameServer } from '../support/image-names.ts';
import { Clone, refsOf, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

/** ECS's default: so long after the stop signal comes SIGKILL. */
const STOP_TIMEOUT_SECONDS = 30;

const why = whyNoImage();
if (why !== undefined) process.stderr.write(`The container image is neither built nor run here: ${why}.\n`);

describe('the Dockerfile', () => {
  const instructions = readFileSync(DOCKERFILE, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', '');
  const stages = instructions.split(/^(?=FROM )/m).slice(1);

  it('starts Node with the flags of the local mode and the benchmarks', () => {
    const [, entrypoint = ''] = /^ENTRYPOINT (.*)$/m.exec(instructions) ?? [];

    expect(JSON.parse(entrypoint)).toEqual(['/usr/local/bin/node', ...NODE_FLAGS, '/replicate.mjs']);
  });

  it('runs commands only on the platform of the machine that builds, so that none has to be emulated', () => {
    const running = stages.filter((stage) => /^RUN /m.test(stage));

    expect(running).toHaveLength(1);
    for (const stage of running) expect(stage).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
    expect(stages.at(-1)).toMatch(/^FROM scratch\n/);
  });

  it('takes everything from one base, fixed by its digest', () => {
    expect(instructions).toMatch(/^ARG NODE_IMAGE=\S+:24-\S+@sha256:[0-9a-f]{64}$/m);
    const bases = stages.map((stage) => /^FROM (?:--\S+ )?(?:\$\{)?(\w+)/.exec(stage)?.[1]);
    expect(new Set(bases)).toEqual(new Set(['NODE_IMAGE', 'scratch']));
  });

  it('asks for no port, no volume and no health check, which a run that ends has no use for', () => {
    expect(instructions).not.toMatch(/^(?:EXPOSE|VOLUME|HEALTHCHECK) /m);
  });
});

(why === undefined ? describe : describe.skip)(`the image${why ? ` (skipped: ${why})` : ''}`, () => {
  let image: BuiltImage;
  let two: TwoRegions;
  beforeAll(async () => {
    [image, two] = await Promise.all([BuiltImage.build(), TwoRegions.start('codecommit')]);
    const clone = await Clone.init();
    await clone.history(300);
    await clone.git('tag', 'v1', 'main');
    await clone.push(two.sourceUrl, 'main', 'v1');
  });
  afterAll(async () => {
    await image?.close();
    await two?.stop();
    await removeFolders();
  });

  const startTask = async (source: string) =>
    image.start({
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      AWS_ENDPOINT_URL: await two.apiOrigin(),
      CCREPL_GIT_ENDPOINTS: JSON.stringify({
        [REPLICA.source.region]: source,
        [REPLICA.destination.region]: two.destination.origin,
      }),
      CCREPL_REPLICA: JSON.stringify(REPLICA),
    });

  it('ends with 143 when it is told to stop in the middle of a run, well before it would be killed', async () => {
    const asked = Promise.withResolvers<void>();
    const stalled = await FaultProxy.start(
      two.source.origin,
      [
        { service: 'git-upload-pack', phase: 'answer', at: { byte: 60 }, act: { do: 'hook', name: 'hangs' } },
        { service: 'git-upload-pack', phase: 'answer', at: { byte: 60 }, act: { do: 'stall' } },
      ],
      { hangs: asked.resolve },
    );
    const task = await startTask(stalled.origin);
    await Promise.race([asked.promise, task.ended.then((ended) => Promise.reject(new Error(JSON.stringify(ended))))]);

    await task.stop(STOP_TIMEOUT_SECONDS);
    const { code, stdout } = await task.ended;
    await stalled.close();

    expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', error: { code: 'terminated' } });
    expect(code).toBe(143);
    expect(await refsOf(two.destinationPath)).toBe('');
  });

  it('replicates with a read-only root, no temporary folder and no right', async () => {
    const task = await startTask(two.source.origin);

    const { code, stdout, stderr } = await task.ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('"error"') });
    expect(JSON.parse(stdout)).toMatchObject({ replica: REPLICA.id, result: 'replicated' });
    await two.expectEqual();
  });

  it('gives the program no place to write to, whatever it tries', async () => {
    const places = ['/', '/etc', '/lib', '/run', '/tmp', '/usr/local/bin', '/var/tmp'];
    const write = (place: string) =>
      `load('node:fs/promises').writeFile('${place}/file', 'x').then(() => '${place}', () => [])`;

    expect(await image.evaluate(`Promise.all([${places.map(write)}]).then((written) => written.flat())`)).toEqual([]);
  });

  it('holds Node, the libraries that it needs, the program and what a system calls users and authorities: no more', async () => {
    const { files } = await image.files();

    const paths = files.filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
    const isPart = (path: string) => /^replicate-[A-Z\d]{8}\.mjs$/.test(path);
    expect(paths.filter(isPart)).not.toEqual([]);
    expect(paths.filter((path) => !isPart(path))).toEqual([
      'etc/group',
      'etc/nsswitch.conf',
      'etc/passwd',
      'etc/ssl/certs/ca-certificates.crt',
      expect.stringMatching(/^lib\/ld-linux-[\w-]+\.so\.\d$/),
      'lib/libc.so.6',
      'lib/libdl.so.2',
      'lib/libgcc_s.so.1',
      'lib/libm.so.6',
      'lib/libpthread.so.0',
      'lib/libstdc++.so.6',
      'lib64',
      'replicate.mjs',
      'usr/local/bin/node',
    ]);
    expect(files.filter(({ kind }) => kind === 'folder').map(({ path }) => path)).toEqual([
      '',
      'etc',
      'etc/ssl',
      'etc/ssl/certs',
      'lib',
      'usr',
      'usr/local',
      'usr/local/bin',
    ]);
  });

  it('belongs to root, can be written by nobody else, and lends nobody its rights', async () => {
    const { files } = await image.files();

    for (const { path, kind, uid, gid, mode } of files) {
      // A link has no mode of its own.
      const writable = kind === 'link' ? 0 : mode & 0o022;
      const lent = mode & 0o7000;
      expect({ path, uid, gid, writable, lent }).toEqual({ path, uid: 0, gid: 0, writable: 0, lent: 0 });
    }
  });

  it('is of at most 125 MB, and no layer hides what a later one took away', async () => {
    const { files } = await image.files();
    const { Size, RootFS } = await image.inspect();
    const bytes = files.reduce((sum, { kind, size }) => sum + (kind === 'file' ? size : 0), 0);

    expect(Size).toBeLessThanOrEqual(125e6);
    expect(RootFS.Layers).toHaveLength(2);
    // What an archive adds to its files: a header and padding each.
    expect(Math.abs(Size - bytes)).toBeLessThan(100_000);
  });

  it('starts nothing but Node with its flags and the program, as a numeric user that is not root', async () => {
    const { Config } = await image.inspect();

    const [, uid, gid] = /^(\d+):(\d+)$/.exec(Config.User) ?? [];
    expect(Number(uid)).toBeGreaterThanOrEqual(10_000);
    expect(Number(gid)).toBeGreaterThanOrEqual(10_000);
    expect(Config.Entrypoint).toEqual(['/usr/local/bin/node', ...NODE_FLAGS, '/replicate.mjs']);
    expect(Config.Cmd ?? []).toEqual([]);
    expect(Config.StopSignal).toBe('SIGTERM');
  });

  it('says what it is in the words of package.json, and which base it is made of', async () => {
    const { Config } = await image.inspect();

    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.description': packageJson.description,
      'org.opencontainers.image.licenses': packageJson.license,
      'org.opencontainers.image.base.name': 'localhost/base',
    });
  });

  it('has no setting and no secret in its environment, its history or its files', async () => {
    const { Config, History } = await image.inspect();
    const { text } = await image.files();

    expect((Config.Env ?? []).filter((variable) => !variable.startsWith('PATH='))).toEqual([]);
    const said = JSON.stringify([Config, History]) + text;
    expect(said).toContain('replicate.mjs');
    expect(said).not.toMatch(/A[KS]IA[A-Z0-9]{12}|BEGIN [A-Z ]*PRIVATE KEY|NODE_TLS_REJECT_UNAUTHORIZED/);
    expect(said).not.toMatch(/(?:secret|password|token)[\w-]*\s*[:=]\s*["'][\w+/=-]{16}/i);
  });

  it('finds servers by DNS and by /etc/hosts, though it has no library for either', async () => {
    const names = await nameServer();
    const address = (name: string, option: string) =>
      image.evaluate(`load('node:dns').promises.lookup('${name}', 4)`, [option]);

    const byDns = await address('git-codecommit.example', `--dns=${names.address}`);
    const byHosts = await address('proxy.example', '--add-host=proxy.example:192.0.2.1');
    await names.close();

    expect(byDns).toEqual({ address: '127.0.0.1', family: 4 });
    expect([...names.asked]).toContain('git-codecommit.example');
    expect(byHosts).toEqual({ address: '192.0.2.1', family: 4 });
  });

  it('has the authorities that Node trusts where a system has them', async () => {
    const bundled = await image.evaluate("load('node:tls').rootCertificates.length");
    const system = "load('node:tls').getCACertificates('system').length";

    expect(bundled).toBeGreaterThan(100);
    expect(await image.evaluate(system, [], ['--use-system-ca'])).toBe(bundled);
  });

  it('knows the name of its user', async () => {
    const user = await image.evaluate("load('node:os').userInfo()");

    expect(user).toMatchObject({ uid: 10_001, gid: 10_001, username: 'ccrepl' });
  });
});
