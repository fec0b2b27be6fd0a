import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { REPOSITORY } from '../../git/codecommit/names.ts';
import { ApiError } from '../aws/api-error.ts';
import { type LocalServer, listen } from '../aws/http.ts';
import { answerJson, refuseJson } from '../aws/json.ts';
import { signedScope, unknownKey } from '../aws/scope.ts';
import { authenticate, isCurrent, type Principal } from '../identity.ts';
import { callApi } from './api.ts';
import { GitFront } from './git-front.ts';
import { backendsEnded } from './http-backend.ts';
import type { Received } from './pack-body.ts';
import type { Profile } from './profile.ts';
import type { PushFault } from './push-fault.ts';
import type { ReceivedRef } from './received-ref.ts';
import type { ApiRegion, RepositoryRecord } from './record.ts';
import { RepositoryStore } from './store.ts';
import { answerThrottled, type Throttle, throttles } from './throttle.ts';
import { matchingTriggers, pushEvent } from './trigger.ts';

export interface RegionOptions {
  name: string;
  account: string;
  /** Where its bare repositories are kept. */
  directory: string;
  principals: readonly Principal[];
  profile?: Profile;
  throttle?: Throttle;
  pushFault?: PushFault;
  /** Calls the target of a trigger, as CodeCommit does: asynchronously. */
  invoke?: (functionArn: string, event: object) => void;
  now?: () => Date;
  /** The same region of other accounts, served at the same endpoint: a URL names no account, so who asks says whose repositories are meant. */
  others?: readonly Region[];
}

/** One region of the CodeCommit look-alike: a git endpoint and the JSON API, on one port. */
export class Region implements ApiRegion {
  readonly name: string;
  readonly account: string;
  readonly store: RepositoryStore;
  readonly records = new Map<string, RepositoryRecord>();
  /** Which of the requests to come are throttled; may be changed at any time. */
  throttle: Throttle | undefined;
  /** What happens to pushes that are too big or too slow, from the next push on; may be changed at any time. */
  pushFault: PushFault | undefined;
  readonly received: Received = { pushes: 0, packBytes: 0 };
  readonly #options: RegionOptions;
  #server: LocalServer | undefined;
  /** Requests that are being answered, or tidied up after. */
  readonly #serving = new Set<Promise<void>>();

  constructor(options: RegionOptions) {
    this.#options = options;
    this.name = options.name;
    this.account = options.account;
    this.throttle = options.throttle;
    this.pushFault = options.pushFault;
    this.store = new RepositoryStore(options.directory);
  }

  /** Starts serving; repositories that the directory holds already are there again. */
  async start(port = 0): Promise<void> {
    for (const name of await this.store.names()) this.record(name);
    this.#server = await listen((request, response) => {
      const served = this.#serve(request, response);
      this.#serving.add(served);
      return served.finally(() => this.#serving.delete(served));
    }, port);
    for (const other of this.#options.others ?? []) await other.#startBehind(this.#server);
  }

