import { codeCommitUrl } from '../../git/codecommit/endpoint.ts';
import { gitEndpoints } from '../../git/codecommit/remote.ts';
import { parseRepositoryAddress } from '../../git/url.ts';

it('takes the login out of a URL', () => {
  const address = parseRepositoryAddress('https://user:p%40ss@host.example/team/repo.git/');

  expect(address).toMatchObject({ kind: 'http', login: { username: 'user', password: 'p@ss' } });
  expect(address.kind === 'http' && address.url.href).toBe('https://host.example/team/repo.git');
});

it('reads CodeCommit’s own address forms', () => {
  const expected = { kind: 'codecommit', region: 'ap-northeast-3', repository: 'A.b-c_d' };

  expect(parseRepositoryAddress('codecommit::ap-northeast-3://A.b-c_d')).toMatchObject(expected);
  expect(parseRepositoryAddress('https://git-codecommit.ap-northeast-3.amazonaws.com/v1/repos/A.b-c_d')).toMatchObject(
    expected,
  );
});

it('signs for nobody who only looks like CodeCommit', () => {
  const address = parseRepositoryAddress('https://git-codecommit.us-east-1.amazonaws.com.example.net/v1/repos/A');

  expect(address.kind).toBe('http');
});

it.each([
  'ftp://host/x',
  'host:repo.git',
  'https://',
  'https://host',
  'https://host/a/../b',
  'https://host/a/./b',
  'https://host/a%2f..%2fb',
  'https://host/a\\b',
  'https://host/a b',
  'https://host/a/%2e%2e/b',
  'https://host/a\u0001',
  'https://host/a?',
  'https://host/a?b=c',
  'https://host/a#b',
  'codecommit::nowhere://A',
  'codecommit::us-east-1://a/b',
  'codecommit::us-east-1://name.git',
  'codecommit::us-east-1://p@name',
])('refuses %s before any connection', (text) => {
  expect(() => parseRepositoryAddress(text)).toThrow(expect.objectContaining({ code: 'input' }));
});

it.each([
  'https://user:CANARY@host/a/../b',
  'https://user:CANARY@host',
  'https://user:CAN/CANARY@host/a b',
  'ftp://user:CANARY@host/x',
  'user:CANARY@host/x',
  'https://user:CANARY%zz@host/x',
  'https://CANARY@[bad/x',
])('shows no login in its error about %s', (text) => {
  let message = '';
  try {
    parseRepositoryAddress(text);
  } catch (error) {
    message = (error as Error).message;
  }

  expect(message).not.toBe('');
  expect(message).not.toContain('CANARY');
});

it('builds the URL of a region, also in China, or of an endpoint of its own', () => {
  expect(codeCommitUrl('eu-west-1', 'R').href).toBe('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/R');
  expect(codeCommitUrl('cn-north-1', 'R').href).toBe('https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/R');
  expect(codeCommitUrl('eu-west-1', 'R', { 'eu-west-1': 'https://vpce.example' }).href).toBe(
    'https://vpce.example/v1/repos/R',
  );
});

it.each([
  ['us-east-1@evil.example/', 'R'],
  ['us-east-1', '../x'],
  ['us-east-1', 'a/b'],
  ['us-east-1', 'x.git'],
  ['us-east-1', ''],
])('lets no name bend the URL: %s %s', (region, repository) => {
  expect(() => codeCommitUrl(region, repository)).toThrow(expect.objectContaining({ code: 'input' }));
});

it('says what is wrong with endpoints that are none', () => {
  expect(() => gitEndpoints({ CCREPL_GIT_ENDPOINTS: '{"eu-west-1":"nonsense"}' })).toThrow(
    'expected a JSON object of region and URL',
  );
});
