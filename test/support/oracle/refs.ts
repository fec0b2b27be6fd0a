import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Oid } from '../../../git/oid.ts';
import type { RefName } from '../../../git/ref.ts';

const run = promisify(execFile);

/** All refs of a repository at one moment. */
export type Refs = ReadonlyMap<RefName, Oid>;

const ENV = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

/** What stock git says of a bare repository; bytes as latin1. */
export async function askGit(path: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', path, ...args], { env: ENV, encoding: 'latin1', maxBuffer: 1 << 28 });
  return stdout;
}

/** The refs, read by stock git from the repository itself. */
export async function readRefs(path: string): Promise<Refs> {
  const lines = (await askGit(path, 'for-each-ref', '--format=%(objectname) %(refname)')).split('\n');
  const refs = new Map<RefName, Oid>();
  for (const line of lines.filter((text) => text !== '')) {
    const end = line.indexOf(' ');
    refs.set(line.slice(end + 1) as RefName, line.slice(0, end) as Oid);
  }
  return refs;
}

/** What stock git finds wrong with the objects: missing, damaged, or against the rules. */
export async function damageOf(path: string): Promise<string[]> {
  const said = async (...args: string[]) =>
    askGit(path, ...args).then(
      () => undefined,
      (error: { stderr?: string; message: string }) => `git ${args[0]}: ${error.stderr || error.message}`,
    );
  const found = [
    await said('fsck', '--full', '--strict', '--no-dangling'),
    await said('rev-list', '--objects', '--all', '--quiet'),
  ];
  return found.filter((text) => text !== undefined);
}

/** Moves one ref, or deletes it, as somebody who is not ccrepl; false if git does not allow it. */
export async function updateRef(path: string, ref: RefName, oid: Oid | undefined): Promise<boolean> {
  const child = spawn('git', ['-C', path, 'update-ref', '--stdin', '-z'], {
    env: ENV,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const command = oid === undefined ? `delete ${ref}\0\0` : `update ${ref}\0${oid}\0\0`;
  child.stdin.end(Buffer.from(command, 'latin1'));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}
