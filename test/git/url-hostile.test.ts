import { parseRepositoryAddress } from '../../git/url.ts';

const CODECOMMIT = 'git-codecommit.us-east-1.amazonaws.com';

const messageOf = (text: string): string => {
  try {
    return `accepted as ${JSON.stringify(parseRepositoryAddress(text))}`;
  } catch (error) {
    return (error as Error).message;
  }
};

it.each([
  ['before an "@"', `https://${CODECOMMIT}@evil.example/v1/repos/A`, 'evil.example'],
  ['before an "@" with a password', `https://${CODECOMMIT}:443@evil.example/v1/repos/A`, 'evil.example'],
  ['as a label of another host', `https://${CODECOMMIT}.evil.example/v1/repos/A`, `${CODECOMMIT}.evil.example`],
  ['behind another label', `https://evil${CODECOMMIT}/v1/repos/A`, `evil${CODECOMMIT}`],
  ['behind another host', `https://evil.${CODECOMMIT}/v1/repos/A`, `evil.${CODECOMMIT}`],
  [
    'without its dots',
    'https://git-codecommit.us-east-1.amazonawsxcom/v1/repos/A',
    'git-codecommit.us-east-1.amazonawsxcom',
  ],
  [
    'with a suffix',
    'https://git-codecommit.us-east-1.amazonaws.com.cnx/v1/repos/A',
    'git-codecommit.us-east-1.amazonaws.com.cnx',
  ],
])('signs for no host that has CodeCommit’s name %s', (_what, text, host) => {
  const address = parseRepositoryAddress(text);

  expect(address.kind === 'http' && address.url.hostname).toBe(host);
});

it.each([
  ['plain http', `http://${CODECOMMIT}/v1/repos/A`],
  ['a login of its own', `https://user:pw@${CODECOMMIT}/v1/repos/A`],
  ['another path', `https://${CODECOMMIT}/v1/repos/A/b`],
  ['a path that only ends like one of its own', `https://${CODECOMMIT}/x/v1/repos/A`],
  ['a path without a name', `https://${CODECOMMIT}/v1/repos/`],
])('does not sign for CodeCommit’s host with %s', (_what, text) => {
  expect(parseRepositoryAddress(text).kind).toBe('http');
});

it('does not change the port that a person wrote', () => {
  const text = `https://${CODECOMMIT}:8443/v1/repos/A`;

  // As another server, as CodeCommit on that port, or as an error; never as CodeCommit on port 443.
  expect(messageOf(text)).toMatch(/8443/);
});

it.each([
  ['steps that are written with %2e', 'https://host/a/%2e%2e/b'],
  ['steps that are half written with %2e', 'https://host/a/.%2E/b'],
  ['a single step as %2e', 'https://host/a/%2e/b'],
  ['steps at the end', 'https://host/a/..'],
  ['an upper-case %2F', 'https://host/a%2Fb'],
  ['an encoded backslash', 'https://host/a%5cb'],
  ['a backslash for the slashes', 'https:\\\\host\\a'],
  ['a backslash in the host', 'https://host\\@evil.example/a'],
  ['a tab in the middle', 'https://ho\tst/a'],
  ['a newline at the end', 'https://host/a\n'],
  ['a control character at the end', 'https://host/a\u0001'],
  ['an empty query', 'https://host/a?'],
  ['an empty fragment', 'https://host/a#'],
  ['a path of slashes only', 'https://host//'],
  ['more slashes than two', 'https:///host/a'],
  ['full-width letters for a host', `https://\uff47${CODECOMMIT.slice(1)}/v1/repos/A`],
  ['a letter of another alphabet in the host', 'https://git-cod\u0435commit.us-east-1.amazonaws.com/v1/repos/A'],
  ['a host of no address', 'https://[::g]/a'],
  ['a port that there is not', 'https://host:99999/a'],
  ['a port that is no number', 'https://host:0x/a'],
  ['no scheme', '//host/a'],
  ['git’s short form', 'host:repo.git'],
  ['another scheme', 'ftp://host/x'],
  ['no host', 'https://'],
  ['no path', 'https://host'],
  ['a query', 'https://host/a?b=c'],
  ['a fragment', 'https://host/a#b'],
  ['a step in the middle', 'https://host/a/./b'],
  ['a space', 'https://host/a b'],
  ['a backslash in the path', 'https://host/a\\b'],
  ['a file', 'file:///etc/passwd'],
  ['a program', 'ext::sh -c id'],
  ['an option', '--upload-pack=x'],
  ['nothing', ''],
])('refuses %s: what it would reach is not what is written', (_what, text) => {
  expect(messageOf(text)).toContain('is not a repository that we can reach: expected ');
});

