import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  type CodeCommitClient,
  GetRepositoryTriggersCommand,
  PutRepositoryTriggersCommand,
  type RepositoryTrigger,
} from '@aws-sdk/client-codecommit';
import type { Patience } from '../../aws/patience.ts';
import { asking, codeCommit } from '../../functions/provision/ask.ts';
import { type Provisioned, provision } from '../../functions/provision/provision.ts';
import { ApiError } from '../../local/aws/api-error.ts';
import { type LocalServer, listen, readBody } from '../../local/aws/http.ts';
import { refuseJson } from '../../local/aws/json.ts';
import { CODECOMMIT_OPERATIONS } from '../../local/codecommit/api.ts';
import { Region } from '../../local/codecommit/region.ts';
import type { Principal } from '../../local/identity.ts';
import { aFolder } from './repository.ts';

export const REGION = 'ap-northeast-1';
export const ACCOUNT = '111122223333';
export const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
/** Whoever has it can answer for the resource. */
export const SIGNED_URL = 'https://bucket.example/answer?X-Amz-Signature=CANARY-SIGNATURE';

/** Short, but not so short that a busy machine meets it. */
const PATIENCE: Patience = { answerMs: 10_000, attempts: 6, questionMs: 20_000 };

const principal = (name: string, denies: readonly string[] = []): Principal => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  credentials: { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: 'test-secret' },
  may: () => true,
  denies,
});

/** No answer at all. */
export const SILENCE = Symbol('silence');

/** Somebody else's triggers: a topic, a function, and every field that there is. */
export const OTHERS: RepositoryTrigger[] = [
  {
    name: 'mail',
    destinationArn: `arn:aws:sns:${REGION}:${ACCOUNT}:mail`,
    customData: '{"to": "日本 “team”"}\n',
    branches: ['main', 'release/1.0'],
    events: ['updateReference', 'deleteReference'],
  },
  { name: 'build', destinationArn: functionArn('build'), branches: [], events: ['all'] },
];

/** One region of CodeCommit, and between it and the function what a test wants to happen there. */
export class ProvisionTarget {
  readonly region: Region;
  /** The operations that reached the network, in order. */
  readonly asked: string[] = [];
  /** The lines that were written to the log. */
  readonly log: Record<string, unknown>[] = [];
  /** How often the function waited for others. */
  pauses = 0;
  onPause = async (): Promise<void> => {};
  readonly #hooks: { operation: string; when: 'before' | 'after'; times: number; hook: Hook }[] = [];
  readonly #clients: CodeCommitClient[] = [];
  readonly #output: jest.SpyInstance;
  #server: LocalServer | undefined;

