import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { scanRecords } from '../../aws/replicas-table.ts';
import type { ReplicaRecord } from '../../replication/status.ts';
import { REPLICAS_TABLE } from './replicas-table.ts';

export type { ReplicaRecord };

/** What the workflow has recorded, by replica. */
export async function readRecords(client: DynamoDBClient): Promise<Map<string, ReplicaRecord>> {
  const records = await scanRecords(REPLICAS_TABLE, (input) => client.send(new ScanCommand(input)));
  return new Map(records.map((record) => [record.replica, record]));
}
