import type { Advertisement, Service } from '../../../git/protocol/advertisement.ts';
import { CODECOMMIT_CAPABILITIES } from '../../../local/codecommit/profile.ts';
import type { Check, Finding } from '../check.ts';
import { asExpected, different } from '../check.ts';
import type { Stage } from '../stage/stage.ts';

export const uploadPackCapabilities: Check = {
  name: 'upload-pack-capabilities',
  area: 'reading',
  question: 'What does upload-pack advertise today?',
  expects: `exactly: ${CODECOMMIT_CAPABILITIES['git-upload-pack'].join(' ')}`,
  means: {
    asExpected: 'the look-alike of the local mode and of the tests offers what CodeCommit offers',
    different:
      'ccrepl sends only what is advertised, so it goes on; the tests prove it against other capabilities than these',
  },
  run: (stage) => compare(stage, 'git-upload-pack'),
};

export const receivePackCapabilities: Check = {
  name: 'receive-pack-capabilities',
  area: 'reading',
  question: 'What does receive-pack advertise today?',
  expects: `exactly: ${CODECOMMIT_CAPABILITIES['git-receive-pack'].join(' ')}`,
  means: uploadPackCapabilities.means,
  run: (stage) => compare(stage, 'git-receive-pack'),
};

/** What CodeCommit never had, and what it would change if it had. */
const ABSENT = { 'ofs-delta': 'smaller packs', agent: 'nothing', atomic: 'pushes of all or nothing' } as const;

export const absentCapabilities: Check = {
  name: 'absent-capabilities',
  area: 'reading',
  question: 'Are ofs-delta, agent and atomic still not advertised by either service?',
  expects: 'none of the three, in neither region',
  means: {
    asExpected: 'a push may go through in part, so each ref is compared and set by itself, as ccrepl does',
    different: 'CodeCommit can do more than ccrepl makes use of; what it does stays right',
  },
  run: async (stage) => {
    const offered: string[] = [];
    for (const service of ['git-upload-pack', 'git-receive-pack'] as const) {
      for (const { side, advertised } of await readBoth(stage, service)) {
        for (const [word, use] of Object.entries(ABSENT))
          if (advertised.capabilities.has(word)) offered.push(`${service} of the ${side} offers ${word} (${use})`);
      }
    }
    return offered.length === 0 ? asExpected('none of them') : different(offered.join(' | '));
  },
};

async function compare(stage: Stage, service: Service): Promise<Finding> {
  const known: readonly string[] = CODECOMMIT_CAPABILITIES[service];
  const found: string[] = [];
  let same = true;
  for (const { side, advertised } of await readBoth(stage, service)) {
    const { capabilities } = advertised;
    const words = capabilities.names.flatMap((name) => {
      const values = capabilities.all(name);
      return values.length === 0 ? [name] : values.map((value) => `${name}=${value}`);
    });
    const more = words.filter((word) => !known.includes(word));
    const less = known.filter((word) => !words.includes(word));
    same &&= more.length === 0 && less.length === 0;
    const differences = [
      ...(more.length > 0 ? [`new: ${more.join(' ')}`] : []),
      ...(less.length > 0 ? [`missing: ${less.join(' ')}`] : []),
    ];
    found.push(`${side}: ${differences.length > 0 ? `${differences.join('; ')}; all: ` : ''}${words.join(' ')}`);
  }
  return same ? asExpected(found.join(' | ')) : different(found.join(' | '));
}

/** An empty repository's upload-pack advertises nothing at all, so the source is filled first, and is read alone there. */
async function readBoth(stage: Stage, service: Service): Promise<{ side: string; advertised: Advertisement }[]> {
  await stage.history();
  const source = { side: 'source', advertised: await stage.source.remote.advertisement(service) };
  const other = { side: 'destination', advertised: await stage.destination.remote.advertisement(service) };
  return service === 'git-upload-pack' && other.advertised.refs.size === 0 ? [source] : [source, other];
}
