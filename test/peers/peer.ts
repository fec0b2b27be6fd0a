import { cp } from 'node:fs/promises';
import type { RelayOptions } from '../../container/relay/context.ts';
import { relay } from '../../container/relay/relay.ts';
import type { RelayResult } from '../../container/relay/result.ts';
import { basic } from '../../git/credentials.ts';
import { GitRemote } from '../../git/remote.ts';
import { Region } from '../../local/codecommit/region.ts';
import { RepositoryStore } from '../../local/codecommit/store.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { startJGit, whyNoJGit } from '../support/jgit/server.ts';
import { aFolder } from '../support/repository.ts';
import { startGitServer } from './git-server.ts';

/** Who serves: git's own `http-backend`, the look-alike of CodeCommit before it, or JGit. */
export type PeerName = 'git' | 'codecommit' | 'JGit';

/** `npm run peers`: everything, however long it takes. */
export const ALL = process.env['CCREPL_PEERS'] === 'all';

/** Why JGit is left out here; undefined if it is not. */
export const whyWithoutJGit = whyNoJGit();
if (whyWithoutJGit !== undefined) process.stderr.write(`JGit's server is not tried here: ${whyWithoutJGit}.\n`);

/** What to call a test of peers of which JGit may be one; a test that is skipped says why. */
export const canRun = (...names: PeerName[]): boolean => whyWithoutJGit === undefined || !names.includes('JGit');

/** A server that lets anybody with this login read and push. */
const LOGIN = { username: 'test', password: 'test' };

/** One repository of a peer. */
export interface Repository {
  /** The path of its URL. */
  urlPath: string;
  /** Where it is on disk. */
  path: string;
}

/** A git server with bare repositories on disk. */
export class Peer {
  readonly origin: string;
  readonly store: RepositoryStore;
  readonly #urlPath: (name: string) => string;
  readonly #close: () => Promise<void>;

  private constructor(
    origin: string,
    store: RepositoryStore,
    urlPath: (name: string) => string,
    close: () => Promise<void>,
  ) {
    this.origin = origin;
    this.store = store;
    this.#urlPath = urlPath;
    this.#close = close;
  }

  static async start(name: PeerName): Promise<Peer> {
    const directory = await aFolder();
    if (name === 'codecommit') return Peer.#lookAlike(directory);
    const { origin, close } = await (name === 'git' ? startGitServer(directory) : startJGit(directory));
    return new Peer(origin, new RepositoryStore(directory), (repository) => `/${repository}.git`, close);
  }

  static async #lookAlike(directory: string): Promise<Peer> {
    const who = {
      arn: 'arn:aws:iam::111122223333:user/test',
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' },
      gitCredentials: LOGIN,
      may: () => true,
    };
    const region = new Region({
      name: 'ap-northeast-1',
      account: '111122223333',
      directory,
      principals: [who],
      profile: 'codecommit',
    });
    await region.start();
    const urlPath = (name: string) => {
      if (!region.records.has(name)) region.record(name);
      return `/v1/repos/${name}`;
    };
    return new Peer(region.origin, region.store, urlPath, () => region.stop());
  }

  /** A new repository: empty, or as another is on disk. */
  async create(name: string, like?: Repository): Promise<Repository> {
    const path = this.store.path(name);
    if (like === undefined) await this.store.create(name);
    else await cp(like.path, path, { recursive: true, preserveTimestamps: true });
    return { urlPath: this.#urlPath(name), path };
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** For stock git: a URL with the login in it. */
export const urlFor = (peer: Peer, { urlPath }: Repository): string =>
  `${peer.origin.replace('://', `://${LOGIN.username}:${LOGIN.password}@`)}${urlPath}`;

/** A repository, by the origin that it is asked for at. */
export interface Side {
  origin: string;
  repository: Repository;
}

export const remoteOf = (side: string, { origin, repository }: Side): GitRemote =>
  new GitRemote({
    url: new URL(`${origin}${repository.urlPath}`),
    authorize: basic(LOGIN.username, LOGIN.password),
    side,
  });

/** One relay from repository to repository. */
export async function relayBetween(
  source: Side,
  destination: Side,
  options: Partial<RelayOptions> = {},
): Promise<RelayResult> {
  const remotes = { source: remoteOf('source', source), destination: remoteOf('destination', destination) };
  try {
    return await relay({ ...remotes, policy: DEFAULT_POLICY, ...options });
  } finally {
    remotes.source.close();
    remotes.destination.close();
  }
}
