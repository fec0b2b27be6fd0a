import { parseRepositoryAddress } from '../../git/url.ts';

const CODECOMMIT = 'git-codecommit.us-east-1.amazonaws.com';

it('takes the login out of a URL', () => {
  const address = parseRepositoryAddress('https://user:p%40ss@host.example/team/repo.git/');

  expect(address).toMatchObject({ kind: 'http', login: { username: 'user', password: 'p@ss' } });
  expect(address.kind === 'http' && address.url.href).toBe('https://host.example/team/repo.git');
});

it('takes a user name alone, which may be a token, out of the URL too', () => {
  const address = parseRepositoryAddress('https://t%6Fken@host.example/r.git');

  expect(address).toMatchObject({ kind: 'http', login: { username: 'token', password: '' } });
  expect(address.kind === 'http' && address.url.href).toBe('https://host.example/r.git');
});

it('reads CodeCommit’s own form', () => {
  expect(parseRepositoryAddress('codecommit::ap-northeast-3://A.b-c_d')).toEqual({
    kind: 'codecommit',
    region: 'ap-northeast-3',
    repository: 'A.b-c_d',
    host: undefined,
  });
});

it.each([
  [`https://${CODECOMMIT}/v1/repos/%41`, 'us-east-1', CODECOMMIT],
  [`https://${CODECOMMIT}/v1/repos/A/`, 'us-east-1', CODECOMMIT],
  [`HTTPS://${CODECOMMIT.toUpperCase()}/v1/repos/A`, 'us-east-1', CODECOMMIT],
  [`https://${CODECOMMIT}:443/v1/repos/A`, 'us-east-1', CODECOMMIT],
  [
    'https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/A',
    'cn-north-1',
    'git-codecommit.cn-north-1.amazonaws.com.cn',
  ],
  [
    'https://git-codecommit-fips.us-gov-west-1.amazonaws.com/v1/repos/A',
    'us-gov-west-1',
    'git-codecommit-fips.us-gov-west-1.amazonaws.com',
  ],
  [
    'https://vpce-0a1b-cd.git-codecommit.us-west-2.vpce.amazonaws.com/v1/repos/A',
    'us-west-2',
    'vpce-0a1b-cd.git-codecommit.us-west-2.vpce.amazonaws.com',
  ],
])('reads %s as CodeCommit, and keeps its host', (text, region, host) => {
  expect(parseRepositoryAddress(text)).toEqual({ kind: 'codecommit', region, repository: 'A', host });
});

it('takes the longest name that CodeCommit allows', () => {
  const repository = 'a'.repeat(100);

  expect(parseRepositoryAddress(`codecommit::us-gov-east-1://${repository}`)).toEqual({
    kind: 'codecommit',
    region: 'us-gov-east-1',
    repository,
    host: undefined,
  });
});
