import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPLICA } from '../../local/demonstration.ts';
import { type StormReport, storm } from '../../local/storm/storm.ts';
import { LocalSystem } from '../../local/system.ts';
import { replicasInSync } from './replicas.ts';

/** So many pushes to one repository, as fast as stock git pushes them. */
export async function stormOf(pushes: number, seconds: number, bundle: string): Promise<StormReport> {
  const directory = await mkdtemp(join(tmpdir(), 'ccrepl-bench-storm-'));
  try {
    await replicasInSync(directory, 1);
    const system = await LocalSystem.start({ replicas: [REPLICA], directory, bundle, firstPort: 0 });
    try {
      return await storm(system, { pushes, seconds });
    } finally {
      await system.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
