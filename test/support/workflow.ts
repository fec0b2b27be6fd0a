import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { createReplicasTable, REPLICAS_TABLE } from '../../local/dynamodb/replicas-table.ts';
import { LocalTables } from '../../local/dynamodb/tables.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { dynamodbCalls } from '../../local/stepfunctions/dynamodb.ts';
import { executionCalls } from '../../local/stepfunctions/executions.ts';
import { type ExecutionEdge, type Integration, snsPublish } from '../../local/stepfunctions/integrations.ts';
import { type Execution, LocalMachine } from '../../local/stepfunctions/machine.ts';
import { stateError } from '../../local/stepfunctions/state-error.ts';
import { describeComparison } from '../../replication/comparison.ts';
import type {
  AlertRequest,
  Comparison,
  ComparisonQuestion,
  InputQuestion,
  SweepResults,
} from '../../replication/contract.ts';
import { asReplicationError, ERROR_TABLE } from '../../replication/errors.ts';
import { readInput } from '../../replication/input.ts';
import { guardMassChange } from '../../replication/mass-change.ts';
import { parseSettings, type Replica } from '../../replication/settings.ts';
import { summariseSweep } from '../../replication/sweep-summary.ts';
import { aPlan, divergedAt } from './plans.ts';

const REGION = 'eu-west-1';
const arnOf = (service: string, rest: string) => `arn:aws:${service}:${REGION}:111122223333:${rest}`;
const [REPLICATE, SWEEP, TOPIC] = [
  arnOf('states', 'stateMachine:replicate'),
  arnOf('states', 'stateMachine:sweep'),
  arnOf('sns', 'topic'),
];
const LAMBDA = 'arn:aws:states:::lambda:invoke';
const RUN_TASK = 'arn:aws:states:::ecs:runTask.sync';
const PUBLISH = 'arn:aws:states:::sns:publish';
const file = (name: string) => join(import.meta.dirname, '..', '..', 'state-machines', name);
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };

/** Heads as names and one-digit ids; at the destination `9` is what somebody else wrote. */
export type SomeHeads = Record<string, string>;

/** A task that stopped, as Step Functions hands it over; undefined: it never started. */
export const exited = (code: number | undefined, changes: object = {}): Error =>
  stateError(
    'States.TaskFailed',
    JSON.stringify({
      Containers: [{ Name: 'replicate', ...(code !== undefined && { ExitCode: code }) }],
      StopCode: code === undefined ? 'TaskFailedToStart' : 'EssentialContainerExited',
      ...changes,
    }),
  );

export { stateError };

/**
 * The real state machine files before the real DynamoDB API, the domain's own code for inputs, comparisons and summaries, and a clock
 * that stands still. The repositories are two maps; what fails, and what happens in between, is told by hooks.
 */
export class Workflow {
  readonly source = new Map<string, SomeHeads>();
  readonly destination = new Map<string, SomeHeads>();
  now = new Date('2026-01-01T00:00:00.000Z');
  /** Calls, in order. */
  readonly comparisons: ComparisonQuestion[] = [];
  readonly tasks: string[] = [];
  readonly told: AlertRequest[] = [];
  /** Tasks that run now, and ever ran at once. */
  running = 0;
  mostRunning = 0;
  /** Called before what it is named after, with the replica and how many calls there were; what it throws is the outcome. */
  onCompare: (replica: string, count: number) => unknown = () => {};
  /** Between the two readings of a comparison. */
  onBetween: (replica: string, count: number) => unknown = () => {};
  onTask: (replica: string, count: number) => unknown = () => {};
  /** After a task has written. */
  onTaskEnd: (replica: string, count: number) => unknown = () => {};
  onAlert: (count: number) => unknown = () => {};
  onPublish: (count: number) => unknown = () => {};
  /** Before each call of DynamoDB or Step Functions by a state. */
  onCall: (resource: string, parameters: Record<string, unknown>) => unknown = () => {};
  /** When an execution enters a state. */
  onState: (execution: Execution, state: string) => void = () => {};
  readonly topic = new LocalTopic(TOPIC, () => {});
  readonly replicate: LocalMachine;
  readonly sweep: LocalMachine;
  readonly #client: DynamoDBClient;
  readonly #server: LocalServer;
  readonly #tables: LocalTables;
  #published = 0;

