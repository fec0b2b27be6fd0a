import { REPLICA } from '../../local/demonstration.ts';
import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, outcomeOf } from '../support/functions.ts';
import { HOSTILE_IDS } from '../support/hostile-ids.ts';
import { removeFolders } from '../support/repository.ts';

let readInput: LocalFunction;
beforeAll(async () => {
  readInput = await aFunction({
    folder: 'read-input',
    replicas: [REPLICA, { ...REPLICA, id: 'second', destination: { region: 'us-east-1', repository: 'Second' } }],
    env: { CCREPL_SWEEP_STATE_MACHINE_ARN: 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-sweep' },
  });
});
afterAll(async () => {
  await readInput.stop();
  await removeFolders();
});

const ask = async (stateMachine: string, input: unknown) => outcomeOf(await readInput.invoke({ stateMachine, input }));

it('gives what an execution is to do', async () => {
  expect(await ask('replicate', { replica: 'second' })).toMatchObject({ replica: 'second' });
  expect(await ask('sweep', {})).toMatchObject({ replicas: [{ replica: REPLICA.id }, { replica: 'second' }] });
});

it.each([
  ...HOSTILE_IDS.map((replica) => ({ replica })),
  { replica: REPLICA.id, source: { region: 'us-east-1', repository: 'Evil' } },
  { replica: REPLICA.id, endpoint: 'http://169.254.169.254/' },
  { replica: [REPLICA.id] },
  REPLICA.id,
  null,
])('refuses %j by the name that ends an execution at its first state, and lists the ids', async (input) => {
  expect(await ask('replicate', input)).toMatchObject({
    errorType: 'Ccrepl.Input',
    errorMessage: expect.stringContaining(`"${REPLICA.id}", "second"`),
  });
});
