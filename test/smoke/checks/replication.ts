import { UpdateDefaultBranchCommand } from '@aws-sdk/client-codecommit';
import { codeCommitApis } from '../../../aws/codecommit.ts';
import { relay } from '../../../container/relay/relay.ts';
import type { RelayResult } from '../../../container/relay/result.ts';
import { displayRef, refFromText } from '../../../git/ref.ts';
import { compareRemotes } from '../../../replication/compare.ts';
import { DEFAULT_POLICY } from '../../../replication/policy.ts';
import { countHeads, verdictOf } from '../../../replication/verdict.ts';
import type { Check, Finding } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import type { Stage } from '../stage/stage.ts';
import { creation, isDone } from '../wire/push.ts';

const MEANS = {
  asExpected: 'ccrepl replicates between these two regions, and its own check proves it',
  different: 'ccrepl does not replicate what CodeCommit has taken: do not rely on it, and report this',
};

export const replicationOfAll: Check = {
  name: 'replication',
  area: 'replication',
  question: 'Is everything that the source has taken replicated to an empty destination, and proven?',
  expects: 'the run ends without an error, and the comparison says "in-sync"',
  means: MEANS,
  run: async (stage) => {
    await stage.history();
    return replicate(stage);
  },
};

export const replicationOfChange: Check = {
  name: 'replication-of-change',
  area: 'replication',
  question: 'Are changes of every kind replicated: a commit, a new tag, a deletion, a rewrite, another default branch?',
  expects: 'the run ends without an error, and the comparison says "in-sync"',
  means: MEANS,
  run: async (stage) => {
    const { tip, unrelated, tag } = await stage.history();
    const first = await replicate(stage);
    if (first.result !== 'as-expected') return couldNotTell(`before the change: ${first.found}`);
    const { source } = stage;
    const prepared = ['moves', 'goes', 'rewritten', 'new-default'].map((name) =>
      creation(`refs/heads/change/${name}`, tip.tip),
    );
    await source.push(prepared, []);
    const second = await replicate(stage);
    const ref = (name: string) => refFromText(`refs/heads/change/${name}`);
    const next = stage.change('replication-of-change', [tip.tip]);
    const changes = [
      { ref: ref('moves'), old: tip.tip, new: next.tip },
      { ref: ref('goes'), old: tip.tip, new: undefined },
      { ref: ref('rewritten'), old: tip.tip, new: unrelated.tip },
      creation('refs/tags/change', tag.object.oid),
    ];
    const pushed = await source.push(changes, next.objects);
    const failed = changes.find((command) => !isDone(command, pushed.after));
    if (failed !== undefined) return couldNotTell(`${displayRef(failed.ref)} could not be changed at the source`);
    const { api, repositoryName } = source;
    const command = new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName: 'change/new-default' });
    await api.ask('UpdateDefaultBranch', (client, abort) => client.send(command, abort));
    const third = await replicate(stage);
    return tell(
      third.result === 'as-expected' && second.result === 'as-expected',
      `${second.found} | then ${third.found}`,
    );
  },
};

export const replicationOfMany: Check = {
  name: 'replication-of-many',
  area: 'replication',
  question: 'Are more heads replicated than one push may have?',
  expects: 'the run ends without an error, and the comparison says "in-sync"',
  means: MEANS,
  run: async (stage) => {
    const { commands, pushed } = await stage.manyBranches();
    const missing = commands.filter((command) => !isDone(command, pushed.after)).length;
    if (missing > 0) return couldNotTell(`the source lacks ${missing} of ${commands.length} branches`);
    return replicate(stage);
  },
};

/** One run of the relay and one comparison: the very code of the task and of the function. */
async function replicate({ source, destination }: Stage): Promise<Finding> {
  const apis = codeCommitApis({ source: source.side, destination: destination.side }, source.access.load);
  const started = Date.now();
  const result = await relay({ source: source.remote, destination: destination.remote, policy: DEFAULT_POLICY, apis });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (result.error?.code === 'terminated') throw result.error;
  const plan = await compareRemotes(source.remote, destination.remote, DEFAULT_POLICY, apis);
  const verdict = verdictOf(plan);
  const { inSync } = countHeads(plan);
  const found = `${verdict}: ${inSync} heads equal; the run: ${result.result}, ${result.objects} objects, ${seconds} s`;
  return tell(verdict === 'in-sync' && result.error === undefined, `${found}${troubles(result)}`);
}

function troubles({ error, heads, warnings }: RelayResult): string {
  const open = heads.filter(({ status }) => status !== 'done').slice(0, 3);
  const named = open.map(({ ref, status, reason }) => `${displayRef(ref)} ${status}: ${reason}`);
  return [...(error ? [error.message] : []), ...named, ...warnings].map((text) => `; ${text}`).join('');
}
