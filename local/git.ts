import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { printable } from '../git/ref.ts';

const run = promisify(execFile);

/**
 * Runs the stock git of this machine, with the user's own configuration, but never asking questions; gives its output. `signal`
 * ends it.
 */
export async function git(
  args: readonly string[],
  env: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const running = run('git', args as string[], {
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
    maxBuffer: 1024 * 1024 * 1024,
  });
  // Node's own way of ending it would not wait until git, and what git has started, are gone.
  const end = () => running.child.kill();
  signal?.addEventListener('abort', end, { once: true });
  try {
    return (await running).stdout;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr || (error as Error).message).trim();
    throw new Error(
      `git ${args.find((arg) => !arg.startsWith('-'))} failed: ${printable(said.split('\n').at(-1) ?? '', 500)}`,
      { cause: error },
    );
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** A login for one server that appears in no argument list: git reads it from its environment. */
export function loginEnv(origin: string, login: { username: string; password: string }): Record<string, string> {
  const header = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${header}`,
  };
}
