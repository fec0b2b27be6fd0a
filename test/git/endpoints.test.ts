import { codeCommitUrl } from '../../git/codecommit/endpoint.ts';
import { gitEndpoints } from '../../git/codecommit/remote.ts';

const endpoints = (text: string) => gitEndpoints({ CCREPL_GIT_ENDPOINTS: text });

it.each([
  ['us-gov-west-1', 'https://git-codecommit.us-gov-west-1.amazonaws.com/v1/repos/R'],
  ['cn-northwest-1', 'https://git-codecommit.cn-northwest-1.amazonaws.com.cn/v1/repos/R'],
  ['xx-somewhere-12', 'https://git-codecommit.xx-somewhere-12.amazonaws.com/v1/repos/R'],
  ['ap-northeast-3', 'https://git-codecommit.ap-northeast-3.amazonaws.com/v1/repos/R'],
])('the git URL in %s is AWS’s own', (region, url) => {
  expect(codeCommitUrl(region, 'R').href).toBe(url);
});

it('another endpoint serves the region that it is given for, and no other', () => {
  const some = endpoints('{"eu-west-1":"https://vpce-1.example:8443/ignored?path#here"}');

  expect(codeCommitUrl('eu-west-1', 'R', some).href).toBe('https://vpce-1.example:8443/v1/repos/R');
  expect(codeCommitUrl('eu-west-2', 'R', some).host).toBe('git-codecommit.eu-west-2.amazonaws.com');
});

it.each(['', undefined])('there are no other endpoints without the setting: %j', (text) => {
  expect(gitEndpoints({ CCREPL_GIT_ENDPOINTS: text })).toEqual({});
});

it.each([
  '.',
  '..',
  '.git',
  '../..',
  'a/..',
  'a?b',
  'a#b',
  'a@b',
  'a:b',
  'a%2fb',
  'a\\b',
  'a b',
  'a\n',
  'ä',
  'a'.repeat(101),
])('the repository %j cannot bend the URL', (repository) => {
  expect(() => codeCommitUrl('eu-west-1', repository)).toThrow(
    expect.objectContaining({ name: 'GitError', code: 'input' }),
  );
});

it.each(['.hidden', 'a..b', '...', '-', '_', '0', 'git', 'x.git.x'])(
  'the repository %j has its own URL',
  (repository) => {
    expect(codeCommitUrl('eu-west-1', repository).pathname).toBe(`/v1/repos/${repository}`);
  },
);

it.each([
  'constructor',
  '__proto__',
  'eu-west-1.evil.example',
  'eu-west-1/',
  'EU-WEST-1',
  'eu-west',
  'eu-west-',
  'eu-west-123',
  'eu-1',
  'eu--1',
  '1eu-west-1',
  'eu-west-1\n',
  '',
])('the region %j cannot bend the URL', (region) => {
  expect(() => codeCommitUrl(region, 'R')).toThrow(expect.objectContaining({ name: 'GitError', code: 'input' }));
});

it.each([
  ['no JSON', '{'],
  ['nothing', 'null'],
  ['a number', '5'],
  ['a list', '["https://host"]'],
  ['an empty list', '[]'],
  ['a text', '"https://host"'],
  ['an endpoint that is a number', '{"eu-west-1":5}'],
  ['an endpoint that is data', '{"eu-west-1":"data:x"}'],
  ['an endpoint without a scheme', '{"eu-west-1":"host"}'],
  ['an endpoint without a host', '{"eu-west-1":"mailto:someone"}'],
  ['an endpoint that does not speak http', '{"eu-west-1":"ftp://host"}'],
  ['a region that is none', '{"nowhere":"https://host"}'],
])('a setting of endpoints that is %s is refused at once', (_what, text) => {
  expect(() => endpoints(text)).toThrow(expect.objectContaining({ name: 'GitError', code: 'input' }));
});

it.each([
  'https://user:CANARY@host',
  'https://user:CANARY@[bad',
  'https://user:CANARY@host:99999',
  'https://CANARY@host"',
  'https://CANARY@host',
  'https://:CANARY@host',
])('refuses the endpoint %s, and shows no login in its error', (origin) => {
  let message = '';
  try {
    endpoints(`{"eu-west-1":"${origin}"}`);
  } catch (error) {
    message = (error as Error).message;
  }

  expect(message).toContain('CCREPL_GIT_ENDPOINTS cannot be read');
  expect(message).not.toContain('CANARY');
});
