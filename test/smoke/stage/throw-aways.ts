import { randomBytes } from 'node:crypto';
import { CreateRepositoryCommand, DeleteRepositoryCommand, GetRepositoryCommand } from '@aws-sdk/client-codecommit';
import { GitError } from '../../../git/errors.ts';
import type { CodeCommitSide } from '../../../replication/settings.ts';
import { type Api, apiOf } from './api.ts';
import type { Access } from './place.ts';

/** A repository that is still there, or may be, and what takes it away. */
export interface Left {
  region: string;
  repository: string;
  why: string;
  command: string;
}

export interface Pair {
  source: CodeCommitSide;
  destination: CodeCommitSide;
}

/** Names that nobody has: 48 random bits. */
export function inventPair(sourceRegion: string, destinationRegion: string, id = randomBytes(6).toString('hex')): Pair {
  return {
    source: { region: sourceRegion, repository: `ccrepl-smoke-${id}-source` },
    destination: { region: destinationRegion, repository: `ccrepl-smoke-${id}-destination` },
  };
}

export const removalOf = ({ region, repository }: CodeCommitSide): string =>
  `aws codecommit delete-repository --region ${region} --repository-name ${repository}`;

const DESCRIPTION = 'Made by "npm run smoke:aws" of ccrepl, which removes it when it ends. Nobody needs it.';

/** Makes the two repositories, and takes away what it has made: also one of which it never heard whether it was made. */
export class ThrowAways {
  readonly #access: Access;
  readonly #attempted: CodeCommitSide[] = [];
  /** Of those, what is surely ours. */
  readonly #made = new Set<CodeCommitSide>();
  /** Tells a repository of this run from any other, whatever its name. */
  readonly #description = `${DESCRIPTION} (${randomBytes(6).toString('hex')})`;

  constructor(access: Access) {
    this.#access = access;
  }

  /** @throws GitError, and `aborted` if it was stopped meanwhile */
  async make(side: CodeCommitSide): Promise<void> {
    const { signal } = this.#access;
    if (signal.aborted) throw new GitError('aborted', 'stopped before the repositories were made');
    this.#attempted.push(side);
    const command = new CreateRepositoryCommand({
      repositoryName: side.repository,
      repositoryDescription: this.#description,
    });
    try {
      await this.#with(side, (api) => api.ask('CreateRepository', (client, abort) => client.send(command, abort)));
      this.#made.add(side);
    } catch (error) {
      // The SDK tries again where an answer was lost: then what is there already may be ours.
      if (named(error, 'RepositoryNameExistsException') && (await this.#isOurs(side))) {
        this.#made.add(side);
        return;
      }
      // A clear no made nothing; after anything else nobody knows.
      const refused = error instanceof GitError && (error.code === 'unauthorized' || error.code === 'protocol');
      if (refused) this.#attempted.splice(this.#attempted.indexOf(side), 1);
      throw error;
    }
  }

  /** What may be there and is to be kept. */
  kept(): Left[] {
    return this.#attempted.map((side) => ({ ...side, why: '--keep was given', command: removalOf(side) }));
  }

  /** Removes all, whatever has happened before, and asks whether it is gone; gives what is not. */
  async remove(): Promise<Left[]> {
    const left = await Promise.all(this.#attempted.map((side) => this.#removeOne(side)));
    return left.filter((one) => one !== undefined);
  }

  async #removeOne(side: CodeCommitSide): Promise<Left | undefined> {
    const repositoryName = side.repository;
    try {
      // Who is not sure to have made it looks first.
      if (!this.#made.has(side) && !(await this.#isOurs(side))) return undefined;
    } catch (error) {
      if (error instanceof GitError && error.code === 'not-found') return undefined;
      return { ...side, why: `whose it is is not known: ${(error as Error).message}`, command: removalOf(side) };
    }
    try {
      await this.#with(side, (api) =>
        api.ask('DeleteRepository', (client, abort) =>
          client.send(new DeleteRepositoryCommand({ repositoryName }), abort),
        ),
      );
    } catch (error) {
      return { ...side, why: (error as Error).message, command: removalOf(side) };
    }
    try {
      await this.#with(side, (api) =>
        api.ask('GetRepository', (client, abort) => client.send(new GetRepositoryCommand({ repositoryName }), abort)),
      );
      return { ...side, why: 'DeleteRepository said yes, and it is still there', command: removalOf(side) };
    } catch (error) {
      if (error instanceof GitError && error.code === 'not-found') return undefined;
      return { ...side, why: `whether it is gone is not known: ${(error as Error).message}`, command: removalOf(side) };
    }
  }

  async #isOurs(side: CodeCommitSide): Promise<boolean> {
    const command = new GetRepositoryCommand({ repositoryName: side.repository });
    const found = await this.#with(side, (api) =>
      api.ask('GetRepository', (client, abort) => client.send(command, abort)),
    );
    return found.repositoryMetadata?.repositoryDescription === this.#description;
  }

  async #with<T>({ region, repository }: CodeCommitSide, ask: (api: Api) => Promise<T>): Promise<T> {
    const api = apiOf(region, [repository], this.#access.load);
    try {
      return await ask(api);
    } finally {
      api.close();
    }
  }
}

const named = (error: unknown, name: string): boolean =>
  error instanceof GitError && error.cause instanceof Error && error.cause.name === name;
