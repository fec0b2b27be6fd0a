import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodeCommitClient, CreateRepositoryCommand, PutRepositoryTriggersCommand } from '@aws-sdk/client-codecommit';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type CodeCommitSide, isCodeCommit, type Replica } from '../replication/settings.ts';
import { gateway } from './aws/gateway.ts';
import { type LocalServer, listen } from './aws/http.ts';
import { Region } from './codecommit/region.ts';
import { LocalTasks } from './ecs/tasks.ts';
import type { Principal } from './identity.ts';
import { LocalFunction } from './lambda/functions.ts';
import { LocalSecrets } from './secretsmanager/secrets.ts';
import { type Alert, LocalTopic } from './sns/topic.ts';
import { loadDefinition } from './stepfunctions/definition.ts';
import { lambdaInvoke, runTaskSync, snsPublish } from './stepfunctions/integrations.ts';
import { type Execution, LocalMachine } from './stepfunctions/machine.ts';

export const ACCOUNT = '111122223333';

/** The developer's login: well known, because it opens nothing but the look-alike on this machine. */
export const DEVELOPER = {
  username: 'local',
  password: 'local',
  accessKeyId: 'AKIALOCALDEVELOPER00',
  secretAccessKey: 'local-developer',
};

/** What happens, for a screen or a test. */
export interface SystemEvents {
  onState?: (execution: Execution, state: string) => void;
  onEnd?: (execution: Execution) => void;
  /** A line of a task's log, read. */
  onTaskLog?: (record: Record<string, unknown>) => void;
  /** A task's result, read. */
  onTaskResult?: (executionArn: string, result: Record<string, unknown>) => void;
  onAlert?: (alert: Alert) => void;
  /** A line of a function's log, as it is. */
  onFunctionLog?: (name: string, line: string) => void;
  /** The push has set off its trigger. */
  onTrigger?: (repository: string) => void;
}

export interface SystemOptions extends SystemEvents {
  replicas: readonly Replica[];
  /** Where the bare repositories are kept, as `<directory>/<region>/<repository>.git`. */
  directory: string;
  /** The container's bundle. */
  bundle: string;
  /** Ports: the AWS endpoint, and each region's in turn; 0 takes free ones. */
  firstPort: number;
  /** Milliseconds in place of the state machine's pauses, for tests. */
  pauseMs?: number;
  /** What Secrets Manager holds: values by ARN. */
  secrets?: Record<string, string>;
}

/** All of ccrepl on one machine: regions, trigger, state machine, functions, tasks and topic, each the real program or a look-alike. */
export class LocalSystem {
  readonly regions = new Map<string, Region>();
  readonly topic: LocalTopic;
  readonly tasks: LocalTasks;
  readonly machine: LocalMachine;
  /** Packs that all tasks have carried, in bytes. */
  packBytes = 0;
  readonly #options: SystemOptions;
  readonly #functions: LocalFunction[];
  readonly #scratch: string;
  readonly #gateway: LocalServer;
  readonly #underWay = new Set<Promise<unknown>>();

