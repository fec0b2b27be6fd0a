import { execFile } from 'node:child_process';
import { copyFile, mkdir, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the Dockerfile's own stage runs besides Node. */
export const TOOLS = ['sh', 'strip', 'readelf', 'sed', 'cp', 'mkdir', 'ln', 'chmod'] as const;

/**
 * Fills a folder with the root of a Debian that has Node: what of the real base image the Dockerfile uses, put together from
 * this machine's programs and libraries, because a test asks no image registry for anything.
 */
export async function aBase(root: string): Promise<void> {
  for (const name of ['bin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  const node = await realpath(process.execPath);
  await copyFile(node, join(root, 'usr/local/bin/node'));
  const { stdout } = await run('which', [...TOOLS]);
  const tools = stdout.trim().split('\n');
  for (const tool of tools) await copyFile(await realpath(tool), join(root, 'usr/bin', basename(tool)));
  for (const library of await librariesOf([node, ...tools])) {
    // The loader is named by its link in /lib64, and lies beside the libraries.
    for (const folder of new Set([await realpath(dirname(library)), dirname(await realpath(library))])) {
      await mkdir(join(root, folder), { recursive: true });
      await copyFile(library, join(root, folder, basename(library)));
    }
  }
}

async function librariesOf(programs: readonly string[]): Promise<Set<string>> {
  const { stdout } = await run('ldd', [...programs]);
  return new Set(stdout.match(/(?<=\s)\/\S+(?= \(0x)/g));
}
