import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ImageSizes } from './results.ts';

const run = promisify(execFile);
/** A hundred packages' worth of lines. */
const OUTPUT_MAX = 16 * 1024 * 1024;

/**
 * The size of the image, compressed as a registry keeps it, put together as the Dockerfile does it from this machine's Node and
 * libraries; and of what the original design's image needs at least: Debian's packages of git and the AWS CLI, with all that they need,
 * as they are downloaded. The clone in that image comes on top of it.
 */
export async function imageSizes(bundle: string, scratch: string): Promise<ImageSizes> {
  const root = join(scratch, 'image');
  await mkdir(join(root, 'lib'), { recursive: true });
  const node = await realpath(process.execPath);
  const copy = join(root, 'node');
  const stripped = await run('strip', ['-o', copy, node]).then(
    () => true,
    () => false,
  );
  if (!stripped) await copyFile(node, copy);
  const { stdout: libraries } = await run('ldd', [node]);
  for (const path of new Set(libraries.match(/(?<=\s)\/\S+(?= \(0x)/g)))
    await copyFile(path, join(root, 'lib', basename(path)));
  const folder = dirname(bundle);
  const program = (await readdir(folder)).filter((name) => name.endsWith('.mjs') && name.startsWith('replicate'));
  for (const name of program) await copyFile(join(folder, name), join(root, name));
  const { stdout: bytes } = await run('sh', ['-c', 'tar -c . | gzip -c | wc -c'], { cwd: root });
  return { bytes: Number.parseInt(bytes, 10), stripped, ...(await packagesOfOriginal()) };
}

/** Undefined where there is no apt, or it has no lists. */
async function packagesOfOriginal(): Promise<Pick<ImageSizes, 'originalPackageBytes'>> {
  const nothingInstalled = ['-o', 'Dir::State::status=/dev/null', '-o', 'Dir::Cache::archives=/nonexistent'];
  const packages = ['git', 'awscli', 'ca-certificates'];
  const args = ['--print-uris', '-qq', ...nothingInstalled, 'install', '--no-install-recommends', ...packages];
  const said = await run('apt-get', args, { maxBuffer: OUTPUT_MAX }).catch(() => undefined);
  // 'URI' FILE SIZE HASH
  const sizes = (said?.stdout ?? '').split('\n').flatMap((line) => /^'[^']+' \S+ (\d+)/.exec(line)?.[1] ?? []);
  return sizes.length === 0 ? {} : { originalPackageBytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}