it.each([
  'codecommit::us-east-1://..',
  'codecommit::us-east-1://.',
  'codecommit::us-east-1://',
  'codecommit::us-east-1://A/',
  'codecommit::us-east-1://A?b',
  'codecommit::us-east-1://A%2fb',
  'codecommit::us-east-1://ä',
  'codecommit::us-east-1://A\n',
  `codecommit::us-east-1://${'a'.repeat(101)}`,
  'codecommit::US-EAST-1://A',
  'codecommit::us-east-1.evil.example://A',
  'codecommit::us-east-1@evil.example/://A',
  'codecommit::://A',
  'codecommit://A',
  'codecommit::us-east-1://name.git',
  'codecommit::us-east-1://p@name',
  `https://${CODECOMMIT}/v1/repos/A.git`,
  `https://user:pw@${CODECOMMIT}/v1/repos/A.git`,
  `https://${CODECOMMIT}/v1/repos/%2541`,
  `https://${CODECOMMIT}/v1/repos/a%zz`,
  'https://git-codecommit.nowhere.amazonaws.com/v1/repos/A',
  `https://${CODECOMMIT}/v1/repos/${'a'.repeat(101)}`,
  `https://${CODECOMMIT}/v1/repos/a:b`,
])('refuses %s: CodeCommit has no such repository', (text) => {
  expect(() => parseRepositoryAddress(text)).toThrow(expect.objectContaining({ name: 'GitError', code: 'input' }));
});

it.each([
  ['slashes in the password', 'https://user:CANARY/CANARY/CANARY@host/a b'],
  ['an "@" in the password', 'https://user:CANARY@CANARY@host/a b'],
  ['three slashes', 'https:///user:CANARY@host/a b'],
  ['four slashes', 'https:////user:CANARY@host/a b'],
  ['backslashes', 'https:\\\\user:CANARY@host/a'],
  ['a scheme with a digit', 's3://user:CANARY@host/a'],
  ['a scheme of two parts', 'git+ssh://user:CANARY@host/a'],
  ['a scheme in upper case', 'HTTPS://user:CANARY@host/a?b'],
  ['steps', 'https://user:CANARY@host/a/../b'],
  ['a host that is none', 'https://CANARY@[bad/x'],
  ['a login of two parts', 'https://CANARY@host@other/a b'],
  ['no scheme', '//user:CANARY@host/a'],
  ['a port that there is not', 'https://user:CANARY@host:99999/a'],
  ['a broken escape', 'https://user:CANARY%@host/a'],
  ['CodeCommit’s form', 'codecommit::us-east-1://user:CANARY@A'],
  ['CodeCommit’s form without a region', 'codecommit://user:CANARY@A'],
  ['a space before', ' https://user:CANARY@host/a'],
  ['a newline in it', 'https://user:CAN\nCANARY@host/a'],
  ['a question mark in it', 'https://user:CANARY?CANARY@host/a b'],
  ['a hash in it', 'https://user:CANARY#CANARY@host/a b'],
])('shows no login in its error about a URL with %s', (_what, text) => {
  const message = messageOf(text);

  expect(message).toContain('is not a repository that we can reach');
  expect(message).not.toContain('CANARY');
});

it('shows a hostile URL in one harmless line', () => {
  const message = messageOf(`ftp://host/\u001b[2J\nERROR\u202e${'x'.repeat(1000)}`);

  expect(message).toContain('"ftp://host/\\u{1b}[2J\\u{a}ERROR\\u{202e}xxx');
  expect(message.length).toBeLessThan(400);
});

it.each(['http://@./p', 'http://user:CANARY@./p', 'https://a@../p'])('refuses %s, whose host has no name', (text) => {
  expect(() => parseRepositoryAddress(text)).toThrow(/is not a repository that we can reach: expected/);
  expect(() => parseRepositoryAddress(text)).not.toThrow(/CANARY/);
});
