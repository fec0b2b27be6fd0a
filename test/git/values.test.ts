import { basicHeader, refusePlaintext, tokenUsername } from '../../git/credentials.ts';
import { asGitError, GitError, type GitErrorCode } from '../../git/errors.ts';
import { isOid, type Oid, zeroOid } from '../../git/oid.ts';
import { redact, secretsOf } from '../../git/redact.ts';
import { compareRefs, displayRef, isValidRefName, printable, type RefName } from '../../git/ref.ts';
import { isLoopback, parseRepositoryAddress, withoutLogin } from '../../git/url.ts';

describe('an object id', () => {
  it.each(['a'.repeat(40), '0123456789'.repeat(4), 'f'.repeat(64), zeroOid('sha1'), zeroOid('sha256')])(
    'is %s',
    (text) => {
      expect(isOid(text)).toBe(true);
    },
  );

  it.each([
    '',
    'a'.repeat(39),
    'a'.repeat(41),
    'a'.repeat(63),
    'a'.repeat(65),
    'a'.repeat(80),
    'A'.repeat(40),
    'g'.repeat(40),
    `x${'a'.repeat(40)}`,
    `${'a'.repeat(40)}x`,
    `${'a'.repeat(40)}\n`,
    `x${'a'.repeat(64)}`,
  ])('is not %j', (text) => {
    expect(isOid(text)).toBe(false);
  });

  it('of nothing is as long as any other of its format', () => {
    expect(['sha1', 'sha256'].map((format) => zeroOid(format as 'sha1'))).toEqual([
      '0'.repeat(40),
      '0'.repeat(64),
    ] as Oid[]);
  });
});

describe('an error of a conversation', () => {
  const retryable: GitErrorCode[] = ['connection', 'timeout', 'throttled', 'server-error', 'remote-error'];
  const final: GitErrorCode[] = [
    'aborted',
    'unauthorized',
    'not-found',
    'too-large',
    'redirect',
    'tls',
    'protocol',
    'corrupt',
    'input',
  ];

  it.each(retryable)('of the kind %s is worth another try', (code) => {
    expect(new GitError(code, '').retryable).toBe(true);
  });

  it.each(final)('of the kind %s is not', (code) => {
    expect(new GitError(code, '').retryable).toBe(false);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'tls', 'TLS failed: x'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'TLS failed: x'],
    ['EPROTO', 'tls', 'TLS failed: x'],
    ['XCERT_HAS_EXPIRED', 'connection', 'x'],
    ['HPE_INVALID_CONSTANT', 'protocol', 'broken HTTP: x'],
    ['XHPE_INVALID', 'connection', 'x'],
    ['ECONNRESET', 'connection', 'x'],
    [undefined, 'connection', 'x'],
  ])('with Node’s code %s is %s, says where, and keeps its cause', (code, expected, said) => {
    const cause = Object.assign(new Error('x'), code === undefined ? {} : { code });

    expect(asGitError(cause, 'source')).toMatchObject({ code: expected, message: `source: ${said}`, cause });
  });

  it('that is one already stays what it is, and what is no error at all is shown harmlessly', () => {
    const error = new GitError('corrupt', 'x');

    expect(asGitError(error, 'source')).toBe(error);
    expect(asGitError('a\nb', 'source')).toMatchObject({ code: 'connection', message: 'source: a\\u{a}b' });
  });
});

describe('a login', () => {
  it.each(['https://host.example/r', 'http://localhost/r', 'http://127.0.0.1:80/r', 'http://[::1]/r'])(
    'goes to %s',
    (url) => {
      expect(() => refusePlaintext(new URL(url))).not.toThrow();
    },
  );

  it.each(['http://host.example/r', 'http://localhost.example/r', 'http://[::2]/r'])('never goes to %s', (url) => {
    expect(() => refusePlaintext(new URL(url))).toThrow(expect.objectContaining({ code: 'input' }));
  });

  it.each([
    ['bitbucket.org', 'x-token-auth'],
    ['Bitbucket.org', 'x-token-auth'],
    ['git.bitbucket.example', 'x-token-auth'],
    ['mybitbucket.org', 'x-access-token'],
    ['gitlab.com', 'oauth2'],
    ['GitLab.example', 'oauth2'],
    ['git.gitlab.example', 'oauth2'],
    ['mygitlab.com', 'x-access-token'],
    ['github.com', 'x-access-token'],
    ['host.example', 'x-access-token'],
  ])('with a token alone has at %s the user name %s', (host, username) => {
    expect(tokenUsername(host)).toBe(username);
  });
});

it.each([
  ['localhost', true],
  ['[::1]', true],
  ['127.0.0.1', true],
  ['127.10.200.255', true],
  ['127.1', true],
  ['2130706433', true],
  ['128.0.0.1', false],
  ['[::2]', false],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['1127.0.0.1.example', false],
  ['x.127.0.0.1.nip.example', false],
  ['a127.0.0.1', false],
  ['0.0.0.0', false],
])('the host %s is this machine: %s', (host, expected) => {
  // Some of these are hosts that a URL cannot have.
  const hostname = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host;

  expect(isLoopback({ hostname } as URL)).toBe(expected);
});

