import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a person who tries it deploys: AWS's keys, a network of its own. */
export const EXAMPLE: object = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'replication.example.json'), 'utf8'),
);

/** Another account, to which the bigger configuration writes. */
export const OTHER_ACCOUNT = '222222222222';
export const EXTERNAL_ID = 'an-external-id-that-nobody-guesses';
const SECRET = 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:github-token-AbCdEf';

/** Everything at once: another host with a secret, another account, the same region, keys and a network of one's own, operators. */
export const BIGGER = {
  region: 'ap-northeast-1',
  account: '111122223333',
  repositories: [
    {
      source: { repository: 'Source' },
      destinations: [
        {
          region: 'ap-northeast-3',
          kmsKeyArn: 'arn:aws:kms:ap-northeast-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        },
        {
          region: 'us-west-2',
          account: {
            roleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/ccrepl-writer`,
            checkerRoleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/ccrepl-checker`,
            externalId: EXTERNAL_ID,
          },
          policy: { refs: ['refs/heads/release/*'] },
        },
        { region: 'ap-northeast-1', repository: 'Source-copy' },
      ],
    },
    {
      source: { url: 'https://github.com/example/name.git', secret: SECRET },
      destinations: [{ region: 'ap-northeast-3', policy: { refs: ['refs/heads/main'] } }],
    },
    {
      source: { repository: 'Public' },
      destinations: [{ url: 'https://gitlab.example/group/public.git', secret: SECRET }],
    },
  ],
  network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] },
  alerts: { emails: ['operations@example.com', 'security@example.com'] },
  encryption: 'own-key',
  operators: ['arn:aws:iam::111122223333:role/Administrators'],
  task: { cpu: 512, memoryMiB: 2048, architecture: 'X86_64' },
  tags: { Team: 'platform' },
};

/** A copy that is itself a source, so that a repository is both; and sources in two regions. */
export const CHAIN = {
  region: 'ap-northeast-1',
  account: '111122223333',
  repositories: [
    { source: { repository: 'First' }, destinations: [{ region: 'ap-northeast-3', repository: 'Second' }] },
    {
      source: { region: 'ap-northeast-3', repository: 'Second' },
      destinations: [{ region: 'us-west-2', repository: 'Third' }],
    },
  ],
};

export const BOTH: [name: string, document: object][] = [
  ['the example', EXAMPLE],
  ['a bigger configuration', BIGGER],
];

interface Entry {
  source: { region?: string; repository?: string };
  destinations: { region?: string; repository?: string; account?: { roleArn: string } }[];
}

const entriesOf = (document: object) => {
  const {
    region,
    account = '111122223333',
    repositories,
  } = document as {
    region: string;
    account?: string;
    repositories: Entry[];
  };
  return { region, account, repositories };
};

/** ARNs of the sources of CodeCommit, read from the document itself. */
export function sourcesOf(document: object): string[] {
  const { region, account, repositories } = entriesOf(document);
  return repositories.flatMap(({ source }) =>
    source.repository === undefined ? [] : [repositoryArn(source.region ?? region, account, source.repository)],
  );
}

/** ARNs of the destinations of CodeCommit whose sources run in `home`; without it, of all. */
export function destinationsOf(document: object, home?: string): string[] {
  const { region, account, repositories } = entriesOf(document);
  return repositories.flatMap(({ source, destinations }) =>
    destinations.flatMap((to) => {
      if (to.region === undefined || (home !== undefined && (source.region ?? region) !== home)) return [];
      const name = to.repository ?? source.repository ?? 'name';
      return [repositoryArn(to.region, to.account?.roleArn.split(':')[4] ?? account, name)];
    }),
  );
}

const repositoryArn = (region: string, account: string, name: string): string =>
  `arn:aws:codecommit:${region}:${account}:${name}`;

/** More sources than a function's policy has statements for. */
export const MANY = {
  region: 'ap-northeast-1',
  repositories: Array.from({ length: 41 }, (_, n) => ({
    source: { repository: `R${n}` },
    destinations: [{ region: 'ap-northeast-3', create: false }],
  })),
};

/** Sources in two regions, whose copies are in a third. */
export const TWO_HOMES = {
  region: 'ap-northeast-1',
  repositories: [
    { source: { repository: 'Source' }, destinations: [{ region: 'us-west-2' }] },
    { source: { region: 'eu-west-1', repository: 'Second' }, destinations: [{ region: 'us-west-2' }] },
  ],
};
