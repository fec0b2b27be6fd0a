import { REPOSITORY, REPOSITORY_EXPECTED } from '../../git/codecommit/names.ts';
import { printable } from '../../git/ref.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { isCodeCommit, otherAccountOf, parseSettings, REPLICA_ID } from '../../replication/settings.ts';
import type { Expanded } from './expand.ts';

/** What is wrong with one replica. */
export function replicaProblems(one: Expanded): string[] {
  return [...nameProblems(one), ...keyProblems(one)];
}

function nameProblems({ path, replica: { id, destination } }: Expanded): string[] {
  if (isCodeCommit(destination) && !REPOSITORY.test(destination.repository))
    return [
      `${path}.repository is missing, and the source’s name "${printable(destination.repository, 80)}" is none for it: ${REPOSITORY_EXPECTED}`,
    ];
  if (REPLICA_ID.test(id)) return [];
  return [
    `${path}.id is missing, and what the names make of it, "${printable(id, 160)}", is none: expected one of 1 to 128 letters, digits, ".", "_" or "-"`,
  ];
}

/** Hosts take pushes from nobody whom they do not know. */
export function loginProblems({ path, replica: { destination } }: Expanded): string[] {
  if (isCodeCommit(destination) || destination.secret !== undefined) return [];
  return [`${path}.secret is missing: expected the ARN of a secret with a login that may push (docs/hosts.md)`];
}

function keyProblems({ path, replica: { destination }, repository, kmsKeyArn }: Expanded): string[] {
  if (kmsKeyArn === undefined || !isCodeCommit(destination)) return [];
  if (repository === undefined)
    return [`${path}.kmsKeyArn is for a repository that is created: expected none beside "create": false`];
  const [, , , region, account] = kmsKeyArn.split(':');
  const problems: string[] = [];
  if (region !== destination.region)
    problems.push(
      `${path}.kmsKeyArn is in ${region}: expected a key in ${destination.region}, where the repository is`,
    );
  const other = otherAccountOf(destination);
  if (other !== undefined && account !== other)
    problems.push(`${path}.kmsKeyArn is of account ${account}: expected a key of ${other}, whose repository it is`);
  return problems;
}

/** What is wrong with replicas that are each right, with the places of the document: ids that are made of names stand nowhere in it. */
export function pairProblems(expanded: readonly Expanded[]): string[] {
  const whole = expanded.filter((one) => nameProblems(one).length === 0);
  const sameId = [...Map.groupBy(whole, ({ replica }) => replica.id)].flatMap(([id, of]) =>
    of.length === 1
      ? []
      : [`${of.map(({ path }) => path).join(' and ')} have the id "${id}": expected an "id" of its own for each`],
  );
  return [...sameId, ...functionsRefuse(whole)];
}

/** What the functions would say of these replicas. */
function functionsRefuse(expanded: readonly Expanded[]): string[] {
  const named = expanded.map(({ path, replica }) => ({ ...replica, id: path }));
  try {
    parseSettings(JSON.stringify({ replicas: named }));
    return [];
  } catch (error) {
    if (!(error instanceof ReplicationError)) throw error;
    return [error.message.replace(/^replication\.json: /, '')];
  }
}