  private constructor(replicas: readonly string[], server: LocalServer, tables: LocalTables, client: DynamoDBClient) {
    this.#server = server;
    this.#tables = tables;
    this.#client = client;
    const settings = parseSettings(JSON.stringify({ replicas: replicas.map(pair) }));
    for (const id of replicas) {
      this.source.set(id, { 'refs/heads/main': '1' });
      this.destination.set(id, { 'refs/heads/main': '1' });
    }
    const functions: Record<string, (payload: never) => unknown> = {
      'read-input': (question: InputQuestion) =>
        named(() => readInput(question, { settings, sweepArn: SWEEP, now: this.now })),
      'compare-heads': (question: ComparisonQuestion) => this.#compare(question, settings.replicas),
      alert: async (request: AlertRequest) => {
        this.told.push(request);
        await this.onAlert(this.told.length);
        return { messageId: 'm' };
      },
      'summarise-sweep': (results: SweepResults) => summariseSweep(results),
    };
    const call = (resource: string, integration: Integration): Integration =>
      (async (parameters: never, edge: ExecutionEdge) => {
        await this.onCall(resource, parameters);
        return integration(parameters, edge);
      }) as Integration;
    const calls = { ...dynamodbCalls(client), ...executionCalls(() => [this.replicate, this.sweep]) };
    const integrations: Record<string, Integration> = {
      ...Object.fromEntries(Object.entries(calls).map(([resource, run]) => [resource, call(resource, run)])),
      [LAMBDA]: async ({ FunctionName, Payload }: { FunctionName: string; Payload: never }) => ({
        Payload: await functions[FunctionName]?.(structuredClone(Payload)),
      }),
      [RUN_TASK]: (parameters: never, { signal }: { signal: AbortSignal }) => this.#task(parameters, signal),
      [PUBLISH]: async (parameters: never, edge: ExecutionEdge) => {
        this.#published += 1;
        await this.onPublish(this.#published);
        return snsPublish(this.topic)(parameters, edge);
      },
    };
    const machine = (arn: string, name: string, substitutions: Record<string, string>) =>
      new LocalMachine({
        arn,
        definition: loadDefinition(file(name), {
          ReadInputFunctionArn: 'read-input',
          AlertFunctionArn: 'alert',
          TopicArn: TOPIC,
          TableName: REPLICAS_TABLE,
          ...substitutions,
        }),
        integrations,
        pauseMs: 0,
        now: () => this.now,
        onState: (execution, state) => this.onState(execution, state),
      });
    this.replicate = machine(REPLICATE, 'replicate.asl.json', {
      CompareHeadsFunctionArn: 'compare-heads',
      ClusterArn: 'cluster',
      TaskDefinitionArn: 'task-definition',
      SubnetIds: 'subnet-1,subnet-2',
      SecurityGroupIds: 'sg-1',
      AssignPublicIp: 'ENABLED',
    });
    this.sweep = machine(SWEEP, 'sweep.asl.json', {
      SummariseSweepFunctionArn: 'summarise-sweep',
      ReplicateStateMachineArn: REPLICATE,
    });
  }

  static async start(replicas: readonly string[] = ['R']): Promise<Workflow> {
    const tables = new LocalTables(REGION);
    const topic = new LocalTopic(TOPIC, () => {});
    const server = await listen(
      gateway({ regions: [], machines: [], functions: [], topic, tables, accessKeyIds: [credentials.accessKeyId] }),
      0,
    );
    const client = new DynamoDBClient({ region: REGION, endpoint: server.origin, credentials, maxAttempts: 1 });
    await createReplicasTable(client);
    return new Workflow(replicas, server, tables, client);
  }

  async stop(): Promise<void> {
    await Promise.all([this.replicate.stopAll(), this.sweep.stopAll()]);
    this.#client.destroy();
    await this.#tables.close();
    await this.#server.close();
  }

  /** Starts an execution for the replica `R`, unless told otherwise. */
  start(input: unknown = { replica: 'R' }): Execution {
    return this.replicate.start(JSON.stringify(input));
  }

  /** Runs one to its end. */
  async run(input?: unknown): Promise<Execution> {
    const execution = this.start(input);
    await execution.ended;
    return execution;
  }

  async runSweep(input: unknown = {}): Promise<Execution> {
    const execution = this.sweep.start(JSON.stringify(input));
    await execution.ended;
    return execution;
  }

  /** Waits until no execution is open. */
  async idle(): Promise<void> {
    for (;;) {
      const open = [...this.replicate.executions, ...this.sweep.executions].filter(
        ({ stopDate }) => stopDate === undefined,
      );
      if (open.length === 0) return;
      await Promise.all(open.map(({ ended }) => ended));
    }
  }

  push(heads: SomeHeads, replica = 'R'): void {
    this.source.set(replica, { ...this.source.get(replica), ...heads });
  }

  strayPush(head: string, replica = 'R'): void {
    this.destination.set(replica, { ...this.destination.get(replica), [head]: '9' });
  }

  isInSync(replica = 'R'): boolean {
    return JSON.stringify(sorted(this.source.get(replica))) === JSON.stringify(sorted(this.destination.get(replica)));
  }

  advance(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  /** The record of a replica, with plain values. */
  async record(key = 'R'): Promise<Record<string, unknown>> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: REPLICAS_TABLE, Key: { replica: { S: key } }, ConsistentRead: true }),
    );
    return Object.fromEntries(
      Object.entries(Item ?? {}).map(([name, value]) => [name, value.S ?? value.N ?? value.SS]),
    );
  }

  /** What people were told by the alert function: the verdicts, in order. */
  get verdictsTold(): string[] {
    return this.told.map((request) => ('state' in request ? request.state.outcome.verdict : 'digest'));
  }

  async #compare(question: ComparisonQuestion, replicas: readonly Replica[]): Promise<Comparison> {
    const id = question.run.replica;
    const replica = replicas.find((one) => one.id === id) as Replica;
    this.comparisons.push(question);
    const count = this.comparisons.length;
    await this.onCompare(id, count);
    const comparedAt = this.now;
    const destination = { ...this.destination.get(id) };
    await this.onBetween(id, count);
    const stray = divergedAt('9', aPlan({ ...this.source.get(id) }, destination));
    const plan = guardMassChange(stray, replica.policy, question.run.confirm);
    const { before, wantedSince, run } = question;
    const lagSeconds = Math.round((this.now.getTime() - Date.parse(wantedSince)) / 1000);
    return describeComparison(replica, plan, { comparedAt, lagSeconds, before, confirm: run.confirm });
  }

  async #task(parameters: RunTask, signal: AbortSignal): Promise<object> {
    const environment = parameters.Overrides.ContainerOverrides[0].Environment;
    const { id } = JSON.parse(environment.find(({ Name }) => Name === 'CCREPL_REPLICA')?.Value ?? '');
    this.tasks.push(id);
    const count = this.tasks.length;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await this.onTask(id, count);
      const strays = Object.entries(this.destination.get(id) ?? {}).filter(([, digit]) => digit === '9');
      if (!signal.aborted) this.destination.set(id, { ...this.source.get(id), ...Object.fromEntries(strays) });
      await this.onTaskEnd(id, count);
      return { Containers: [{ Name: 'replicate', ExitCode: 0 }] };
    } finally {
      this.running -= 1;
    }
  }
}

interface RunTask {
  Overrides: { ContainerOverrides: [{ Environment: { Name: string; Value: string }[] }] };
}

const pair = (id: string) => ({
  id,
  source: { region: REGION, repository: id },
  destination: { region: 'eu-west-2', repository: id },
});

const sorted = (heads: SomeHeads = {}) => Object.entries(heads).sort();

/** Errors by the names of the error table, as the functions throw them. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (caught) {
    const error = asReplicationError(caught);
    throw stateError(ERROR_TABLE[error.code].errorName, error.message);
  }
}
