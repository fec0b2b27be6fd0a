import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs stock git with nobody's configuration and a fixed clock, so that the same steps give the same ids. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', directory, ...args], {
    maxBuffer: 1 << 30,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'A U Thor',
      GIT_AUTHOR_EMAIL: 'author@example.com',
      GIT_AUTHOR_DATE: '1700000000 +0000',
      GIT_COMMITTER_NAME: 'C O Mitter',
      GIT_COMMITTER_EMAIL: 'committer@example.com',
      GIT_COMMITTER_DATE: '1700000000 +0000',
    },
  });
  return stdout.trim();
}

const folders: string[] = [];

/** A folder that is removed after the test file. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ccrepl-test-'));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A developer's clone: makes commits and pushes them. */
export class Clone {
  readonly directory: string;
  #count = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async init(): Promise<Clone> {
    const clone = new Clone(await aFolder());
    await clone.git('init', '--quiet', '--initial-branch=main');
    return clone;
  }

  git(...args: string[]): Promise<string> {
    return git(this.directory, ...args);
  }

  /** Commits one changed file on the branch that is checked out; gives the commit's id. */
  async commit(content = `change ${this.#count + 1}\n`, file = 'file.txt'): Promise<string> {
    this.#count += 1;
    await writeFile(join(this.directory, file), content);
    await this.git('add', file);
    await this.git('commit', '--quiet', '--message', `commit ${this.#count}`);
    return this.git('rev-parse', 'HEAD');
  }

  /** Many commits at once, through `git fast-import`: each changes one of `files` files. Gives nothing; moves `branch`. */
  async history(commits: number, branch = 'main', options: { files?: number; bytes?: number } = {}): Promise<void> {
    const { files = 20, bytes = 200 } = options;
    const lines: string[] = [];
    for (let n = 1; n <= commits; n++) {
      const content = `${n} ${'x'.repeat(n % bytes)}\n`;
      lines.push(
        `commit refs/heads/${branch}`,
        `committer C O Mitter <committer@example.com> ${1_600_000_000 + n} +0000`,
        `data ${`c${n}`.length}`,
        `c${n}`,
        ...(n === 1 && branch !== 'main' ? [] : []),
        `M 100644 inline d${n % files}/f${n % 7}.txt`,
        `data ${Buffer.byteLength(content)}`,
        content,
      );
    }
    await fastImport(this.directory, `${lines.join('\n')}\ndone\n`);
  }

  async push(url: string, ...refspecs: string[]): Promise<void> {
    await this.git('push', '--quiet', '--force', url, ...refspecs);
  }
}

async function fastImport(directory: string, stream: string): Promise<void> {
  const child = run('git', ['-C', directory, 'fast-import', '--quiet', '--done'], {
    env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' },
  });
  child.child.stdin?.end(stream);
  await child;
}

/** `for-each-ref` of a bare repository: the proof that two are equal. */
export const refsOf = (path: string): Promise<string> => git(path, 'for-each-ref');

/** Fails if any object is missing or damaged. */
export const fsck = (path: string): Promise<string> => git(path, 'fsck', '--full', '--strict', '--no-dangling');
