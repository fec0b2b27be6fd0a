import { codeCommitUrl } from '../../../git/codecommit/endpoint.ts';
import { REGION, REPOSITORY } from '../../../git/codecommit/names.ts';
import { repositoryIdentity } from '../../../git/identity.ts';
import { parseRepositoryAddress, type RepositoryAddress } from '../../../git/url.ts';
import { answerNow, CANARY, judge, judgeEqual, judgeError, judgeSecret } from '../judge.ts';
import type { Target } from '../target.ts';

const HOSTS = [
  'host.example',
  'HOST.example.',
  '127.0.0.1:8080',
  '[::1]',
  'git-codecommit.us-west-2.amazonaws.com',
  'git-codecommit-fips.us-east-1.amazonaws.com',
  'vpce-1-a.git-codecommit.us-west-2.vpce.amazonaws.com',
  'GitHub.com',
  'xn--a',
  '0x7f.1',
];
const PATHS = [
  '/a.git',
  '/a/b/',
  '/v1/repos/Source',
  '/v1/repos/Sour%63e',
  '/v1/repos/a.git',
  '//',
  '/%2e%2e/a',
  '/a%00b',
  '/%zz',
  '/é',
  '/',
  '',
];
const LOGINS = ['', '', `user:${CANARY}@`, `${CANARY}@`, `a%40b:${CANARY}@`, 'user@', `us%zer:${CANARY}@`];
const EXAMPLES = [
  'https://host.example/group/a.git',
  `https://user:${CANARY}@host.example/a.git`,
  'codecommit::ap-northeast-3://Destination',
  'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/Source',
  'http://127.0.0.1:4700/v1/repos/Source',
].map((text) => Buffer.from(text));
const WORDS = [
  'https://',
  'HTTP://',
  'codecommit::',
  '://',
  '@',
  ':',
  '%40',
  '%2f',
  '\\',
  '\t',
  '#',
  '?',
  '..',
  '.git',
  ...HOSTS,
  ...PATHS,
];

/** Whether the secret is all before an "@", up to which errors show nothing. */
const isBeforeAt = (text: string): boolean => text.lastIndexOf('@') > text.lastIndexOf(CANARY);

/** Whether it is in the login itself. */
const isLogin = (text: string): boolean =>
  isBeforeAt(text) &&
  /^[a-z]+:\/\/[^/]*@/i.test(text) &&
  !/@.*cAnArY7/s.test(text) &&
  !/^[a-z]+:\/\/[^/]*\/.*cAnArY7/is.test(text);

/** The address of a repository. */
export const address: Target = {
  name: 'address',
  files: ['git/url.ts', 'git/identity.ts', 'git/codecommit/hosts.ts', 'git/codecommit/endpoint.ts'],
  examples: EXAMPLES,
  words: WORDS,
  generate(random) {
    if (random.oneIn(4))
      return Buffer.from(
        `codecommit::${random.pick(['us-west-2', 'US-WEST-2', 'x', ''])}://${random.pick(['a', 'a.git', '..', 'x'.repeat(101), `${CANARY}@x`])}`,
      );
    return Buffer.from(
      `${random.pick(['https', 'http', 'HttpS', 'ssh'])}://${random.pick(LOGINS)}${random.pick(HOSTS)}${random.pick(PATHS)}`,
    );
  },
  reshape: (bytes, random) => {
    const parts = bytes.toString('utf8').split(/(?<=[/:@])/);
    const at = random.below(parts.length + 1);
    parts.splice(at, random.below(2), random.pick(WORDS));
    return Buffer.from(parts.join(''));
  },
  run(bytes) {
    const text = bytes.toString('utf8');
    const answer = answerNow(() => parseRepositoryAddress(text));
    if ('error' in answer) {
      const kind = judgeError(answer.error, ['input']);
      if (isBeforeAt(text)) judgeSecret((answer.error as Error).message);
      return kind;
    }
    return judgeAddress(answer.value as RepositoryAddress, text);
  },
};

function judgeAddress(read: RepositoryAddress, text: string): string {
  const identity = repositoryIdentity(read);
  if (read.kind === 'codecommit') {
    const { region, repository } = read;
    judge(
      'a repository of CodeCommit has names that it takes',
      REGION.test(region) && REPOSITORY.test(repository),
      read,
    );
    const url = codeCommitUrl(region, repository);
    judgeEqual('a name cannot bend the URL', url.pathname, `/v1/repos/${repository}`);
    judgeEqual(
      'the URL of a repository is that repository',
      repositoryIdentity(parseRepositoryAddress(url.href)),
      identity,
    );
    return `codecommit ${read.host !== undefined}`;
  }
  const { url, login } = read;
  judge(
    'a URL has no login',
    url.username === '' && url.password === '' && !(isLogin(text) && url.href.includes(CANARY)),
    url.href,
  );
  judge('a URL is plain', /^https?:\/\/[^/?#\\]+\/[!-~]*[^/]$/.test(url.href) && !/[?#\\]/.test(url.href), url.href);
  const again = parseRepositoryAddress(url.href);
  judgeEqual('an address that is written again is the same repository', repositoryIdentity(again), identity);
  if (again.kind === 'http') judgeEqual('an address that is written again is the same', again.url.href, url.href);
  return `http ${login !== undefined} ${url.protocol}`;
}
