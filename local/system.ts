import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeCommitClient, CreateRepositoryCommand, PutRepositoryTriggersCommand } from '@aws-sdk/client-codecommit';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionInput, SweepInput } from '../replication/contract.ts';
import {
  type CodeCommitSide,
  isCodeCommit,
  otherAccountOf,
  type Replica,
  sideIdentity,
} from '../replication/settings.ts';
import { gateway } from './aws/gateway.ts';
import { type LocalServer, listen } from './aws/http.ts';
import { Region } from './codecommit/region.ts';
import { type ReplicaRecord, readRecords } from './dynamodb/records.ts';
import { createReplicasTable, REPLICAS_TABLE } from './dynamodb/replicas-table.ts';
import { LocalTables } from './dynamodb/tables.ts';
import { LocalTasks } from './ecs/tasks.ts';
import type { Principal } from './identity.ts';
import type { DeadLetter } from './lambda/asynchronous.ts';
import { LocalFunction } from './lambda/functions.ts';
import { ACCOUNT, DEVELOPER_KEYS, inventPeople, keys, type People } from './people.ts';
import { LocalSecrets } from './secretsmanager/secrets.ts';
import { type Alert, LocalTopic } from './sns/topic.ts';
import { loadDefinition } from './stepfunctions/definition.ts';
import { dynamodbCalls } from './stepfunctions/dynamodb.ts';
import { executionCalls } from './stepfunctions/executions.ts';
import { lambdaInvoke, runTaskSync, snsPublish } from './stepfunctions/integrations.ts';
import { type Execution, type ExecutionEvent, LocalMachine } from './stepfunctions/machine.ts';
import { type ForeignAccount, foreignAccounts } from './sts/accounts.ts';
import { LocalRoles, roleOfSession } from './sts/roles.ts';

/** What a system is made around: accounts, who is in them, and their regions. */
interface World {
  regions: readonly Region[];
  people: People;
  foreign: readonly ForeignAccount[];
  foreignRegions: readonly Region[];
  roles: LocalRoles;
  /** Where functions and tasks reach each region's git server. */
  gitEndpoints: Record<string, string>;
}

/** What happens, for a screen or a test. */
export interface SystemEvents {
  onState?: (execution: Execution, state: string) => void;
  onEvent?: (execution: Execution, event: ExecutionEvent) => void;
  onEnd?: (execution: Execution) => void;
  /** A line of a task's log, read. */
  onTaskLog?: (record: Record<string, unknown>) => void;
  /** A task's result, read. */
  onTaskResult?: (executionArn: string, result: Record<string, unknown>) => void;
  onAlert?: (alert: Alert) => void;
  /** A line of a function's log, as it is. */
  onFunctionLog?: (name: string, line: string) => void;
  /** A push has set off its trigger, which calls this function. */
  onTrigger?: (functionArn: string) => void;
  /** A function has failed on an event for good. */
  onDeadLetter?: (letter: DeadLetter) => void;
}

export interface SystemOptions extends SystemEvents {
  replicas: readonly Replica[];
  /** Where the bare repositories are kept: `<directory>/<region>/<repository>.git`, and `<directory>/<account>/<region>/…` of other accounts. */
  directory: string;
  /** The container's bundle. */
  bundle: string;
  /** Ports: the AWS endpoint, and each region's in turn; 0 takes free ones. */
  firstPort: number;
  /** Milliseconds in place of the state machines' pauses, for tests. */
  pauseMs?: number;
  /** The clock of the state machines; waiting times are real. */
  now?: () => Date;
  /** What Secrets Manager holds: values by ARN. */
  secrets?: Record<string, string>;
  /** Where functions and tasks reach a region's git server, if not directly: what stands between. */
  between?: (region: Region) => Promise<{ origin: string }>;
}

