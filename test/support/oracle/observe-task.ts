import type { ChildProcess } from 'node:child_process';
import type { RelayResult } from '../../../container/relay/result.ts';
import type { Oid } from '../../../git/oid.ts';
import { REPLICA } from '../../../local/demonstration.ts';
import { refOfText } from '../../../replication/ref-text.ts';
import type { Fault } from '../fault-proxy/fault.ts';
import { FaultProxy, type Hooks, type Seen } from '../fault-proxy/proxy.ts';
import { descendantsOf, type Process } from '../processes.ts';
import type { Ended } from '../program.ts';
import { startTask } from '../task.ts';
import { DESTINATION, SOURCE, type TwoRegions } from '../two-regions.ts';
import { canariesIn, canariesOf } from './canaries.ts';
import { type Chronicle, leaks, losses, strangeValues, untruths } from './oracle.ts';
import { damageOf, readRefs } from './refs.ts';

/** What happens to one run of the container's program. */
export interface TaskScript {
  source?: readonly Fault[];
  destination?: readonly Fault[];
  hooks?: (task: { child: () => ChildProcess; moved: () => Promise<void> }) => Hooks;
  /** Changes to the replica's settings. */
  task?: object;
  env?: Record<string, string | undefined>;
  strays?: ReadonlySet<Oid>;
}

/** What was seen of it. */
export interface ObservedTask extends Ended {
  /** The line of the result, read; empty if there was none. */
  result: Record<string, unknown>;
  /** The lines of the log, read. */
  log: Record<string, unknown>[];
  violations: string[];
  happened: { source: readonly number[]; destination: readonly number[] };
  seen: { source: readonly Seen[]; destination: readonly Seen[] };
  /** The program's own process, and what it had started, at each request. */
  processes: readonly Process[];
}

/** At every request, and when a server answers it, somebody looks at the processes that there are. */
const watched = (faults: readonly Fault[] = []): Fault[] => {
  const act = { do: 'hook', name: 'watch' } as const;
  return [{ phase: 'start', act }, ...faults, { phase: 'head', act }];
};

/** Lets the container's real program go through two fault proxies, and asks the oracles: O1 to O4, O6 and O7. */
export async function observeTask(two: TwoRegions, script: TaskScript = {}): Promise<ObservedTask> {
  const states = [await readRefs(two.sourcePath)];
  const before = await readRefs(two.destinationPath);
  const children: Process[] = [];
  const watch = async () => children.push(...(await descendantsOf(process.pid)));
  let started: ChildProcess | undefined;
  const moved = async () => void states.push(await readRefs(two.sourcePath));
  const hooks: Hooks = { watch, ...script.hooks?.({ child: () => started as ChildProcess, moved }) };
  const proxies = {
    source: await FaultProxy.start(two.source.origin, watched(script.source), hooks),
    destination: await FaultProxy.start(two.destination.origin, watched(script.destination), hooks),
  };
  const env: Record<string, string | undefined> = {
    AWS_ACCESS_KEY_ID: two.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: two.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: two.credentials.sessionToken,
    CCREPL_GIT_ENDPOINTS: JSON.stringify({
      [SOURCE.region]: proxies.source.origin,
      [DESTINATION.region]: proxies.destination.origin,
    }),
    ...script.env,
  };
  const { child, ended } = await startTask(two, { ...REPLICA, ...script.task }, env as Record<string, string>);
  started = child;
  const { code, stdout, stderr } = await ended;
  const violations: string[] = [];
  for (const side of ['source', 'destination'] as const) {
    await proxies[side].noClients();
    await proxies[side].close();
    violations.push(...proxies[side].defects.map((defect) => `the test itself failed: ${String(defect)}`));
  }
  const own = children.filter(({ pid, parent }) => pid === child.pid || parent === child.pid);
  if (own.some(({ parent }) => parent === child.pid)) violations.push('the program has started another');
  const [results, log] = [linesOf(stdout), linesOf(stderr)];
  for (const line of [...results, ...log])
    if (line === undefined) violations.push('O6: a line of the output is no JSON');
  const after = await readRefs(two.destinationPath);
  states.push(await readRefs(two.sourcePath));
  const policy = { ...REPLICA.policy, ...(script.task as { policy?: object } | undefined)?.policy };
  const chronicle: Chronicle = {
    source: states,
    before,
    after,
    policy,
    ...(script.strays && { strays: script.strays }),
  };
  violations.push(...strangeValues(chronicle), ...losses(chronicle));
  const [result = {}] = results;
  if (result['heads'] !== undefined) violations.push(...untruths(asTold(result), chronicle));
  if ((code === 0) !== (result['result'] === 'in-sync' || result['result'] === 'replicated'))
    violations.push(`O4: the exit code is ${code}, and the result "${result['result']}"`);
  violations.push(...(await damageOf(two.destinationPath)).map((damage) => `O3: ${damage}`));
  const seen = { source: proxies.source.seen, destination: proxies.destination.seen };
  const requests = [...seen.source, ...seen.destination];
  const secrets = [
    ...canariesOf(two.credentials),
    ...requests.flatMap(({ headers }) => canariesIn(headers.authorization)),
  ];
  // The keys are in the environment of the program itself, where ECS has them too, and in no other.
  const environments = children.filter(({ pid }) => pid !== child.pid).map(({ environment }) => environment);
  const shown = [
    stdout,
    stderr,
    ...environments,
    ...children.map((one) => one.arguments),
    ...requests.map(({ path }) => path),
  ];
  violations.push(...leaks(shown, new Set(secrets)));
  const happened = {
    source: proxies.source.happened.slice(1, -1),
    destination: proxies.destination.happened.slice(1, -1),
  };
  const read = log.filter((line) => line !== undefined);
  return { code, stdout, stderr, result, log: read, violations, happened, seen, processes: own };
}

/** Each line, read; undefined if it is no JSON object. */
function linesOf(text: string): (Record<string, unknown> | undefined)[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as Record<string, unknown>;
      } catch {
        return undefined;
      }
    });
}

interface HeadTold {
  ref: string;
  old: Oid | null;
  new: Oid | null;
}

/** What the result line says, as the oracle reads it; names that it shows with escapes are left out. */
function asTold(result: Record<string, unknown>): RelayResult {
  const heads = (result['heads'] as HeadTold[]).flatMap((head) => {
    const ref = refOfText(head.ref);
    return ref === undefined ? [] : [{ ...head, ref, old: head.old ?? undefined, new: head.new ?? undefined }];
  });
  return { ...result, heads } as unknown as RelayResult;
}
