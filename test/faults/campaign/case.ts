import type { RefName } from '../../../git/ref.ts';
import type { Profile } from '../../../local/codecommit/profile.ts';
import type { Policy } from '../../../replication/policy.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';

/** What a ref names: a node of the universe by its index, or a stray of the template. */
export type Tip = { node: number } | { stray: number };

/** What somebody else does while a run is under way. `stop` is our own signal to end. */
export type Deed = { side: 'source' | 'destination'; ref: RefName; to: Tip | undefined } | 'stop';

/** One case of a campaign: plain data, so that it can be written down, made smaller, and carried out again. */
export interface Case {
  universe: number;
  template: number;
  profile: Profile;
  source: [RefName, Tip][];
  destination: [RefName, Tip][];
  policy: Pick<Policy, 'deletes' | 'rewrites' | 'massChange'>;
  /** Refs below this the destination rejects, with a hook of its own, while runs are disturbed. */
  rejects: string | undefined;
  /** Whether CodeCommit's API is there, for a second view and the default branch. */
  apis: boolean;
  /** Runs that start at once: there is no lease between them. */
  runs: number;
  faults: { source: Fault[]; destination: Fault[] };
  deeds: Record<string, Deed>;
}