/** All of ccrepl on one machine: regions, trigger, state machines, table, functions, tasks and topic, each the real program or a look-alike. */
export class LocalSystem {
  /** Of ccrepl's own account. */
  readonly regions = new Map<string, Region>();
  readonly people: People;
  /** The roles of other accounts. */
  readonly roles: LocalRoles;
  readonly topic: LocalTopic;
  readonly tasks: LocalTasks;
  readonly tables: LocalTables;
  /** Replicates one replica. */
  readonly machine: LocalMachine;
  /** Has all replicas replicated. */
  readonly sweep: LocalMachine;
  /** Packs that all tasks have carried, in bytes. */
  packBytes = 0;
  /** Events that triggers have sent to functions. */
  triggered = 0;
  /** Events that a function has failed on for good. */
  readonly deadLetters: DeadLetter[] = [];
  readonly #options: SystemOptions;
  readonly #functions: LocalFunction[];
  readonly #scratch: string;
  readonly #gateway: LocalServer;
  readonly #foreign: readonly ForeignAccount[];
  readonly #foreignRegions: readonly Region[];
  /** What the state machines use the table with. */
  readonly #dynamodb: DynamoDBClient;
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(options: SystemOptions, scratch: string, aws: LocalServer, world: World) {
    const { regions, people } = world;
    this.#options = options;
    this.#scratch = scratch;
    this.#gateway = aws;
    this.people = people;
    this.roles = world.roles;
    this.#foreign = world.foreign;
    this.#foreignRegions = world.foreignRegions;
    for (const region of regions) this.regions.set(region.name, region);
    const home = regions[0] as Region;
    const arn = (service: string, rest: string) => `arn:aws:${service}:${home.name}:${ACCOUNT}:${rest}`;
    const machineArn = arn('states', 'stateMachine:ccrepl-replicate');
    const sweepArn = arn('states', 'stateMachine:ccrepl-sweep');
    this.topic = new LocalTopic(arn('sns', 'ccrepl-alerts'), (alert) => options.onAlert?.(alert));

    const environment = {
      AWS_REGION: home.name,
      AWS_ENDPOINT_URL: aws.origin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify(world.gitEndpoints),
    };
    const lambda = (name: string, folder: string, principal: Principal, env: Record<string, string>) =>
      new LocalFunction({
        arn: arn('lambda', `function:ccrepl-${name}`),
        folder,
        env: { ...environment, ...keys(principal), CCREPL_SETTINGS: join(scratch, 'replication.json'), ...env },
        onOutput: (line) => options.onFunctionLog?.(name, line),
        pauseMs: options.pauseMs,
        onDeadLetter: (letter) => {
          this.deadLetters.push(letter);
          options.onDeadLetter?.(letter);
        },
      });
    const onPush = lambda('on-push', 'on-push', people.workflow, { CCREPL_STATE_MACHINE_ARN: machineArn });
    const readInput = lambda('read-input', 'read-input', people.workflow, { CCREPL_SWEEP_STATE_MACHINE_ARN: sweepArn });
    const compareHeads = lambda('compare-heads', 'compare-heads', people.checker, {});
    const summariseSweep = lambda('summarise-sweep', 'summarise-sweep', people.workflow, {});
    const alert = lambda('alert', 'alert', people.workflow, { CCREPL_TOPIC_ARN: this.topic.arn });
    this.#functions = [onPush, readInput, compareHeads, summariseSweep, alert];

    this.tasks = new LocalTasks({
      bundle: options.bundle,
      env: { ...environment, ...keys(people.task), CCREPL_PROGRESS_SECONDS: '0.1' },
    });
    this.tables = new LocalTables(home.name);
    this.#dynamodb = new DynamoDBClient({
      ...this.#client(home.name, people.workflow.credentials),
      maxAttempts: 1,
      // In a storm many executions wait for one record, and a warning of the SDK's would stand between the lines of the screen.
      requestHandler: { socketAcquisitionWarningTimeout: 3_600_000 },
    });
    const common = {
      ReadInputFunctionArn: readInput.arn,
      AlertFunctionArn: alert.arn,
      TopicArn: this.topic.arn,
      TableName: REPLICAS_TABLE,
    };
    const machine = (arn: string, file: string, substitutions: Record<string, string>) =>
      new LocalMachine({
        arn,
        definition: loadDefinition(join(import.meta.dirname, '..', 'state-machines', file), {
          ...common,
          ...substitutions,
        }),
        integrations: {
          'arn:aws:states:::lambda:invoke': lambdaInvoke(this.#functions),
          'arn:aws:states:::ecs:runTask.sync': runTaskSync(this.tasks, ({ arn: execution }) => ({
            onLog: (line) => options.onTaskLog?.(parseLine(line)),
            onResult: (line) => this.#taskResult(execution, parseLine(line)),
          })),
          'arn:aws:states:::sns:publish': snsPublish(this.topic),
          ...dynamodbCalls(this.#dynamodb),
          ...executionCalls(() => this.#machines),
        },
        ...(options.onState && { onState: options.onState }),
        ...(options.onEvent && { onEvent: options.onEvent }),
        ...(options.onEnd && { onEnd: options.onEnd }),
        ...(options.pauseMs !== undefined && { pauseMs: options.pauseMs }),
        ...(options.now && { now: options.now }),
      });
    this.machine = machine(machineArn, 'replicate.asl.json', {
      CompareHeadsFunctionArn: compareHeads.arn,
      ClusterArn: arn('ecs', 'cluster/ccrepl'),
      TaskDefinitionArn: arn('ecs', 'task-definition/ccrepl-replicate:1'),
      SubnetIds: 'subnet-local',
      SecurityGroupIds: 'sg-local',
      AssignPublicIp: 'ENABLED',
    });
    this.sweep = machine(sweepArn, 'sweep.asl.json', {
      SummariseSweepFunctionArn: summariseSweep.arn,
      ReplicateStateMachineArn: machineArn,
    });
    this.#onPushArn = onPush.arn;
  }

  readonly #onPushArn: string;

  /** Brings everything up: servers, the table, repositories (those that are missing), and the trigger on every source. */
  static async start(options: SystemOptions): Promise<LocalSystem> {
    const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-local-'));
    const opened: (() => Promise<void>)[] = [() => rm(scratch, { recursive: true, force: true })];
    try {
      return await LocalSystem.#open(options, scratch, opened);
    } catch (error) {
      for (const close of opened.reverse()) await close();
      throw error;
    }
  }

  /** `opened` takes how to close what it has opened, also where it fails. */
  static async #open(options: SystemOptions, scratch: string, opened: (() => Promise<void>)[]): Promise<LocalSystem> {
    await writeFile(join(scratch, 'replication.json'), JSON.stringify({ replicas: options.replicas }));
    const people = inventPeople(options.replicas.map(({ destination }) => destination).filter(isCodeCommit));
    const principals = Object.values(people);
    const foreign = foreignAccounts(
      options.replicas.map(({ destination }) => destination),
      { task: roleOfSession(people.task.arn), checker: roleOfSession(people.checker.arn) },
    );
    const roles = new LocalRoles(
      foreign.flatMap((account) => account.roles),
      principals,
    );
    let system: LocalSystem | undefined;
    const names = [...new Set(options.replicas.flatMap(sidesHere).map(({ region }) => region))];
    const foreignRegions = foreign.flatMap(({ id, principals: known }) =>
      names.map(
        (name) => new Region({ name, account: id, directory: join(options.directory, id, name), principals: known }),
      ),
    );
    const regions = names.map(
      (name) =>
        new Region({
          name,
          account: ACCOUNT,
          directory: join(options.directory, name),
          principals,
          others: foreignRegions.filter((one) => one.name === name),
          invoke: (functionArn, event) => system?.invokeAsync(functionArn, event),
        }),
    );
    const port = (offset: number) => (options.firstPort === 0 ? 0 : options.firstPort + offset);
    for (const [index, region] of regions.entries()) {
      await region.start(port(index + 1));
      opened.push(() => region.stop());
    }
    const gitEndpoints: Record<string, string> = {};
    for (const region of regions) gitEndpoints[region.name] = ((await options.between?.(region)) ?? region).origin;
    const accessKeyIds = principals.map(({ credentials }) => credentials.accessKeyId);
    const secrets = new LocalSecrets(options.secrets ?? {});
    const aws = await listen(async (request, response) => {
      if (system === undefined) throw new Error('the local mode is still starting');
      const serving = system;
      const { topic, tables } = serving;
      const [functions, machines] = [serving.#functions, serving.#machines];
      const onWork = (work: Promise<unknown>) => serving.#track(work);
      const behind = { regions, machines, functions, topic, secrets, roles, tables, accessKeyIds, onWork };
      await gateway(behind)(request, response);
    }, port(0));
    opened.push(() => aws.close());
    const up = new LocalSystem(options, scratch, aws, {
      regions,
      people,
      roles,
      foreign,
      foreignRegions,
      gitEndpoints,
    });
    system = up;
    opened.push(() => up.stop());
    await Promise.all([createReplicasTable(up.#dynamodb), up.#createRepositories()]);
    return up;
  }

  /** The AWS endpoint: for `--endpoint-url`. */
  get endpoint(): string {
    return this.#gateway.origin;
  }

  /** A region of ccrepl's own account, or of another. */
  region(name: string, account = ACCOUNT): Region {
    const region = [...this.regions.values(), ...this.#foreignRegions].find(
      (one) => one.name === name && one.account === account,
    );
    if (region === undefined) throw new Error(`the local mode has no region ${name} in the account ${account}`);
    return region;
  }

  /** Delivers a trigger's event to its function as CodeCommit does: nobody waits for it. Lambda tries again what fails. */
  invokeAsync(functionArn: string, event: object): void {
    const target = this.#functions.find(({ arn }) => arn === functionArn);
    if (target === undefined) return;
    this.triggered += 1;
    this.#options.onTrigger?.(functionArn);
    this.#track(target.invokeAsync(event));
  }

  /** A manual execution, through the API that the console and the AWS CLI use. Gives its ARN. */
  startExecution(input: ExecutionInput): Promise<string> {
    return this.#start(this.machine, input);
  }

  /** A sweep by hand, as the schedule starts it. Gives the execution's ARN. */
  startSweep(input: SweepInput = {}): Promise<string> {
    return this.#start(this.sweep, input);
  }

  /** The record of each replica that has one. */
  records(): Promise<Map<string, ReplicaRecord>> {
    return readRecords(this.#dynamodb);
  }

  async #start({ arn }: LocalMachine, input: object): Promise<string> {
    const client = new SFNClient(this.#client(arn.split(':')[3] as string));
    try {
      const command = new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) });
      return (await client.send(command)).executionArn as string;
    } finally {
      client.destroy();
    }
  }

  get #machines(): LocalMachine[] {
    return [this.machine, this.sweep];
  }

  /** Waits until every event is delivered and every execution has ended. */
  async idle(): Promise<void> {
    for (;;) {
      const running = this.#machines
        .flatMap(({ executions }) => executions)
        .filter(({ stopDate }) => stopDate === undefined);
      if (this.#underWay.size === 0 && running.length === 0) return;
      await Promise.all([...this.#underWay, ...running.map(({ ended }) => ended)]);
    }
  }

  async stop(): Promise<void> {
    // From here on neither starts anything, whoever asks: a push, a sweep.
    const machines = Promise.all(this.#machines.map((machine) => machine.stopAll()));
    // Before the functions, which their triggers call.
    await Promise.all([...this.regions.values()].map((region) => region.stop()));
    // Before the machines have ended: a state waits for its function, however long that takes.
    await Promise.all(this.#functions.map((target) => target.stop()));
    await machines;
    this.#dynamodb.destroy();
    await this.tables.close();
    await this.#gateway.close();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #createRepositories(): Promise<void> {
    const owners = new Map([
      [ACCOUNT, DEVELOPER_KEYS],
      ...this.#foreign.map(({ id, owner }) => [id, owner.credentials] as const),
    ]);
    const clients = new Map(
      [...this.regions.values(), ...this.#foreignRegions].map(
        (region) => [region, new CodeCommitClient(this.#client(region.name, owners.get(region.account)))] as const,
      ),
    );
    const regionOf = (side: CodeCommitSide) => this.region(side.region, otherAccountOf(side));
    const client = (side: CodeCommitSide) => clients.get(regionOf(side)) as CodeCommitClient;
    const { replicas } = this.#options;
    const missing = distinct(replicas.flatMap(sidesHere)).filter(
      (side) => !regionOf(side).records.has(side.repository),
    );
    await Promise.all(
      missing.map((side) => client(side).send(new CreateRepositoryCommand({ repositoryName: side.repository }))),
    );
    const trigger = { name: 'ccrepl', destinationArn: this.#onPushArn, branches: [], events: ['all' as const] };
    const sources = distinct(replicas.map(({ source }) => source).filter(isCodeCommit));
    await Promise.all(
      sources.map((side) =>
        client(side).send(new PutRepositoryTriggersCommand({ repositoryName: side.repository, triggers: [trigger] })),
      ),
    );
    for (const one of clients.values()) one.destroy();
  }

  #taskResult(execution: string, result: Record<string, unknown>): void {
    this.packBytes += Number(result['packBytes'] ?? 0);
    this.#options.onTaskResult?.(execution, result);
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  #client(region: string, credentials: Principal['credentials'] = DEVELOPER_KEYS) {
    return { region, endpoint: this.endpoint, credentials };
  }
}

/** The sides that are served here; a repository of another host is wherever its URL says. */
const sidesHere = ({ source, destination }: Replica): CodeCommitSide[] => [source, destination].filter(isCodeCommit);

/** One repository may be a side of many replicas. */
const distinct = (sides: readonly CodeCommitSide[]): CodeCommitSide[] => [
  ...new Map(sides.map((side) => [sideIdentity(side), side])).values(),
];

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { level: 'error', message: line };
  }
}