  private constructor(region: Region) {
    this.region = region;
    this.#output = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      this.log.push(JSON.parse(String(line)));
      return true;
    });
  }

  /** @param may the operations that a function is allowed that asks as `limited` */
  static async start(may: readonly string[] = []): Promise<ProvisionTarget> {
    const denied = CODECOMMIT_OPERATIONS.filter((operation) => !may.includes(operation));
    const principals = [principal('test'), principal('other'), principal('limited', denied)];
    const region = new Region({ name: REGION, account: ACCOUNT, directory: await aFolder(), principals });
    await region.start();
    const target = new ProvisionTarget(region);
    target.#server = await listen((request, response) => target.#serve(request, response), 0);
    return target;
  }

  get origin(): string {
    return this.#server?.origin ?? '';
  }

  async stop(): Promise<void> {
    this.#output.mockRestore();
    for (const client of this.#clients) client.destroy();
    await this.#server?.close();
    await this.region.stop();
  }

  /** A repository with these triggers, as somebody else made them. */
  async repository(name: string, triggers: readonly RepositoryTrigger[] = []): Promise<void> {
    await this.region.store.create(name);
    this.region.record(name);
    if (triggers.length > 0) await this.put(name, triggers);
  }

  /** What somebody else does, past the hooks. */
  async put(repositoryName: string, triggers: readonly RepositoryTrigger[]): Promise<void> {
    const command = new PutRepositoryTriggersCommand({ repositoryName, triggers: [...triggers] });
    await this.#client('other', this.region.origin).send(command);
  }

  async triggers(repositoryName: string): Promise<RepositoryTrigger[]> {
    const command = new GetRepositoryTriggersCommand({ repositoryName });
    return (await this.#client('other', this.region.origin).send(command)).triggers ?? [];
  }

  /** Lets something happen before the next so many requests of this kind reach CodeCommit, or before their answers leave it. */
  on(when: 'before' | 'after', operation: string, hook: Hook, times = 1): void {
    this.#hooks.push({ operation, when, times, hook });
  }

  /** Answers the next so many requests of this kind with an exception that reality does not give on demand. */
  refuse(operation: string, exception: string, message: string, times = 1): void {
    this.on('before', operation, async () => new ApiError(exception, message), times);
  }

  /** One request to the function, by the name of the role that it has. */
  async provision(event: object, { as = 'test', patience = PATIENCE } = {}): Promise<Provisioned> {
    const home = {
      region: REGION,
      ask: asking(this.#client(as, this.origin, patience), patience),
      pause: async () => {
        this.pauses += 1;
        await this.onPause();
      },
    };
    // As Lambda does: it has been JSON.
    return provision(JSON.parse(JSON.stringify(event)), home);
  }

  #client(name: string, endpoint: string, patience = PATIENCE): CodeCommitClient {
    const { credentials } = principal(name);
    const client = codeCommit({ region: REGION, endpoint, credentials }, patience);
    this.#clients.push(client);
    return client;
  }

  async #serve(request: IncomingMessage, response: Parameters<Region['serveApi']>[1]): Promise<void> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] as string;
    this.asked.push(operation);
    const body = await readBody(request);
    const instead = await this.#happen('before', operation);
    if (instead === SILENCE) return;
    if (instead instanceof ApiError) return refuseJson(request, response, instead);
    const { headers, method, url } = request;
    const again = Object.assign(Readable.from([Buffer.from(body)]), { headers, method, url }) as IncomingMessage;
    const end = response.end.bind(response) as (chunk: unknown) => typeof response;
    response.end = ((chunk: unknown) => {
      this.#happen('after', operation).then(
        () => end(chunk),
        () => response.destroy(),
      );
      return response;
    }) as typeof response.end;
    await this.region.serveApi(again, response);
  }

  async #happen(when: 'before' | 'after', operation: string): Promise<unknown> {
    const next = this.#hooks.find((hook) => hook.when === when && hook.operation === operation && hook.times > 0);
    if (next === undefined) return undefined;
    next.times -= 1;
    return next.hook();
  }
}

/**
 * Before a request, it may give an ApiError to answer with in place of CodeCommit, or SILENCE; what it throws after one breaks the
 * connection.
 */
type Hook = () => Promise<unknown>;

const TRIGGER = { RepositoryName: 'Source', TriggerName: 'ccrepl', DestinationArn: functionArn('ccrepl-on-push') };
const REPOSITORY = { RepositoryName: 'Destination' };

/** A request as CloudFormation sends it; what is not given is as in a first deployment. */
const request = (ResourceType: string, usual: object, changes: object, event: object) => ({
  RequestType: 'Create',
  ResourceType,
  ResponseURL: SIGNED_URL,
  StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/ccrepl/1`,
  RequestId: 'r1',
  LogicalResourceId: 'Resource',
  ResourceProperties: { ServiceToken: functionArn('framework'), ServiceTimeout: '600', ...usual, ...changes },
  ...event,
});

export const triggerRequest = (changes: object = {}, event: object = {}) =>
  request('Custom::CcreplTrigger', TRIGGER, changes, event);

export const repositoryRequest = (changes: object = {}, event: object = {}) =>
  request('Custom::CcreplRepository', REPOSITORY, changes, event);

export const update = (before: object) => ({
  RequestType: 'Update',
  PhysicalResourceId: `ccrepl-trigger:${REGION}:Source:ccrepl`,
  OldResourceProperties: { ServiceToken: functionArn('framework'), ...TRIGGER, ...before },
});

export const remove = (PhysicalResourceId = `ccrepl-trigger:${REGION}:Source:ccrepl`) => ({
  RequestType: 'Delete',
  PhysicalResourceId,
});

/** Our trigger as it should be. */
export const OURS: RepositoryTrigger = {
  name: 'ccrepl',
  destinationArn: TRIGGER.DestinationArn,
  branches: [],
  events: ['all'],
};
