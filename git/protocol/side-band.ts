import { GitError } from '../errors.ts';
import type { PktLineReader } from '../pkt-line/reader.ts';
import { printable } from '../ref.ts';

/**
 * Band 1 of a side-band stream, up to the flush that ends it. Band 2 (text for people) goes to `onProgress`; band 3 is the
 * server's last word before it gives up. A stream that ends without its flush is cut, whatever it held.
 */
export async function* readSideBand(reader: PktLineReader, onProgress: (text: string) => void): AsyncGenerator<Buffer> {
  for (;;) {
    const length = await reader.begin();
    if (length === 'flush') return;
    if (length === undefined) throw new GitError('connection', 'the stream was cut before its end');
    if (length === 0) throw new GitError('protocol', 'an empty side-band packet');
    const [band] = await reader.piece(1);
    if (band === 1) {
      for (let left = length - 1; left > 0; ) {
        const piece = await reader.piece(left);
        left -= piece.length;
        yield piece;
      }
      continue;
    }
    const rest = await whole(reader, length - 1);
    if (band === 2) onProgress(rest.toString('utf8'));
    else if (band === 3) throw fatal(rest.toString('utf8'));
    else if (band === E && rest.toString('latin1', 0, 3) === 'RR ') {
      throw new GitError('remote-error', `the server said: ${printable(rest.toString('utf8', 3).trim())}`);
    } else throw new GitError('protocol', `unknown side-band ${band}`);
  }
}

/** The first letter of an `ERR` packet, which may stand anywhere. */
const E = 0x45;

async function whole(reader: PktLineReader, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let left = length; left > 0; left -= pieces.at(-1)?.length ?? 0) pieces.push(await reader.piece(left));
  return Buffer.concat(pieces);
}

function fatal(text: string): GitError {
  const said = `the server gave up: ${printable(text.trim())}`;
  return new GitError(/corrupt/i.test(text) ? 'corrupt' : 'remote-error', said);
}
