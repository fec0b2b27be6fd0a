import { reshapeJson } from '../json.ts';
import { type Answer, answerNow, CANARY, judgeError, judgeSecret } from '../judge.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

export const CODECOMMIT_WORDS = [
  'region',
  'repository',
  'ap-northeast-1',
  'us-west-2',
  'xx-north-99',
  'Source',
  'a.git',
  '..',
  'a/b',
];

/** A host's URL that has in it what must not be shown. */
export const SECRET_URL = `https://user:${CANARY}@host.example/a.git?token=${CANARY}`;

export const DOCUMENT_WORDS = [
  ...CODECOMMIT_WORDS,
  'url',
  'secret',
  'id',
  'source',
  'destination',
  'destinations',
  'policy',
  'refs',
  'deletes',
  'rewrites',
  'massChange',
  'percent',
  'heads',
  'account',
  'roleArn',
  'checkerRoleArn',
  'externalId',
  'mirror',
  'keep',
  'archive',
  'refs/heads/*',
  'refs/*/x',
  'https://host.example/a.git',
  'https://[::1]/a',
  'http://host.example/a',
  'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/Source',
  SECRET_URL,
  'arn:aws:iam::222222222222:role/writer',
  'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:n-AbCdEf',
  '0123456789abcdef',
];

/**
 * Whether each secret still stands where one may stand: as an external id, or before the "@" or after the "?" of a URL. Anywhere
 * else it is what a person wrote by mistake, and needs to see.
 */
export function secretsArePlaced(text: string): boolean {
  const others = text
    .replace(/"externalId"\s*:\s*"(?:[^"\\]|\\.)*"/g, '')
    .replace(/("[a-z]+:\/\/)[^"@?\\]*:[^"@?\\]*@/g, '$1')
    .replace(/("[a-z]+:\/\/[^"?\\]*)\?[^"\\]*/g, '$1');
  return !others.includes(CANARY);
}

/** All that is wrong is said at once, so a message grows with its document, but never faster than this. */
const charsMaxOf = (bytes: Buffer): number => 2000 + 40 * bytes.length;

interface Document {
  name: string;
  files: readonly string[];
  examples: readonly object[];
  words: readonly string[];
  parse(text: string): unknown;
  judgeValue?(value: unknown, text: string): void;
}

/** The parser of a JSON document that a person may have written. */
export function documentTarget(document: Document): Target {
  const examples = document.examples.map((one) => Buffer.from(JSON.stringify(one)));
  return {
    name: document.name,
    files: document.files,
    words: [...document.words, '"', '{', '}', '[', ']', ':', ',', '//', '/*', '\\u0000', '\\ud800', '\u001b'],
    examples,
    generate: (random: Random) => reshapeJson(random.pick(examples), random, document.words),
    reshape: (bytes, random) => reshapeJson(bytes, random, document.words),
    run(bytes) {
      const text = bytes.toString('utf8');
      const answer: Answer = answerNow(() => document.parse(text));
      if ('value' in answer) {
        document.judgeValue?.(answer.value, text);
        return 'an answer';
      }
      const kind = judgeError(answer.error, ['input'], charsMaxOf(bytes));
      if (secretsArePlaced(text)) judgeSecret((answer.error as Error).message);
      return kind;
    },
  };
}
