import type { RepositoryApis, SourceRemote } from './apis.ts';
import { witnessesOf } from './apis.ts';
import { readDefaultBranches } from './default-branch.ts';
import { refuseLongNames } from './names.ts';
import { refuseNothing } from './nothing.ts';
import { type Plan, planHeads, type View, withDefaultBranch } from './plan.ts';
import type { Policy } from './policy.ts';
import { settlePlan } from './settle.ts';

/**
 * Reads both sides afresh and plans: the destination first, as a replication does, so that both always agree. Reads with
 * upload-pack only, so an identity that can push nowhere can do it.
 */
export async function compareRemotes<V extends View>(
  source: SourceRemote<V>,
  destination: Pick<SourceRemote<V>, 'advertisement'>,
  policy: Policy,
  options: RepositoryApis & { confirm?: string | undefined } = {},
): Promise<Plan> {
  const to = await destination.advertisement('git-upload-pack');
  const from = await source.advertisement('git-upload-pack', to.refs);
  const branches = await readDefaultBranches(options);
  const view = { ...from, headTarget: from.headTarget ?? branches.source };
  const all = planHeads(view, to, policy);
  const planned = {
    ...(options.destination === undefined ? all : refuseLongNames(all)),
    ...(branches.warnings.length > 0 && { warnings: branches.warnings }),
  };
  refuseNothing(planned, policy);
  const plan = withDefaultBranch(planned, {
    source: view.headTarget,
    destination: branches.destination ?? to.headTarget,
    settable: branches.settable,
  });
  return settlePlan(plan, policy, witnessesOf(source, from, options.source), { confirm: options.confirm });
}
