import { GitError } from '../errors.ts';
import { printable } from '../ref.ts';
import { PAYLOAD_BYTES_MAX } from './encode.ts';

/** What stands at an offset of a buffer. `next` is the offset after it. */
export type Decoded =
  | { kind: 'data'; start: number; end: number; next: number }
  | { kind: 'flush'; next: number }
  | { kind: 'incomplete'; bytesNeeded: number };

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

/** Reads the four digits at `offset`, which must be there: the length of the payload, or a flush. */
export function decodeHeader(buffer: Buffer, offset: number): number | 'flush' {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const value = hexValue(buffer[offset + i] as number);
    if (value < 0) {
      const seen = printable(buffer.toString('latin1', offset, offset + 4));
      throw new GitError('protocol', `pkt-line length is not four hexadecimal digits: "${seen}"`);
    }
    length = length * 16 + value;
  }
  if (length === 0) return 'flush';
  if (length < 4) throw new GitError('protocol', `pkt-line of length ${length}: not part of protocol v0`);
  if (length - 4 > PAYLOAD_BYTES_MAX) {
    throw new GitError('protocol', `pkt-line of length ${length}: at most ${PAYLOAD_BYTES_MAX + 4} is allowed`);
  }
  return length - 4;
}

/** Decodes the pkt-line at `offset`; needing more bytes is a value, a length that cannot be is an error (protocol v0). */
export function decodePktLine(buffer: Buffer, offset: number): Decoded {
  const available = buffer.length - offset;
  if (available < 4) return { kind: 'incomplete', bytesNeeded: 4 - available };
  const payload = decodeHeader(buffer, offset);
  const start = offset + 4;
  if (payload === 'flush') return { kind: 'flush', next: start };
  const end = start + payload;
  return buffer.length < end
    ? { kind: 'incomplete', bytesNeeded: end - buffer.length }
    : { kind: 'data', start, end, next: end };
}
