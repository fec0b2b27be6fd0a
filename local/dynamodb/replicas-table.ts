import { setImmediate } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What the system knows of each replica between executions. */
export const REPLICAS_TABLE = 'ccrepl-replicas';

/** Creates the table as a deployment does, and waits until it can be used. */
export async function createReplicasTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: REPLICAS_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'replica', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'replica', KeyType: 'HASH' }],
    }),
  );
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: REPLICAS_TABLE }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await setImmediate();
  }
}
