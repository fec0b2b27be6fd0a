import type { AwsCredentials } from '../git/codecommit/signature.ts';

/** Credentials, and when they end. An SDK client, too, asks for new ones only where it is told that. */
export type Expiring = AwsCredentials & { expiration?: Date | undefined };
