import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Oid } from '../../git/oid.ts';

const run = promisify(execFile);
/** git with nobody's own configuration. */
const GIT_ENV = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };

/** Tells the server what a push changed: git gives a post-receive hook exactly the refs that moved. */
const POST_RECEIVE =
  '#!/bin/sh\nif [ -n "$CCREPL_RECEIVED" ]; then exec cat >"$CCREPL_RECEIVED"; else exec cat >/dev/null; fi\n';

/** The bare repositories of one region, as `<directory>/<name>.git`. */
export class RepositoryStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  path(name: string): string {
    return join(this.directory, `${name}.git`);
  }

  async names(): Promise<string[]> {
    await mkdir(this.directory, { recursive: true });
    const entries = await readdir(this.directory);
    return entries.filter((entry) => entry.endsWith('.git')).map((entry) => entry.slice(0, -'.git'.length));
  }

  async create(name: string): Promise<void> {
    const path = this.path(name);
    await mkdir(path, { recursive: true });
    // A HEAD that no push creates by chance: the first branch pushed becomes the default.
    await this.#git(['init', '--quiet', '--bare', '--initial-branch=ccrepl-no-branch-yet', path]);
    const config: Record<string, string> = {
      'http.receivepack': 'true',
      'uploadpack.allowTipSHA1InWant': 'true',
      'uploadpack.allowReachableSHA1InWant': 'true',
      'receive.fsckObjects': 'false',
      'gc.auto': '0',
      'receive.autogc': 'false',
    };
    for (const [key, value] of Object.entries(config)) await this.#git(['-C', path, 'config', key, value]);
    const hook = join(path, 'hooks', 'post-receive');
    await mkdir(join(path, 'hooks'), { recursive: true });
    await writeFile(hook, POST_RECEIVE);
    await chmod(hook, 0o755);
  }

  /** The branch that HEAD names, if it exists. */
  async defaultBranch(name: string): Promise<string | undefined> {
    const path = this.path(name);
    const branch = (await this.#git(['-C', path, 'symbolic-ref', '--short', 'HEAD'])).trim();
    return (await this.branch(name, branch)) === undefined ? undefined : branch;
  }

  async setDefaultBranch(name: string, branch: string): Promise<void> {
    await this.#git(['-C', this.path(name), 'symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }

  async branch(name: string, branch: string): Promise<Oid | undefined> {
    const refs = await this.#git([
      '-C',
      this.path(name),
      'for-each-ref',
      '--format=%(objectname) %(refname)',
      `refs/heads/${branch}`,
    ]);
    const line = refs.split('\n').find((candidate) => candidate.slice(41) === `refs/heads/${branch}`);
    return line?.slice(0, 40) as Oid | undefined;
  }

  async branches(name: string): Promise<string[]> {
    const refs = await this.#git(['-C', this.path(name), 'for-each-ref', '--format=%(refname)', 'refs/heads']);
    return refs
      .split('\n')
      .filter((ref) => ref !== '')
      .map((ref) => ref.slice('refs/heads/'.length));
  }

  /** Parents, tree, author and message of a commit; undefined if there is no such commit. */
  async commit(name: string, oid: string): Promise<{ treeId: string; parents: string[]; message: string } | undefined> {
    try {
      const text = await this.#git(['-C', this.path(name), 'cat-file', 'commit', oid]);
      const [head = '', ...message] = text.split('\n\n');
      const values = (key: string) =>
        head
          .split('\n')
          .filter((line) => line.startsWith(`${key} `))
          .map((line) => line.slice(key.length + 1));
      return { treeId: values('tree')[0] ?? '', parents: values('parent'), message: message.join('\n\n') };
    } catch {
      return undefined;
    }
  }

  /** The best common ancestor of two commits that are there; undefined if they have none. */
  async mergeBase(name: string, one: string, other: string): Promise<Oid | undefined> {
    try {
      return (await this.#git(['-C', this.path(name), 'merge-base', one, other])).trim() as Oid;
    } catch (error) {
      if ((error as { code?: number }).code === 1) return undefined;
      throw error;
    }
  }

  async #git(args: string[]): Promise<string> {
    const { stdout } = await run('git', args, { env: GIT_ENV, maxBuffer: 256 * 1024 * 1024 });
    return stdout;
  }
}
