import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeCommitApis } from '../../aws/codecommit.ts';
import type { RelayOptions } from '../../container/relay/context.ts';
import { relay } from '../../container/relay/relay.ts';
import type { RelayResult } from '../../container/relay/result.ts';
import { codeCommitRemote } from '../../git/codecommit/remote.ts';
import type { AwsCredentials } from '../../git/codecommit/signature.ts';
import type { RemoteOptions } from '../../git/remote.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { answerJson } from '../../local/aws/json.ts';
import { signedScope } from '../../local/aws/scope.ts';
import type { Profile } from '../../local/codecommit/profile.ts';
import { Region } from '../../local/codecommit/region.ts';
import type { Principal } from '../../local/identity.ts';
import { callSecretsManager } from '../../local/secretsmanager/api.ts';
import { LocalSecrets } from '../../local/secretsmanager/secrets.ts';
import type { RepositoryApis } from '../../replication/apis.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { aFolder, fsck, refsOf } from './repository.ts';

export const SOURCE = { region: 'ap-northeast-1', repository: 'Source' };
export const DESTINATION = { region: 'ap-northeast-3', repository: 'Destination' };
const CREDENTIALS: AwsCredentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };
const principal: Principal = {
  arn: 'arn:aws:iam::111122223333:user/test',
  credentials: CREDENTIALS,
  gitCredentials: { username: 'test', password: 'test' },
  may: () => true,
};

/** What may be other than usual. */
export interface TwoRegionsOptions {
  credentials?: AwsCredentials;
  may?: Principal['may'];
  /** The servers' clock. */
  now?: () => Date;
}

/** What one relay did, seen from outside. */
export interface Ran extends RelayResult {
  requests: { source: number; destination: number };
  bytesSentToDestination: number;
}

/** A source and a destination repository behind the real `git http-backend`, and the relay between them. */
export class TwoRegions {
  readonly source: Region;
  readonly destination: Region;
  readonly credentials: AwsCredentials;
  #api: LocalServer | undefined;

  private constructor(source: Region, destination: Region, credentials: AwsCredentials) {
    this.source = source;
    this.destination = destination;
    this.credentials = credentials;
  }

  /** @param denies operations of CodeCommit's API that are forbidden. */
  static async start(
    profile: Profile,
    denies: readonly string[] = [],
    options: TwoRegionsOptions = {},
  ): Promise<TwoRegions> {
    const { credentials = CREDENTIALS, now, ...others } = options;
    const directory = await aFolder();
    const principals = [{ ...principal, denies, credentials, ...others }];
    const region = (name: string) =>
      new Region({
        name,
        account: '111122223333',
        directory: join(directory, name),
        principals,
        profile,
        ...(now && { now }),
      });
    const two = new TwoRegions(region(SOURCE.region), region(DESTINATION.region), credentials);
    await two.source.start();
    await two.destination.start();
    await two.create(two.source, SOURCE.repository);
    await two.create(two.destination, DESTINATION.repository);
    return two;
  }

  async create(region: Region, name: string): Promise<void> {
    await region.store.create(name);
    // No test pulls the plug: to wait for the disk after every ref is most of what thousands of refs take.
    await appendFile(join(region.store.path(name), 'config'), '[core]\n\tfsync = none\n');
    region.record(name);
  }

  /** What Secrets Manager holds, by ARN; may be changed at any time. */
  readonly secrets: Record<string, string> = {};

  /** Where CodeCommit's API of both regions answers, and Secrets Manager's. */
  async apiOrigin(): Promise<string> {
    const regions = [this.source, this.destination];
    this.#api ??= await listen(async (request, response) => {
      const { region, service } = signedScope(request);
      if (service === 'secretsmanager') {
        const secrets = new LocalSecrets(this.secrets);
        return answerJson(request, response, service, async (operation, input) =>
          callSecretsManager(secrets, region, operation, input),
        );
      }
      await regions.find(({ name }) => name === region)?.serveApi(request, response);
    }, 0);
    return this.#api.origin;
  }

  /** CodeCommit's API of both regions, through the real SDK. */
  async apis(): Promise<RepositoryApis> {
    process.env['AWS_ENDPOINT_URL_CODECOMMIT'] = await this.apiOrigin();
    return codeCommitApis({ source: SOURCE, destination: DESTINATION }, async () => this.credentials);
  }

  async stop(): Promise<void> {
    await this.#api?.close();
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
    const load = async () => this.credentials;
    return {
      source: codeCommitRemote(SOURCE, load, endpoints, { ...options, side: 'source' }),
      destination: codeCommitRemote(DESTINATION, load, endpoints, { ...options, side: 'destination' }),
    };
  }

  readonly policy = DEFAULT_POLICY;

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
