import { randomBytes } from 'node:crypto';
import type { AwsCredentials } from '../../git/codecommit/signature.ts';

/** Temporary keys as STS gives them: with a session token. */
export const sessionKeys = (): Required<Omit<AwsCredentials, 'roleArn'>> & { sessionToken: string } => ({
  accessKeyId: `ASIALOCAL${randomBytes(6).toString('hex').slice(0, 11).toUpperCase()}`,
  secretAccessKey: randomBytes(20).toString('base64'),
  sessionToken: randomBytes(30).toString('base64'),
});
