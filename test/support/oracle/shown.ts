import type { Oid } from '../../../git/oid.ts';
import type { RefName } from '../../../git/ref.ts';
import { packetsOf } from '../fault-proxy/packets.ts';
import type { Seen } from '../fault-proxy/proxy.ts';
import type { Refs } from './refs.ts';

const LINE = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\0\n]+)/;

/**
 * What an answer to `info/refs` showed, whatever the repository held: a server that lies well is believed, and the truth is then
 * what it said. Undefined for any other answer, and for one that is no whole list.
 */
export function shownBy({ service, answer }: Seen): Refs | undefined {
  if (service !== 'info/refs') return undefined;
  try {
    const packets = packetsOf(answer);
    if (packets.length < 3 || packets.at(-1) !== 'flush') return undefined;
    const refs = new Map<RefName, Oid>();
    for (const packet of packets) {
      const [, oid, name] = (packet !== 'flush' && LINE.exec(packet.toString('latin1'))) || [];
      if (oid !== undefined && name !== 'HEAD' && !name?.endsWith('^{}')) refs.set(name as RefName, oid as Oid);
    }
    return refs;
  } catch {
    // No packets: nothing that anybody could have believed.
    return undefined;
  }
}
