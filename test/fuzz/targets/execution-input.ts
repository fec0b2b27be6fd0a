import type { Run, SweepList } from '../../../replication/contract.ts';
import { readInput } from '../../../replication/input.ts';
import { parseSettings } from '../../../replication/settings.ts';
import { reshapeJson } from '../json.ts';
import { answerNow, judge, judgeError } from '../judge.ts';
import type { Target } from '../target.ts';

const IDS = ['Source--us-west-2', 'host', 'x'.repeat(128)];
const SETTINGS = parseSettings(
  JSON.stringify({
    replicas: IDS.map((id, index) => ({
      id,
      source:
        index === 1
          ? { url: 'https://host.example/a.git' }
          : { region: 'ap-northeast-1', repository: `Source${index}` },
      destination: { region: 'us-west-2', repository: `Copy${index}` },
    })),
  }),
);
const SWEEP = 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-sweep';
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';
const READER = { settings: SETTINGS, sweepArn: SWEEP, now: new Date('2026-01-01T00:00:00Z') };

const WORDS = [
  'replica',
  'confirm',
  'force',
  'task',
  'repository',
  'Source0',
  'https://host.example/a.git',
  STARTED_BY,
  ...IDS,
  '0123456789abcdef',
  `${SWEEP.replace(':stateMachine:', ':execution:')}:n`,
];
const EXAMPLES = [
  { stateMachine: 'replicate', input: { replica: 'host', confirm: '0123456789abcdef', [STARTED_BY]: WORDS.at(-1) } },
  { stateMachine: 'replicate', input: { replica: 'Source--us-west-2', force: 'task' } },
  { stateMachine: 'sweep', input: {} },
  { stateMachine: 'sweep', input: { repository: 'Source0' } },
  { stateMachine: 'sweep', input: { replica: 'host' } },
].map((one) => Buffer.from(JSON.stringify(one)));

/** The input of an execution, which Step Functions gives parsed: the state machine says which it is. */
export const executionInput: Target = {
  name: 'execution-input',
  files: ['replication/input.ts'],
  examples: EXAMPLES,
  words: WORDS,
  generate: (random) => reshapeJson(random.pick(EXAMPLES), random, WORDS),
  reshape: (bytes, random) => reshapeJson(bytes, random, WORDS),
  run(bytes) {
    const text = bytes.toString('utf8');
    const parsed = answerNow(() => JSON.parse(text) as { stateMachine?: unknown; input?: unknown } | null);
    const given =
      'value' in parsed ? (parsed.value as { stateMachine?: unknown; input?: unknown } | null) : { input: text };
    const stateMachine = given?.stateMachine === 'sweep' ? 'sweep' : 'replicate';
    const answer = answerNow(() => readInput({ stateMachine, input: given?.input } as never, READER));
    if ('error' in answer) return `${stateMachine} ${judgeError(answer.error, ['input'])}`;
    const value = answer.value as Run | SweepList;
    const ids = 'replicas' in value ? value.replicas.map(({ replica }) => replica) : [value.replica];
    judge('only replicas that there are', ids.length > 0 && ids.every((id) => IDS.includes(id)), value);
    if ('replicas' in value) return `sweep ${ids.length}`;
    const { confirm, force, sweep } = value;
    judge('a confirmation is a fingerprint', confirm === undefined || /^[0-9a-f]{16}$/.test(confirm), value);
    judge('what is forced is the task', force === undefined || force === 'task', value);
    judge('a sweep is one of ours', sweep === undefined || sweep.startsWith(WORDS.at(-1)!.slice(0, -1)), value);
    return `replicate ${confirm !== undefined} ${force !== undefined} ${sweep !== undefined}`;
  },
};
