import type { Fault } from './fault.ts';
import type { Packet } from './packets.ts';

type Side = 'source' | 'destination';

const OF = { source: 'git-upload-pack', destination: 'git-receive-pack' } as const;

/** A side's list of refs in other words: its lines without their ends, of which `change` makes others. */
export const listed = (side: Side, change: (lines: string[]) => string[]): Fault => ({
  service: 'info/refs',
  of: OF[side],
  phase: 'answer',
  act: {
    do: 'rewrite',
    packets: (packets) => {
      const [service, flush, ...rest] = packets as [Packet, Packet, ...Packet[]];
      const lines = rest.filter((packet) => packet !== 'flush').map((packet) => packet.toString('latin1').trimEnd());
      return [service, flush, ...change(lines).map((line) => Buffer.from(`${line}\n`, 'latin1')), 'flush'];
    },
  },
});
/** The same, only to see what a side really said. */
export const overheard = (side: Side, into: string[]): Fault =>
  listed(side, (lines) => {
    into.push(...lines);
    return lines;
  });
