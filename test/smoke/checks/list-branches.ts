import { ListBranchesCommand } from '@aws-sdk/client-codecommit';
import { refFromText } from '../../../git/ref.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';

export const listBranches: Check = {
  name: 'list-branches',
  area: 'the API',
  question:
    'How many names does a page of ListBranches hold, and do all pages together name just the branches that git shows?',
  expects: 'the same branches as a reading by git, in pages of any size',
  means: {
    asExpected: 'before a branch is deleted, a second view of the source that is not its git server agrees',
    different: 'branches that are gone at the source may stay at the replica, as "views-disagree"',
  },
  run: async (stage) => {
    await stage.manyBranches();
    const { api, repositoryName, remote } = stage.source;
    const started = Date.now();
    const sizes: number[] = [];
    const names = new Set<string>();
    let nextToken: string | undefined;
    do {
      const command = new ListBranchesCommand({ repositoryName, ...(nextToken !== undefined && { nextToken }) });
      const page = await api.ask('ListBranches', (client, abort) => client.send(command, abort));
      sizes.push(page.branches?.length ?? 0);
      for (const name of page.branches ?? []) names.add(refFromText(`refs/heads/${name}`));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    const ms = Date.now() - started;
    const shown = [...(await remote.advertisement('git-upload-pack')).refs.keys()].filter((ref) =>
      ref.startsWith('refs/heads/'),
    );
    // A name that is no UTF-8 has no text of its own: the API cannot give it back.
    const isText = (ref: string) => !Buffer.from(ref, 'latin1').toString('utf8').includes('\ufffd');
    const missing = shown.filter((ref) => isText(ref) && !names.has(ref)).length;
    const found = `${names.size} names in ${sizes.length} pages of up to ${Math.max(...sizes)}, in ${ms} ms; ${shown.length} branches by git, ${missing} of them not named`;
    return tell(missing === 0, found);
  },
};
