import { consoleUrl } from '../../aws/console-url.ts';
import { type Executions, openExecutions } from '../../aws/executions.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { answerJson } from '../../local/aws/json.ts';
import type { LocalMachine } from '../../local/stepfunctions/machine.ts';
import { aMachine, failing } from '../support/machines.ts';
import { Deployment } from '../support/records.ts';

let machine: LocalMachine;
let deployment: Deployment;
let executions: Executions;
const open = () =>
  openExecutions({
    region: 'ap-northeast-1',
    load: async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }),
    signal: new AbortController().signal,
  });
beforeAll(async () => {
  machine = aMachine('ccrepl-replicate', { ill: failing('Ccrepl.Drift', 'not as at the source') });
  deployment = await Deployment.start([aMachine('another'), machine]);
  process.env['AWS_ENDPOINT_URL'] = deployment.env['AWS_ENDPOINT_URL'];
  executions = await open();
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  executions.close();
  await deployment.stop();
});

it('finds a state machine by its name, and says where there is none', async () => {
  expect(await executions.find('ccrepl-replicate')).toBe(machine.arn);
  await expect(executions.find('ccrepl-sweep')).rejects.toMatchObject({
    code: 'missing',
    message: expect.stringMatching(/^there is no state machine "ccrepl-sweep" in ap-northeast-1: expected .*check/),
  });
});

it('starts an execution and says how it ended', async () => {
  const started = await executions.start(machine.arn, 'one', { replica: 'R' });
  const ill = await executions.start(machine.arn, 'two', { replica: 'ill' });
  await Promise.all(machine.executions.map(({ ended }) => ended));

  expect(started).toEqual({ arn: expect.stringMatching(/:execution:ccrepl-replicate:one$/), consoleUrl: undefined });
  expect(await executions.describe(started.arn)).toEqual({
    arn: started.arn,
    status: 'SUCCEEDED',
    output: expect.stringContaining('"in-sync"'),
  });
  expect(await executions.describe(ill.arn)).toEqual({
    arn: ill.arn,
    status: 'FAILED',
    error: 'Ccrepl.Drift',
    cause: 'not as at the source',
  });
  expect(await executions.describe(`${started.arn}-unknown`)).toBeUndefined();
});

it('says which state machine is missing', async () => {
  await expect(executions.start(`${machine.arn}-gone`, 'n', {})).rejects.toMatchObject({
    code: 'missing',
    message: expect.stringContaining(`there is no state machine ${machine.arn}-gone: expected`),
  });
});

describe('a list of more than one page', () => {
  let pages: LocalServer;
  const asked: unknown[] = [];
  beforeAll(async () => {
    const page = (name: string) => [{ name, stateMachineArn: `arn:${name}`, type: 'STANDARD', creationDate: 0 }];
    pages = await listen(
      (request, response) =>
        answerJson(request, response, 'AWSStepFunctions', async (_operation, { nextToken }) => {
          asked.push(nextToken);
          return nextToken === undefined
            ? { stateMachines: page('first'), nextToken: 'more' }
            : { stateMachines: page('second') };
        }),
      0,
    );
    process.env['AWS_ENDPOINT_URL'] = pages.origin;
  });
  afterAll(() => pages.close());

  it('is read until the name is found, or to its end', async () => {
    const other = await open();

    expect(await other.find('first')).toBe('arn:first');
    expect(await other.find('second')).toBe('arn:second');
    await expect(other.find('third')).rejects.toMatchObject({ code: 'missing' });
    expect(asked).toEqual([undefined, undefined, 'more', undefined, 'more']);
    other.close();
  });
});

it.each([
  ['aws', 'ap-northeast-1', 'https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#'],
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/states/home?region=cn-north-1#'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#'],
])('knows the console of the partition %s', (partition, region, start) => {
  const arn = `arn:${partition}:states:${region}:111122223333:execution:m:e`;

  expect(consoleUrl(arn)).toBe(`${start}/v2/executions/details/${arn}`);
});
