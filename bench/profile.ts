import type { Profile } from './results.ts';

/** What is needed of a `.cpuprofile` (Chrome DevTools Protocol, `Profiler.Profile`). */
export interface CpuProfile {
  nodes: readonly { id: number; callFrame: { functionName: string; url: string } }[];
  /** Ids of nodes. */
  samples: readonly number[];
  /** Microseconds. */
  timeDeltas: readonly number[];
}

/** Who had the processor, by what was at the top of the stack; the time in which nobody had it is left out. */
export function sharesOf(profiles: readonly CpuProfile[]): Profile {
  const profile: Profile = { native: 0, compiling: 0, modules: 0, collecting: 0, own: 0 };
  for (const { nodes, samples, timeDeltas } of profiles) {
    const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame)]));
    for (const [n, id] of samples.entries()) {
      const kind = kinds.get(id);
      if (kind !== undefined) profile[kind] += timeDeltas[n] ?? 0;
    }
  }
  const all = Object.values(profile).reduce((sum, one: number) => sum + one, 0);
  for (const kind of Object.keys(profile) as (keyof Profile)[]) profile[kind] /= all;
  return profile;
}

function kindOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): keyof Profile | undefined {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'collecting';
  // Where Node hands the text of a module of the program to V8.
  if (functionName === 'compileSourceTextModule') return 'compiling';
  if (url.startsWith('node:')) return 'modules';
  return url.startsWith('file:') ? 'own' : 'native';
}
