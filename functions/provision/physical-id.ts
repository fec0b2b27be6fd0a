/** A trigger as CloudFormation names it: another name for another region, repository or trigger. */
export interface TriggerId {
  region: string;
  repository: string;
  trigger: string;
}

export const triggerId = ({ region, repository, trigger }: TriggerId): string =>
  `ccrepl-trigger:${region}:${repository}:${trigger}`;

/** Undefined for an id that is not ours: what CloudFormation makes up for a Create that it got no answer to. */
export function parseTriggerId(id: string): TriggerId | undefined {
  const [, region, repository, trigger] = /^ccrepl-trigger:([a-z0-9-]+):([\w.-]+):([\w.-]+)$/.exec(id) ?? [];
  if (region === undefined || repository === undefined || trigger === undefined) return undefined;
  return { region, repository, trigger };
}

export const repositoryId = (region: string, repository: string): string => `ccrepl-repository:${region}:${repository}`;
