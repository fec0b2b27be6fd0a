import { signCodeCommit } from '../../../git/codecommit/signature.ts';
import { basicHeader } from '../../../git/credentials.ts';
import type { Check } from '../check.ts';
import { asExpected, couldNotTell, different } from '../check.ts';
import type { Place } from '../stage/place.ts';

const MINUTES = [0, 5, 10, 14, 16, 20, 30] as const;

export const passwordAge: Check = {
  name: 'password-age',
  area: 'access',
  question: 'How old may a signed password be? (It is signed for a moment in the past; nobody waits.)',
  expects: '14 minutes, and not 16, as the documentation says "about 15 minutes"',
  means: {
    asExpected: 'nothing to do: ccrepl signs each request when it is sent',
    different: 'nothing to do: ccrepl signs each request when it is sent; the look-alike has another number',
  },
  run: async ({ source }) => {
    const statuses: number[] = [];
    for (const minutes of MINUTES) statuses.push(await statusAt(source, minutes));
    const found = MINUTES.map((minutes, index) => `${minutes} min: HTTP ${statuses[index]}`).join(', ');
    if (statuses[0] !== 200) return couldNotTell(`not even a new one was taken: ${found}`);
    const right = MINUTES.every((minutes, index) => (statuses[index] === 200) === minutes < 15);
    return right ? asExpected(found) : different(found);
  },
};

async function statusAt(place: Place, minutesAgo: number): Promise<number> {
  const { load, harmless } = place.access;
  const { hostname: host, pathname: path } = place.url;
  const at = new Date(Date.now() - minutesAgo * 60_000);
  const { username, password } = signCodeCommit(await load({ fresh: false }), {
    region: place.side.region,
    host,
    path,
    at,
  });
  const header = basicHeader(username, password);
  harmless.learnHeader(header);
  const answer = await place.raw('info/refs?service=git-upload-pack', { headers: { Authorization: header } });
  return 'broken' in answer ? 0 : answer.status;
}
