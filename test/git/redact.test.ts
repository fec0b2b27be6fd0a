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
