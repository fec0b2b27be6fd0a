import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Nobody's own configuration changes what is measured. */
export const GIT_ENV = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

const execute = promisify(execFile);

/** Runs git in a bare repository, and gives its output without the last line end. */
export async function git(repository: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('git', ['-C', repository, ...args], {
    env: { ...process.env, ...GIT_ENV },
    maxBuffer: 1024 * 1024 * 1024,
  });
  return stdout.trimEnd();
}

/** The same with a text to read. */
export async function gitReading(repository: string, input: string, ...args: string[]): Promise<void> {
  const child = spawn('git', ['-C', repository, ...args], {
    env: { ...process.env, ...GIT_ENV },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}

/** Ref names and object ids, as they are sorted. */
export async function refsOf(repository: string): Promise<Map<string, string>> {
  const text = await git(repository, 'for-each-ref', '--format=%(refname) %(objectname)');
  return new Map(text === '' ? [] : text.split('\n').map((line) => line.split(' ') as [string, string]));
}

/** An empty bare repository that takes pushes and never tidies up by itself in the middle of a measurement. */
export async function initBare(repository: string): Promise<void> {
  await execute('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository], {
    env: { ...process.env, ...GIT_ENV },
  });
  for (const [key, value] of [
    ['http.receivepack', 'true'],
    ['receive.autogc', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['uploadpack.allowAnySHA1InWant', 'true'],
  ] as const)
    await git(repository, 'config', key, value);
}

/** A repository with the same objects, as hard links: it costs next to nothing, because git replaces files and never changes them. */
export async function copyRepository(from: string, to: string): Promise<void> {
  await execute('cp', ['-al', from, to]);
}

/** Bytes that a folder takes. */
export async function bytesOf(folder: string): Promise<number> {
  const { stdout } = await execute('du', ['-s', '--block-size=1', folder]);
  return Number.parseInt(stdout, 10);
}
