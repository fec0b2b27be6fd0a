import { codeCommitApis } from '../../aws/codecommit.ts';
import { openSide } from '../../aws/remote.ts';
import { environmentCredentials, gitEndpoints } from '../../git/codecommit/remote.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { describeComparison } from '../../replication/comparison.ts';
import type { Comparison } from '../../replication/contract.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { parseExecutionInput } from '../../replication/input.ts';
import { findReplica } from '../../replication/settings.ts';
import { withErrorNames } from '../failure.ts';
import { log } from '../log.ts';
import { loadSettings } from '../settings.ts';

const settings = loadSettings(process.env);
const endpoints = gitEndpoints(process.env);

/** Lambda keeps the role's current keys in the environment. */
async function load() {
  const keys = environmentCredentials(process.env);
  if (keys === undefined) throw new ReplicationError('auth', 'no AWS credentials in the environment of the function');
  return keys;
}

/** Says how a replica stands. Its input is the execution's, as a person may have typed it. */
export const handler = (event: unknown): Promise<Comparison> =>
  withErrorNames(async () => {
    const { replica: id, confirm } = parseExecutionInput(event);
    const replica = findReplica(settings, id);
    const source = openSide(replica.source, load, endpoints, { side: 'source' });
    const destination = openSide(replica.destination, load, endpoints, { side: 'destination' });
    try {
      const apis = codeCommitApis(replica, load);
      const plan = await compareRemotes(source, destination, replica.policy, { ...apis, confirm });
      const comparison = describeComparison(replica, plan, confirm);
      log('info', 'compared', { replica: replica.id, verdict: comparison.verdict, counts: comparison.counts });
      return comparison;
    } finally {
      source.close();
      destination.close();
    }
  });
