import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, buildSync } from 'esbuild';

/** Some packages of the AWS SDK still call `require`, which an ES module has not. */
const banner = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

const common = (target: string): BuildOptions => ({
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target,
  format: 'esm',
  minify: true,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  banner: { js: banner },
  logLevel: 'warning',
});

/**
 * `import http from 'node:http'` has Node look at all that the module exports, and a look at `WebSocket` loads a whole WebSocket client:
 * as long as an empty program takes. Asked for like this, nothing is looked at before it is used (Node 24, lib/http.js).
 */
const unlooked = (name: string): string => `data:text/javascript,module.exports=process.getBuiltinModule("${name}")`;
const alias = Object.fromEntries(
  ['http', 'https'].flatMap((name) => [name, `node:${name}`].map((spelt) => [spelt, unlooked(name)])),
);

/** For Node 24: an entry, and beside it, as `ENTRY-HASH.mjs`, what it loads only when it is needed: the AWS SDK above all. */
function inParts(entry: string, outfile: string): BuildOptions {
  const name = basename(outfile, '.mjs');
  return {
    ...common('node24'),
    entryPoints: [{ in: entry, out: name }],
    outdir: dirname(outfile),
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: `${name}-[hash]`,
    // The hashes are of paths too: where packages lie behind a link, what is deployed would be other than where they do not.
    preserveSymlinks: true,
    alias,
  };
}

/** What the container runs: `outfile`, with its parts beside it. */
export async function bundleInParts(entry: string, outfile: string): Promise<void> {
  await build(inParts(entry, outfile));
}

/** What a person runs: a single file for any Node that is supported. */
export async function bundle(entry: string, outfile: string, { executable = false } = {}): Promise<void> {
  const js = executable ? `#!/usr/bin/env node\n${banner}` : banner;
  await build({ ...common('node20'), entryPoints: [entry], outfile, banner: { js } });
}

/** What an entry became, by the names of the files; several stacks need the same. */
const bundles = new Map<string, readonly { name: string; contents: Uint8Array }[]>();

/** For Lambda and the image, while the CDK synthesises: it waits for nobody. */
export function bundleForNode24(entry: string, outfile: string): void {
  const folder = dirname(outfile);
  const files = bundles.get(entry) ?? filesOf(buildSync({ ...inParts(entry, outfile), write: false }));
  bundles.set(entry, files);
  mkdirSync(folder, { recursive: true });
  for (const { name, contents } of files) writeFileSync(join(folder, name), contents);
}

const filesOf = ({ outputFiles = [] }: ReturnType<typeof buildSync>) =>
  outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));

async function bundleAll(): Promise<void> {
  // Parts of an older version would go into the image.
  const folder = join(import.meta.dirname, 'dist');
  const old = await readdir(folder).catch(() => []);
  for (const name of old.filter((one) => one.startsWith('replicate-'))) rmSync(join(folder, name));
  await Promise.all([
    bundleInParts('container/main.ts', 'dist/replicate.mjs'),
    bundle('cli/main.ts', 'dist/ccrepl.mjs', { executable: true }),
  ]);
}

// A failure is an unhandled rejection, which ends the process with exit code 1.
if (import.meta.filename === process.argv[1]) void bundleAll();
