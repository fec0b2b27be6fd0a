import { encodePktLine, FLUSH } from '../../../git/pkt-line/encode.ts';
import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import { describeAnswer } from '../wire/raw.ts';

export const unadvertisedAgent: Check = {
  name: 'unadvertised-agent',
  area: 'fetching',
  question: 'What is answered to a capability that was not advertised: agent?',
  expects: 'an empty answer with 200, or a closed connection: so nothing that was not advertised is ever sent',
  means: {
    asExpected: 'other git clients may fail against CodeCommit where ccrepl does not',
    different: 'nothing to do: ccrepl never sends it; the look-alike is stricter than CodeCommit',
  },
  run: async (stage) => {
    const { tip } = await stage.history();
    const want = encodePktLine(`want ${tip.tip} multi_ack_detailed side-band-64k agent=ccrepl-smoke\n`);
    const body = Buffer.concat([want, FLUSH, encodePktLine('done\n')]);
    const headers = { 'Content-Type': 'application/x-git-upload-pack-request' };
    const answer = await stage.source.raw('git-upload-pack', { method: 'POST', headers, body });
    const silent = 'broken' in answer || (answer.status === 200 && answer.body.length === 0);
    return tell(
      silent,
      silent ? describeAnswer(answer) : `it was answered, HTTP ${answer.status}, ${answer.body.length} bytes`,
    );
  },
};
