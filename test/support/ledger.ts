/** The real ledger adapter on a DynamoDB that speaks the real protocol, in this process. */
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll } from "@jest/globals";
import dynalite from "dynalite";
import { createLedger } from "../../lib/aws/ledger.ts";
import type { Ledger } from "../../lib/moderation/ledger.ts";

const TABLE = "ledger";

export interface TestLedger {
  readonly ledger: Ledger;
  /** Every item as stored. */
  scan(): Promise<Record<string, unknown>[]>;
}

/** Call once at the top of a test file; `current` holds the ledger while tests run. */
export function useLedger(): { current: TestLedger } {
  const holder = {} as { current: TestLedger };
  const server = dynalite({ createTableMs: 0 });
  let client: DynamoDBClient;

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "local",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.1 }, { TableName: TABLE });
    const documents = DynamoDBDocumentClient.from(client);
    holder.current = {
      ledger: createLedger(client, TABLE),
      scan: async () => (await documents.send(new ScanCommand({ TableName: TABLE }))).Items ?? [],
    };
  });

  afterAll(async () => {
    client.destroy();
    await new Promise((done) => server.close(done));
  });
  return holder;
}
