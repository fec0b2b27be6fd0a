import { encodePktLine, FLUSH, PAYLOAD_BYTES_MAX } from '../../git/pkt-line/encode.ts';
import { Capabilities } from '../../git/protocol/capabilities.ts';

export interface Refusal {
  /** What follows `unpack` in the report. */
  unpack: string;
  /** What the server's own program prints for the person who pushes. */
  progress?: string;
}

/** The reason of every ref of a push whose pack was not taken, in git's own words. */
const REF_REASON = 'unpacker error';

/** Why a whole push is refused by the look-alike itself. */
export const PUSH_REFUSALS = {
  /** CodeCommit's words, from go-git's `unpack error: …` (src-d/go-git#945). */
  'offset-delta': { unpack: 'protocol error (offset deltas are not supported)' },
  /** CodeCommit's words (user guide, "Troubleshooting"); where in the answer they stand is a guess. */
  'ref-commands': { unpack: 'Too many reference update commands' },
  /** git's words, for `receive.maxInputSize`. */
  'pack-size': { unpack: 'index-pack abnormal exit', progress: 'fatal: pack exceeds maximum allowed size\n' },
} as const satisfies Record<string, Refusal>;

/**
 * The answer to a push of which nothing was done, in the form that its client asked for (gitprotocol-pack, "Report Status").
 * `commands` are the payloads of its pkt-lines.
 */
export function refusedPush(commands: readonly Buffer[], capabilities: string, { unpack, progress }: Refusal): Buffer {
  const asked = new Capabilities(capabilities.trim());
  const report = asked.has('report-status')
    ? Buffer.concat([
        encodePktLine(`unpack ${unpack}\n`),
        ...commands.flatMap((command) => refOf(command)).map((ref) => encodePktLine(`ng ${ref} ${REF_REASON}\n`)),
        FLUSH,
      ])
    : Buffer.alloc(0);
  if (!asked.has('side-band-64k')) return report;
  return Buffer.concat([...band(2, Buffer.from(progress ?? '')), ...band(1, report), FLUSH]);
}

/** The ref of a command; none for a line that is none, such as `shallow`. */
function refOf(command: Buffer): string[] {
  const [line = ''] = command.toString('latin1').split('\0');
  const ref = /^[0-9a-f]{40} [0-9a-f]{40} (.+)$/.exec(line.replace(/\n$/, ''))?.[1];
  return ref === undefined ? [] : [ref];
}

function band(number: number, bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PAYLOAD_BYTES_MAX - 1) {
    const part = bytes.subarray(at, at + PAYLOAD_BYTES_MAX - 1);
    packets.push(encodePktLine(Buffer.concat([Buffer.from([number]), part])));
  }
  return packets;
}
