import { repositoryIdentity } from '../../git/identity.ts';
import { parseRepositoryAddress } from '../../git/url.ts';

const identity = (text: string): string => repositoryIdentity(parseRepositoryAddress(text));

it.each([
  'codecommit::us-east-1://My.Repo',
  'https://git-codecommit.us-east-1.amazonaws.com/v1/repos/My.Repo',
  'https://user:pass@git-codecommit.us-east-1.amazonaws.com/v1/repos/My.Repo/',
  'http://git-codecommit.us-east-1.amazonaws.com/v1/repos/My.Repo',
  'HTTPS://GIT-CODECOMMIT.US-EAST-1.AMAZONAWS.COM:443/v1/repos/My.Repo',
  'https://git-codecommit.us-east-1.amazonaws.com/v1/repos/M%79.Repo',
  'https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/My.Repo',
  'https://vpce-0a1b-cd.git-codecommit.us-east-1.vpce.amazonaws.com/v1/repos/My.Repo',
])('knows the CodeCommit repository in %s', (text) => {
  expect(identity(text)).toBe('codecommit:us-east-1/My.Repo');
});

it.each([
  ['https://HOST/a', 'host/a'],
  ['http://host:80/a', 'host/a'],
  ['https://user@host:443/a.git/', 'host/a'],
  ['https://host./a//', 'host/a'],
  ['https://host/a/.git', 'host/a'],
  ['https://host:8443/a', 'host:8443/a'],
  ['https://host/%41%7e', 'host/A~'],
  ['https://host/%e6%97%a5', 'host/%E6%97%A5'],
  ['https://host/a%25b', 'host/a%25b'],
  ['https://host/a%3fb', 'host/a%3Fb'],
  ['https://host/a%0ab', 'host/a%0Ab'],
  ['https://host/Team/Repo', 'host/Team/Repo'],
  ['https://www.host/a', 'www.host/a'],
  ['https://host/a///', 'host/a'],
  ['https://host/a.git.x', 'host/a.git.x'],
  ['https://host/a.gitx', 'host/a.gitx'],
  ['https://host/%C3%9c', 'host/%C3%9C'],
  ['https://xwww.github.com/Team/Repo', 'xwww.github.com/Team/Repo'],
  ['https://host/%7E%7e', 'host/~~'],
  ['https://www.GitHub.com/Team/Repo.GIT', 'github.com/team/repo'],
  ['https://gitlab.com/Team/Repo', 'gitlab.com/team/repo'],
  ['https://bitbucket.org/Team/Repo/', 'bitbucket.org/team/repo'],
])('calls %s %s', (text, expected) => {
  expect(identity(text)).toBe(expected);
});

it.each([
  ['names of another case', 'codecommit::us-east-1://A', 'codecommit::us-east-1://a'],
  ['regions', 'codecommit::us-east-1://A', 'codecommit::us-east-2://A'],
  ['hosts', 'https://host/a', 'https://other/a'],
  ['ports', 'https://host/a', 'https://host:8443/a'],
  ['paths of another case', 'https://host/a', 'https://host/A'],
  [
    'a host that only looks like CodeCommit',
    'codecommit::us-east-1://A',
    'https://x.git-codecommit.us-east-1.amazonaws.com/v1/repos/A',
  ],
  ['an escaped escape', 'https://host/%2541', 'https://host/%41'],
])('tells apart two %s', (_what, one, other) => {
  expect(identity(one)).not.toBe(identity(other));
});
