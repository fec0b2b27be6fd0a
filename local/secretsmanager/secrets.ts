import { createHash } from 'node:crypto';

/** Secrets by their full ARN, each of one version. */
export class LocalSecrets {
  readonly #values: ReadonlyMap<string, string>;
  readonly #createdAt = new Date();

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(values));
  }

  /** The secret of that ARN in that region; an ARN of another region leads nowhere, as on AWS. */
  find(arn: string, region: string): { name: string; value: string; versionId: string; createdAt: Date } | undefined {
    const value = this.#values.get(arn);
    const [, , , itsRegion, , , name = ''] = arn.split(':');
    if (value === undefined || itsRegion !== region) return undefined;
    // An ARN ends in a hyphen and six random characters that are no part of the name.
    return { name: name.replace(/-\w{6}$/, ''), value, versionId: versionOf(arn), createdAt: this.#createdAt };
  }
}

/** An id in the form of a UUID, the same for the same secret; it says nothing of the value. */
const versionOf = (arn: string): string =>
  createHash('sha256')
    .update(arn)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