describe('a secret', () => {
  const secrets = secretsOf(basicHeader('user', 'password'));

  it('of four letters is one, and of three is not: it would be found in any text', () => {
    expect(redact('abcd', secretsOf(basicHeader('user', 'abcd')))).toBe('[redacted]');
    expect(redact('the abc', secretsOf(basicHeader('user', 'abc')))).toBe('the abc');
  });

  it('is found by its first six letters, and not by five', () => {
    expect(redact('a passwo b', secrets)).toBe('a [redacted] b');
    expect(redact('a passw b', secrets)).toBe('a passw b');
  });

  it('is taken out to where it ends in the text, and no further', () => {
    expect(redact('passwordpassword!', secrets)).toBe('[redacted][redacted]!');
    expect(redact('password', secrets)).toBe('[redacted]');
    expect(redact('passwordx', secrets)).toBe('[redacted]x');
    expect(redact('passwor', secrets)).toBe('[redacted]');
    expect(redact('', secrets)).toBe('');
  });

  it('is what a header says, whatever its scheme, and not a word that only precedes a space in it', () => {
    expect(secretsOf('Bearer c2VjcmV0')).toContain('c2VjcmV0');
    expect(secretsOf('c2VjcmV0')).toContain('c2VjcmV0');
  });

  it('is not the user name, nor the id of an access key', () => {
    expect(redact('username AKIAPUBLIC', secretsOf(basicHeader('username', 'password')))).toBe('username AKIAPUBLIC');
    expect(redact('AKIAPUBLIC%', secretsOf(basicHeader('AKIAPUBLIC%token', 'password')))).toBe('AKIAPUBLIC%');
  });
});

describe('an address', () => {
  it.each([
    ['https://host/a//', 'https://host/a'],
    ['https://host/a', 'https://host/a'],
    ['https://host/a/.../b', 'https://host/a/.../b'],
    ['https://host/a...', 'https://host/a...'],
  ])('of %s is %s', (text, href) => {
    const address = parseRepositoryAddress(text);

    expect(address.kind === 'http' && address.url.href).toBe(href);
  });

  it('with a password alone has a login, which is not in its URL', () => {
    const address = parseRepositoryAddress('https://:secret@host/a');

    expect(address).toMatchObject({ login: { username: '', password: 'secret' } });
    expect(address.kind === 'http' && address.url.href).toBe('https://host/a');
  });

  it.each(['xhttps://host/a', 'x codecommit::eu-west-1://A', 'xcodecommit::eu-west-1://A'])('is not %j', (text) => {
    expect(() => parseRepositoryAddress(text)).toThrow('expected an https:// or http:// URL');
  });

  it.each(['codecommit::://A', 'codecommit::eu-west-1://'])('of CodeCommit is not %j', (text) => {
    expect(() => parseRepositoryAddress(text)).toThrow('expected codecommit::REGION://NAME');
  });

  it('is shown from its last "@" on, where there may have been a login before it', () => {
    expect(withoutLogin('https://a@b@host/r')).toBe('…@host/r');
    expect(withoutLogin('@host/r')).toBe('…@host/r');
    expect(withoutLogin('a\nb@host/r')).toBe('…@host/r');
    expect(withoutLogin('https://host/r')).toBe('https://host/r');
  });
});

describe('a name', () => {
  it('is before, after, or the same as another', () => {
    const [a, b] = ['refs/heads/a', 'refs/heads/b'] as [RefName, RefName];

    expect([compareRefs(a, b), compareRefs(b, a), compareRefs(a, a)]).toEqual([-1, 1, 0]);
  });

  it('that is no UTF-8 is shown with each byte in two digits', () => {
    expect(displayRef('refs/\u0001\u00e9\u007f~' as RefName)).toBe('refs/\\x01\\xe9\\x7f~');
  });

  it.each(['refs/heads/a@{b', 'refs/heads/@{', 'refs/heads/a..b', 'refs/heads/a.'])('is not %s', (name) => {
    expect(isValidRefName(name)).toBe(false);
  });

  it.each(['refs/heads/@', 'refs/heads/a@b', 'refs/heads/{a}'])('is %s', (name) => {
    expect(isValidRefName(name)).toBe(true);
  });
});

it.each([
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  [`${'x'.repeat(199)}😀`, `${'x'.repeat(199)}…`],
  [`${'x'.repeat(198)}😀`, `${'x'.repeat(198)}😀`],
  [`😀${'x'.repeat(199)}`, `😀${'x'.repeat(198)}…`],
  ['\n'.repeat(50), `${'\\u{a}'.repeat(40)}…`],
])('a text of a stranger is shown in at most 200 characters, none of them cut: %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
