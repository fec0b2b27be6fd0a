import type { Context } from 'aws-lambda';
import { codeCommitApis } from '../../aws/codecommit.ts';
import { openSide } from '../../aws/remote.ts';
import { sideCredentials } from '../../aws/side-credentials.ts';
import { environmentCredentials, gitEndpoints } from '../../git/codecommit/remote.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { describeComparison } from '../../replication/comparison.ts';
import type { Comparison, ComparisonQuestion } from '../../replication/contract.ts';
import { asReplicationError, ReplicationError } from '../../replication/errors.ts';
import { findReplica } from '../../replication/settings.ts';
import { withErrorNames } from '../failure.ts';
import { log } from '../log.ts';
import { countMetrics } from '../metrics.ts';
import { loadSettings } from '../settings.ts';
import { refuseOwnAccount } from './own-account.ts';

const settings = loadSettings(process.env);
const endpoints = gitEndpoints(process.env);

/** Lambda keeps the role's current keys in the environment. */
async function own() {
  const keys = environmentCredentials(process.env);
  if (keys === undefined) throw new ReplicationError('auth', 'no AWS credentials in the environment of the function');
  return keys;
}

/** Says how a replica stands: reads both sides afresh, whatever was known before. */
export const handler = (
  { run, wantedSince, before }: ComparisonQuestion,
  context: Pick<Context, 'invokedFunctionArn'>,
): Promise<Comparison> =>
  withErrorNames(async () => {
    const comparedAt = new Date();
    const replica = findReplica(settings, run.replica);
    refuseOwnAccount(replica, context.invokedFunctionArn);
    const { confirm } = run;
    const load = sideCredentials(replica, own, 'checkerRoleArn');
    const source = openSide(replica.source, load.source, endpoints, { side: 'source' });
    const destination = openSide(replica.destination, load.destination, endpoints, { side: 'destination' });
    try {
      const apis = codeCommitApis(replica, load);
      const plan = await compareRemotes(source, destination, replica.policy, { ...apis, confirm });
      // A record that somebody has written by hand may hold no time.
      const lagSeconds = Math.max(0, Math.round((Date.now() - Date.parse(wantedSince)) / 1000)) || 0;
      const comparison = describeComparison(replica, plan, { comparedAt, lagSeconds, confirm, before });
      const { verdict, counts, standing } = comparison;
      log('info', 'compared', { replica: replica.id, verdict, counts, standing, lagSeconds });
      countMetrics({ Comparisons: 1, Differing: verdict === 'in-sync' ? 0 : 1, LagSeconds: lagSeconds });
      return comparison;
    } catch (error) {
      // The dashboard shows the last line of a replica: it must not go on saying what was true before.
      log('warn', 'not compared', { replica: replica.id, verdict: 'unknown', error: asReplicationError(error).code });
      throw error;
    } finally {
      source.close();
      destination.close();
    }
  });
