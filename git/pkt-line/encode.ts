/** Largest payload of one pkt-line (gitprotocol-common): 65520 bytes with the four digits of the length. */
export const PAYLOAD_BYTES_MAX = 65516;

export const FLUSH = Buffer.from('0000');

/** One pkt-line. Text is taken byte for byte ("latin1"), as ref names are held. */
export function encodePktLine(payload: string | Buffer): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  if (body.length > PAYLOAD_BYTES_MAX) {
    throw new RangeError(`pkt-line payload of ${body.length} bytes: at most ${PAYLOAD_BYTES_MAX} are allowed`);
  }
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, '0')), body]);
}
