import { basicHeader } from '../../git/credentials.ts';
import { redact, secretsOf } from '../../git/redact.ts';

it('takes out of a text what a header says, encoded or decoded, whole or cut', () => {
  const header = basicHeader('AKIAPUBLIC%session/token', 'pass/word');
  const secrets = secretsOf(header);

  const text = `${header} AKIAPUBLIC%session/token pass%2Fword pass/wo… session%2Ftoken`;

  expect(redact(text, secrets)).toBe('Basic [redacted] AKIAPUBLIC%[redacted] [redacted] [redacted]… [redacted]');
});

it('takes a token that stands for a user name for a secret', () => {
  expect(redact('denied: ghp_token', secretsOf(basicHeader('ghp_token', '')))).toBe('denied: [redacted]');
});

it('leaves a text without secrets as it is', () => {
  expect(redact('repository not found', secretsOf(basicHeader('user', 'secret')))).toBe('repository not found');
});

it.each([
  ['on one line', 'a b  c\td e', 'no: a b c d e!'],
  ['on one line, at its beginning', '  secret word', 'secret word!'],
  ['with its control characters shown', 'tab\tand\u200bmore', 'no: tab\\u{9}and\\u{200b}more!'],
])('finds a password that a text has %s', (_how, password, text) => {
  expect(redact(text, secretsOf(basicHeader('user', password)))).toMatch(/^(no: )?\[redacted\]!$/);
});
