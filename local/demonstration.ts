import { DEFAULT_POLICY } from '../replication/policy.ts';
import type { CodeCommitSide, Replica } from '../replication/settings.ts';
import { loginEnv } from './git.ts';
import { DEVELOPER } from './people.ts';
import type { LocalSystem } from './system.ts';

/** A replica whose both sides are in CodeCommit. */
export type LocalReplica = Replica & Record<'source' | 'destination', CodeCommitSide>;

const [HERE, THERE] = ['ap-northeast-1', 'ap-northeast-3'];
const policy = () => ({ ...DEFAULT_POLICY, refs: [...DEFAULT_POLICY.refs] });

/** The pair that the local mode shows. */
export const REPLICA: LocalReplica = {
  id: 'Source--ap-northeast-3',
  source: { region: HERE, repository: 'Source' },
  destination: { region: THERE, repository: 'Destination' },
  policy: policy(),
};

/** So many pairs: that one, and others as a real configuration has them, with one name on both sides. */
export function replicasOf(count: number): LocalReplica[] {
  const digits = Math.max(2, String(count).length);
  const others = Array.from({ length: count - 1 }, (_, index) => {
    const repository = `Service-${String(index + 2).padStart(digits, '0')}`;
    return {
      id: `${repository}--${THERE}`,
      source: { region: HERE, repository },
      destination: { region: THERE, repository },
      policy: policy(),
    };
  });
  return [REPLICA, ...others];
}

const urlOf = (system: LocalSystem, { region, repository }: CodeCommitSide): string =>
  system.region(region).cloneUrl(repository);

export const sourceUrl = (system: LocalSystem, { source }: LocalReplica = REPLICA): string => urlOf(system, source);

export const destinationUrl = (system: LocalSystem, { destination }: LocalReplica = REPLICA): string =>
  urlOf(system, destination);

/** Where git pushes to as the developer. */
export const login = (url: string): { url: string; env: Record<string, string> } => ({
  url,
  env: loginEnv(new URL(url).origin, DEVELOPER),
});
