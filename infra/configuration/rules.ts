import { isCodeCommit, otherAccountOf } from '../../replication/settings.ts';
import { type Expanded, isRepositoryName } from './expand.ts';
import type { ConfigurationDocument } from './schema.ts';

/** What is wrong with a document that has the right shape: what two of its parts say together. */
export function rulesBroken(document: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  return [
    ...topicProblems(document),
    ...regionalProblems(document, expanded),
    ...replicaProblems(expanded),
    ...accountProblems(document, expanded),
    ...sizeProblems(expanded),
  ];
}

function topicProblems({ alerts }: ConfigurationDocument): string[] {
  if (alerts?.topicArn === undefined || alerts.emails === undefined) return [];
  return ['alerts has "topicArn" and "emails": expected one of them; subscribe the addresses to your topic yourself'];
}

/** Networks, topics and keys are of one region, and so are the stacks that use them. */
function regionalProblems(
  { region, network, alerts, encryption }: ConfigurationDocument,
  expanded: readonly Expanded[],
): string[] {
  const homes = [...new Set(expanded.map(({ home }) => home))];
  const topic = alerts?.topicArn;
  const key = encryption?.startsWith('arn:') ? encryption : undefined;
  const regional = [
    ...(network === undefined ? [] : [{ path: 'network', at: undefined }]),
    ...(topic === undefined ? [] : [{ path: 'alerts.topicArn', at: topic.split(':')[3] }]),
    ...(key === undefined ? [] : [{ path: 'encryption', at: key.split(':')[3] }]),
  ];
  return regional.flatMap(({ path, at }) => {
    if (homes.length > 1)
      return [
        `${path} is of one region, but the sources are in ${homes.join(' and ')}: expected a configuration file for each (cdk -c config=FILE)`,
      ];
    const home = homes[0] ?? region;
    return at === undefined || at === home ? [] : [`${path} is in ${at}: expected one in ${home}, where it is used`];
  });
}

function replicaProblems(expanded: readonly Expanded[]): string[] {
  return expanded.flatMap(({ path, replica: { destination }, repository }) => {
    if (!isCodeCommit(destination)) return [];
    const problems: string[] = [];
    if (!isRepositoryName(destination.repository))
      problems.push(
        `${path}.repository is missing, and the source’s name "${destination.repository}" is none that CodeCommit takes: expected a name of its own`,
      );
    const key = repository?.kmsKeyArn?.split(':');
    const account = otherAccountOf(destination);
    if (key !== undefined && key[3] !== destination.region)
      problems.push(
        `${path}.kmsKeyArn is in ${key[3]}: expected a key in ${destination.region}, where the repository is`,
      );
    if (key !== undefined && account !== undefined && key[4] !== account)
      problems.push(`${path}.kmsKeyArn is of account ${key[4]}: expected a key of ${account}, whose repository it is`);
    return problems;
  });
}

/** The other account must name ours, and roles cannot be told apart that are given differently. */
function accountProblems({ account: own }: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  const foreign = expanded.flatMap(({ path, replica: { destination } }) =>
    isCodeCommit(destination) && destination.account !== undefined ? [{ path, ...destination.account }] : [],
  );
  const problems = foreign.flatMap(({ path, roleArn }) =>
    own !== undefined && roleArn.split(':')[4] === own
      ? [`${path}.account names roles of ${own}, the account of the sources: expected another account, or no "account"`]
      : [],
  );
  if (foreign.length > 0 && own === undefined)
    problems.push('account is missing: expected that of the sources, which the other account must trust');
  for (const [roleArn, of] of Map.groupBy(foreign, (one) => one.roleArn)) {
    const kinds = new Set(of.map(({ checkerRoleArn, externalId }) => `${checkerRoleArn} ${externalId}`));
    if (kinds.size > 1)
      problems.push(
        `${of.map(({ path }) => path).join(' and ')} name the role ${roleArn} with different checker roles or external ids: expected the same`,
      );
  }
  return problems;
}

/** IAM's limit for the policies of one role holds the ARNs of so many. */
export const REPLICAS_PER_REGION_MAX = 300;

function sizeProblems(expanded: readonly Expanded[]): string[] {
  return [...Map.groupBy(expanded, ({ home }) => home)].flatMap(([home, { length }]) =>
    length > REPLICAS_PER_REGION_MAX
      ? [
          `${length} replicas have their source in ${home}: expected at most ${REPLICAS_PER_REGION_MAX} in a region, as many as the policies of one role hold; put the others into another account`,
        ]
      : [],
  );
}
