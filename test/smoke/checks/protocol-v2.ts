import type { Check } from '../check.ts';
import { couldNotTell, tell } from '../check.ts';
import { describeAnswer } from '../wire/raw.ts';

export const protocolV2: Check = {
  name: 'protocol-v2',
  area: 'reading',
  question: 'Is protocol version 2 spoken to who asks for it?',
  expects: 'an answer of version 0 or of version 2: ccrepl never asks',
  means: {
    asExpected: 'nothing to do: ccrepl speaks version 0, which stock git of any age does',
    different: 'nothing to do: ccrepl never sends the header that this answer is to',
  },
  run: async (stage) => {
    await stage.history();
    const headers = { 'Git-Protocol': 'version=2' };
    const answer = await stage.source.raw('info/refs?service=git-upload-pack', { headers });
    if ('broken' in answer) return couldNotTell(describeAnswer(answer));
    const text = answer.body.toString('latin1');
    const version = /^.{4}(?:# service=.*\n0000.{4})?version (\d)/s.exec(text)?.[1];
    if (version !== undefined) return tell(version === '2', `version ${version}`);
    return tell(answer.status === 200 && /[0-9a-f]{40} HEAD\0/.test(text), `version 0, HTTP ${answer.status}`);
  },
};
