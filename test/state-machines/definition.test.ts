import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { ERROR_TABLE } from '../../replication/errors.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const FILE = join(import.meta.dirname, '..', '..', 'state-machines', 'replicate.asl.json');

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Catch?: { Next: string }[];
}
const definition = JSON.parse(readFileSync(FILE, 'utf8')) as { StartAt: string; States: Record<string, State> };

afterAll(removeFolders);

const nextOf = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...[...Choices, ...Catch].map((rule) => rule.Next)].filter((name) => name !== undefined);

/** The states that can follow `start`, it included. */
function reachableFrom(start: string): Set<string> {
  const reached = new Set([start]);
  for (const name of reached) for (const next of nextOf(definition.States[name] as State)) reached.add(next);
  return reached;
}

it('can reach every state from its first, and an end from every state', () => {
  const names = Object.keys(definition.States);
  const endless = names.filter(
    (name) =>
      ![...reachableFrom(name)].some((next) => ['Succeed', 'Fail'].includes((definition.States[next] as State).Type)),
  );

  expect([...reachableFrom(definition.StartAt)].sort()).toEqual(names.sort());
  expect(endless).toEqual([]);
});

it('cannot reach success but through a comparison that says in-sync', () => {
  const before = Object.entries(definition.States).filter(([, state]) => nextOf(state).includes('InSync'));

  expect(before.map(([name]) => name)).toEqual(['AnythingToReplicate', 'IsVerified']);
  for (const [, { Choices, Default }] of before) {
    expect(Choices?.filter(({ Next }) => Next === 'InSync')).toEqual([
      { Variable: '$.compared.result.verdict', StringEquals: 'in-sync', Next: 'InSync' },
    ]);
    expect(Default).not.toBe('InSync');
  }
});

it('tries exactly the exit codes again that the error table calls retryable', () => {
  const tested = [...JSON.stringify(definition.States['IsWorthAnotherTask']).matchAll(/\\"ExitCode\\":(\d+),/g)];
  const retryable = Object.values(ERROR_TABLE).filter((row) => row.retryable);

  expect(tested.map(([, code]) => Number(code)).sort()).toEqual(retryable.map(({ exitCode }) => exitCode).sort());
});

it('names those exit codes in its comment by their classes', () => {
  const { Comment } = definition.States['IsWorthAnotherTask'] as { Comment?: string };

  for (const [name, { exitCode, retryable }] of Object.entries(ERROR_TABLE)) {
    if (retryable) expect(Comment).toContain(`${exitCode} ${name}`);
  }
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
