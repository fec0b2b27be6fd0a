import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Instrumented } from './instrument.ts';
import { ROOT } from './sandbox.ts';

/**
 * Makes one script of each test file with all the sources that it uses, so that a mutant costs no transform and no look-up of modules:
 * running the script again gives fresh modules. Returns the paths of the scripts that reach any of the sources, by test file.
 */
export async function bundleTests(
  testFiles: readonly string[],
  sources: ReadonlyMap<string, Instrumented>,
  into: string,
): Promise<Map<string, string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...testFiles],
    outdir: into,
    outbase: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
    metafile: true,
    supported: { 'dynamic-import': false },
    plugins: [
      {
        name: 'mutants',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
            if (path.includes('node_modules')) return undefined;
            const text = sources.get(path)?.text ?? readFileSync(path, 'utf8');
            const contents = text
              .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
              .replaceAll('import.meta.filename', JSON.stringify(path));
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  const reaching = Object.entries(metafile.outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((input) => sources.has(join(ROOT, input))),
  );
  return new Map(reaching.map(([script, { entryPoint = '' }]) => [entryPoint, resolve(ROOT, script)]));
}
