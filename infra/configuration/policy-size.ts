import { type CodeCommitSide, isCodeCommit, otherAccountOf, type Replica } from '../../replication/settings.ts';
import { CONDITION_CHARS_MAX, charsOf, inPortions } from './portions.ts';
import { pushedRefs } from './pushed-refs.ts';

/**
 * Statements of full length that the policies of one role hold: ten managed policies, of which one denies the sources, and the inline policy of
 * 10,240 characters.
 */
const FULL_STATEMENTS_MAX = 10;

/** Of a condition, around its list. */
const CONDITION_FRAME_CHARS = 60;

/** Somebody whose rights are lists that grow with the replicas. */
interface Role {
  /** What people know the lists as. */
  what: string;
  lists: { resources: readonly string[]; conditions?: readonly string[] }[];
}

/** What is too much for IAM: what a role may use has to fit into its policies. */
export function policySizeProblems(replicas: readonly Replica[], region: string): string[] {
  return [...rolesOf(replicas, region).flatMap(problemsOf), ...denialProblems(replicas)];
}

function problemsOf({ what, lists }: Role): string[] {
  const refs = charsOf(lists.flatMap(({ conditions = [] }) => conditions));
  if (refs > CONDITION_CHARS_MAX)
    return [
      `the refs that may be pushed of ${what} are ${refs} characters in a policy, and IAM leaves ${CONDITION_CHARS_MAX} for them: expected fewer patterns`,
    ];
  const statements = lists.reduce(
    (sum, { resources, conditions = [] }) =>
      sum + inPortions(resources, conditions.length === 0 ? 0 : charsOf(conditions) + CONDITION_FRAME_CHARS).length,
    0,
  );
  return statements > FULL_STATEMENTS_MAX
    ? [
        `${what} need ${statements} statements in the policies of a role, and IAM has room for ${FULL_STATEMENTS_MAX}: expected fewer, or shorter names; put the others into another account`,
      ]
    : [];
}

function rolesOf(replicas: readonly Replica[], region: string): Role[] {
  const homeOf = ({ source }: Replica) => (isCodeCommit(source) ? source.region : region);
  const tasks = [...Map.groupBy(replicas, homeOf)].map(([home, of]): Role => {
    const destinations = arns(own(of));
    return {
      what: `the ${of.length} replicas with a source in ${home}`,
      lists: [
        { resources: arns(of.map(({ source }) => source).filter(isCodeCommit)) },
        { resources: destinations },
        { resources: destinations, conditions: pushedRefs(of.map(({ policy }) => policy)) },
        { resources: secrets(of) },
        { resources: roles(of) },
      ],
    };
  });
  const destinations = replicas.flatMap(({ destination, policy }) =>
    isCodeCommit(destination) && otherAccountOf(destination) !== undefined ? [{ destination, policy }] : [],
  );
  const writers = [...Map.groupBy(destinations, ({ destination }) => placeOf(destination))].map(([place, of]): Role => {
    const resources = arns(of.map(({ destination }) => destination));
    return {
      what: `the ${of.length} destinations in ${place}`,
      lists: [{ resources }, { resources, conditions: pushedRefs(of.map(({ policy }) => policy)) }],
    };
  });
  return [...tasks, ...writers];
}

/** Sources in a region that also has destinations are denied one by one, in one policy. */
function denialProblems(replicas: readonly Replica[]): string[] {
  const regions = new Set(own(replicas).map(({ region }) => region));
  const listed = arns(
    replicas
      .map(({ source }) => source)
      .filter((side) => isCodeCommit(side) && regions.has(side.region)) as CodeCommitSide[],
  );
  return inPortions(listed).length > 1
    ? [
        `${listed.length} sources are in a region that also has destinations, ${charsOf(listed)} characters in the one policy that denies to write to them: expected fewer, shorter names, or the destinations in another region`,
      ]
    : [];
}

const placeOf = (side: CodeCommitSide): string => `${side.region} of account ${otherAccountOf(side)}`;

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
