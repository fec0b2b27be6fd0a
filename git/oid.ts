/** A git object id in lower-case hexadecimal: 40 digits (SHA-1) or 64 (SHA-256). */
export type Oid = string & { readonly __oid: unique symbol };

/** The two object formats that git knows; a repository has exactly one. */
export type ObjectFormat = 'sha1' | 'sha256';

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export const isOid = (text: string): text is Oid => OID.test(text);

/** The id that stands for "no object" in a push command. */
export const zeroOid = (format: ObjectFormat): Oid => '0'.repeat(format === 'sha1' ? 40 : 64) as Oid;
