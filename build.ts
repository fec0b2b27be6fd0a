import { build } from 'esbuild';

/** Some packages of the AWS SDK still call `require`, which an ES module has not. */
const banner = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** Bundles one entry into a single file that plain `node` runs. */
export async function bundle(entry: string, outfile: string, options: { executable?: boolean } = {}): Promise<void> {
  await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    banner: { js: options.executable ? `#!/usr/bin/env node\n${banner}` : banner },
    logLevel: 'warning',
  });
}

async function bundleAll(): Promise<void> {
  await Promise.all([
    bundle('container/main.ts', 'dist/replicate.mjs'),
    bundle('cli/main.ts', 'dist/ccrepl.mjs', { executable: true }),
  ]);
}

// A failure is an unhandled rejection, which ends the process with exit code 1.
if (import.meta.filename === process.argv[1]) void bundleAll();
