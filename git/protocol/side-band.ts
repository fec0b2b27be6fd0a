import { GitError } from '../errors.ts';
import type { PktLineReader } from '../pkt-line/reader.ts';
import { printable } from '../ref.ts';

/**
 * Band 1 of a side-band stream, up to the flush that ends it. Band 2 (text for people) goes to `onProgress`; band 3 is the
 * server's last word before it gives up. A stream that ends without its flush is cut, whatever it held.
 */
export async function* readSideBand(reader: PktLineReader, onProgress: (text: string) => void): AsyncGenerator<Buffer> {
  for (;;) {
    const packet = await reader.next();
    if (packet === 'flush') return;
    if (packet === undefined) throw new GitError('connection', 'the stream was cut before its end');
    const band = packet[0];
    if (band === 1) {
      if (packet.length > 1) yield packet.subarray(1);
    } else if (band === 2) {
      onProgress(packet.toString('utf8', 1));
    } else if (band === 3) {
      throw fatal(packet.toString('utf8', 1));
    } else if (packet.toString('latin1', 0, 4) === 'ERR ') {
      throw new GitError('remote-error', `the server said: ${printable(packet.toString('utf8', 4).trim())}`);
    } else {
      throw new GitError('protocol', band === undefined ? 'an empty side-band packet' : `unknown side-band ${band}`);
    }
  }
}

function fatal(text: string): GitError {
  const said = `the server gave up: ${printable(text.trim())}`;
  return new GitError(/corrupt/i.test(text) ? 'corrupt' : 'remote-error', said);
}
