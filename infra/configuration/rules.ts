import { isCodeCommit } from '../../replication/settings.ts';
import { accountOf, type Expanded, isRepositoryName } from './expand.ts';
import type { ConfigurationDocument } from './schema.ts';

/** What is wrong with a document that has the right shape: what two of its parts say together. */
export function rulesBroken(document: ConfigurationDocument, expanded: readonly Expanded[]): string[] {
  return [...topicProblems(document), ...regionalProblems(document, expanded), ...replicaProblems(expanded)];
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
    const account = accountOf(destination);
    if (key !== undefined && key[3] !== destination.region)
      problems.push(
        `${path}.kmsKeyArn is in ${key[3]}: expected a key in ${destination.region}, where the repository is`,
      );
    if (key !== undefined && account !== undefined && key[4] !== account)
      problems.push(`${path}.kmsKeyArn is of account ${key[4]}: expected a key of ${account}, whose repository it is`);
    return problems;
  });
}
