import type { IncomingMessage } from 'node:http';
import type { GitError } from '../../../git/errors.ts';
import { expectOk } from '../../../git/http/status.ts';
import { cut, whole } from '../chunks.ts';
import { answerOf, CANARY, judge, judgeEqual, judgeError, judgeSecret } from '../judge.ts';
import { random, seedOf } from '../random.ts';
import type { Target } from '../target.ts';

const CODES = ['throttled', 'unauthorized', 'not-found', 'too-large', 'server-error', 'protocol', 'redirect'];
const NAMES = ['content-encoding', 'location', 'retry-after'];
const STATUSES = [
  '200',
  '204',
  '301',
  '302',
  '399',
  '400',
  '401',
  '403',
  '404',
  '408',
  '410',
  '413',
  '429',
  '499',
  '500',
  '503',
  '999',
  '0',
];
const VALUES = {
  'content-encoding': ['identity', 'gzip', '', '\u001b[2J'],
  location: [
    `https://user:${CANARY}@host.example/a?token=${CANARY}`,
    '/a',
    `/a?${CANARY}`,
    '//[',
    `https://host.example/#${CANARY}`,
    'http://relative.invalid/x',
    `x:${CANARY}@y`,
  ],
  'retry-after': [
    '0',
    '5',
    '-5',
    '1e3',
    '99999999999999999999',
    'Wed, 21 Oct 2099 07:28:00 GMT',
    'Wed, soon GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT',
    '',
  ],
};
const BODIES = ['', 'Rate exceeded', 'ThrottlingException', 'nope\u001b[2J\r\n', 'é'.repeat(300), 'x'.repeat(9000)];
const EXAMPLES = [
  '200\n\n',
  `302\nlocation: ${VALUES.location[0]}\n\n`,
  '429\nretry-after: 5\n\nRate exceeded',
  '503\nretry-after: Wed, 21 Oct 2099 07:28:00 GMT\n\nbusy',
  '200\ncontent-encoding: gzip\n\nx',
].map((text) => Buffer.from(text));
const WORDS = [
  ...STATUSES,
  ...BODIES.slice(1, 5),
  ...Object.values(VALUES).flat(),
  'GMT',
  'Mon, ',
  ...NAMES.map((name) => `\n${name}: `),
];

/** A status, headers, and a body after an empty line. */
function answerFrom(bytes: Buffer): { status: number; headers: Record<string, string>; body: Buffer } {
  const end = bytes.indexOf('\n\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).split('\n');
  const headers = lines.flatMap((line) => {
    const name = NAMES.find((one) => line.startsWith(`${one}: `));
    // Node's HTTP parser lets none of these through.
    return name === undefined ? [] : [[name, line.slice(name.length + 2).replace(/[\0\r]/g, '')]];
  });
  return {
    status: Number.parseInt(first, 10) || 0,
    headers: Object.fromEntries(headers),
    body: end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 2),
  };
}

/** Whether the secret is where a URL has its login, or what follows its path. */
const isPlaced = (location = ''): boolean =>
  !location
    .replace(/[?#].*$/s, '')
    .replace(/^https?:\/\/[^/]*@/, '')
    .includes(CANARY);

/** Any answer that is not 200. */
export const httpStatus: Target = {
  name: 'http-status',
  files: ['git/http/status.ts'],
  examples: EXAMPLES,
  words: WORDS,
  generate(from) {
    const headers = NAMES.flatMap((name) =>
      from.oneIn(2) ? [`${name}: ${from.pick(VALUES[name as keyof typeof VALUES])}`] : [],
    );
    return Buffer.from([from.pick(STATUSES), ...headers, '', from.pick(BODIES)].join('\n'));
  },
  reshape: (bytes, from) => {
    const lines = bytes.toString('latin1').split('\n');
    lines.splice(from.below(lines.length + 1), from.below(2), from.pick(WORDS));
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  async run(bytes) {
    const { status, headers, body } = answerFrom(bytes);
    const response = { statusCode: status, headers, destroy() {} } as unknown as IncomingMessage;
    const chunks = cut(body, random(seedOf(bytes)));
    const answer = await answerOf(() => expectOk(response, whole(body), 'a server'));
    const other = await answerOf(() => expectOk(response, chunks, 'a server'));
    if ('value' in answer) {
      judge(
        'only 200 is good, and unencoded',
        status === 200 && ['identity', undefined].includes(headers['content-encoding']),
        headers,
      );
      return 'good';
    }
    const kind = judgeError(answer.error, CODES);
    const { code, status: shown, retryAfter, message } = answer.error as GitError;
    judge(
      'a pause is from nothing to a day',
      retryAfter === undefined || (Number.isInteger(retryAfter) && retryAfter >= 0 && retryAfter <= 86_400),
      retryAfter,
    );
    judge('a status is the one that came', shown === undefined || shown === status, shown);
    if (isPlaced(headers['location']) && !body.includes(CANARY) && !headers['content-encoding']?.includes(CANARY))
      judgeSecret(message);
    const before = { ...(other as { error: GitError }).error };
    if (body.length <= 4096) judgeEqual('the kind is the same however the body is cut', before.code, code);
    return `${kind} ${code} ${retryAfter === undefined}`;
  },
};
