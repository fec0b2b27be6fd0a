import type { AttributeValue, DynamoDBClient, ScanCommandInput, ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { GitError } from '../git/errors.ts';
import { ReplicationError } from '../replication/errors.ts';
import type { ReplicaRecord } from '../replication/status.ts';
import { ask, type Caller, clientConfig, regionAsked } from './caller.ts';

/** What a deployment calls the table of the replicas' records. */
export const REPLICAS_TABLE = 'ccrepl-replicas';

/** The records of all replicas, or of one. */
export interface ReplicasTable {
  region: string;
  read(replica: string): Promise<ReplicaRecord | undefined>;
  readAll(): Promise<ReplicaRecord[]>;
  close(): void;
}

type Item = Record<string, AttributeValue>;
type Call = <T>(operation: string, send: (client: DynamoDBClient, abort: object) => Promise<T>) => Promise<T>;

/** Opens the table; the SDK is loaded only here. */
export async function openReplicasTable(TableName: string, caller: Caller): Promise<ReplicasTable> {
  const sdk = await import('@aws-sdk/client-dynamodb');
  const client = new sdk.DynamoDBClient(clientConfig(caller));
  const region = await regionAsked(client);
  const call: Call = async (operation, send) => {
    try {
      return await ask(`dynamodb:${operation}`, caller, () => send(client, { abortSignal: caller.signal }));
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== 'not-found') throw error;
      const expected = 'expected the table of a deployment of ccrepl: check --region, --table and the AWS account';
      throw new ReplicationError('missing', `there is no table "${TableName}" in ${region}: ${expected}`, {
        cause: error,
      });
    }
  };
  return {
    region,
    read: async (replica) => {
      const Key = { replica: { S: replica } };
      const command = new sdk.GetItemCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await call('GetItem', (to, abort) => to.send(command, abort));
      return Item && recordOf(Item);
    },
    readAll: () =>
      scanRecords(TableName, (input) => call('Scan', (to, abort) => to.send(new sdk.ScanCommand(input), abort))),
    close: () => client.destroy(),
  };
}

/** The records of all replicas, page by page: `scan` gives one. */
export async function scanRecords(
  TableName: string,
  scan: (input: ScanCommandInput) => Promise<ScanCommandOutput>,
): Promise<ReplicaRecord[]> {
  const records: ReplicaRecord[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await scan({
      TableName,
      ConsistentRead: true,
      // The notes of a sweep; an id has no colon.
      FilterExpression: 'NOT begins_with(#replica, :sweep)',
      ExpressionAttributeNames: { '#replica': 'replica' },
      ExpressionAttributeValues: { ':sweep': { S: 'sweep:' } },
      ExclusiveStartKey,
    });
    records.push(...(page.Items ?? []).map(recordOf));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return records;
}

const TEXTS = [
  'verdict',
  'inSyncSince',
  'driftedSince',
  'verifiedAt',
  'wantedSince',
  'fingerprint',
  'lastExecution',
  'lastError',
  'lastCause',
  'lastErrorAt',
  'holder',
  'heldSince',
] as const satisfies (keyof ReplicaRecord)[];
const NUMBERS = ['lagSeconds', 'heads'] as const satisfies (keyof ReplicaRecord)[];

/** What is of another type than ours counts as not there. */
function recordOf(item: Item): ReplicaRecord {
  const record: ReplicaRecord = { replica: item['replica']?.S ?? '' };
  for (const name of TEXTS) {
    const text = item[name]?.S;
    if (text !== undefined) record[name] = text;
  }
  for (const name of NUMBERS) {
    const number = item[name]?.N;
    if (number !== undefined) record[name] = Number(number);
  }
  return record;
}
