import { isCodeCommit, type Settings } from '../../replication/settings.ts';
import type { PushRecord } from './event.ts';

/** Which replicas should be looked at, each once with the identities of the records that say so; and what is foreign. */
export interface WantedRuns {
  runs: Map<string, Set<string>>;
  foreign: string[];
}

/** Names are compared as they are: CodeCommit tells upper from lower case. */
export function wantedRuns(records: readonly PushRecord[], account: string, settings: Settings): WantedRuns {
  const replicas = replicasBySource(settings);
  const runs = new Map<string, Set<string>>();
  const foreign: string[] = [];
  for (const { identity, ...from } of records) {
    const ids = from.account === account ? replicas.get(keyOf(from)) : undefined;
    if (ids === undefined)
      foreign.push(
        `${from.repository} in ${from.region} of account ${from.account} is not the source of a replica here`,
      );
    for (const id of ids ?? []) runs.set(id, (runs.get(id) ?? new Set()).add(identity));
  }
  return { runs, foreign };
}

function replicasBySource(settings: Settings): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { id, source } of settings.replicas) {
    if (isCodeCommit(source)) found.set(keyOf(source), [...(found.get(keyOf(source)) ?? []), id]);
  }
  return found;
}

const keyOf = ({ region, repository }: { region: string; repository: string }): string => `${region}:${repository}`;
