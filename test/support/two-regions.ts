import { join } from 'node:path';
import { type RelayOptions, relay } from '../../container/relay/relay.ts';
import type { RelayResult } from '../../container/relay/result.ts';
import { codeCommitRemote } from '../../git/codecommit/remote.ts';
import type { RemoteOptions } from '../../git/remote.ts';
import type { Profile } from '../../local/codecommit/git-front.ts';
import { Region } from '../../local/codecommit/region.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { aFolder, fsck, refsOf } from './repository.ts';

export const SOURCE = { region: 'ap-northeast-1', repository: 'Source' };
export const DESTINATION = { region: 'ap-northeast-3', repository: 'Destination' };
const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };
const principal = {
  arn: 'arn:aws:iam::111122223333:user/test',
  credentials,
  gitCredentials: { username: 'test', password: 'test' },
  may: () => true,
};

/** What one relay did, seen from outside. */
export interface Ran extends RelayResult {
  requests: { source: number; destination: number };
  bytesSentToDestination: number;
}

/** A source and a destination repository behind the real `git http-backend`, and the relay between them. */
export class TwoRegions {
  readonly source: Region;
  readonly destination: Region;

  private constructor(source: Region, destination: Region) {
    this.source = source;
    this.destination = destination;
  }

  static async start(profile: Profile): Promise<TwoRegions> {
    const directory = await aFolder();
    const region = (name: string) =>
      new Region({ name, account: '111122223333', directory: join(directory, name), principals: [principal], profile });
    const two = new TwoRegions(region(SOURCE.region), region(DESTINATION.region));
    await two.source.start();
    await two.destination.start();
    await two.create(two.source, SOURCE.repository);
    await two.create(two.destination, DESTINATION.repository);
    return two;
  }

  async create(region: Region, name: string): Promise<void> {
    await region.store.create(name);
    region.record(name);
  }

  async stop(): Promise<void> {
    await this.source.stop();
    await this.destination.stop();
  }

  /** For stock git: a URL with a login in it. */
  get sourceUrl(): string {
    return this.source.cloneUrl(SOURCE.repository).replace('://', '://test:test@');
  }

  get destinationUrl(): string {
    return this.destination.cloneUrl(DESTINATION.repository).replace('://', '://test:test@');
  }

  get sourcePath(): string {
    return this.source.store.path(SOURCE.repository);
  }

  get destinationPath(): string {
    return this.destination.store.path(DESTINATION.repository);
  }

  remotes(options: Partial<RemoteOptions> = {}) {
    const endpoints = { [SOURCE.region]: this.source.origin, [DESTINATION.region]: this.destination.origin };
    const load = async () => credentials;
    return {
      source: codeCommitRemote(SOURCE, load, endpoints, { ...options, side: 'source' }),
      destination: codeCommitRemote(DESTINATION, load, endpoints, { ...options, side: 'destination' }),
    };
  }

  async relay(options: Partial<RelayOptions> = {}): Promise<Ran> {
    const { source, destination } = this.remotes();
    const result = await relay({ source, destination, policy: DEFAULT_POLICY, ...options });
    source.close();
    destination.close();
    return {
      ...result,
      requests: { source: source.traffic.requests, destination: destination.traffic.requests },
      bytesSentToDestination: destination.traffic.bytesSent,
    };
  }

  /** Both sides have the same refs, and the destination every object of them, undamaged. */
  async expectEqual(): Promise<void> {
    expect(await refsOf(this.destinationPath)).toBe(await refsOf(this.sourcePath));
    await fsck(this.destinationPath);
  }
}
