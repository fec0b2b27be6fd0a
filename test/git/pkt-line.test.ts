import fc from 'fast-check';
import { GitError } from '../../git/errors.ts';
import { decodePktLine } from '../../git/pkt-line/decode.ts';
import { encodePktLine } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { packets, readerOf, slicesOf } from '../support/stream.ts';

it('writes the length of the whole line in four digits', () => {
  expect(encodePktLine('hello\n').toString()).toBe('000ahello\n');
  expect(encodePktLine('').toString()).toBe('0004');
});

it('refuses a payload that no pkt-line can hold', () => {
  expect(() => encodePktLine(Buffer.alloc(65_517))).toThrow('at most 65516 are allowed');
});

it.each([
  ['', 4],
  ['00', 2],
  ['000ahe', 4],
])('needs more bytes after "%s"', (text, bytesNeeded) => {
  expect(decodePktLine(Buffer.from(text), 0)).toEqual({ kind: 'incomplete', bytesNeeded });
});

it.each(['0001', '0002', '0003', '00g0', '-001', ' 004', 'fff1', 'ffff', '<htm'])(
  'takes "%s" for a broken protocol',
  (text) => {
    expect(() => decodePktLine(Buffer.from(`${text}xxxx`), 0)).toThrow(GitError);
  },
);

it('reads the same packets however the stream is cut into chunks', async () => {
  const sizes = fc.integer({ min: 1, max: 40 });
  const lines = fc.array(fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 60 }), fc.constant(null)), {
    maxLength: 12,
  });

  await fc.assert(
    fc.asyncProperty(lines, sizes, async (expected, size) => {
      const reader = new PktLineReader(slicesOf(packets(...expected), size));
      const seen: (string | null)[] = [];
      for (let packet = await reader.next(); packet !== undefined; packet = await reader.next()) {
        seen.push(packet === 'flush' ? null : packet.toString('latin1'));
      }
      expect(seen).toEqual(expected);
    }),
  );
});

it('gives nothing but its own errors for any bytes at all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
      const reader = new PktLineReader(slicesOf(Buffer.from(bytes), size));
      try {
        while ((await reader.next()) !== undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(GitError);
      }
    }),
    { numRuns: 3000 },
  );
});

it('takes a stream that ends inside a packet for cut, never for shorter', async () => {
  await expect(readerOf('000ahel').next()).rejects.toMatchObject({ code: 'connection', retryable: true });
});

it('turns an ERR packet into an error that shows its text harmlessly', async () => {
  const reader = readerOf(packets('ERR access \u001b[31mdenied\n'));

  await expect(reader.line('anything')).rejects.toMatchObject({
    code: 'remote-error',
    message: 'the server said: access \\u{1b}[31mdenied',
  });
});
