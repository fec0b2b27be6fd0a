import type { Fault } from '../support/fault-proxy/fault.ts';
import type { Packet } from '../support/fault-proxy/packets.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';
import { removeFolders } from '../support/repository.ts';
import { type Change, mixedChange, refsIn } from './change.ts';
import { startGitServer } from './git-server.ts';
import { Peer, type Repository, relayBetween } from './peer.ts';

let peer: Peer;
let change: Change;
let destination: Repository;
let number = 0;
beforeAll(async () => {
  peer = await Peer.start('git');
  change = await mixedChange(peer, peer);
});
beforeEach(async () => {
  destination = await peer.create(`destination-${number++}`, change.before);
});
afterAll(async () => {
  await peer.close();
  await removeFolders();
});

/** A server that answers in another version of the protocol than it was asked in, as its only disturbance. */
const announcing = (version: number): Fault => ({
  service: 'info/refs',
  phase: 'answer',
  act: {
    do: 'rewrite',
    packets: (packets: Packet[]) => packets.toSpliced(2, 0, Buffer.from(`version ${version}\n`)),
  },
});

async function expectRefusal(source: string, target: FaultProxy, version: number): Promise<void> {
  const result = await relayBetween(
    { origin: source, repository: change.source },
    { origin: target.origin, repository: destination },
  );

  expect(result).toMatchObject({ result: 'failed', error: { code: 'protocol' } });
  expect(result.error?.message).toContain(`the server speaks "version ${version}", which we did not ask for`);
  expect(target.seen.filter(({ service }) => service === 'git-receive-pack')).toEqual([]);
  expect(await refsIn(destination)).toEqual(await refsIn(change.before));
}

it.each([1, 2])('refuses a source whose git answers in version %i unasked, before it writes', async (version) => {
  const source = await startGitServer(peer.store.directory, { GIT_PROTOCOL: `version=${version}` });
  const target = await FaultProxy.start(peer.origin);
  try {
    await expectRefusal(source.origin, target, version);
  } finally {
    await target.close();
    await source.close();
  }
});

it.each([1, 2])('refuses a destination that answers in version %i unasked, and sends it nothing', async (version) => {
  const target = await FaultProxy.start(peer.origin, [announcing(version)]);
  try {
    await expectRefusal(peer.origin, target, version);
  } finally {
    await target.close();
  }
});
