import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { REPLICA } from '../../local/demonstration.ts';
import { REPLICAS_TABLE } from '../../local/dynamodb/replicas-table.ts';
import { DEVELOPER } from '../../local/people.ts';
import type { LocalSystem } from '../../local/system.ts';
import { aFolder, removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';

const HOME = join(import.meta.dirname, '..', '..');
const REGION = 'ap-northeast-1';
const ARN = `arn:aws:lambda:${REGION}:111122223333:function:ccrepl`;
let system: LocalSystem | undefined;
afterEach(async () => {
  await system?.stop();
  system = undefined;
});
afterAll(removeFolders);

/** A start in a process of its own, which ends by itself only if nothing is left open. Gives why it failed, and what is left. */
async function failedStart(firstPort: number, repository: string): Promise<{ error: string; left: string[] }> {
  const temporary = await aFolder();
  const replicas = [{ ...REPLICA, source: { region: REGION, repository } }];
  const options = { replicas, directory: await aFolder(), bundle: '', firstPort };
  const program = `
    import { LocalSystem } from './local/system.ts';
    await LocalSystem.start(${JSON.stringify(options)}).catch((error) => console.log(error.message));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: HOME,
    env: { ...process.env, TMPDIR: temporary },
    timeout: 20_000,
  });
  return { error: stdout, left: await readdir(temporary) };
}

describe('a start that fails', () => {
  it.each([
    ['the AWS endpoint', 0],
    ['the first region', 1],
    ['the second region', 2],
  ])('leaves no server and no folder when the port of %s is taken', async (_, offset) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { error, left } = await failedStart((other.address() as AddressInfo).port - offset, 'Source');

      expect(error).toMatch(/^the port \d+ is taken/);
      expect(left).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('leaves no server and no folder when a repository cannot be created', async () => {
    const { error, left } = await failedStart(0, 'Source.git');

    expect(error).toContain('expected a CodeCommit repository name');
    expect(left).toEqual([]);
  });
});

it('starts nothing more from the moment it is stopped', async () => {
  system = await aSystem();
  const { machine, sweep } = system;

  const stopping = system.stop();

  const refusal = expect.objectContaining({ name: 'StateMachineDeleting' });
  expect(() => sweep.start('{}')).toThrow(refusal);
  expect(() => machine.start('{}')).toThrow(refusal);
  await stopping;
  // A push that was under way.
  system.invokeAsync(`${ARN}-on-push`, {});
  await system.idle();
  expect(system.deadLetters).toEqual([]);
});

describe('an event', () => {
  /** Lambda's own asynchronous Invoke, of a function that fails on it. */
  async function sendEvent({ endpoint }: LocalSystem): Promise<number> {
    const scope = `Credential=${DEVELOPER.accessKeyId}/20260101/${REGION}/lambda/aws4_request`;
    const url = `${endpoint}/2015-03-31/functions/ccrepl-compare-heads/invocations`;
    const headers = { Authorization: `AWS4-HMAC-SHA256 ${scope}`, 'X-Amz-Invocation-Type': 'Event' };
    const response = await fetch(url, { method: 'POST', headers, body: '{"run":{"replica":"nobody"}}' });
    return response.status;
  }

  it('that somebody sends to a function is waited for, and is no trigger', async () => {
    const triggers: string[] = [];
    system = await aSystem({ onTrigger: (functionArn) => triggers.push(functionArn) });

    const status = await sendEvent(system);
    await system.idle();

    expect(status).toBe(202);
    expect(system.deadLetters).toMatchObject([{ functionArn: `${ARN}-compare-heads`, attempts: 3 }]);
    expect([system.triggered, triggers]).toEqual([0, []]);
  });

  it('of a trigger is counted, and announced with the function that it goes to', async () => {
    const triggers: string[] = [];
    system = await aSystem({ onTrigger: (functionArn) => triggers.push(functionArn) });

    system.invokeAsync(`${ARN}-on-push`, {});
    await system.idle();

    expect([system.triggered, triggers]).toEqual([1, [`${ARN}-on-push`]]);
  });
});

it('reads records as the command line does: nothing of another type, and no notes of sweeps', async () => {
  system = await aSystem();
  const credentials = { accessKeyId: DEVELOPER.accessKeyId, secretAccessKey: DEVELOPER.secretAccessKey };
  const client = new DynamoDBClient({ region: REGION, endpoint: system.endpoint, credentials });
  const put = (Item: object) => client.send(new PutItemCommand({ TableName: REPLICAS_TABLE, Item: Item as never }));
  await put({ replica: { S: 'R' }, verdict: { S: 'in-sync' }, heads: { N: '3' }, lagSeconds: { S: '7' } });
  await put({ replica: { S: 'sweep:arn:1' }, news: { SS: ['R is behind'] } });
  client.destroy();

  expect(await system.records()).toEqual(new Map([['R', { replica: 'R', verdict: 'in-sync', heads: 3 }]]));
});
