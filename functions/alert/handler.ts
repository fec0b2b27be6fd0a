import { SNSClient } from '@aws-sdk/client-sns';
import { gitEndpoints } from '../../git/codecommit/remote.ts';
import type { AlertRequest } from '../../replication/contract.ts';
import { withErrorNames } from '../failure.ts';
import { log } from '../log.ts';
import { loadSettings, requireEnv } from '../settings.ts';
import { publishAlert } from './publish.ts';

const client = new SNSClient({});
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
