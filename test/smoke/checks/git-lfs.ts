import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { describeAnswer } from '../wire/raw.ts';

export const gitLfs: Check = {
  name: 'git-lfs',
  area: 'reading',
  question: 'Does CodeCommit serve Git LFS?',
  expects: 'no: its batch endpoint is refused',
  means: {
    asExpected: 'a repository has no large files beside its git objects, so nothing is left behind',
    different: 'files that LFS keeps are NOT replicated: only the pointers to them are. Copy them yourself',
  },
  run: async ({ source }) => {
    const oid = '0'.repeat(64);
    const body = Buffer.from(
      JSON.stringify({ operation: 'download', transfers: ['basic'], objects: [{ oid, size: 1 }] }),
    );
    const type = 'application/vnd.git-lfs+json';
    const headers = { Accept: type, 'Content-Type': type };
    const answer = await source.raw('info/lfs/objects/batch', { method: 'POST', headers, body });
    if ('broken' in answer) return couldNotTell(describeAnswer(answer));
    return tell(answer.status >= 400 && answer.status < 500, describeAnswer(answer));
  },
};
