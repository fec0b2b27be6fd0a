import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../../infra/configuration/configuration.ts';
import { parseConfiguration } from '../../../infra/configuration/read.ts';
import { parseSettings } from '../../../replication/settings.ts';
import { CANARY, judgeEqual } from '../judge.ts';
import { DOCUMENT_WORDS, documentTarget, SECRET_URL } from './documents.ts';

const EVERY_FIELD = join(import.meta.dirname, '..', '..', 'infra', 'configurations', 'every-field.json');
const everyField = JSON.parse(
  readFileSync(EVERY_FIELD, 'utf8').replace('an-external-id-that-nobody-guesses', CANARY),
) as object;
const small = {
  region: 'ap-northeast-1',
  repositories: [{ source: { repository: 'Source' }, destinations: [{ region: 'us-west-2' }, { url: SECRET_URL }] }],
  alerts: { emails: ['a@example.com'] },
  tags: { Team: 'platform' },
};
const wrongId = {
  ...small,
  repositories: [
    {
      source: { repository: 'Source' },
      destinations: [
        {
          region: 'us-west-2',
          account: {
            roleArn: 'arn:aws:iam::222222222222:role/writer',
            checkerRoleArn: 'arn:aws:iam::222222222222:role/checker',
            externalId: `${CANARY} is no id`,
          },
        },
      ],
    },
  ],
};
const least = {
  region: 'eu-west-1',
  repositories: [{ source: { repository: 'S' }, destinations: [{ region: 'us-west-2' }] }],
};

/** `replication.json`, as text. */
export const configuration = documentTarget({
  name: 'configuration',
  files: [
    'read',
    'json-text',
    'expand',
    'rules',
    'schema',
    'schema-parts',
    'policies',
    'other-account-rules',
    'regional-rules',
    'replica-rules',
  ]
    .map((name) => `infra/configuration/${name}.ts`)
    .concat('replication/document.ts', 'replication/settings.ts'),
  examples: [everyField, small, wrongId, least],
  words: [
    ...DOCUMENT_WORDS,
    'repositories',
    'create',
    'kmsKeyArn',
    'sweep',
    'everyMinutes',
    'alerts',
    'emails',
    'topicArn',
    'alarmTopicArn',
    'network',
    'task',
    'cpu',
    'memoryMiB',
    'logs',
    'tags',
    'Team',
    'team',
    'encryption',
    'own-key',
    'operators',
  ],
  parse: (text) => parseConfiguration(text, 'replication.json'),
  judgeValue(value, text) {
    const { sources } = value as Configuration;
    const replicas = sources.flatMap((one) => one.replicas);
    judgeEqual('what is configured the functions take', parseSettings(JSON.stringify({ replicas })).replicas, replicas);
    judgeEqual(
      'a document that is written again means the same',
      parseConfiguration(JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, ''))), 'r'),
      value,
    );
  },
});
