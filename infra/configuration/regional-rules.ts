import type { Expanded } from './expand.ts';
import type { ConfigurationDocument } from './schema.ts';

/** Networks, topics and keys are of one region, and so are the stacks that use them. */
export function regionalProblems(
  { region, network, alerts, encryption }: ConfigurationDocument,
  expanded: readonly Expanded[],
): string[] {
  const homes = [...new Set(expanded.map(({ home }) => home))];
  const { topicArn, alarmTopicArn } = alerts ?? {};
  const key = encryption?.startsWith('arn:') ? encryption : undefined;
  const regional = [
    ...(network === undefined ? [] : [{ path: 'network', at: undefined }]),
    ...ofArn('alerts.topicArn', topicArn),
    ...ofArn('alerts.alarmTopicArn', alarmTopicArn),
    ...ofArn('encryption', key),
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

const ofArn = (path: string, arn: string | undefined): { path: string; at: string | undefined }[] =>
  arn === undefined ? [] : [{ path, at: arn.split(':')[3] }];
