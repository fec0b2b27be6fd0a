import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, outcomeOf } from '../support/functions.ts';
import { OURS, ProvisionTarget, REGION, remove, repositoryRequest, triggerRequest } from '../support/provision.ts';
import { removeFolders } from '../support/repository.ts';

let target: ProvisionTarget;
let lines: string[];
let provision: LocalFunction;
beforeEach(async () => {
  lines = [];
  target = await ProvisionTarget.start();
  provision = await aFunction({
    folder: 'provision',
    replicas: [],
    env: { AWS_ENDPOINT_URL: target.origin, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'CANARY-SECRET' },
    onOutput: (line) => lines.push(line),
  });
});
afterEach(async () => {
  await provision.stop();
  await target.stop();
});
afterAll(removeFolders);

const answer = async (event: object) => outcomeOf(await provision.invoke(event));

it('answers CloudFormation’s requests for both kinds of resource, with one line for each', async () => {
  await target.repository('Source');

  const answers = [
    await answer(repositoryRequest()),
    await answer(triggerRequest()),
    await answer(triggerRequest({}, remove())),
  ];
  await provision.stop();

  const trigger = { PhysicalResourceId: `ccrepl-trigger:${REGION}:Source:ccrepl`, Data: {} };
  expect(answers).toEqual([
    {
      PhysicalResourceId: `ccrepl-repository:${REGION}:Destination`,
      Data: expect.objectContaining({ Created: 'true' }),
    },
    trigger,
    trigger,
  ]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { done: 'created' },
    { done: 'added' },
    { done: 'removed' },
  ]);
  expect(lines.join()).not.toContain('CANARY');
});

it('fails with the message that the deployment shows, in one line and without a stack', async () => {
  const failure = await answer(triggerRequest({ RepositoryName: 'Gone' }));
  await provision.stop();

  expect(failure).toEqual({
    errorType: 'Ccrepl.Missing',
    errorMessage: expect.stringContaining(`there is no repository "Gone" in ${REGION}`),
    trace: [expect.stringContaining('Gone')],
  });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'error', code: 'missing', retryable: false }]);
  expect(JSON.stringify([failure, lines])).not.toContain('CANARY');
});

it('waits a moment when somebody else writes at the same time, and then goes on', async () => {
  await target.repository('Source');
  target.on('after', 'PutRepositoryTriggers', () => target.put('Source', []));

  await answer(triggerRequest());

  expect(await target.triggers('Source')).toEqual([OURS]);
});

it('says what is missing where Lambda gives it no region', async () => {
  const nowhere = await aFunction({ folder: 'provision', replicas: [], env: { AWS_REGION: '' } });

  expect(outcomeOf(await nowhere.invoke(triggerRequest()))).toMatchObject({
    errorMessage: 'the environment variable AWS_REGION is missing',
  });
  await nowhere.stop();
});
