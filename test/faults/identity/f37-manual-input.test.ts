import dns from 'node:dns';
import net from 'node:net';
import { runTask } from '../../../container/task.ts';
import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { REPLICA } from '../../../local/demonstration.ts';
import type { LocalFunction } from '../../../local/lambda/functions.ts';
import { aFunction, aQuestion, outcomeOf } from '../../support/functions.ts';
import { HOSTILE_IDS } from '../../support/hostile-ids.ts';
import { CANARIES } from '../../support/oracle/canaries.ts';
import { removeFolders } from '../../support/repository.ts';
import { Workflow } from '../../support/workflow.ts';

const SECOND = { ...REPLICA, id: 'second', destination: { region: 'us-east-1', repository: 'Second' } };
const INPUTS = [
  ...HOSTILE_IDS.map((replica) => ({ replica })),
  { replica: REPLICA.id, source: { region: 'us-east-1', repository: 'Evil' } },
  { replica: REPLICA.id, region: 'us-east-1' },
  { replica: REPLICA.id, endpoint: 'http://169.254.169.254/' },
  { replica: REPLICA.id, confirm: '$(id)' },
  { replica: [REPLICA.id] },
  REPLICA.id,
  null,
];

/** What reached the network. */
const requests: string[] = [];
let server: LocalServer;
let readInput: LocalFunction;
let compareHeads: LocalFunction;
beforeAll(async () => {
  server = await listen(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end();
  }, 0);
  const env = {
    AWS_ENDPOINT_URL: server.origin,
    CCREPL_SWEEP_STATE_MACHINE_ARN: 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:ccrepl-sweep',
    CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': server.origin, 'ap-northeast-3': server.origin }),
  };
  const replicas = [REPLICA, SECOND];
  readInput = await aFunction({ folder: 'read-input', replicas, env });
  compareHeads = await aFunction({ folder: 'compare-heads', replicas, env });
});
afterAll(async () => {
  await readInput.stop();
  await compareHeads.stop();
  await server.close();
  await removeFolders();
});

it.each(INPUTS)(
  'F37: the input %j ends an execution at its first state, by the name for that and with the ids that there are, before anything is sent',
  async (input) => {
    expect(outcomeOf(await readInput.invoke({ stateMachine: 'replicate', input }))).toMatchObject({
      errorType: 'Ccrepl.Input',
      errorMessage: expect.stringContaining(`"${REPLICA.id}", "second"`),
    });
    expect(requests).toEqual([]);
  },
);

it.each(HOSTILE_IDS)(
  'F37: the comparison, too, refuses the replica %j before anything is sent: it believes no state before it',
  async (replica) => {
    expect(outcomeOf(await compareHeads.invoke(aQuestion({ run: { replica } })))).toMatchObject({
      errorType: 'Ccrepl.Input',
    });
    expect(requests).toEqual([]);
  },
);

it('F37: no hostile input comes further than the first state: no table, no comparison, no task, no alert', async () => {
  const flow = await Workflow.start([REPLICA.id]);
  let calls = 0;
  flow.onCall = () => {
    calls += 1;
  };

  // The local runner takes "$" of null for a path that leads nowhere.
  const inputs = INPUTS.filter((input) => input !== null);
  for (const input of [...inputs, { replica: { $ne: 1 } }, [], 'x'.repeat(1000)]) {
    const execution = await flow.run(input);

    expect([input, execution.states]).toEqual([input, ['ReadInput', 'WrongInput']]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Ccrepl.Input' });
    expect(execution.cause?.length).toBeLessThan(1000);
  }
  for (const input of [{ replica: '../../evil' }, { repository: 'https://evil.example/' }, { replicas: ['x'] }]) {
    const sweep = await flow.runSweep(input);

    expect(sweep.states).toEqual(['ReadSweepInput', 'WrongSweepInput']);
  }
  expect([calls, flow.comparisons, flow.tasks, flow.told]).toEqual([0, [], [], []]);
  await flow.stop();
});

it.each([
  { region: 'eu-west-1.evil.example', repository: 'Source' },
  { region: 'eu-west-1@evil.example/', repository: 'Source' },
  { region: '169.254.169.254', repository: 'Source' },
  { region: 'eu-west-1', repository: '../../evil' },
  { region: 'eu-west-1', repository: 'Source%2f..%2fevil' },
  { region: 'eu-west-1', repository: 'Source\\@evil.example' },
  { region: 'eu-west-1', repository: 'Sоurce' },
  { region: 'eu-west-1', repository: 'Source', endpoint: 'https://evil.example' },
  { url: 'https://git-codecommit.eu-west-1.amazonaws.com@evil.example/v1/repos/Source' },
  { url: 'https://git-codecommit.eu-west-1.amazonaws.com\\@evil.example/v1/repos/Source' },
  { url: 'https://git-cod\u0435commit.eu-west-1.amazonaws.com/v1/repos/Source' },
  { url: 'https://host.example/repos/../../evil' },
  { url: 'https://host.example/repos%2f..%2fevil' },
  { url: 'http://169.254.169.254/latest/meta-data/' },
  { url: 'https://user:password@host.example/evil' },
])(
  'F37: a task that is given the source %j ends with 2, and looks up no name and opens no connection',
  async (source) => {
    const connect = jest.spyOn(net.Socket.prototype, 'connect');
    const lookup = jest.spyOn(dns, 'lookup');
    let stdout = '';
    try {
      const code = await runTask({
        env: {
          AWS_ACCESS_KEY_ID: CANARIES.accessKeyId,
          AWS_SECRET_ACCESS_KEY: CANARIES.secretAccessKey,
          CCREPL_REPLICA: JSON.stringify({ ...REPLICA, source }),
        },
        stdout: (text) => {
          stdout += text;
        },
        stderr: () => {},
        signal: new AbortController().signal,
      });

      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ result: 'failed', error: { code: 'input', retryable: false } });
      expect(connect).not.toHaveBeenCalled();
      expect(lookup).not.toHaveBeenCalled();
    } finally {
      connect.mockRestore();
      lookup.mockRestore();
    }
  },
);
