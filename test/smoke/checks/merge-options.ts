import { GetMergeOptionsCommand } from '@aws-sdk/client-codecommit';
import type { Oid } from '../../../git/oid.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { refusalOf } from '../wire/refusal.ts';

export const mergeOptions: Check = {
  name: 'merge-options',
  area: 'the API',
  question: 'What does GetMergeOptions answer for an ancestor, for a descendant, and for commits that share nothing?',
  expects: 'a base commit that is the ancestor exactly where it is one; an exception where they share nothing',
  means: {
    asExpected:
      'with "rewrites": "refuse" or "archive" a rewrite is told from its going on, also where git cannot tell',
    different: 'with "rewrites": "refuse" a branch may be kept that only went on; see its reason in the report',
  },
  run: async (stage) => {
    const { tip, line, unrelated } = await stage.history();
    const { api, repositoryName } = stage.source;
    const ask = async (source: Oid, destination: Oid) => {
      let base: string | undefined;
      const command = new GetMergeOptionsCommand({
        repositoryName,
        sourceCommitSpecifier: source,
        destinationCommitSpecifier: destination,
      });
      const refusal = await refusalOf(
        api.ask('GetMergeOptions', async (client, abort) => {
          base = (await client.send(command, abort)).baseCommitId;
        }),
      );
      return { base, refusal };
    };
    const [ancestor, descendant, other] = [
      await ask(tip.tip, line[0].tip),
      await ask(line[0].tip, tip.tip),
      await ask(tip.tip, unrelated.tip),
    ];
    const good = ancestor.base === line[0].tip && descendant.base === line[0].tip && other.base === undefined;
    const said = ({ base, refusal }: typeof other) =>
      refusal?.said ?? (base === undefined ? 'no base' : base === line[0].tip ? 'the right base' : 'another base');
    return tell(good, `ancestor: ${said(ancestor)} | descendant: ${said(descendant)} | unrelated: ${said(other)}`);
  },
};
