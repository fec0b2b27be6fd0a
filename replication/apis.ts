import type { Oid } from '../git/oid.ts';
import type { RefName } from '../git/ref.ts';
import { ReplicationError } from './errors.ts';
import type { SourceKnows } from './origin.ts';
import type { View } from './plan.ts';
import type { Contains } from './rewrites.ts';
import type { Witnesses } from './settle.ts';

/** What an API says of a source beside its git server; CodeCommit's does. */
export interface SourceApi {
  knows: SourceKnows;
  contains: Contains;
  /** All branches: a view of the source that does not come from its git server. */
  branches(): Promise<ReadonlySet<RefName>>;
  defaultBranch(): Promise<RefName | undefined>;
}

/** What only an API can do at a destination. */
export interface DestinationApi {
  defaultBranch(): Promise<RefName | undefined>;
  setDefaultBranch(branch: RefName): Promise<void>;
}

/** Each absent where the side is no CodeCommit repository. */
export interface RepositoryApis {
  source?: SourceApi | undefined;
  destination?: DestinationApi | undefined;
}

/** A source that can be read, and asked about objects; what a git remote is. */
export interface SourceRemote<V extends View> {
  /** `like` is a reading that is probably much the same, with which memory is shared. */
  advertisement(service: 'git-upload-pack', like?: ReadonlyMap<RefName, Oid>): Promise<V>;
  knownObjects(oids: readonly Oid[], view: V): Promise<ReadonlySet<Oid> | undefined>;
  contains(tips: readonly Oid[], oids: readonly Oid[], view: V): Promise<boolean | undefined>;
}

/** Whom to ask about a source: its git server first, because that is one request, then its API. */
export function witnessesOf<V extends View>(source: SourceRemote<V>, view: V, api: SourceApi | undefined): Witnesses {
  return {
    knows: [(oids) => source.knownObjects(oids, view), ...(api ? [api.knows] : [])],
    contains: [(tips, oids) => source.contains(tips, oids, view), ...(api ? [api.contains] : [])],
    stillThere: async (refs) => {
      const isBranch = (ref: RefName) => ref.startsWith('refs/heads/');
      const there = new Set<RefName>();
      const look = (shown: { has(ref: RefName): boolean }, asked: readonly RefName[], known: readonly RefName[]) => {
        // An empty list, or one of another repository, proves nothing.
        if (!known.some((ref) => shown.has(ref)))
          throw new ReplicationError('refused', 'it shows nothing of what the first reading shows');
        for (const ref of asked) if (shown.has(ref)) there.add(ref);
      };
      const all = [...view.refs.keys()];
      const byApi = api === undefined ? [] : refs.filter(isBranch);
      if (api !== undefined && byApi.length > 0) look(await api.branches(), byApi, all.filter(isBranch));
      const byReading = api === undefined ? refs : refs.filter((ref) => !isBranch(ref));
      if (byReading.length > 0) look((await source.advertisement('git-upload-pack', view.refs)).refs, byReading, all);
      return there;
    },
  };
}
