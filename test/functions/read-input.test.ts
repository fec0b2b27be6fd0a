import { REPLICA } from '../../local/demonstration.ts';
import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, outcomeOf } from '../support/functions.ts';
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
