import { isCodeCommit } from '../../replication/settings.ts';
import type { Expanded } from './expand.ts';
import type { ConfigurationDocument } from './schema.ts';

interface Foreign {
  path: string;
  region: string;
  roleArn: string;
  checkerRoleArn: string;
  externalId: string;
  /** Whether the stack of the other account is ours, and makes the roles. */
  made: boolean;
}

/** The other account must name ours, and roles are of a whole account: each is made once, in one way. */
export function otherAccountProblems({ account: own }: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  const foreign = expanded.flatMap(({ path, replica: { destination }, repository }): Foreign[] =>
    isCodeCommit(destination) && destination.account !== undefined
      ? [{ path, region: destination.region, ...destination.account, made: repository !== undefined }]
      : [],
  );
  if (foreign.length === 0) return [];
  return [...ownProblems(own, foreign), ...pathProblems(foreign), ...sharedProblems(foreign)];
}

function ownProblems(own: string | undefined, foreign: readonly Foreign[]): string[] {
  if (own === undefined)
    return ['account is missing: expected that of the sources, which the other account must trust'];
  return foreign.flatMap(({ path, roleArn }) =>
    roleArn.split(':')[4] === own
      ? [`${path}.account names roles of ${own}, the account of the sources: expected another account, or no "account"`]
      : [],
  );
}

/** Roles that are made have no path, and would not be found under one. */
function pathProblems(foreign: readonly Foreign[]): string[] {
  return foreign
    .filter(({ made }) => made)
    .flatMap(({ path, roleArn, checkerRoleArn }) =>
      Object.entries({ roleArn, checkerRoleArn }).flatMap(([field, arn]) =>
        arn.split('/').length > 2
          ? [
              `${path}.account.${field} is "${arn}", and a role that is made has no path: expected "…:role/${arn.split('/').at(-1)}", or "create": false for a repository and roles that are there`,
            ]
          : [],
      ),
    );
}

function sharedProblems(foreign: readonly Foreign[]): string[] {
  return [...Map.groupBy(foreign, ({ roleArn }) => roleArn)]
    .flatMap(([roleArn, of]) => {
      const places = of.map(({ path }) => path).join(' and ');
      const kinds = new Set(of.map(({ checkerRoleArn, externalId }) => JSON.stringify([checkerRoleArn, externalId])));
      // One that is made is in the stack of one region, with rights there alone.
      const regions = new Set(of.some(({ made }) => made) ? of.map(({ region }) => region) : []);
      return [
        ...(kinds.size > 1
          ? [`${places} name the role ${roleArn} with different checker roles or external ids: expected the same`]
          : []),
        ...(regions.size > 1
          ? [
              `${places} name the role ${roleArn} in ${[...regions].join(' and ')}: expected roles of their own for each region, whose stack makes them`,
            ]
          : []),
      ];
    })
    .concat(checkerProblems(foreign));
}

/** A checker that is shared by two writers would be made twice; one that is a writer elsewhere could push. */
function checkerProblems(foreign: readonly Foreign[]): string[] {
  return [...Map.groupBy(foreign, ({ checkerRoleArn }) => checkerRoleArn)].flatMap(([checker, of]) => {
    const places = of.map(({ path }) => path).join(' and ');
    const writers = new Set(of.filter(({ made }) => made).map(({ roleArn }) => roleArn));
    return [
      ...(writers.size > 1
        ? [`${places} name the checker role ${checker} beside different roles: expected a checker of its own for each`]
        : []),
      ...(foreign.some(({ roleArn }) => roleArn === checker)
        ? [
            `${places} name the checker role ${checker}, which is "roleArn" elsewhere: expected one that can push nowhere`,
          ]
        : []),
    ];
  });
}
