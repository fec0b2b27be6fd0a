import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { theBundle } from './system.ts';

/** A program that is the container's, and notes its peak of memory when it ends. */
export async function measuredBundle(folder: string): Promise<{ program: string; peakFile: string }> {
  const peakFile = join(folder, 'peak');
  const program = join(folder, 'measured.mjs');
  await writeFile(
    program,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(peakFile)}, String(process.resourceUsage().maxRSS)));
await import(${JSON.stringify(await theBundle())});
`,
  );
  return { program, peakFile };
}