  async #startBehind(server: LocalServer): Promise<void> {
    for (const name of await this.store.names()) this.record(name);
    this.#server = server;
  }

  /** Ends serving. No git and no scratch folder outlives it: what a push has begun is done, or taken back. */
  async stop(): Promise<void> {
    await this.#server?.close();
    await Promise.allSettled(this.#serving);
    await backendsEnded();
  }

  get origin(): string {
    if (this.#server === undefined) throw new Error(`the region ${this.name} is not started`);
    return this.#server.origin;
  }

  arn(repository: string): string {
    return `arn:aws:codecommit:${this.name}:${this.account}:${repository}`;
  }

  cloneUrl(repository: string): string {
    return `${this.origin}/v1/repos/${repository}`;
  }

  record(name: string): RepositoryRecord {
    const record: RepositoryRecord = {
      id: randomUUID(),
      description: undefined,
      kmsKeyId: undefined,
      tags: {},
      createdAt: this.#now(),
      triggers: [],
    };
    this.records.set(name, record);
    return record;
  }

  /** Answers a request to the JSON API, on the region's own port or through the one endpoint of all services. */
  async serveApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { accessKeyId } = signedScope(request);
    const other = this.#options.others?.find((one) => one.#withKey(accessKeyId) !== undefined);
    if (other !== undefined) return other.serveApi(request, response);
    const who = this.#withKey(accessKeyId);
    if (who === undefined) return refuseJson(request, response, unknownKey('UnrecognizedClientException'));
    if (throttles(this.throttle, 'api')) return answerThrottled(response, 'api');
    return answerJson(request, response, 'CodeCommit_20150413', async (operation, input) => {
      if (who.denies?.includes(operation)) {
        const resource = this.arn(typeof input['repositoryName'] === 'string' ? input['repositoryName'] : '*');
        const message = `User: ${who.arn} is not authorized to perform: codecommit:${operation} on resource: ${resource}`;
        throw new ApiError('AccessDeniedException', message);
      }
      return callApi(this, operation, input);
    });
  }

  #withKey(accessKeyId: string): Principal | undefined {
    return this.#options.principals.find(
      (one) => one.credentials.accessKeyId === accessKeyId && isCurrent(one, this.#now()),
    );
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/' && request.method === 'POST') return this.serveApi(request, response);
    const [path = ''] = (request.url ?? '').split('?');
    const match = /^(\/v1\/repos\/([\w.-]{1,100}))\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
    const [, repositoryPath = '', name = '', service = ''] = match ?? [];
    // ".git" and a trailing slash are no part of a CodeCommit URL (isomorphic-git#199).
    if (match === null || !REPOSITORY.test(name)) return xmlError(response, 404, 'RepositoryDoesNotExistException');
    const header = request.headers.authorization;
    if (header === undefined) {
      response.setHeader('WWW-Authenticate', 'Basic realm="AWS CodeCommit look-alike"');
      return xmlError(response, 401, 'AccessDeniedException', 'credentials are needed');
    }
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const asked = { region: this.name, host, path: repositoryPath, now: this.#now() };
    for (const account of [this, ...(this.#options.others ?? [])]) {
      const who = authenticate(header, account.#options.principals, asked);
      if (who !== undefined) return account.#serveGit(who, name, service, request, response);
    }
    return xmlError(response, 403, 'AccessDeniedException', 'the password is wrong or has expired');
  }

  async #serveGit(
    who: Principal,
    name: string,
    service: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    // Limits are an account's, so whose request it is comes first.
    if (throttles(this.throttle, 'git')) return answerThrottled(response, 'git');
    const pushes = service === 'git-receive-pack' || request.url?.endsWith('?service=git-receive-pack');
    const action = pushes ? 'GitPush' : 'GitPull';
    if (!who.may(action, this.arn(name))) {
      return xmlError(
        response,
        403,
        'AccessDeniedException',
        `${who.arn} may not codecommit:${action} ${this.arn(name)}`,
      );
    }
    if (!this.records.has(name)) return xmlError(response, 404, 'RepositoryDoesNotExistException');
    const front = new GitFront({
      profile: this.#options.profile ?? 'codecommit',
      fault: this.pushFault,
      received: this.received,
      onReceived: (refs) => this.#received(name, refs, who),
    });
    return front.serve(this.store.path(name), service, request, response);
  }

  async #received(name: string, refs: ReceivedRef[], who: Principal): Promise<void> {
    if (refs.length === 0) return;
    const first = refs.find(({ ref, new: oid }) => ref.startsWith('refs/heads/') && !/^0+$/.test(oid));
    if (first !== undefined && (await this.store.defaultBranch(name)) === undefined) {
      await this.store.setDefaultBranch(
        name,
        Buffer.from(first.ref, 'latin1').toString('utf8').slice('refs/heads/'.length),
      );
    }
    const repository = { region: this.name, arn: this.arn(name), userArn: who.arn, at: this.#now() };
    for (const trigger of this.records.get(name)?.triggers ?? []) {
      const matching = matchingTriggers(trigger, refs);
      if (matching.length > 0) this.#options.invoke?.(trigger.destinationArn, pushEvent(trigger, matching, repository));
    }
  }
}

function xmlError(response: ServerResponse, status: number, name: string, message?: string): void {
  const escaped = message?.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] as string);
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(escaped === undefined ? `<${name}/>\n` : `<${name}>\n  <Message>${escaped}</Message>\n</${name}>\n`);
}
