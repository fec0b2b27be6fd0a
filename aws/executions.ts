import type { SFNClient } from '@aws-sdk/client-sfn';
import { ReplicationError } from '../replication/errors.ts';
import type { Execution } from '../replication/execution.ts';
import { ask, type Caller, clientConfig, regionAsked } from './caller.ts';
import { consoleUrl } from './console-url.ts';

/** Starts executions and watches them. */
export interface Executions {
  /** The ARN of the state machine with this name. */
  find(name: string): Promise<string>;
  /** A request that is sent twice starts one execution: it has a name. */
  start(stateMachineArn: string, name: string, input: object): Promise<{ arn: string; consoleUrl: string | undefined }>;
  /** Undefined: not known yet. Step Functions' answers are eventually consistent. */
  describe(arn: string): Promise<Execution | undefined>;
  close(): void;
}

type Sdk = typeof import('@aws-sdk/client-sfn');

/** Opens Step Functions; the SDK is loaded only here. */
export async function openExecutions(caller: Caller): Promise<Executions> {
  const sdk = await import('@aws-sdk/client-sfn');
  const client = new sdk.SFNClient(clientConfig(caller));
  const isAmazon = watchHost(client);
  const region = await regionAsked(client);
  const abort = { abortSignal: caller.signal };
  return {
    find: (name) => find(sdk, client, caller, region, name),
    start: async (stateMachineArn, name, input) => {
      const command = new sdk.StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      const { executionArn = '' } = await ask('states:StartExecution', caller, () =>
        client.send(command, abort).catch((error: Error) => {
          if (error.name !== 'StateMachineDoesNotExist') throw error;
          throw new ReplicationError('missing', `there is no state machine ${stateMachineArn}: ${EXPECTED}`);
        }),
      );
      return { arn: executionArn, consoleUrl: isAmazon() ? consoleUrl(executionArn) : undefined };
    },
    describe: (executionArn) =>
      ask('states:DescribeExecution', caller, async () => {
        try {
          const found = await client.send(new sdk.DescribeExecutionCommand({ executionArn }), abort);
          const { status = '', output, error, cause } = found;
          return {
            arn: executionArn,
            status,
            ...(output !== undefined && { output }),
            ...(error !== undefined && { error }),
            ...(cause !== undefined && { cause }),
          };
        } catch (error) {
          if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
          throw error;
        }
      }),
    close: () => client.destroy(),
  };
}

const EXPECTED = 'expected one of a deployment of ccrepl: check --region, --state-machine and the AWS account';

async function find(sdk: Sdk, client: SFNClient, caller: Caller, region: string, name: string): Promise<string> {
  let nextToken: string | undefined;
  do {
    const command = new sdk.ListStateMachinesCommand({ maxResults: 1000, nextToken });
    const page = await ask('states:ListStateMachines', caller, () =>
      client.send(command, { abortSignal: caller.signal }),
    );
    const found = page.stateMachines?.find((machine) => machine.name === name);
    if (found?.stateMachineArn !== undefined) return found.stateMachineArn;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  throw new ReplicationError('missing', `there is no state machine "${name}" in ${region}: ${EXPECTED}`);
}

/** Whether AWS itself was asked, once something was: another endpoint may be in the environment or in a profile, and the SDK tells nobody. */
function watchHost({ middlewareStack }: SFNClient): () => boolean {
  let host = '';
  middlewareStack.add(
    (next) => (args) => {
      host = (args.request as { hostname: string }).hostname;
      return next(args);
    },
    { step: 'finalizeRequest', name: 'watchHost' },
  );
  return () => /\.amazonaws\.com(\.cn)?$/.test(host);
}
