import { Capabilities } from '../../git/protocol/capabilities.ts';
import { PackScan } from '../../local/codecommit/pack-scan.ts';
import type { Fault } from '../support/fault-proxy/fault.ts';
import { type Packet, packetsOf } from '../support/fault-proxy/packets.ts';
import { FaultProxy } from '../support/fault-proxy/proxy.ts';

type Service = 'git-upload-pack' | 'git-receive-pack';

/** A server of which some capabilities are not advertised, and what its clients did with the others. */
export class Reduced {
  readonly proxy: FaultProxy;
  readonly #offered: Capabilities[];

  private constructor(proxy: FaultProxy, offered: Capabilities[]) {
    this.proxy = proxy;
    this.#offered = offered;
  }

  /** Takes `without` out of what the server at `origin` advertises for one service. */
  static async start(
    origin: string,
    service: Service,
    without: readonly string[],
    faults: readonly Fault[] = [],
  ): Promise<Reduced> {
    const offered: Capabilities[] = [];
    const packets = (all: Packet[]): Packet[] =>
      all.map((packet) => {
        const nul = packet === 'flush' ? -1 : packet.indexOf(0);
        if (packet === 'flush' || nul < 0) return packet;
        const words = packet
          .toString('latin1', nul + 1)
          .trim()
          .split(' ')
          .filter((word) => !without.includes(word.split('=')[0] as string))
          .join(' ');
        offered.push(new Capabilities(words));
        return Buffer.concat([packet.subarray(0, nul + 1), Buffer.from(`${words}\n`, 'latin1')]);
      });
    const proxy = await FaultProxy.start(origin, [
      { service: 'info/refs', of: service, phase: 'answer', act: { do: 'rewrite', packets } },
      ...faults,
    ]);
    return new Reduced(proxy, offered);
  }

  get origin(): string {
    return this.proxy.origin;
  }

  /** Capabilities that clients named, or made use of. */
  async used(): Promise<Set<string>> {
    const used = new Set<string>();
    for (const { service, body } of this.proxy.seen) {
      if (service === 'git-upload-pack') for (const word of usedByFetch(body)) used.add(word);
      if (service === 'git-receive-pack') for (const word of await usedByPush(body)) used.add(word);
    }
    return used;
  }

  /** Those that the server never offered: there must be none. */
  async unoffered(): Promise<string[]> {
    return [...(await this.used())].filter((name) => !this.#offered.some((capabilities) => capabilities.has(name)));
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}

function usedByFetch(body: Buffer): string[] {
  const lines = packetsOf(body).map((packet) => packet.toString('latin1'));
  const [, words = ''] = /^want [0-9a-f]+ ?(.*)/.exec(lines[0] ?? '') ?? [];
  return [...new Capabilities(words).names, ...(lines.some((line) => line.startsWith('deepen')) ? ['shallow'] : [])];
}

async function usedByPush(body: Buffer): Promise<string[]> {
  const end = body.indexOf('0000PACK');
  const commands = packetsOf(end < 0 ? body : body.subarray(0, end)).map((packet) => packet.toString('latin1'));
  const names = new Capabilities(commands[0]?.split('\0')[1]?.trim() ?? '').names;
  if (commands.some((command) => /^[0-9a-f]+ 0+ /.test(command))) names.push('delete-refs');
  const pack = new PackScan();
  if (end >= 0) await pack.write(body.subarray(end + 4));
  if (pack.finding === 'offset-delta') names.push('ofs-delta');
  return names;
}
