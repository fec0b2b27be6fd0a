import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { bundleInParts } from '../../build.ts';
import { aBase, TOOLS } from './image-base.ts';
import type { Ended } from './program.ts';

const execute = promisify(execFile);

export const DOCKERFILE = join(import.meta.dirname, '..', '..', 'container', 'Dockerfile');

/** Why this machine cannot build and run the image; undefined if it can. */
export function whyNoImage(): string | undefined {
  if (process.platform !== 'linux') return 'images are for Linux';
  if (process.getuid?.() !== 0) return 'only root may';
  const missing = ['podman', 'runc', 'ldd', ...TOOLS].filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return mayMount() ? undefined : 'nobody may mount here (CAP_SYS_ADMIN), and podman must';
}

/** Bit 21 of the capabilities in effect. */
function mayMount(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & (1n << 21n)) !== 0n;
}

/** The configuration of an image, as far as this project sets it. */
export interface ImageConfig {
  User: string;
  Entrypoint: string[];
  Cmd?: string[];
  Env?: string[];
  Labels: Record<string, string>;
  StopSignal: string;
}

export interface ImageFile {
  path: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  uid: number;
  gid: number;
  mode: number;
  size: number;
}

/** A container that runs. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** As ECS stops a task: the stop signal, and SIGKILL when so many seconds have passed. */
  stop(seconds: number): Promise<void>;
}

/** The image as the Dockerfile builds it, in a podman of its own: nothing of the machine's images or containers is touched. */
export class BuiltImage {
  readonly #folder: string;
  #containers = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async build(): Promise<BuiltImage> {
    const image = new BuiltImage(await mkdtemp(join(tmpdir(), 'ccrepl-image-')));
    try {
      await image.#build();
      return image;
    } catch (error) {
      await image.close();
      throw error;
    }
  }

  async #build(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    for (const name of ['base', 'context', 'tmp', 'networks']) await mkdir(at(name));
    await writeFile(at('containers.conf'), configuration(at('networks')));
    await aBase(at('base'));
    await writeFile(at('Base'), 'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin\n');
    await this.#podman('build', '--isolation=chroot', '--tag=localhost/base', '--file', at('Base'), at('base'));
    // Just what a deployment stages.
    await copyFile(DOCKERFILE, at('context/Dockerfile'));
    await bundleInParts('container/main.ts', at('context/replicate.mjs'));
    const base = ['--pull=never', '--build-arg=NODE_IMAGE=localhost/base'];
    await this.#podman('build', '--isolation=chroot', ...base, '--tag=localhost/ccrepl', at('context'));
  }

  async inspect(): Promise<{ Config: ImageConfig; RootFS: { Layers: string[] }; Size: number; History: object[] }> {
    return JSON.parse(await this.#podman('image', 'inspect', 'localhost/ccrepl'))[0];
  }

  /** Everything in the image, by path, and the text of what is not a program. */
  async files(): Promise<{ files: ImageFile[]; text: string }> {
    const root = (await this.#podman('image', 'mount', 'localhost/ccrepl')).trim();
    try {
      // With file types it follows no link.
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const paths = ['', ...entries.map(({ parentPath, name }) => relative(root, join(parentPath, name)))].sort();
      const files = await Promise.all(paths.map((path) => fileAt(root, path)));
      const texts = files.filter(({ path, kind }) => kind === 'file' && /^etc\/|\.mjs$/.test(path));
      const read = await Promise.all(texts.map(({ path }) => readFile(join(root, path), 'utf8')));
      return { files, text: read.join('\n') };
    } finally {
      await this.#podman('image', 'unmount', 'localhost/ccrepl');
    }
  }

  /** Starts it on the machine's network as a task is hardened: a read-only root, no temporary folder, no right. */
  start(env: Record<string, string>, options: readonly string[] = [], args: readonly string[] = []): Running {
    this.#containers += 1;
    const name = `container-${this.#containers}`;
    const hardened = ['--read-only', '--read-only-tmpfs=false', '--cap-drop=all', '--security-opt=no-new-privileges'];
    // The values go by podman's own environment, so that no argument list holds a key.
    const names = Object.keys(env).map((name) => `--env=${name}`);
    const run = ['run', '--rm', `--name=${name}`, '--network=host', ...hardened, ...names, ...options];
    const child = spawn('podman', [...this.#global, ...run, 'localhost/ccrepl', ...args], {
      env: { ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...output }));
    return { child, ended, stop: async (seconds) => void (await this.#podman('stop', `--time=${seconds}`, name)) };
  }

  /** What an expression of JavaScript is worth in the image; `load` gives it Node's own modules. */
  async evaluate(expression: string, options: readonly string[] = [], flags: readonly string[] = []): Promise<unknown> {
    const script = `const load = process.getBuiltinModule; console.log(JSON.stringify(await ${expression}))`;
    const node = [...flags, '--input-type=module', '--eval', script];
    const { code, stdout, stderr } = await this.start({}, ['--entrypoint=/usr/local/bin/node', ...options], node).ended;
    if (code !== 0) throw new Error(`it ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async close(): Promise<void> {
    await this.#podman('rm', '--all', '--force', '--time=0');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get #global(): string[] {
    const at = (name: string) => join(this.#folder, name);
    return ['--root', at('root'), '--runroot', at('runroot'), '--tmpdir', at('libpod')];
  }

  get #env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.#folder,
      TMPDIR: join(this.#folder, 'tmp'),
      CONTAINERS_CONF: join(this.#folder, 'containers.conf'),
    };
  }

  async #podman(...args: string[]): Promise<string> {
    const { stdout } = await execute('podman', [...this.#global, ...args], { env: this.#env, maxBuffer: 1 << 26 });
    return stdout;
  }
}

/**
 * For podman, wherever the tests run. crun knows no hybrid of cgroups v1 and v2, and there may be no systemd to ask. podman
 * would raise a container's limits above the machine's, which not every root may: these are low enough for any. Locks in shared
 * memory would be those of the machine's own podman.
 */
const configuration = (networks: string) => `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
[network]
network_config_dir = "${networks}"
`;

async function fileAt(root: string, path: string): Promise<ImageFile> {
  const stat = await lstat(join(root, path));
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other';
  return { path, kind, uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777, size: stat.size };
}
