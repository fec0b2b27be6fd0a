import { basic } from '../git/credentials.ts';
import { GitRemote } from '../git/remote.ts';
import { compareRemotes } from '../replication/compare.ts';
import type { Plan } from '../replication/plan.ts';
import { DEFAULT_POLICY } from '../replication/policy.ts';
import type { CodeCommitSide, Replica } from '../replication/settings.ts';
import { verdictOf } from '../replication/verdict.ts';
import { pushStrayCommit } from './drift.ts';
import { loginEnv } from './git.ts';
import { seed } from './seed.ts';
import { DEVELOPER, type LocalSystem } from './system.ts';

/** The pair that the local mode shows. */
export const REPLICA: Replica & Record<'source' | 'destination', CodeCommitSide> = {
  id: 'Source--ap-northeast-3',
  source: { region: 'ap-northeast-1', repository: 'Source' },
  destination: { region: 'ap-northeast-3', repository: 'Destination' },
  policy: { ...DEFAULT_POLICY, refs: [...DEFAULT_POLICY.refs] },
};

export const sourceUrl = (system: LocalSystem): string =>
  system.region(REPLICA.source.region).cloneUrl(REPLICA.source.repository);

export const destinationUrl = (system: LocalSystem): string =>
  system.region(REPLICA.destination.region).cloneUrl(REPLICA.destination.repository);

const login = (url: string) => ({ url, env: loginEnv(new URL(url).origin, DEVELOPER) });

/** Pushes `from` into the source and waits until all that this sets off has ended. */
export async function replicateFrom(system: LocalSystem, from: string): Promise<{ branches: number; tags: number }> {
  const seeded = await seed(from, login(sourceUrl(system)));
  // A source that had it all already fires no trigger: look as the sweep would.
  if (!seeded.pushed) await system.startExecution({ replica: REPLICA.id });
  await system.idle();
  return seeded;
}

/** Somebody pushes straight to the destination; then an execution looks. Gives the stray commit. */
export async function drift(system: LocalSystem): Promise<string> {
  const { region, repository } = REPLICA.destination;
  const branch = await system.region(region).store.defaultBranch(repository);
  if (branch === undefined) throw new Error('the destination has no branch to push to');
  const commit = await pushStrayCommit(branch, login(destinationUrl(system)));
  await system.startExecution({ replica: REPLICA.id });
  await system.idle();
  return commit;
}

/** Both sides as they are now, compared with the code of the product. */
export async function compareNow(system: LocalSystem): Promise<Plan> {
  const authorize = basic(DEVELOPER.username, DEVELOPER.password);
  const source = new GitRemote({ url: new URL(sourceUrl(system)), authorize, side: 'source' });
  const destination = new GitRemote({ url: new URL(destinationUrl(system)), authorize, side: 'destination' });
  try {
    return await compareRemotes(source, destination, REPLICA.policy);
  } finally {
    source.close();
    destination.close();
  }
}

/** What `--once --json` prints. */
export async function summary(system: LocalSystem): Promise<Record<string, unknown>> {
  const plan = await compareNow(system);
  const last = system.machine.executions.at(-1);
  return {
    verdict: verdictOf(plan),
    replica: REPLICA.id,
    heads: plan.source.size,
    packBytes: system.packBytes,
    tasks: system.tasks.started,
    status: last?.status ?? 'NOT_STARTED',
    execution: last?.states ?? [],
    executions: system.machine.executions.map(({ name, status, states }) => ({ name, status, states })),
    alerts: system.topic.inbox.map(({ subject, message, attributes }) => ({ subject, message, attributes })),
  };
}
