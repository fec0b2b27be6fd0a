import { readdir, readFile } from 'node:fs/promises';

/** A process of this machine, as its kernel shows it to others. */
export interface Process {
  pid: number;
  parent: number;
  arguments: string;
  environment: string;
}

/** Those that `root` has started, and those that they have, and so on. One that ends meanwhile may be missing. */
export async function descendantsOf(root: number): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)));
  const found: number[] = [root];
  // A child may have a lower number than its parent: numbers are used again.
  for (const one of found) found.push(...pids.filter((pid) => parents.get(pid) === one));
  return Promise.all(
    found.slice(1).map(async (pid) => ({
      pid,
      parent: parents.get(pid) as number,
      arguments: await textOf(pid, 'cmdline'),
      environment: await textOf(pid, 'environ'),
    })),
  );
}

const textOf = (pid: number, file: string): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await textOf(pid, 'stat');
  // The name is in parentheses, and may hold some itself; then come state and parent.
  const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? undefined : Number(parent);
}
