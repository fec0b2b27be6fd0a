import { gzipSync } from 'node:zlib';
import { encodeUploadRequest } from '../../../git/protocol/upload-request.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { describeAnswer } from '../wire/raw.ts';

export const gzipRequest: Check = {
  name: 'gzip-request',
  area: 'fetching',
  question: 'Does upload-pack take a request that is compressed with gzip?',
  expects: 'it is answered with a pack, as stock git sends it so above 1 KiB; ccrepl never does',
  means: {
    asExpected: 'nothing to do',
    different: 'nothing to do: ccrepl sends none; the look-alike takes more than CodeCommit',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const advertised = await stage.source.remote.advertisement('git-upload-pack');
    const request = { wants: [tip.tip], haves: [], done: true, thin: false, ofsDelta: false };
    const body = gzipSync(encodeUploadRequest(request, advertised));
    const headers = { 'Content-Type': 'application/x-git-upload-pack-request', 'Content-Encoding': 'gzip' };
    const answer = await stage.source.raw('git-upload-pack', { method: 'POST', headers, body });
    const pack = !('broken' in answer) && answer.status === 200 && answer.body.includes('PACK');
    return tell(pack, pack ? 'a pack' : describeAnswer(answer));
  },
};
