import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { createReplicasTable, REPLICAS_TABLE as TableName } from '../../local/dynamodb/replicas-table.ts';
import { LocalTables } from '../../local/dynamodb/tables.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { dynamodbCalls } from '../../local/stepfunctions/dynamodb.ts';
import { LocalMachine } from '../../local/stepfunctions/machine.ts';

const REGION = 'ap-northeast-1';
const KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };
const HOME = join(import.meta.dirname, '..', '..');

let aws: LocalServer;
let tables: LocalTables;
let client: dynamodb.DynamoDBClient;
const config = (region = REGION, credentials = KEYS) => ({
  region,
  endpoint: aws.origin,
  credentials,
  maxAttempts: 1,
});

beforeEach(async () => {
  tables = new LocalTables(REGION);
  const topic = new LocalTopic('t', () => {});
  const accessKeyIds = [KEYS.accessKeyId];
  aws = await listen(gateway({ regions: [], machines: [], functions: [], topic, tables, accessKeyIds }), 0);
  client = new dynamodb.DynamoDBClient(config());
  await createReplicasTable(client);
});
afterEach(async () => {
  client.destroy();
  await tables.close();
  await aws.close();
});

const Key = { replica: { S: 'R' } };
const update = (input: Partial<dynamodb.UpdateItemInput>) =>
  client.send(new dynamodb.UpdateItemCommand({ TableName, Key, ...input }));
const get = async (key = Key) =>
  (await client.send(new dynamodb.GetItemCommand({ TableName, Key: key, ConsistentRead: true }))).Item;

describe('DynamoDB, asked by its SDK', () => {
  it('has the table of replicas, which is ready and billed by request', async () => {
    const { Table } = await client.send(new dynamodb.DescribeTableCommand({ TableName }));

    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [{ AttributeName: 'replica', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
  });

  it('lets just one of many take what nobody has', async () => {
    const take = (me: string) =>
      update({
        UpdateExpression: 'SET holder = :me',
        ConditionExpression: 'attribute_not_exists(holder)',
        ExpressionAttributeValues: { ':me': { S: me } },
      });

    const taken = await Promise.allSettled(['a', 'b', 'c', 'd'].map(take));

    const reasons = taken.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
    expect(reasons).toHaveLength(3);
    for (const reason of reasons) expect(reason).toBeInstanceOf(dynamodb.ConditionalCheckFailedException);
    expect(await get()).toEqual({ ...Key, holder: { S: expect.stringMatching(/^[abcd]$/) } });
  });

  it('gives an item as it was before a write, or as it is after it', async () => {
    const set = (n: string, ReturnValues: dynamodb.ReturnValue) =>
      update({ UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: n } }, ReturnValues });

    const first = await set('1', 'ALL_OLD');
    const second = await set('2', 'ALL_OLD');
    const third = await set('3', 'ALL_NEW');

    expect(first.Attributes).toBeUndefined();
    expect(second.Attributes).toEqual({ ...Key, n: { N: '1' } });
    expect(third.Attributes).toEqual({ ...Key, n: { N: '3' } });
  });

  it('adds to a set of texts, each once', async () => {
    const add = (...texts: string[]) =>
      update({ UpdateExpression: 'ADD pending :p', ExpressionAttributeValues: { ':p': { SS: texts } } });
    await add('a', 'b');
    await add('b', 'c');

    expect((await get())?.['pending']?.SS?.sort()).toEqual(['a', 'b', 'c']);
  });

  it('knows nothing of an item that nobody wrote', async () => {
    expect(await get({ replica: { S: 'other' } })).toBeUndefined();
  });
});

describe('what DynamoDB is not asked by', () => {
  const failureOf = async (region: string, credentials: typeof KEYS) => {
    const stranger = new dynamodb.DynamoDBClient(config(region, credentials));
    const failure = await stranger.send(new dynamodb.ListTablesCommand({})).catch((error: Error) => error);
    stranger.destroy();
    return failure;
  };

  it('is a key that the local mode does not know', async () => {
    expect(await failureOf(REGION, { ...KEYS, accessKeyId: 'AKIASTRANGER' })).toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The access key is not known to the local mode',
    });
  });

  it('is another region', async () => {
    expect(await failureOf('us-east-1', KEYS)).toMatchObject({ message: 'the local mode has no tables in us-east-1' });
  });

  it.each(['', 'null', '[]', '{'])(
    'is a body that is no JSON object: %j; the next request is answered',
    async (body) => {
      const response = await fetch(aws.origin, {
        method: 'POST',
        headers: {
          Authorization: `AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/${REGION}/dynamodb/aws4_request, Signature=s`,
          'Content-Type': 'application/x-amz-json-1.0',
          'X-Amz-Target': 'DynamoDB_20120810.GetItem',
        },
        body,
      });

      expect([response.status, await response.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
      expect(await get()).toBeUndefined();
    },
  );
});

