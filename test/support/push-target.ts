import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../../functions/on-push/client.ts';
import { startRuns } from '../../functions/on-push/start.ts';
import { ApiError } from '../../local/aws/api-error.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen, readBody } from '../../local/aws/http.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';
import type { Settings } from '../../replication/settings.ts';

export const REGION = 'ap-northeast-1';
export const ACCOUNT = '111122223333';
export const HOME = {
  account: ACCOUNT,
  stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:ccrepl-replicate`,
};

const ENDS = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } } as const;
const STAYS_OPEN = { StartAt: 'Open', States: { Open: { Type: 'Wait', Seconds: 3600, End: true } } } as const;

/** Step Functions behind the gateway, which does not start what a test says it should not. */
export class PushTarget {
  /** Every StartExecution as it came, also those that were refused. */
  readonly requests: { name: string; input: string }[] = [];
  /** By replica: the errors that its next requests are answered with, in order. */
  readonly refusals = new Map<string, string[]>();
  /** Replicas whose requests get no answer. */
  readonly silent = new Set<string>();
  readonly client: SFNClient;
  readonly machine: LocalMachine;
  readonly #server: LocalServer;

  private constructor(server: LocalServer, machine: LocalMachine) {
    this.#server = server;
    this.machine = machine;
    this.client = this.clientOf('AKIATEST');
  }

  static async start({ open = false } = {}): Promise<PushTarget> {
    const machine = new LocalMachine({
      arn: HOME.stateMachineArn,
      definition: open ? STAYS_OPEN : ENDS,
      integrations: {},
    });
    const serve = gateway({
      regions: [],
      machines: [machine],
      functions: [],
      topic: new LocalTopic('arn:none', () => {}),
      accessKeyIds: ['AKIATEST'],
    });
    let target: PushTarget | undefined;
    const server = await listen(async (request, response) => target?.answer(request, response, serve), 0);
    target = new PushTarget(server, machine);
    return target;
  }

  get origin(): string {
    return this.#server.origin;
  }

  /** The function's own client; without tries of its own, so that a test sees each refusal. */
  clientOf(accessKeyId: string, { maxAttempts = 1, answerMs = 30_000 } = {}): SFNClient {
    const credentials = { accessKeyId, secretAccessKey: 'test' };
    return stepFunctions({ region: REGION, endpoint: this.origin, credentials, maxAttempts }, answerMs);
  }

  handle(event: unknown, settings: Settings, home = HOME, client = this.client) {
    return startRuns(event, home, settings, client);
  }

  /** Once an execution has ended, its name is taken for good: only then is a second delivery told so. */
  async allEnded(): Promise<void> {
    await Promise.all(this.machine.executions.map(({ ended }) => ended));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.machine.stopAll();
    await this.#server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse, serve: ReturnType<typeof gateway>) {
    const body = await readBody(request);
    const { name, input } = JSON.parse(body);
    this.requests.push({ name, input });
    const { replica } = JSON.parse(input);
    if (this.silent.has(replica)) return;
    const refusal = this.refusals.get(replica)?.shift();
    if (refusal !== undefined) return refuse(response, new ApiError(refusal, `no ${refusal} today`));
    const { headers, method, url } = request;
    await serve(
      Object.assign(Readable.from([Buffer.from(body)]), { headers, method, url }) as IncomingMessage,
      response,
    );
  }
}

function refuse(response: ServerResponse, { name, message }: ApiError): void {
  response.writeHead(400, { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-ErrorType': name });
  response.end(JSON.stringify({ __type: name, message }));
}

/** A record of a trigger's event, as CodeCommit sends it. */
export const pushRecord = (eventId: string, changes: Record<string, unknown> = {}) => ({
  awsRegion: REGION,
  codecommit: { references: [{ commit: '1'.repeat(40), ref: 'refs/heads/main' }] },
  customData: null as unknown,
  eventId,
  eventName: 'ReferenceChanges',
  eventPartNumber: 1 as unknown,
  eventSource: 'aws:codecommit',
  eventSourceARN: repositoryArn({}),
  eventTime: '2026-01-02T03:04:05.678+0000' as unknown,
  eventTotalParts: 1,
  eventTriggerConfigId: '96765393-40e7-4f49-aed7-64c9ba599195',
  eventTriggerName: 'ccrepl',
  eventVersion: '1.0',
  userIdentityARN: `arn:aws:iam::${ACCOUNT}:user/developer`,
  ...changes,
});

export const repositoryArn = ({ region = REGION, account = ACCOUNT, repository = 'Source' }) =>
  `arn:aws:codecommit:${region}:${account}:${repository}`;
