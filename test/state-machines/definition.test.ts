import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
// @ts-expect-error: the package has no types.
import validate from 'asl-validator';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { ERROR_TABLE } from '../../replication/errors.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

interface State {
  Comment?: string;
  Type: string;
  Resource?: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Choices?: { Next: string }[];
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number; JitterStrategy?: string; MaxDelaySeconds?: number }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  TimeoutSeconds?: number;
  Error?: string;
  ItemProcessor?: Machine;
}
interface Machine {
  StartAt: string;
  TimeoutSeconds?: number;
  States: Record<string, State>;
}
const HOME = join(import.meta.dirname, '..', '..');
const machineOf = (name: string): Machine =>
  JSON.parse(readFileSync(join(HOME, 'state-machines', `${name}.asl.json`), 'utf8'));
const replicate = machineOf('replicate');
const sweep = machineOf('sweep');

afterAll(removeFolders);

const nextOf = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...[...Choices, ...Catch].map((rule) => rule.Next)].filter((name) => name !== undefined);

/** The states that can follow `start`, it included. */
function reachableFrom(machine: Machine, start: string): Set<string> {
  const reached = new Set([start]);
  for (const name of reached) for (const next of nextOf(machine.States[name] as State)) reached.add(next);
  return reached;
}

/** A machine and those inside its Maps. */
const scopes = (machine: Machine): Machine[] => [
  machine,
  ...Object.values(machine.States).flatMap(({ ItemProcessor }) => (ItemProcessor ? scopes(ItemProcessor) : [])),
];
const statesOf = (machine: Machine): [string, State][] =>
  scopes(machine).flatMap(({ States }) => Object.entries(States));
/** The Map that a state is in: what it does not catch, the Map does. */
const mapOf = (machine: Machine, name: string): State | undefined =>
  Object.values(machine.States).find(
    ({ ItemProcessor }) => ItemProcessor !== undefined && name in ItemProcessor.States,
  );
const ends = ({ Type, End }: State): boolean => Type === 'Succeed' || Type === 'Fail' || End === true;

