import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledged.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';

/** An item per replica: who works for it, how it stands, what people were told. Made anew by the next sweep if it is lost. */
export function replicasTable(scope: Construct, id: string, { key }: Common): dynamodb.Table {
  const table = new dynamodb.Table(scope, id, {
    tableName: NAMES.table,
    partitionKey: { name: 'replica', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'expiresAt',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key === undefined
      ? { encryption: dynamodb.TableEncryption.DEFAULT }
      : { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
  });
  acknowledge(table, {
    'NIST.800.53.R5-DynamoDBInBackupPlan': 'The next sweep makes the records anew; point-in-time recovery is on beside',
  });
  return table;
}
