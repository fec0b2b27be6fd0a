import { BatchGetCommitsCommand, CodeCommitClient } from '@aws-sdk/client-codecommit';
import { knownCommits } from '../../git/codecommit/commits.ts';
import { codeCommitRemote, environmentCredentials, gitEndpoints } from '../../git/codecommit/remote.ts';
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

/** Says how a replica stands. Its input is the execution's, as a person may have typed it. */
export const handler = (event: unknown): Promise<Comparison> =>
  withErrorNames(async () => {
    const replica = findReplica(settings, parseExecutionInput(event).replica);
    const load = async () => {
      // Lambda keeps the role's current keys in the environment.
      const keys = environmentCredentials(process.env);
      if (keys === undefined)
        throw new ReplicationError('auth', 'no AWS credentials in the environment of the function');
      return keys;
    };
    const source = codeCommitRemote(replica.source, load, endpoints, { side: 'source' });
    const destination = codeCommitRemote(replica.destination, load, endpoints, { side: 'destination' });
    const client = new CodeCommitClient({ region: replica.source.region });
    const sourceKnows = knownCommits((commitIds) =>
      client.send(new BatchGetCommitsCommand({ repositoryName: replica.source.repository, commitIds })),
    );
    try {
      const plan = await compareRemotes(source, destination, replica.policy, [sourceKnows]);
      const comparison = describeComparison(replica, plan);
      log('info', 'compared', { replica: replica.id, verdict: comparison.verdict, counts: comparison.counts });
      return comparison;
    } finally {
      source.close();
      destination.close();
      client.destroy();
    }
  });
