import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { signedScope } from '../../../local/aws/scope.ts';
import type { Profile } from '../../../local/codecommit/profile.ts';
import { Region } from '../../../local/codecommit/region.ts';
import type { Principal } from '../../../local/identity.ts';
import { type Ended, startProgram } from '../../support/program.ts';
import { aFolder } from '../../support/repository.ts';

const ACCOUNT = '111122223333';
const MAIN = join(import.meta.dirname, '..', 'main.ts');
export const HERE = 'ap-northeast-1';
export const THERE = 'ap-northeast-3';

export interface WorldOptions {
  profile?: Profile;
  /** Operations that are denied in every region, or in one. */
  denies?: readonly string[];
  deniesThere?: readonly string[];
  /** In place of a region's own git endpoint. */
  gitOrigin?: (region: Region) => string;
}

/** Two look-alike regions with a repository of somebody in each, and the program as a person starts it. */
export class World {
  readonly regions: readonly [Region, Region];
  /** With a session token, as a role has it. */
  readonly credentials = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: `canary-secret-${randomBytes(12).toString('hex')}`,
    sessionToken: `canary-token-${randomBytes(24).toString('hex')}`,
  };
  /** Is asked of every call of the API, by the name of its operation; a promise that never ends holds the call. */
  onCall: (operation: string) => Promise<void> | void = () => {};
  /** Operations that were called. */
  readonly called = new Set<string>();
  readonly #options: WorldOptions;
  /** Where the program finds the API; may be a proxy. */
  apiOrigin = '';
  #api: LocalServer | undefined;

  private constructor(directory: string, options: WorldOptions) {
    this.#options = options;
    const { profile = 'codecommit', denies = [], deniesThere = denies } = options;
    const region = (name: string, denied: readonly string[]) =>
      new Region({
        name,
        account: ACCOUNT,
        directory: join(directory, name),
        profile,
        principals: [this.#person(denied)],
      });
    this.regions = [region(HERE, denies), region(THERE, deniesThere)];
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const world = new World(await aFolder(), options);
    for (const region of world.regions) {
      await region.start();
      await region.store.create('Somebodys');
      region.record('Somebodys');
    }
    world.#api = await listen((request, response) => world.#serve(request, response), 0);
    world.apiOrigin = world.#api.origin;
    return world;
  }

  async stop(): Promise<void> {
    await this.#api?.close();
    for (const region of this.regions) await region.stop();
  }

  /** Names of all repositories that there are. */
  get repositories(): string[] {
    return this.regions.flatMap(({ name, records }) =>
      [...records.keys()].map((repository) => `${name} ${repository}`),
    );
  }

  /** Everything of the credentials that no output may show. */
  get canaries(): string[] {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    return [
      accessKeyId,
      secretAccessKey,
      sessionToken,
      'canary-',
      Buffer.from(`${accessKeyId}%`).toString('base64').slice(0, 20),
    ];
  }

  smoke(...args: string[]) {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    const origins = this.regions.map((region) => [region.name, this.#options.gitOrigin?.(region) ?? region.origin]);
    return startProgram([MAIN, ...args], {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_ENDPOINT_URL: this.apiOrigin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify(Object.fromEntries(origins)),
    });
  }

  /** The program with both regions and `--yes`, to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.smoke(...BOTH, '--yes', ...args).ended;
  }

  #person(denies: readonly string[]): Principal {
    return {
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/jane@example.com`,
      credentials: this.credentials,
      may: () => true,
      denies,
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target'] ?? '').replace('CodeCommit_20150413.', '');
    this.called.add(operation);
    await this.onCall(operation);
    const { region } = signedScope(request);
    await this.regions.find(({ name }) => name === region)?.serveApi(request, response);
  }
}

export const BOTH = ['--source-region', HERE, '--destination-region', THERE];
