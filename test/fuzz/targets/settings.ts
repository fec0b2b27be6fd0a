import { parseSettings, parseTask, type Settings, sideIdentity, type Task } from '../../../replication/settings.ts';
import { CANARY, judge, judgeEqual } from '../judge.ts';
import { DOCUMENT_WORDS, documentTarget, SECRET_URL } from './documents.ts';

const FILES = [
  'replication/settings.ts',
  'replication/document.ts',
  'git/url.ts',
  'git/identity.ts',
  'git/codecommit/hosts.ts',
];

const account = {
  roleArn: 'arn:aws:iam::222222222222:role/writer',
  checkerRoleArn: 'arn:aws:iam::222222222222:role/checker',
  externalId: CANARY,
};
const source = { region: 'ap-northeast-1', repository: 'Source' };
const policy = {
  refs: ['refs/heads/*', 'refs/tags/v1'],
  deletes: 'keep',
  rewrites: 'archive',
  massChange: { percent: 5, heads: 3 },
};
const host = {
  url: 'https://host.example/a.git',
  secret: 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:n-AbCdEf',
};
const toOther = { id: 'other', source, destination: { region: 'us-west-2', repository: 'Copy', account }, policy };
const fromHost = { id: 'host', source: host, destination: { region: 'us-west-2', repository: 'Mirror' }, policy: {} };
const wrong = {
  id: 'wrong',
  source: { url: SECRET_URL },
  destination: { ...source, region: 'eu-west-1', account: { ...account, externalId: `${CANARY} is no id` } },
};

const differ = ({ source: from, destination: to }: Task): boolean => sideIdentity(from) !== sideIdentity(to);

/** What a task gets. */
export const task = documentTarget({
  name: 'task',
  files: FILES,
  examples: [{ ...toOther, confirm: '0123456789abcdef' }, fromHost, wrong],
  words: [...DOCUMENT_WORDS, 'confirm'],
  parse: parseTask,
  judgeValue(value) {
    judge('a source is never its own destination', differ(value as Task), value);
    judgeEqual('a task that is written again is the same', parseTask(JSON.stringify(value)), value);
  },
});

/** What the functions are given. */
export const settings = documentTarget({
  name: 'settings',
  files: FILES,
  examples: [{ replicas: [toOther, fromHost] }, { replicas: [] }, { replicas: [wrong, fromHost] }],
  words: [...DOCUMENT_WORDS, 'replicas'],
  parse: parseSettings,
  judgeValue(value) {
    const { replicas } = value as Settings;
    judge('a source is never its own destination', replicas.every(differ), replicas);
    const written = new Set(replicas.map(({ destination }) => sideIdentity(destination)));
    judgeEqual('a repository has one writer', written.size, replicas.length);
    judgeEqual('an id is of one replica', new Set(replicas.map(({ id }) => id)).size, replicas.length);
    judgeEqual('settings that are written again are the same', parseSettings(JSON.stringify(value)), value);
  },
});