it('leaves nothing behind that would keep a process alive', async () => {
  const program = `
    import { LocalTables } from '${HOME}/local/dynamodb/tables.ts';
    import { createReplicasTable } from '${HOME}/local/dynamodb/replicas-table.ts';
    import { listen } from '${HOME}/local/aws/http.ts';
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    const tables = new LocalTables('r');
    const server = await listen((request, response) => tables.serve(request, response), 0);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new DynamoDBClient({ region: 'r', endpoint: server.origin, credentials });
    await createReplicasTable(client);
    client.destroy();
    await tables.close();
    await server.close();
    console.log('closed');
  `;

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: HOME,
    timeout: 50_000,
  });

  expect(stdout).toBe('closed\n');
});

describe('a state that calls DynamoDB', () => {
  /** Runs one state with these parameters. */
  const call = async (action: string, parameters: object) => {
    const Resource = `arn:aws:states:::dynamodb:${action}`;
    const State = { Type: 'Task', Resource, Parameters: { TableName, ...parameters }, End: true };
    const machine = new LocalMachine({
      arn: 'arn:aws:states:r:1:stateMachine:m',
      definition: { StartAt: 'State', States: { State } } as never,
      integrations: dynamodbCalls(client),
    });
    const execution = machine.start('{"id":"R","names":["a","b"]}');
    await execution.ended;
    const { output, error, cause } = execution;
    return output === undefined ? { error, cause } : JSON.parse(output);
  };
  const key = { replica: { 'S.$': '$.id' } };

  it('gets what the SDK gets, as plain JSON and without its metadata', async () => {
    const updated = await call('updateItem', {
      Key: key,
      UpdateExpression: 'SET n = :n, holder = :me ADD news :names',
      ExpressionAttributeValues: {
        ':n': { N: '7' },
        ':me': { 'S.$': '$$.Execution.Id' },
        ':names': { 'SS.$': '$.names' },
      },
      ReturnValues: 'ALL_NEW',
    });
    const got = await call('getItem', { Key: key, ConsistentRead: true });

    const holder = { S: expect.stringContaining('arn:aws:states:r:1:execution:m:') };
    expect(updated).toEqual({ Attributes: { ...Key, n: { N: '7' }, holder, news: { SS: ['a', 'b'] } } });
    expect(got).toEqual({ Item: updated.Attributes });
  });

  it('gets an object without a field for what is not there', async () => {
    expect(await call('getItem', { Key: key })).toEqual({});
    expect(await call('putItem', { Item: { ...Key, n: { N: '1' } } })).toEqual({});
    expect(await call('deleteItem', { Key: key, ReturnValues: 'ALL_OLD' })).toEqual({
      Attributes: { ...Key, n: { N: '1' } },
    });
  });

  it.each<[string, string, object]>([
    ['ConditionalCheckFailedException', 'updateItem', { ConditionExpression: 'attribute_exists(holder)' }],
    ['ResourceNotFoundException', 'getItem', { TableName: 'another-table' }],
    ['AmazonDynamoDBException', 'updateItem', { UpdateExpression: 'SET' }],
  ])('fails with DynamoDB.%s', async (name, action, parameters) => {
    expect(await call(action, { Key: key, ...parameters })).toEqual({
      error: `DynamoDB.${name}`,
      cause: expect.any(String),
    });
  });

  it('fails with DynamoDB.SdkClientException when nobody answers', async () => {
    await aws.close();

    expect(await call('getItem', { Key: key })).toMatchObject({ error: 'DynamoDB.SdkClientException' });
  });

  const value = (attribute: unknown) => ({
    UpdateExpression: 'SET x = :x',
    ExpressionAttributeValues: { ':x': attribute },
  });
  it.each<[string, object, string]>([
    ['a parameter that it does not know', { Bogus: 1 }, 'The field "Bogus" is not supported'],
    ['a number that is not text', value({ N: 5 }), 'ExpressionAttributeValues.:x.N is not a number as text'],
    ['a set that is no list', value({ SS: 'a' }), 'ExpressionAttributeValues.:x.SS is not a list of text'],
    ['a value without a type', value('a'), 'ExpressionAttributeValues.:x is not one of S, N, BOOL, NULL, SS, NS, L, M'],
    ['a value of two types', value({ S: 'a', N: '1' }), 'ExpressionAttributeValues.:x is not one of'],
    ['binary data', value({ B: 'YQ==' }), 'ExpressionAttributeValues.:x is not one of'],
    [
      'such a value inside another',
      value({ L: [{ M: { a: { BOOL: 'yes' } } }] }),
      ':x.L.0.M.a.BOOL is not true or false',
    ],
  ])('is refused %s, and nothing is written', async (_, parameters, problem) => {
    const failure = await call('updateItem', { Key: key, ...parameters });

    expect(failure).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining(problem) });
    expect(await get()).toBeUndefined();
  });
});
