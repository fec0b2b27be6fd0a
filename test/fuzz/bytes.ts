import type { Random } from './random.ts';

const NUMBERS = ['0', '-1', '1', '9', '65515', '65516', '65517', '65520', '4294967295', '4294967296', '1e999', '0.5'];
const BYTES = [0, 1, 2, 3, 9, 10, 13, 27, 32, 34, 37, 46, 47, 58, 64, 92, 127, 128, 133, 192, 237, 255];
/** An input of this size is a big one; mutations do not make it bigger. */
const BIG_BYTES = 200_000;

/** What happens to bytes on a bad day, once or a few times. */
export function damage(bytes: Buffer, random: Random, words: readonly string[], others: readonly Buffer[]): Buffer {
  let result = bytes;
  for (let left = 1 + random.below(1 + random.below(4)); left > 0; left--) {
    result = damageOnce(result, random, words, others);
  }
  return result;
}

function damageOnce(bytes: Buffer, random: Random, words: readonly string[], others: readonly Buffer[]): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.oneIn(4) ? bytes.length + 1 : 8));
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(10)) {
    case 0:
      return Buffer.concat([before, someBytes(random), bytes.subarray(at)]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return flipped(bytes, at, random);
    case 3: {
      const other = random.pick(others);
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))]);
    }
    case 4:
      return Buffer.concat([before, ...repeated(middle, random), after]);
    case 5:
      return Buffer.concat([before, latin1(random.pick(words)), bytes.subarray(at)]);
    case 6:
      return Buffer.concat([before, latin1(random.pick(words)), after]);
    case 7:
      return numberChanged(bytes, random);
    case 8:
      return random.oneIn(3) ? before : Buffer.concat([before, latin1(random.pick(NUMBERS)), after]);
    default:
      return Buffer.concat([before, Buffer.from([random.pick(BYTES)]), bytes.subarray(at + 1)]);
  }
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const someBytes = (random: Random): Buffer =>
  Buffer.from(
    Array.from({ length: 1 + random.below(6) }, () => (random.oneIn(2) ? random.pick(BYTES) : random.below(256))),
  );

function flipped(bytes: Buffer, at: number, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}

function repeated(middle: Buffer, random: Random): Buffer[] {
  const times = random.oneIn(500) ? Math.ceil(BIG_BYTES / (middle.length + 1)) : 2 + random.below(6);
  return new Array<Buffer>(Math.max(1, Math.min(times, Math.ceil(BIG_BYTES / (middle.length + 1))))).fill(middle);
}

/** A length that is off by a little: the first number, decimal or hexadecimal, after some place. */
function numberChanged(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length + 1);
  const text = bytes.toString('latin1', from, from + 200);
  const found = /[0-9a-f]{4}|\d+/.exec(text);
  if (found === null) return flipped(bytes, from, random);
  const [digits] = found;
  const radix = digits.length === 4 ? 16 : 10;
  const changed = Number.parseInt(digits, radix) + random.pick([-4, -2, -1, 1, 2, 4, 256]);
  const start = from + found.index;
  return Buffer.concat([
    bytes.subarray(0, start),
    latin1(Math.abs(changed).toString(radix).padStart(digits.length, '0')),
    bytes.subarray(start + digits.length),
  ]);
}
