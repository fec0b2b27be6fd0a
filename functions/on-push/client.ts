import { SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn';

/**
 * By itself the SDK waits for an answer as long as it takes, and the function would be stopped without a word about which
 * replica was not started. A request that is sent twice does no harm: the execution's name is the same.
 */
export const stepFunctions = (config: SFNClientConfig = {}, answerMs = 5_000): SFNClient =>
  new SFNClient({
    ...config,
    requestHandler: { connectionTimeout: answerMs, requestTimeout: answerMs, throwOnRequestTimeout: true },
  });
