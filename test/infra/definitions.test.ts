import { basename, join } from 'node:path';
// @ts-expect-error: the package has no types.
import validate from 'asl-validator';
import { loadDefinition } from '../../local/stepfunctions/definition.ts';
import { fillIn } from '../support/asl.ts';
import { type DeployedStack, type Resource, synthesise } from '../support/infra.ts';
import type { Workflow } from '../support/workflow.ts';
import { BOTH, EXAMPLE } from './fixtures.ts';

const FILES = join(import.meta.dirname, '..', '..', 'state-machines');
const MACHINES = [
  ['ccrepl-replicate', 'replicate.asl.json'],
  ['ccrepl-sweep', 'sweep.asl.json'],
] as const;

const machineOf = (document: object, name: string): Resource => {
  const [stack] = synthesise(document).sources as [DeployedStack];
  return stack.of('AWS::StepFunctions::StateMachine').find(({ ref }) => ref.endsWith(`:${name}`)) as Resource;
};

describe.each(BOTH)('the definitions of %s', (_name, document) => {
  describe.each(MACHINES)('%s', (name, file) => {
    const { properties } = machineOf(document, name);
    const substitutions: Record<string, string> = properties['DefinitionSubstitutions'];
    const definition = () => fillIn(properties['DefinitionString'], substitutions);

    it('has no placeholder without a value, and no value without a placeholder', () => {
      expect(definition).not.toThrow();
      expect(Object.values(substitutions).filter((value) => value === '')).toEqual([]);
    });

    it('is valid with its values filled in', () => {
      expect(validate(definition())).toMatchObject({ isValid: true });
    });

    it('is the file, as the local mode fills it in', () => {
      expect(definition()).toEqual(loadDefinition(join(FILES, file), substitutions));
    });

    it('fits into what Step Functions takes', () => {
      expect(Buffer.byteLength(JSON.stringify(definition()))).toBeLessThan(1024 * 1024);
    });
  });
});

describe('a definition as it is deployed, run', () => {
  let flow: Workflow;
  const taken: string[] = [];

  beforeAll(() => {
    // The harness takes its definitions from here, with names of its own for functions, topic and table.
    jest.doMock('../../local/stepfunctions/definition.ts', () => ({
      loadDefinition: (path: string, values: Record<string, string>) => {
        taken.push(basename(path));
        const [name] = MACHINES.find(([, file]) => file === basename(path)) as (typeof MACHINES)[number];
        return fillIn(machineOf(EXAMPLE, name).properties['DefinitionString'], values);
      },
    }));
  });
  beforeEach(async () => {
    const { Workflow } = await import('../support/workflow.ts');
    flow = await Workflow.start(['R', 'other']);
  });
  afterEach(() => flow.stop());

  const outputOf = ({ output }: { output?: string }) => JSON.parse(output ?? 'null');

  it('comes from the template, for both machines', () => {
    expect(taken.slice(0, 2)).toEqual(MACHINES.map(([, file]) => file));
  });

  it('replicates and proves a replica that is behind', async () => {
    flow.push({ 'refs/heads/main': '2' });

    const execution = await flow.run();

    expect(outputOf(execution)).toMatchObject({ outcome: 'replicated', verdict: 'in-sync' });
    expect(flow.tasks).toEqual(['R']);
    expect(flow.isInSync()).toBe(true);
  });

  it('starts no task for a replica in sync', async () => {
    expect(outputOf(await flow.run())).toMatchObject({ outcome: 'in-sync' });
    expect(flow.tasks).toEqual([]);
  });

  it('sweeps over all replicas, and repairs what a trigger missed', async () => {
    flow.push({ 'refs/heads/main': '2' }, 'other');

    expect(outputOf(await flow.runSweep())).toMatchObject({
      replicas: 2,
      outcomes: { 'in-sync': 1, replicated: 1 },
      replicated: ['other'],
    });
    expect(flow.isInSync('other')).toBe(true);
  });

  it('tells people of a replica that somebody pushed to', async () => {
    flow.strayPush('refs/heads/main');

    expect(await flow.run()).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Drift' });
    expect(flow.verdictsTold).toEqual(['diverged']);
  });
});
