import { type CodeCommitSide, isCodeCommit, otherAccountOf, type Replica } from '../../replication/settings.ts';
import { pushedRefs } from './pushed-refs.ts';

/**
 * A managed policy of IAM has at most 6,144 characters, and a statement is in one policy: so many may be its ARNs, with what else is in it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STATEMENT_CHARS_MAX = 6144;
/** The policy around it, and the longest of our lists of actions. */
const STATEMENT_FRAME_CHARS = 450;

/** What is one list in a statement, and what people know it as. */
interface List {
  what: string;
  entries: readonly string[];
}

/** What is too much for IAM: each list of what some role may use has to fit into one policy. */
export function policySizeProblems(replicas: readonly Replica[], region: string): string[] {
  return lists(replicas, region).flatMap(({ what, entries }) => {
    const chars = entries.reduce((sum, entry) => sum + JSON.stringify(entry).length + 1, 0);
    const most = STATEMENT_CHARS_MAX - STATEMENT_FRAME_CHARS;
    return chars > most
      ? [
          `${entries.length} ${what} are ${chars} characters in a policy, and IAM takes ${most}: expected fewer, or shorter names; put the others into another account`,
        ]
      : [];
  });
}

function lists(replicas: readonly Replica[], region: string): List[] {
  const homeOf = ({ source }: Replica) => (isCodeCommit(source) ? source.region : region);
  const ofHomes = [...Map.groupBy(replicas, homeOf)].flatMap(([home, of]): List[] => [
    { what: `sources in ${home}`, entries: arns(of.map(({ source }) => source).filter(isCodeCommit)) },
    {
      what: `destinations of the sources in ${home}, with the refs that may be pushed,`,
      entries: [...arns(own(of)), ...pushedRefs(of.map(({ policy }) => policy))],
    },
    { what: `secrets with logins of the sources in ${home}`, entries: secrets(of) },
    { what: `roles of other accounts of the sources in ${home}`, entries: roles(of) },
  ]);
  const destinations = replicas.flatMap(({ destination, policy }) =>
    isCodeCommit(destination) ? [{ destination, policy }] : [],
  );
  const there = [...Map.groupBy(destinations, ({ destination }) => placeOf(destination))].map(
    ([place, of]): List => ({
      what: `destinations in ${place}, with the refs that may be pushed,`,
      entries: [...arns(of.map(({ destination }) => destination)), ...pushedRefs(of.map(({ policy }) => policy))],
    }),
  );
  return [...ofHomes, ...there];
}

function placeOf(side: CodeCommitSide): string {
  const other = otherAccountOf(side);
  return other === undefined ? side.region : `${side.region} of account ${other}`;
}

const own = (replicas: readonly Replica[]): CodeCommitSide[] =>
  replicas
    .map(({ destination }) => destination)
    .filter(isCodeCommit)
    .filter((side) => otherAccountOf(side) === undefined);

const arns = (sides: readonly CodeCommitSide[]): string[] => [
  ...new Set(sides.map(({ region, repository }) => `arn:aws:codecommit:${region}:111122223333:${repository}`)),
];

const secrets = (replicas: readonly Replica[]): string[] => {
  const sides = replicas.flatMap(({ source, destination }) => [source, destination]);
  return [...new Set(sides.flatMap((side) => ('secret' in side && side.secret !== undefined ? [side.secret] : [])))];
};

const roles = (replicas: readonly Replica[]): string[] => [
  ...new Set(
    replicas.flatMap(({ destination }) =>
      isCodeCommit(destination) && destination.account !== undefined ? [destination.account.roleArn] : [],
    ),
  ),
];
