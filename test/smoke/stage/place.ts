import { codeCommitUrl, type GitEndpoints } from '../../../git/codecommit/endpoint.ts';
import type { LoadCredentials } from '../../../git/codecommit/remote.ts';
import { codeCommitAuthorize } from '../../../git/codecommit/signature.ts';
import type { Authorize } from '../../../git/credentials.ts';
import type { Advertisement } from '../../../git/protocol/advertisement.ts';
import { emptyPack, type PushCommand } from '../../../git/protocol/push-request.ts';
import { GitRemote } from '../../../git/remote.ts';
import type { CodeCommitSide } from '../../../replication/settings.ts';
import type { Harmless } from '../harmless.ts';
import { type Entry, packOf } from '../objects/pack.ts';
import { type Pushed, type Sent, send } from '../wire/push.ts';
import { type RawAnswer, type RawRequest, rawRequest } from '../wire/raw.ts';
import { type Api, apiOf } from './api.ts';

/** What reaches AWS, and how. */
export interface Access {
  load: LoadCredentials;
  endpoints: GitEndpoints;
  signal: AbortSignal;
  harmless: Harmless;
}

/** One of the two throw-away repositories, with every way to talk to it. */
export class Place {
  readonly side: CodeCommitSide;
  /** A name in the same region that no repository has. */
  readonly absent: string;
  readonly url: URL;
  readonly remote: GitRemote;
  readonly api: Api;
  readonly authorize: Authorize;
  readonly access: Access;
  #advertised: Advertisement | undefined;

  constructor(side: CodeCommitSide, name: string, access: Access) {
    const { load, endpoints, signal, harmless } = access;
    this.side = side;
    this.access = access;
    this.absent = `${side.repository}-absent`;
    this.url = codeCommitUrl(side.region, side.repository, endpoints);
    const authorize = codeCommitAuthorize(side.region, this.url, load);
    this.authorize = async (url, options) => {
      const header = await authorize(url, options);
      harmless.learnHeader(header);
      return header;
    };
    this.remote = new GitRemote({ url: this.url, authorize: this.authorize, side: name, signal });
    this.api = apiOf(side.region, [side.repository, this.absent], load);
  }

  get repositoryName(): string {
    return this.side.repository;
  }

  /** A push of the objects, or of an empty pack; `deletions`: of no pack. Not read again afterwards. */
  async send(
    commands: readonly PushCommand[],
    objects: readonly Entry[] | Buffer | (() => AsyncIterable<Buffer>),
  ): Promise<Sent> {
    this.#advertised ??= await this.remote.advertisement('git-receive-pack');
    const creates = commands.some((command) => command.new !== undefined);
    const pack = Array.isArray(objects) ? bytesOf(objects) : (objects as Buffer | (() => AsyncIterable<Buffer>));
    return send(this.remote, commands, creates ? pack : undefined, this.#advertised);
  }

  /** The same, and a fresh reading afterwards: what is there is the result. */
  async push(
    commands: readonly PushCommand[],
    objects: readonly Entry[] | Buffer | (() => AsyncIterable<Buffer>),
  ): Promise<Pushed> {
    const sent = await this.send(commands, objects);
    return { ...sent, after: await this.read() };
  }

  read(): Promise<Advertisement> {
    return this.remote.advertisement('git-receive-pack');
  }

  /** A request below the repository's URL, signed, and otherwise as it is given. */
  async raw(path: string, request: Omit<RawRequest, 'url' | 'signal'>): Promise<RawAnswer> {
    const authorization = await this.authorize(this.url, { fresh: false });
    const headers = { ...(authorization !== undefined && { Authorization: authorization }), ...request.headers };
    return rawRequest({ ...request, url: new URL(`${this.url.href}/${path}`), headers, signal: this.access.signal });
  }

  close(): void {
    this.remote.close();
    this.api.close();
  }
}

const bytesOf = (objects: readonly Entry[]): Buffer => (objects.length === 0 ? emptyPack('sha1') : packOf(objects));
