import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import type { Place } from '../stage/place.ts';

export const newRepository: Check = {
  name: 'new-repository',
  area: 'reading',
  question: 'Can git read a repository as soon as it was made, and what does an empty one advertise?',
  expects: 'both services answer the first request, with no refs; receive-pack names its capabilities all the same',
  means: {
    asExpected: 'a destination that was just made can be replicated to at once',
    different: 'the first replication to a new repository may fail, and the next heals it',
  },
  run: async ({ source, destination }) => {
    const seen = await Promise.all([look('source', source), look('destination', destination)]);
    return tell(
      seen.every(({ good }) => good),
      seen.map(({ found }) => found).join(' | '),
    );
  },
};

async function look(side: string, { remote }: Place): Promise<{ good: boolean; found: string }> {
  const upload = await remote.advertisement('git-upload-pack');
  const receive = await remote.advertisement('git-receive-pack');
  const words = receive.capabilities.names.length;
  return {
    good: upload.refs.size === 0 && receive.refs.size === 0 && words > 0,
    found: `${side}: ${upload.refs.size} and ${receive.refs.size} refs, ${words} capabilities of receive-pack`,
  };
}
