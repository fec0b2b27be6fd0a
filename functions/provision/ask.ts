import { CodeCommitClient, type CodeCommitClientConfig } from '@aws-sdk/client-codecommit';
import { PATIENCE, type Patience, patientClient, withinPatience } from '../../aws/patience.ts';
import { understandXmlThrottling } from '../../aws/xml-throttling.ts';
import { apiError } from '../../git/codecommit/api-error.ts';

/** One question to CodeCommit's API, with an end. @throws GitError whose cause is the SDK's exception */
export type Ask = <T>(
  operation: string,
  send: (client: CodeCommitClient, abort: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

export const codeCommit = (config: CodeCommitClientConfig, patience = PATIENCE): CodeCommitClient =>
  understandXmlThrottling(new CodeCommitClient({ ...config, ...patientClient(patience) }));

export const asking =
  (client: CodeCommitClient, patience: Patience = PATIENCE): Ask =>
  async (operation, send) => {
    const name = `codecommit:${operation}`;
    try {
      return await withinPatience(name, patience, (abort) => send(client, abort));
    } catch (error) {
      throw apiError(name, error);
    }
  };
