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
  return refsOf(await askGit(path, 'for-each-ref', REF_FORMAT));
}

/** What stock git finds wrong with the objects: missing, damaged, or against the rules. */
export async function damageOf(path: string): Promise<string[]> {
  return (await survey(path, path)).damage;
}

/** Both sides at one moment, and the damage of the destination: one shell asks git, because a process of ours is dear. */
export async function survey(
  source: string,
  destination: string,
): Promise<{ source: Refs; destination: Refs; damage: string[] }> {
  const { stdout } = await run('sh', ['-c', SURVEY, 'survey', source, destination], {
    env: ENV,
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  const [from = '', to = '', fsck = '', list = ''] = stdout.split('\0');
  const damage = [`git fsck: ${fsck}`, `git rev-list: ${list}`].filter((said) => !said.endsWith('\n0'));
  return { source: refsOf(from), destination: refsOf(to), damage };
}

const REF_FORMAT = '--format=%(objectname) %(refname)';
const SURVEY = [
  `git -C "$1" for-each-ref '${REF_FORMAT}' || exit 1`,
  "printf '\\0'",
  `git -C "$2" for-each-ref '${REF_FORMAT}' || exit 1`,
  "printf '\\0'",
  'git -C "$2" fsck --full --strict --no-dangling 2>&1; printf \'\\n%s\\0\' $?',
  'git -C "$2" rev-list --objects --all --quiet 2>&1; printf \'\\n%s\' $?',
].join('\n');

function refsOf(text: string): Refs {
  const refs = new Map<RefName, Oid>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const end = line.indexOf(' ');
    refs.set(line.slice(end + 1) as RefName, line.slice(0, end) as Oid);
  }
  return refs;
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
