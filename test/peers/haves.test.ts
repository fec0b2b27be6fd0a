import type { Oid } from '../../git/oid.ts';
import { git, removeFolders } from '../support/repository.ts';
import { mixedChange } from './change.ts';
import { canRun, Peer, type PeerName, remoteOf, whyWithoutJGit } from './peer.ts';

afterAll(removeFolders);

describe.each<PeerName>(['git', 'codecommit', 'JGit'])('a source of %s', (name) => {
  const runs = canRun(name);
  const skipped = runs ? '' : ` (skipped: ${whyWithoutJGit})`;

  (runs ? it : it.skip)(
    `says of every commit of a line whether it has it, in whatever order it is asked${skipped}`,
    async () => {
      const peer = await Peer.start(name);
      const { source: repository } = await mixedChange(peer, peer);
      const remote = remoteOf('source', { origin: peer.origin, repository });
      try {
        const line = (await git(repository.path, 'rev-list', 'main')).split('\n') as Oid[];
        const unknown = ['a', 'b'].map((digit) => digit.repeat(40) as Oid);
        const middle = Math.floor(line.length / 2);
        const orders = [line, line.toReversed(), [...line.slice(middle), ...line.slice(0, middle)]];
        const advertised = await remote.advertisement('git-upload-pack');

        for (const order of orders) {
          const known = await remote.knownObjects([...order.slice(0, 2), ...unknown, ...order.slice(2)], advertised);
          expect([...(known ?? [])].sort()).toEqual(line.toSorted());
        }
        expect(await remote.knownObjects(unknown, advertised)).toEqual(new Set());
      } finally {
        remote.close();
        await peer.close();
      }
    },
  );
});
