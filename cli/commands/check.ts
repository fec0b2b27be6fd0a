import { codeCommitApis } from '../../aws/codecommit.ts';
import { defaultCredentials } from '../../aws/credentials.ts';
import { displayRef } from '../../git/ref.ts';
import { headsTable } from '../../local/terminal/heads.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { describeDefaultBranch, describeDifference, ignoredAsText } from '../../replication/comparison.ts';
import type { Plan } from '../../replication/plan.ts';
import type { Policy } from '../../replication/policy.ts';
import { countHeads, verdictOf } from '../../replication/verdict.ts';
import { openBoth } from '../remote.ts';
import { describeIgnored, describeMassChange, describeWaysOut } from '../text/heads.ts';

export interface CheckOptions {
  source: string;
  destination: string;
  policy: Policy;
  json: boolean;
}

/** Compares two git repositories, head by head; 0 in sync, 1 drift. Reads only. */
export async function check(options: CheckOptions, signal: AbortSignal): Promise<number> {
  const load = defaultCredentials();
  const { source, destination } = openBoth(options.source, options.destination, load, { signal });
  const apis = codeCommitApis({ source: source.codeCommit, destination: destination.codeCommit }, load);
  const plan = await compareRemotes(source.remote, destination.remote, options.policy, apis).finally(() => {
    source.remote.close();
    destination.remote.close();
  });
  const lines = options.json
    ? [JSON.stringify(toJson(plan), null, 2)]
    : describe(plan, source.remote.url.href, destination.remote.url.href);
  process.stdout.write(`${lines.join('\n')}\n`);
  return verdictOf(plan) === 'in-sync' ? 0 : 1;
}

const toJson = (plan: Plan) => ({
  verdict: verdictOf(plan),
  differences: plan.heads.map(describeDifference),
  counts: countHeads(plan),
  ignored: ignoredAsText(plan.ignored, 100),
  ...(plan.defaultBranch && { defaultBranch: describeDefaultBranch(plan.defaultBranch) }),
  ...(plan.massChange && { massChange: plan.massChange }),
  ...(plan.warnings && { warnings: plan.warnings }),
});

function describe(plan: Plan, sourceUrl: string, destinationUrl: string): string[] {
  const counts = countHeads(plan);
  return [
    ...(plan.heads.length > 0 ? [...headsTable(plan, Math.max(plan.heads.length, 12)), ''] : []),
    ...describeWaysOut(
      plan.heads.filter(({ reason }) => reason === 'diverged'),
      sourceUrl,
      destinationUrl,
    ),
    ...describeMassChange(plan.massChange),
    ...(plan.defaultBranch ? [describeBranch(plan.defaultBranch)] : []),
    ...describeIgnored(plan.ignored),
    ...(plan.warnings ?? []).map((warning) => `warning: ${warning}`),
    `${verdictOf(plan)}: ${counts.inSync} of ${counts.inSync + plan.heads.length} heads are equal`,
  ];
}

function describeBranch({ wanted, found, settable }: NonNullable<Plan['defaultBranch']>): string {
  const names = `default branch: ${displayRef(wanted)} at the source, ${found === undefined ? 'none' : displayRef(found)} at the destination`;
  return settable ? names : `${names} (set it there by hand: git has no word for it)`;
}
