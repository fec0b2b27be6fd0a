import { defaultCredentials } from '../../container/wiring/aws-credentials.ts';
import { codeCommitPorts } from '../../container/wiring/codecommit.ts';
import { headsTable } from '../../local/terminal/heads.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { describeDifference, ignoredAsText } from '../../replication/comparison.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { countHeads, verdictOf } from '../../replication/verdict.ts';
import { openBoth } from '../remote.ts';

export interface CheckOptions {
  source: string;
  destination: string;
  json: boolean;
}

/** Compares two git repositories, head by head; 0 in sync, 1 drift. Reads only. */
export async function check(options: CheckOptions, signal: AbortSignal): Promise<number> {
  const load = defaultCredentials();
  const { source, destination } = openBoth(options.source, options.destination, load, { signal });
  const { sourceKnows } = codeCommitPorts(source.codeCommit, undefined, load);
  const more = sourceKnows === undefined ? [] : [sourceKnows];
  const plan = await compareRemotes(source.remote, destination.remote, DEFAULT_POLICY, more);
  source.remote.close();
  destination.remote.close();
  const verdict = verdictOf(plan);
  const counts = countHeads(plan);
  if (options.json) {
    const differences = plan.heads.map(describeDifference);
    const ignored = ignoredAsText(plan.ignored, 100);
    process.stdout.write(`${JSON.stringify({ verdict, differences, counts, ignored }, null, 2)}\n`);
  } else {
    if (plan.heads.length > 0)
      process.stdout.write(`${headsTable(plan, Math.max(plan.heads.length, 12)).join('\n')}\n\n`);
    process.stdout.write(
      `${verdict}: ${counts.inSync} of ${Math.max(counts.source, counts.destination)} heads are equal\n`,
    );
  }
  return verdict === 'in-sync' ? 0 : 1;
}
