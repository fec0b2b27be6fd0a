import type { RepositoryStore } from './store.ts';
import type { Trigger } from './trigger.ts';

/** What CodeCommit's API keeps of a repository beside its git data. */
export interface RepositoryRecord {
  id: string;
  description: string | undefined;
  /** As it was given; without one CodeCommit uses a key of its own. */
  kmsKeyId: string | undefined;
  tags: Record<string, string>;
  createdAt: Date;
  triggers: Trigger[];
}

/** A region as the API sees it. */
export interface ApiRegion {
  readonly name: string;
  readonly account: string;
  readonly store: RepositoryStore;
  readonly records: Map<string, RepositoryRecord>;
  /** Adds the record of a repository that is on disk. */
  record(name: string): RepositoryRecord;
  arn(repository: string): string;
  cloneUrl(repository: string): string;
}
