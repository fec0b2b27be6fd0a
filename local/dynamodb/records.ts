import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { ReplicaRecord } from '../../replication/status.ts';
import { REPLICAS_TABLE } from './replicas-table.ts';

export type { ReplicaRecord };

/** What the workflow has recorded, by replica. */
export async function readRecords(client: DynamoDBClient): Promise<Map<string, ReplicaRecord>> {
  const records = new Map<string, ReplicaRecord>();
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const command = new ScanCommand({ TableName: REPLICAS_TABLE, ConsistentRead: true, ExclusiveStartKey });
    const page = await client.send(command);
    for (const record of (page.Items ?? []).map(recordOf)) {
      // The notes of a sweep are no replicas.
      if (!record.replica.startsWith('sweep:')) records.set(record.replica, record);
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return records;
}

const recordOf = (item: Record<string, AttributeValue>): ReplicaRecord =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.N === undefined ? value.S : Number(value.N)]),
  ) as unknown as ReplicaRecord;
