import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { createReplicasTable, REPLICAS_TABLE } from '../../local/dynamodb/replicas-table.ts';
import { LocalTables } from '../../local/dynamodb/tables.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import type { LocalMachine } from '../../local/stepfunctions/machine.ts';

const REGION = 'ap-northeast-1';
const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };

/** Records of replicas in a real DynamoDB API, and state machines beside them. */
export class Deployment {
  readonly #server: LocalServer;
  readonly #tables: LocalTables;
  readonly #client: DynamoDBClient;

  private constructor(server: LocalServer, tables: LocalTables) {
    this.#server = server;
    this.#tables = tables;
    this.#client = new DynamoDBClient({ region: REGION, endpoint: server.origin, credentials: CREDENTIALS });
  }

  static async start(machines: readonly LocalMachine[] = []): Promise<Deployment> {
    const tables = new LocalTables(REGION);
    const topic = new LocalTopic('t', () => {});
    const accessKeyIds = [CREDENTIALS.accessKeyId];
    const server = await listen(gateway({ regions: [], machines, functions: [], topic, tables, accessKeyIds }), 0);
    const deployment = new Deployment(server, tables);
    await createReplicasTable(deployment.#client);
    return deployment;
  }

  /** What the command line finds it with. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.#server.origin,
      // The variable of docs/local-mode.md, which the SDK for JavaScript does not know.
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    };
  }

  async put(record: Record<string, string | number | string[]>): Promise<void> {
    const Item = Object.fromEntries(
      Object.entries(record).map(([name, value]): [string, AttributeValue] => [
        name,
        typeof value === 'string' ? { S: value } : typeof value === 'number' ? { N: String(value) } : { SS: value },
      ]),
    );
    await this.#client.send(new PutItemCommand({ TableName: REPLICAS_TABLE, Item }));
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    await this.#tables.close();
    await this.#server.close();
  }
}