  private constructor(options: SystemOptions, scratch: string, aws: LocalServer, regions: Region[], people: People) {
    this.#options = options;
    this.#scratch = scratch;
    this.#gateway = aws;
    for (const region of regions) this.regions.set(region.name, region);
    const home = regions[0] as Region;
    const arn = (service: string, rest: string) => `arn:aws:${service}:${home.name}:${ACCOUNT}:${rest}`;
    const machineArn = arn('states', 'stateMachine:ccrepl-replicate');
    this.topic = new LocalTopic(arn('sns', 'ccrepl-alerts'), (alert) => options.onAlert?.(alert));

    const common = {
      AWS_REGION: home.name,
      AWS_ENDPOINT_URL: aws.origin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify(Object.fromEntries(regions.map(({ name, origin }) => [name, origin]))),
    };
    const lambda = (name: string, folder: string, principal: Principal, env: Record<string, string>) =>
      new LocalFunction({
        arn: arn('lambda', `function:ccrepl-${name}`),
        folder,
        env: { ...common, ...keys(principal), CCREPL_SETTINGS: join(scratch, 'replication.json'), ...env },
        onOutput: (line) => options.onFunctionLog?.(name, line),
      });
    const onPush = lambda('on-push', 'on-push', people.workflow, { CCREPL_STATE_MACHINE_ARN: machineArn });
    const compareHeads = lambda('compare-heads', 'compare-heads', people.checker, {});
    const alert = lambda('alert', 'alert', people.workflow, { CCREPL_TOPIC_ARN: this.topic.arn });
    this.#functions = [onPush, compareHeads, alert];

    this.tasks = new LocalTasks({
      bundle: options.bundle,
      env: { ...common, ...keys(people.task), CCREPL_PROGRESS_SECONDS: '0.1' },
    });
    this.machine = new LocalMachine({
      arn: machineArn,
      definition: loadDefinition(join(import.meta.dirname, '..', 'state-machines', 'replicate.asl.json'), {
        CompareHeadsFunctionArn: compareHeads.arn,
        AlertFunctionArn: alert.arn,
        ClusterArn: arn('ecs', 'cluster/ccrepl'),
        TaskDefinitionArn: arn('ecs', 'task-definition/ccrepl-replicate:1'),
        SubnetIds: 'subnet-local',
        SecurityGroupIds: 'sg-local',
        AssignPublicIp: 'ENABLED',
        TopicArn: this.topic.arn,
      }),
      integrations: {
        'arn:aws:states:::lambda:invoke': lambdaInvoke(this.#functions),
        'arn:aws:states:::ecs:runTask.sync': runTaskSync(this.tasks, ({ arn: execution }) => ({
          onLog: (line) => options.onTaskLog?.(parseLine(line)),
          onResult: (line) => this.#taskResult(execution, parseLine(line)),
        })),
        'arn:aws:states:::sns:publish': snsPublish(this.topic),
      },
      ...(options.onState && { onState: options.onState }),
      ...(options.onEnd && { onEnd: options.onEnd }),
      ...(options.pauseMs !== undefined && { pauseMs: options.pauseMs }),
    });
    this.#onPushArn = onPush.arn;
  }

  readonly #onPushArn: string;

  /** Brings everything up: servers, repositories (those that are missing), and the trigger on every source. */
  static async start(options: SystemOptions): Promise<LocalSystem> {
    const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-local-'));
    await writeFile(join(scratch, 'replication.json'), JSON.stringify({ replicas: options.replicas }));
    const people = inventPeople(options.replicas);
    const principals = Object.values(people);
    let system: LocalSystem | undefined;
    const names = [...new Set(options.replicas.flatMap(sidesHere).map(({ region }) => region))];
    const regions = names.map(
      (name) =>
        new Region({
          name,
          account: ACCOUNT,
          directory: join(options.directory, name),
          principals,
          invoke: (functionArn, event) => system?.invokeAsync(functionArn, event),
        }),
    );
    const port = (offset: number) => (options.firstPort === 0 ? 0 : options.firstPort + offset);
    for (const [index, region] of regions.entries()) await region.start(port(index + 1));
    const accessKeyIds = principals.map(({ credentials }) => credentials.accessKeyId);
    const secrets = new LocalSecrets(options.secrets ?? {});
    const aws = await listen(async (request, response) => {
      if (system === undefined) throw new Error('the local mode is still starting');
      const { machine, topic } = system;
      const functions = system.#functions;
      await gateway({ regions, machines: [machine], functions, topic, secrets, accessKeyIds })(request, response);
    }, port(0));
    system = new LocalSystem(options, scratch, aws, regions, people);
    await system.#createRepositories();
    return system;
  }

  /** The AWS endpoint: for `--endpoint-url`. */
  get endpoint(): string {
    return this.#gateway.origin;
  }

  region(name: string): Region {
    const region = this.regions.get(name);
    if (region === undefined) throw new Error(`the local mode has no region ${name}`);
    return region;
  }

  /** Delivers an event to a function as CodeCommit does: nobody waits for it. */
  invokeAsync(functionArn: string, event: object): void {
    const target = this.#functions.find(({ arn }) => arn === functionArn);
    if (target === undefined) return;
    this.#options.onTrigger?.(functionArn);
    this.#track(target.invoke(event));
  }

  /** A manual execution, through the API that the console and the AWS CLI use. */
  async startExecution(replica: string, confirm?: string): Promise<void> {
    const client = new SFNClient(this.#client(this.machine.arn.split(':')[3] as string));
    await client.send(
      new StartExecutionCommand({ stateMachineArn: this.machine.arn, input: JSON.stringify({ replica, confirm }) }),
    );
    client.destroy();
  }

  /** Waits until every event is delivered and every execution has ended. */
  async idle(): Promise<void> {
    for (;;) {
      const running = this.machine.executions.filter(
        ({ status, stopDate }) => status === 'RUNNING' || stopDate === undefined,
      );
      if (this.#underWay.size === 0 && running.length === 0) return;
      await Promise.all([...this.#underWay, ...running.map(({ ended }) => ended)]);
    }
  }

  async stop(): Promise<void> {
    await this.machine.stopAll();
    await Promise.all(this.#functions.map((target) => target.stop()));
    await Promise.all([...this.regions.values()].map((region) => region.stop()));
    await this.#gateway.close();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #createRepositories(): Promise<void> {
    for (const replica of this.#options.replicas) {
      for (const { region, repository } of sidesHere(replica)) {
        if (this.region(region).records.has(repository)) continue;
        const client = new CodeCommitClient(this.#client(region));
        await client.send(new CreateRepositoryCommand({ repositoryName: repository }));
        client.destroy();
      }
      const { source } = replica;
      if (!isCodeCommit(source)) continue;
      const client = new CodeCommitClient(this.#client(source.region));
      const trigger = { name: 'ccrepl', destinationArn: this.#onPushArn, branches: [], events: ['all' as const] };
      await client.send(new PutRepositoryTriggersCommand({ repositoryName: source.repository, triggers: [trigger] }));
      client.destroy();
    }
  }

  #taskResult(execution: string, result: Record<string, unknown>): void {
    this.packBytes += Number(result['packBytes'] ?? 0);
    this.#options.onTaskResult?.(execution, result);
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  #client(region: string) {
    const { accessKeyId, secretAccessKey } = DEVELOPER;
    return { region, endpoint: this.endpoint, credentials: { accessKeyId, secretAccessKey } };
  }
}

/** The sides that are served here; a repository of another host is wherever its URL says. */
const sidesHere = ({ source, destination }: Replica): CodeCommitSide[] => [source, destination].filter(isCodeCommit);

type People = Record<'developer' | 'task' | 'checker' | 'workflow', Principal>;

/** Four identities with the rights that their roles have on AWS: the task pushes to destinations only, the checker nowhere. */
function inventPeople(replicas: readonly Replica[]): People {
  const destinations = replicas
    .map(({ destination }) => destination)
    .filter(isCodeCommit)
    .map(({ region, repository }) => `arn:aws:codecommit:${region}:${ACCOUNT}:${repository}`);
  const role = (name: string, may: Principal['may']): Principal => ({
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ccrepl-${name}/local`,
    credentials: {
      accessKeyId: `ASIALOCAL${randomBytes(6).toString('hex').slice(0, 11).toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('base64'),
      sessionToken: randomBytes(30).toString('base64'),
    },
    may,
  });
  return {
    developer: {
      arn: `arn:aws:iam::${ACCOUNT}:user/developer`,
      credentials: { accessKeyId: DEVELOPER.accessKeyId, secretAccessKey: DEVELOPER.secretAccessKey },
      gitCredentials: { username: DEVELOPER.username, password: DEVELOPER.password },
      may: () => true,
    },
    task: role('task', (action, arn) => action === 'GitPull' || destinations.includes(arn)),
    checker: role('checker', (action) => action === 'GitPull'),
    workflow: role('workflow', () => false),
  };
}

const keys = ({ credentials }: Principal): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
});

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { level: 'error', message: line };
  }
}
