import type { GitRemote } from '../../git/remote.ts';
import type { RepositoryApis } from '../../replication/apis.ts';
import type { Policy } from '../../replication/policy.ts';
import type { Progress } from '../../replication/progress.ts';

/** Everything that one run needs. */
export interface RelayOptions {
  source: GitRemote;
  destination: GitRemote;
  policy: Policy;
  /** CodeCommit's API where a side is CodeCommit. */
  apis?: RepositoryApis | undefined;
  /** The fingerprint of a mass change that a person has confirmed. */
  confirm?: string | undefined;
  /** Plan only: write nothing. */
  dryRun?: boolean;
  onProgress?: (progress: Progress) => void;
  /** How long one push may take before what it carries is cut into steps. Default 20 minutes. */
  pushMs?: number;
  now?: () => number;
}

/** Bytes and objects of the packs that a run has carried. */
export interface Carried {
  packBytes: number;
  objects: number;
}

/** The options with their defaults, and what the parts of a run share. */
export interface Context {
  readonly source: GitRemote;
  readonly destination: GitRemote;
  readonly policy: Policy;
  readonly apis: RepositoryApis;
  readonly pushMs: number;
  readonly now: () => number;
  readonly total: Carried;
  progress(stage: Progress['stage']): void;
}

const PUSH_MS = 20 * 60 * 1000;

export function contextOf(options: RelayOptions): Context {
  const total: Carried = { packBytes: 0, objects: 0 };
  const { source, destination, policy, apis = {}, pushMs = PUSH_MS, now = Date.now, onProgress } = options;
  const progress = (stage: Progress['stage']) => onProgress?.({ stage, ...total });
  return { source, destination, policy, apis, pushMs, now, total, progress };
}
