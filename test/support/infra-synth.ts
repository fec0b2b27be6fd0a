import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';

export const HOME = join(import.meta.dirname, '..', '..');
const CDK = join(HOME, 'node_modules', '.bin', 'cdk');

/** A folder that is gone when the test file is done. */
export function aFolderOfOurs(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ccrepl-synth-'));
  folders.push(folder);
  return folder;
}
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An assembly as `cdk synth` leaves it. */
export interface Synthesised {
  code: number;
  /** What it wrote, both streams. */
  said: string;
  folder: string;
  /** The text of each template, by the name of its stack. */
  templates: Map<string, string>;
}

/**
 * `cdk synth` as a person calls it, in a process that has no credentials, no home and, but for node, no other program in its PATH.
 *
 * @param home the project, or a copy of it
 */
export async function cdkSynth(
  args: readonly string[],
  { home = HOME, validate = false }: { home?: string; validate?: boolean } = {},
): Promise<Synthesised> {
  const [folder, bin] = [aFolderOfOurs(), aFolderOfOurs()];
  symlinkSync(process.execPath, join(bin, 'node'));
  const child = spawn(CDK, ['synth', '-q', '--no-notices', '-o', folder, ...args], {
    cwd: home,
    env: {
      ...COMPILE_CACHE,
      PATH: bin,
      HOME: aFolderOfOurs(),
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      NO_COLOR: '1',
      ...(!validate && { CDK_VALIDATION: 'false' }),
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  return { code: code as number, said, folder, templates: templatesIn(folder) };
}

function templatesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  return new Map(
    names.sort().map((name) => [name.replace('.template.json', ''), readFileSync(join(folder, name), 'utf8')]),
  );
}