describe.each([
  ['replicate', replicate],
  ['sweep', sweep],
])('the state machine %s', (name, machine) => {
  it('is valid', () => {
    expect(validate(machine)).toMatchObject({ isValid: true });
  });

  it('can reach every state from its first, and an end from every state', () => {
    for (const scope of scopes(machine)) {
      const names = Object.keys(scope.States);
      const endless = names.filter(
        (state) => ![...reachableFrom(scope, state)].some((next) => ends(scope.States[next] as State)),
      );

      expect([...reachableFrom(scope, scope.StartAt)].sort()).toEqual(names.sort());
      expect(endless).toEqual([]);
    }
  });

  it('has a limit of time', () => {
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  const tasks = statesOf(machine).filter(([, { Type }]) => Type === 'Task');
  it.each(tasks)('gives %s a time-out, retries with full jitter and a cap, and a way out', (name_, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    const ways = [...(state.Catch ?? []), ...(mapOf(machine, name_)?.Catch ?? [])];
    expect(ways.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    const tried = (state.Retry ?? []).filter(({ MaxAttempts }) => MaxAttempts !== 0);
    expect(tried.length).toBeGreaterThan(0);
    for (const { ErrorEquals, JitterStrategy, MaxDelaySeconds } of tried) {
      // No failure of a crowd, but a question to be asked later.
      if (ErrorEquals.includes('Sfn.ExecutionDoesNotExistException')) continue;
      expect(JitterStrategy).toBe('FULL');
      expect(MaxDelaySeconds).toBeGreaterThan(0);
    }
    for (const { ErrorEquals } of [...(state.Retry ?? []), ...(state.Catch ?? [])]) {
      if (ErrorEquals.includes('States.ALL')) expect(ErrorEquals).toEqual(['States.ALL']);
    }
  });

  it('never tries again what a condition has answered', () => {
    for (const [, { Resource, Retry = [], Catch = [] }] of tasks) {
      if (Resource !== 'arn:aws:states:::dynamodb:updateItem') continue;
      const [first] = Catch;
      if (!first?.ErrorEquals.includes('DynamoDB.ConditionalCheckFailedException')) continue;
      expect(Retry[0]).toEqual({ ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], MaxAttempts: 0 });
    }
  });

  it.each(statesOf(machine).filter(([, { Type }]) => Type === 'Fail'))(
    'has its state %s, in which an execution fails, in docs/runbook.md',
    (state, { Error: error }) => {
      const runbook = readFileSync(join(HOME, 'docs', 'runbook.md'), 'utf8');

      expect(runbook.includes(`\`${state}\``) || runbook.includes(`\`${error}\``)).toBe(true);
    },
  );

  it('is drawn in docs/workflow.md', () => {
    expect(readFileSync(join(HOME, 'docs', 'workflow.md'), 'utf8')).toContain(`](${name}.svg)`);
  });
});

it('calls a replica in sync only where a comparison says so', () => {
  const before = (...targets: string[]) =>
    Object.entries(replicate.States).filter(([, state]) => nextOf(state).some((next) => targets.includes(next)));
  const proving = before('SettleInSync', 'RecordInSync', 'RecordStillInSync').filter(
    ([, { Type }]) => Type === 'Choice',
  );

  expect(proving.map(([name]) => name).sort()).toEqual(['AnythingToReplicate', 'IsDriftStable', 'IsVerified']);
  for (const [, { Choices = [], Default }] of proving) {
    for (const rule of Choices.filter(({ Next }) => /InSync/.test(Next))) {
      expect(JSON.stringify(rule)).toContain('"Variable":"$.compared.result.verdict","StringEquals":"in-sync"');
    }
    expect(Default).not.toMatch(/InSync/);
  }
  // Every other way to an end that is green leads through one of them.
  expect(before('InSync', 'Replicated').map(([name]) => name)).toEqual(['SettleInSync', 'HowItEnded']);
  expect(before('Proven', 'Superseded').map(([name]) => name)).toEqual(['RecordInSync', 'RecordStillInSync']);
});

describe('the treatment of errors', () => {
  const page = readFileSync(join(HOME, 'docs', 'errors.md'), 'utf8');
  const section = (heading: string) => page.split(`\n## ${heading}`)[1]?.split('\n## ')[0] ?? '';
  const named = (text: string) => [...text.matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name as string);
  const all = [...statesOf(replicate), ...statesOf(sweep)];
  const matched = new Set(
    all.flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals)),
  );

  it('of a task names exactly the exit codes of the table that are worth another try, and 137', () => {
    const choice = JSON.stringify(replicate.States['IsWorthAnotherTask']);
    const tested = new Set([...choice.matchAll(/\\"ExitCode\\":(\d+)[,}]/g)].map(([, code]) => Number(code)));
    const retryable = Object.values(ERROR_TABLE).filter((row) => row.retryable);

    expect([...tested].sort()).toEqual([...retryable.map(({ exitCode }) => exitCode), 137].sort());
    for (const [name, { exitCode, retryable: again }] of Object.entries(ERROR_TABLE)) {
      if (again) expect(replicate.States['IsWorthAnotherTask']?.Comment).toContain(`${exitCode} ${name}`);
    }
  });

  it('knows of AWS’s errors exactly those of docs/errors.md', () => {
    const ours = [...matched].filter((name) => name.startsWith('Ccrepl.'));

    expect([...matched].filter((name) => !ours.includes(name)).sort()).toEqual(named(section('Of AWS')).sort());
  });

  it('raises of its own errors exactly those of docs/errors.md', () => {
    const written = JSON.stringify([replicate, sweep]).match(/"Error":"(Ccrepl\.\w+)"/g) ?? [];
    const raised = new Set(written.map((text) => text.slice(9, -1)));

    expect([...raised].sort()).toEqual(named(section('Of the state machines')).sort());
  });

  /** What can be raised behind each resource, by AWS's documentation and practice, and by our own functions. */
  const LAMBDA = ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException'];
  const RAISED: Record<string, string[]> = {
    'lambda:invoke': [
      ...[...LAMBDA, 'Lambda.TooManyRequestsException', 'Lambda.Unknown'],
      ...['Runtime.ExitError', 'Sandbox.Timedout'],
    ],
    'ecs:runTask.sync': [
      ...['ECS.AmazonECSException', 'ECS.ServerException', 'ECS.ThrottlingException'],
      ...['ECS.InvalidParameterException', 'AmazonECS.Unknown'],
    ],
    'dynamodb:updateItem': ['DynamoDB.ConditionalCheckFailedException'],
    'dynamodb:getItem': [],
    'aws-sdk:sfn:describeExecution': ['Sfn.ExecutionDoesNotExistException'],
    'states:startExecution': [],
    'states:startExecution.sync:2': [
      ...['StepFunctions.ExecutionLimitExceeded', 'StepFunctions.ExecutionLimitExceededException'],
    ],
    'sns:publish': [],
  };
  /** Classes that a function can end with: those of its own work. */
  const OURS: Record<string, (keyof typeof ERROR_TABLE)[]> = {
    ReadInputFunctionArn: ['input'],
    CompareHeadsFunctionArn: ['transient', 'auth', 'missing', 'quota', 'protocol', 'input', 'internal'],
    AlertFunctionArn: ['internal'],
    SummariseSweepFunctionArn: ['internal'],
  };
  const GENERAL = ['States.ALL', 'States.TaskFailed', 'States.Timeout'];

  it.each(all.filter(([, { Type }]) => Type === 'Task'))('of %s names nothing that it cannot raise', (_name, state) => {
    const resource = state.Resource?.replace('arn:aws:states:::', '') ?? '';
    const functionName = /\$\{(\w+FunctionArn)\}/.exec(JSON.stringify(state))?.[1] ?? '';
    const possible = [
      ...GENERAL,
      ...(RAISED[resource] as string[]),
      ...(OURS[functionName] ?? []).map((code) => ERROR_TABLE[code].errorName as string),
    ];
    const names = [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals);

    expect(names.filter((name) => !possible.includes(name))).toEqual([]);
  });
});

describe('filling in a definition', () => {
  const aDefinition = async (content: object): Promise<string> => {
    const file = join(await aFolder(), 'x.asl.json');
    await writeFile(file, JSON.stringify(content));
    return file;
  };

  it('keeps a value as it is, whatever characters are in it', async () => {
    const file = await aDefinition({ Comment: `a \${Value} b \${Value}` });

    expect(loadDefinition(file, { Value: 'q"\\\n$&' })).toEqual({ Comment: 'a q"\\\n$& b q"\\\n$&' });
  });

  it('refuses a placeholder without a value, and a value without a placeholder', async () => {
    const file = await aDefinition({ Comment: `\${Value}` });

    expect(() => loadDefinition(file, {})).toThrow('the placeholder Value has no value');
    expect(() => loadDefinition(file, { Value: 'v', Other: 'o' })).toThrow('no placeholder for Other');
  });

  it('refuses JSONata, which the runner would run to a wrong end', async () => {
    await expect(aDefinition({ QueryLanguage: 'JSONata' }).then((file) => loadDefinition(file, {}))).rejects.toThrow(
      'supports JSONPath only',
    );
  });
});
