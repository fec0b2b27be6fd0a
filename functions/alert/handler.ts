import { SNSClient } from '@aws-sdk/client-sns';
import { gitEndpoints } from '../../git/codecommit/remote.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { withErrorNames } from '../failure.ts';
import { log } from '../log.ts';
import { loadSettings, requireEnv } from '../settings.ts';
import { publishAlert } from './publish.ts';

// Without limits the function would be stopped while it waits; with more tries than these, an answer that is lost means more messages.
const client = new SNSClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
});
const home = {
  topicArn: requireEnv(process.env, 'CCREPL_TOPIC_ARN'),
  settings: loadSettings(process.env),
  gitEndpoints: gitEndpoints(process.env),
};

/** Tells people; the state machine decides when. */
export const handler = (request: AlertRequest): Promise<{ messageId: string }> =>
  withErrorNames(async () => {
    const messageId = await publishAlert(request, home, client);
    log('info', 'alerted', { execution: request.execution, messageId });
    return { messageId };
  });
