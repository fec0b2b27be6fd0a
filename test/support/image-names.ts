import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** glibc asks nobody but port 53. Loopback has room for a server beside the machine's own. */
const ADDRESS = '127.53.53.53';

export interface NameServer {
  address: string;
  /** The names that were asked for. */
  asked: Set<string>;
  close(): Promise<void>;
}

/** A DNS server for which every name is this machine. */
export async function nameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked = new Set<string>();
  socket.on('message', (query, { address, port }) => {
    const { name, end } = questionOf(query);
    asked.add(name);
    const isIpv4 = query.readUInt16BE(end - 4) === 1;
    const header = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isIpv4 ? 1 : 0, 0, 0, 0, 0]);
    // The name of the question, type A, class IN, one second to live, four bytes.
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...(isIpv4 ? [answer] : [])]), port, address);
  });
  socket.bind(53, ADDRESS);
  await once(socket, 'listening');
  return {
    address: ADDRESS,
    asked,
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

/** The name that is asked for, and where its question ends, with type and class. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 5 };
}
