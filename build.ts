import { writeFileSync } from 'node:fs';
import { type BuildOptions, build, buildSync } from 'esbuild';

/** Some packages of the AWS SDK still call `require`, which an ES module has not. */
const banner = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** How one entry becomes a single file that plain `node` runs. */
const options = (entry: string, outfile: string, { executable = false, target = 'node20' } = {}): BuildOptions => ({
  absWorkingDir: import.meta.dirname,
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  target,
  format: 'esm',
  minify: true,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  banner: { js: executable ? `#!/usr/bin/env node\n${banner}` : banner },
  logLevel: 'warning',
});

export async function bundle(entry: string, outfile: string, extra: { executable?: boolean } = {}): Promise<void> {
  await build(options(entry, outfile, extra));
}

/** What an entry became; several stacks need the same. */
const bundles = new Map<string, Uint8Array>();

/** For Lambda and the image, while the CDK synthesises: it waits for nobody. */
export function bundleForNode24(entry: string, outfile: string): void {
  const known = bundles.get(entry);
  const bundled =
    known ??
    (buildSync({ ...options(entry, outfile, { target: 'node24' }), write: false }).outputFiles?.[0]
      ?.contents as Uint8Array);
  bundles.set(entry, bundled);
  writeFileSync(outfile, bundled);
}

async function bundleAll(): Promise<void> {
  await Promise.all([
    bundle('container/main.ts', 'dist/replicate.mjs'),
    bundle('cli/main.ts', 'dist/ccrepl.mjs', { executable: true }),
  ]);
}

// A failure is an unhandled rejection, which ends the process with exit code 1.
if (import.meta.filename === process.argv[1]) void bundleAll();
