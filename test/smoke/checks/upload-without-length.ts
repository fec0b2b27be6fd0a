import { encodeUploadRequest } from '../../../git/protocol/upload-request.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { describeAnswer } from '../wire/raw.ts';

export const uploadWithoutLength: Check = {
  name: 'upload-without-length',
  area: 'fetching',
  question: 'What is answered to an upload-pack request that does not say its length?',
  expects: 'no pack (the connection was seen to be closed): so ccrepl always says it',
  means: {
    asExpected: 'nothing to do',
    different: 'nothing to do: ccrepl always says the length; the look-alike is stricter than CodeCommit',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const advertised = await stage.source.remote.advertisement('git-upload-pack');
    const request = { wants: [tip.tip], haves: [], done: true, thin: false, ofsDelta: false };
    const headers = { 'Content-Type': 'application/x-git-upload-pack-request' };
    const body = encodeUploadRequest(request, advertised);
    const answer = await stage.source.raw('git-upload-pack', { method: 'POST', headers, body, chunked: true });
    const pack = !('broken' in answer) && answer.body.includes('PACK');
    return tell(!pack, pack ? 'a pack' : describeAnswer(answer));
  },
};
