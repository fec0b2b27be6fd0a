import { PassThrough } from 'node:stream';
import { parseArguments, type SmokeOptions } from './arguments.ts';
import { agreed, announcement } from './consent.ts';
import { inventPair } from './stage/throw-aways.ts';
import { BOTH } from './support/world.ts';

const options = (...args: string[]) => parseArguments([...BOTH, ...args]) as SmokeOptions;

/** A terminal at which somebody types this. */
function typing(text: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  input.end(`${text}\n`);
  return { input, output };
}

it.each([
  ['yes', true],
  ['y', false],
  ['', false],
  ['YES please', false],
])('takes "%s" at a terminal for %s', async (text, expected) => {
  const terminal = typing(text);

  expect(await agreed(options(), terminal, new AbortController().signal)).toBe(expected);
  expect(String(terminal.output.read())).toContain('Type "yes" to go on');
});

it('takes a Ctrl-C at the question for a no', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const stop = new AbortController();
  const asked = agreed(options(), { input, output: new PassThrough() }, stop.signal);

  stop.abort();

  expect(await asked).toBe(false);
});

it('announces both repositories, what else it does, and whether they are removed', () => {
  const pair = inventPair('ap-northeast-1', 'ap-northeast-3');
  const topic = 'arn:aws:sns:ap-northeast-1:111122223333:t';

  const text = announcement(pair, options('--keep', '--big', '500', '--topic', topic), 56).join('\n');

  for (const part of [pair.source.repository, pair.destination.repository, '500 MB', topic, 'They are kept'])
    expect(text).toContain(part);
});

it.each([
  [['--source-region', 'tokyo', '--destination-region', 'x'], '--source-region is "tokyo": expected an AWS region'],
  [[...BOTH, '--only', 'rewrite,nope'], '--only has "nope": expected some of new-repository, '],
  [[...BOTH, '--big', '0'], '--big is "0": expected a whole number of megabytes from 1 to 20000'],
  [[...BOTH, '--topic', 'arn:aws:sns:us-east-1:111122223333:t'], 'in ap-northeast-1, the region of the source'],
  [[...BOTH, '--force'], "Unknown option '--force'"],
])('says what is wrong with %j', (args, message) => {
  expect(() => parseArguments(args)).toThrow(message);
});
