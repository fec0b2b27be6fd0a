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

it.each(['/', ':', '@', 'G', '`', 'g', '\0', '\u00e1'])('takes %j for no hexadecimal digit in any place', (byte) => {
  for (const at of [0, 1, 2, 3]) {
    const digits = Buffer.from([...'fff0'].with(at, byte).join(''), 'latin1');

    expect(() => decodePktLine(digits, 0)).toThrow('not four hexadecimal digits');
  }
});

it('takes digits in either case', () => {
  expect(decodePktLine(Buffer.from('00aF'), 0)).toEqual({ kind: 'incomplete', bytesNeeded: 0xaf - 4 });
});

it('shows the four bytes that are no length, and nothing else of the stream', () => {
  const stream = Buffer.from('0004<ht\xe9SECRET', 'latin1');

  expect(() => decodePktLine(stream, 4)).toThrow(/digits: "<ht\xe9"$/);
});

it('takes the longest line that the protocol knows, and says how long that is of one that is longer', () => {
  const longest = Buffer.alloc(65_520, 'x');
  longest.write('fff0');

  expect(decodePktLine(longest, 0)).toMatchObject({ kind: 'data', start: 4, end: 65_520 });
  expect(encodePktLine(longest.subarray(4))).toEqual(longest);
  expect(() => decodePktLine(Buffer.from('fff1'), 0)).toThrow('at most 65520 is allowed');
});

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

const HIGH = '\u00e9\u00ff \u0080 x';

it('gives a line with every byte as it came, without its newline', async () => {
  expect(await readerOf(packets(HIGH)).line('a line')).toBe(HIGH);
  expect(await readerOf(packets(`${HIGH}\n\n`)).line('a line')).toBe(`${HIGH}\n`);
});

it.each([
  [`${HIGH}\n`, { first: '\u00e9\u00ff', rest: '\u0080 x' }],
  ['alone', { first: 'alone', rest: '' }],
  ['alone\n', { first: 'alone', rest: '' }],
  [' begins with a space', { first: '', rest: 'begins with a space' }],
  ['ends with a space ', { first: 'ends', rest: 'with a space ' }],
  ['', { first: '', rest: '' }],
])('splits %j at its first space', async (text, expected) => {
  expect(await readerOf(packets(text)).words('words')).toEqual(expected);
});

it('turns an ERR packet into an error where words are expected too', async () => {
  await expect(readerOf(packets('ERR no\n')).words('words')).rejects.toMatchObject({ message: 'the server said: no' });
});

it.each(['line', 'words'] as const)('says what it expected where the stream ends before a %s', async (kind) => {
  const ended = { code: 'connection', message: 'the answer ended early: expected the refs' };

  await expect(readerOf(packets())[kind]('the refs')).rejects.toMatchObject(ended);
  expect(await readerOf(packets(null))[kind]('the refs')).toBeNull();
});

describe('a packet taken in pieces', () => {
  it('is given as it came, to its last byte, and then comes the next', async () => {
    const reader = readerOf('00', '07a', 'b', 'c0000');

    expect(await reader.begin()).toBe(3);
    expect(String(await reader.piece(3))).toBe('a');
    expect(String(await reader.piece(2))).toBe('b');
    expect(String(await reader.piece(1))).toBe('c');
    expect(await reader.begin()).toBe('flush');
    expect(await reader.begin()).toBeUndefined();
  });

  it('is given byte by byte to whoever wants no more', async () => {
    const reader = readerOf('0006ab');

    expect(await reader.begin()).toBe(2);
    expect([String(await reader.piece(1)), String(await reader.piece(1))]).toEqual(['a', 'b']);
  });

  it.each([['0'], ['000'], ['0006', '00']])('may be cut before it begins: %j %j', async (...chunks) => {
    const reader = readerOf(...chunks);
    if (chunks.length > 1) {
      await reader.begin();
      await reader.piece(2);
    }
    const last = chunks.length > 1 ? reader.piece(1) : reader.begin();

    await expect(last).rejects.toMatchObject({ code: 'connection' });
  });
});

describe('what comes next', () => {
  it('can be seen without taking it, as soon as there are four bytes', async () => {
    const reader = readerOf('0', '0', '0a', 'hello\n');

    expect(await reader.peek()).toBe('000a');
    expect(await reader.line('a line')).toBe('hello');
    expect(await reader.peek()).toBe('');
  });

  it('is shown from where the reader is, byte by byte, and 200 bytes of it at most', async () => {
    const reader = readerOf(`0000${'\u00e9'.repeat(200)}x`);
    await reader.next();

    expect(await reader.peek()).toBe('\u00e9'.repeat(200));
  });

  it('is shown as far as there is any', async () => {
    expect(await readerOf('<h').peek()).toBe('<h');
  });
});

it('gives what is left as it came, and no piece of nothing', async () => {
  const left = async (reader: PktLineReader) => {
    await reader.next();
    const pieces: string[] = [];
    for await (const piece of reader.rest()) pieces.push(String(piece));
    return pieces;
  };

  expect(await left(readerOf('0000PA', 'CK'))).toEqual(['PA', 'CK']);
  expect(await left(readerOf('0000', 'PACK'))).toEqual(['PACK']);
});

it('gives a payload without copying the chunk that it came in', async () => {
  const chunk = packets('hello');

  expect(((await readerOf(chunk).next()) as Buffer).buffer).toBe(chunk.buffer);
});

it('lets go of the stream where it is told to', async () => {
  let closed = false;
  async function* stream() {
    try {
      yield packets('hello', 'world');
    } finally {
      closed = true;
    }
  }
  const reader = new PktLineReader(stream());
  await reader.next();

  await reader.close();

  expect(closed).toBe(true);
});
