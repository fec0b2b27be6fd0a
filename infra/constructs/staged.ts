import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The root of this package: state machines, functions and container are used from there, whoever's app this is. */
export const HOME = join(import.meta.dirname, '..', '..');

/**
 * Fills a folder, and gives it to a construct that takes a copy as an asset while it is made. The asset's hash is that of the content: what
 * has not changed is not deployed again.
 */
export function fromStaged<T>(fill: (folder: string) => void, make: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ccrepl-asset-'));
  try {
    fill(folder);
    return make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
