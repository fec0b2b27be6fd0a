import * as sdk from '@aws-sdk/client-dynamodb';
import { attributeMapProblem } from './attribute-values.ts';
import type { Integration } from './integrations.ts';
import { onlyKnown, runtimeError, stateError } from './state-error.ts';

const CONDITION = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues', 'ReturnValues'];
const ATTRIBUTES = ['Key', 'Item', 'ExpressionAttributeValues'];

/** DynamoDB's calls by `Resource`, through its real SDK. `client` must not try again by itself: the states say what is retried. */
export function dynamodbCalls(client: sdk.DynamoDBClient): Record<string, Integration> {
  const call =
    <Input>(known: readonly string[], send: (input: Input) => Promise<object>): Integration =>
    async (parameters: Record<string, unknown>) => {
      onlyKnown(parameters, known);
      for (const field of ATTRIBUTES.filter((name) => name in parameters)) {
        const problem = attributeMapProblem(parameters[field], field);
        if (problem !== undefined) throw runtimeError(problem);
      }
      try {
        return { ...(await send(parameters as Input)), $metadata: undefined };
      } catch (error) {
        throw stateError(`DynamoDB.${errorName(error as Error)}`, (error as Error).message);
      }
    };
  return {
    'arn:aws:states:::dynamodb:updateItem': call(
      ['TableName', 'Key', 'UpdateExpression', ...CONDITION],
      (input: sdk.UpdateItemInput) => client.send(new sdk.UpdateItemCommand(input)),
    ),
    'arn:aws:states:::dynamodb:getItem': call(
      ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'],
      (input: sdk.GetItemInput) => client.send(new sdk.GetItemCommand(input)),
    ),
    'arn:aws:states:::dynamodb:putItem': call(['TableName', 'Item', ...CONDITION], (input: sdk.PutItemInput) =>
      client.send(new sdk.PutItemCommand(input)),
    ),
    'arn:aws:states:::dynamodb:deleteItem': call(['TableName', 'Key', ...CONDITION], (input: sdk.DeleteItemInput) =>
      client.send(new sdk.DeleteItemCommand(input)),
    ),
  };
}

/** The name after `DynamoDB.`: Step Functions has the SDK for Java, where all names end in "Exception". */
function errorName(error: Error): string {
  if (!(error instanceof sdk.DynamoDBServiceException)) return 'SdkClientException';
  const isModelled = Object.hasOwn(sdk, error.name);
  if (!isModelled) return 'AmazonDynamoDBException';
  return error.name.endsWith('Exception') ? error.name : `${error.name}Exception`;
}
