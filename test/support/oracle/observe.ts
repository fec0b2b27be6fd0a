import type { RelayOptions } from '../../../container/relay/context.ts';
import { relay } from '../../../container/relay/relay.ts';
import { type RelayResult, resultToJson } from '../../../container/relay/result.ts';
import { codeCommitRemote } from '../../../git/codecommit/remote.ts';
import type { AwsCredentials } from '../../../git/codecommit/signature.ts';
import type { Oid } from '../../../git/oid.ts';
import type { RefName } from '../../../git/ref.ts';
import type { RemoteOptions } from '../../../git/remote.ts';
import type { RepositoryApis } from '../../../replication/apis.ts';
import { DEFAULT_POLICY, type Policy } from '../../../replication/policy.ts';
import type { Fault } from '../fault-proxy/fault.ts';
import { FaultProxy, type Hooks, type Seen } from '../fault-proxy/proxy.ts';
import { type Chronicle, leaks, losses, secretsIn, strangeValues, untruths } from './oracle.ts';
import { type Refs, readRefs, survey } from './refs.ts';
import { shownBy } from './shown.ts';

/** One side: a repository on disk, and the real server in front of it. */
export interface SideOnStage {
  region: string;
  repository: string;
  origin: string;
  path: string;
}

export interface Stage {
  source: SideOnStage;
  destination: SideOnStage;
  credentials: AwsCredentials;
  /** Commits that only the destination has. */
  strays?: ReadonlySet<Oid>;
  descends?: (from: Oid, to: Oid) => boolean;
}

/** What hooks tell, so that the oracles know what was not our doing. */
export interface Witness {
  /** The source was changed just now. */
  moved: () => Promise<void>;
  /** Somebody else has written this to the destination; undefined: deleted it. */
  wrote: (ref: RefName, oid: Oid | undefined) => void;
}

/** What happens to one run, or to several that start at once. */
export interface Script {
  source?: readonly Fault[];
  destination?: readonly Fault[];
  hooks?: (witness: Witness) => Hooks;
  policy?: Partial<Policy>;
  apis?: RepositoryApis;
  runs?: number;
  /** Where a side is reached instead, without a proxy: a server that is no git server at all. */
  origins?: Partial<Record<'source' | 'destination', string>>;
  options?: Partial<RelayOptions>;
  remote?: Partial<RemoteOptions>;
  /** A run that has not ended by then hangs. */
  withinMs?: number;
}

/** What was seen of it. */
export interface Observed {
  results: RelayResult[];
  /** The first, which is the only one unless more were to run. */
  result: RelayResult;
  /** What the oracles say: nothing, if all hold. */
  violations: string[];
  seen: { source: readonly Seen[]; destination: readonly Seen[] };
  /** How often each fault happened. */
  happened: { source: readonly number[]; destination: readonly number[] };
  /** Bytes that came from each side, all runs together. */
  bytesReceived: { source: number; destination: number };
  /** The source when all had ended; the chronicle also has what it only was shown as. */
  sourceAfter: Refs;
  chronicle: Chronicle;
}

/** How long connections may take to end after their run. */
const ENDS_WITHIN_MS = 20_000;

