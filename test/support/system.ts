import { join } from 'node:path';
import { bundleInParts } from '../../build.ts';
import { REPLICA } from '../../local/demonstration.ts';
import { LocalSystem, type SystemEvents } from '../../local/system.ts';
import { aFolder } from './repository.ts';

let built: Promise<string> | undefined;

/** The container's program, built once a test file. */
export function theBundle(): Promise<string> {
  built ??= aFolder().then(async (folder) => {
    const file = join(folder, 'replicate.mjs');
    await bundleInParts('container/main.ts', file);
    return file;
  });
  return built;
}

/** The whole system, with the demonstration's pair of repositories. */
export async function aSystem(events: SystemEvents = {}): Promise<LocalSystem> {
  return LocalSystem.start({
    ...events,
    replicas: [REPLICA],
    directory: await aFolder(),
    bundle: await theBundle(),
    firstPort: 0,
    pauseMs: 0,
  });
}
