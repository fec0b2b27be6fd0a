import type { AwsCredentials } from '../../git/codecommit/signature.ts';
import { redact, secretsOf } from '../../git/redact.ts';
import { printable } from '../../git/ref.ts';

/** Long enough for any answer of a server in full, and for every name that is tried. */
const TEXT_LENGTH_MAX = 1500;

/**
 * Everything secret that this run knows, and how a text is made fit for a report that somebody may publish: no credential, no
 * account, nobody's name, and no character that changes how a terminal shows it.
 */
export class Harmless {
  readonly #secrets = new Set<string>();

  learnCredentials({ secretAccessKey, sessionToken }: AwsCredentials): void {
    this.#secrets.add(secretAccessKey);
    if (sessionToken !== undefined) this.#secrets.add(sessionToken);
  }

  learnHeader(authorization: string | undefined): void {
    for (const secret of secretsOf(authorization ?? '')) this.#secrets.add(secret);
  }

  text(text: string): string {
    const clean = redact(text, this.#secrets)
      // Who asks: a role's session is often a person's address.
      .replace(/(arn:aws[a-z-]*:(?:sts|iam)::)\d{12}:[^\s"',]+/g, '$1ACCOUNT:…')
      .replace(/\b\d{12}\b/g, 'ACCOUNT')
      .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{8,}\b/g, 'ACCESS-KEY');
    return printable(clean, TEXT_LENGTH_MAX);
  }
}