/** Lets runs go through two fault proxies, and asks every oracle that a run can answer: O1 to O4, O6 and O7. */
export async function observe(stage: Stage, script: Script = {}): Promise<Observed> {
  const policy = { ...DEFAULT_POLICY, ...script.policy };
  const states = [await readRefs(stage.source.path)];
  const before = await readRefs(stage.destination.path);
  const others: [RefName, Oid | undefined][] = [];
  /** How many requests the destination had seen when somebody else wrote to it last. */
  const writtenAt = new Map<RefName, number>();
  const hooks = script.hooks?.({
    moved: async () => {
      states.push(await readRefs(stage.source.path));
    },
    wrote: (ref, oid) => {
      others.push([ref, oid]);
      writtenAt.set(ref, proxies.destination.seen.length);
    },
  });
  const proxies = {
    source: await FaultProxy.start(stage.source.origin, script.source, hooks),
    destination: await FaultProxy.start(stage.destination.origin, script.destination, hooks),
  };
  const violations: string[] = [];
  const withinMs = script.withinMs ?? 120_000;
  const bytesReceived = { source: 0, destination: 0 };
  const runs = Array.from({ length: script.runs ?? 1 }, () => run(stage, script, policy, proxies, bytesReceived));
  const results = await within(withinMs, Promise.all(runs));
  if (results === undefined) violations.push(`O7: a run did not end within ${withinMs} ms`);
  for (const side of ['source', 'destination'] as const) {
    const ended = await within(
      ENDS_WITHIN_MS,
      proxies[side].noClients().then(() => true),
    );
    if (ended === undefined) violations.push(`O7: a connection to the ${side} outlived its run`);
    await proxies[side].close();
    violations.push(...proxies[side].defects.map((defect) => `the test itself failed: ${String(defect)}`));
  }
  const ended = await survey(stage.source.path, stage.destination.path);
  const after = ended.destination;
  states.push(ended.source);
  for (const seen of proxies.source.seen) states.push(...[shownBy(seen)].filter((refs) => refs !== undefined));
  const { strays, descends } = stage;
  const chronicle: Chronicle = {
    source: states,
    before,
    after,
    others,
    policy,
    ...(strays && { strays }),
    ...(descends && { descends }),
  };
  violations.push(...strangeValues(chronicle), ...losses(chronicle));
  const [result, ...more] = results ?? [];
  const lastReading = proxies.destination.seen.findLastIndex(({ service }) => service === 'info/refs');
  const readSince = (ref: RefName) => lastReading >= (writtenAt.get(ref) ?? 0);
  const shown = lastReading < 0 ? undefined : shownBy(proxies.destination.seen[lastReading] as Seen);
  // Whoever was shown what is not there can only tell what he was shown.
  const isDeceived = shown !== undefined && others.length === 0 && !isEqual(shown, after);
  const lists = proxies.destination.seen.map(shownBy).filter((refs) => refs !== undefined);
  const misshown = (ref: RefName) =>
    lists.some((refs) => refs.get(ref) !== before.get(ref) && refs.get(ref) !== after.get(ref));
  if (result !== undefined && more.length === 0 && !isDeceived)
    violations.push(...untruths(result, chronicle, readSince, misshown));
  violations.push(...ended.damage.map((damage) => `O3: ${damage}`));
  const { secretAccessKey, sessionToken = '' } = stage.credentials;
  const sent = [...proxies.source.seen, ...proxies.destination.seen].flatMap(({ headers }) =>
    secretsIn(headers.authorization),
  );
  const said = (results ?? []).flatMap((one) => [one, JSON.stringify(resultToJson(one)), one.error?.stack]);
  const where = [...proxies.source.seen, ...proxies.destination.seen].map(({ path }) => path);
  violations.push(...leaks([...said, ...where], new Set([secretAccessKey, sessionToken, ...sent])));
  return {
    results: results ?? [],
    result: result as RelayResult,
    violations,
    seen: { source: proxies.source.seen, destination: proxies.destination.seen },
    happened: { source: proxies.source.happened, destination: proxies.destination.happened },
    bytesReceived,
    sourceAfter: ended.source,
    chronicle,
  };
}

const isEqual = (one: Refs, other: Refs): boolean =>
  one.size === other.size && [...one].every(([ref, oid]) => other.get(ref) === oid);

async function run(
  stage: Stage,
  script: Script,
  policy: Policy,
  proxies: { source: FaultProxy; destination: FaultProxy },
  bytesReceived: Observed['bytesReceived'],
): Promise<RelayResult> {
  const remote = (side: 'source' | 'destination') => {
    const { region, repository } = stage[side];
    const endpoints = { [region]: script.origins?.[side] ?? proxies[side].origin };
    return codeCommitRemote({ region, repository }, async () => stage.credentials, endpoints, {
      ...script.remote,
      side,
    });
  };
  const [source, destination] = [remote('source'), remote('destination')];
  try {
    return await relay({ source, destination, policy, apis: script.apis, ...script.options });
  } finally {
    source.close();
    destination.close();
    bytesReceived.source += source.traffic.bytesReceived;
    bytesReceived.destination += destination.traffic.bytesReceived;
  }
}

/** Undefined if it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
