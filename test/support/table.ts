/** The ledger's table on a DynamoDB that speaks the real protocol, and every request that was made to it. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type Projection,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach } from "@jest/globals";
import { createTables } from "../../local/aws/tables.ts";
import { clientSettings, otherEndpoint } from "./implementation.ts";

/** Of one test file, because another implementation serves several at once. */
export const TABLE = `ledger-${randomUUID()}`;

export interface Request {
  /** `GetItemCommand` and so on. */
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface TestTable {
  readonly dynamo: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  /** Since the test began. */
  readonly requests: Request[];
  /**
   * The next request of this command is carried out, and its answer lost once; the SDK then repeats it.
   *
   * @param meanwhile - done before it does. @param after - requests of this command whose answers arrive first.
   */
  loseAnswerOf(command: string, meanwhile?: () => void, after?: number): void;
}

/** As serverless.yml has it. */
const index = (IndexName: string, hash: string, range: string, attributes?: string[]): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ],
  Projection: projectionOf(attributes),
});

/** @param attributes - none: only the keys. */
function projectionOf(attributes: string[] | undefined): Projection {
  if (!attributes) return { ProjectionType: "ALL" };
  return attributes.length === 0
    ? { ProjectionType: "KEYS_ONLY" }
    : { ProjectionType: "INCLUDE", NonKeyAttributes: attributes };
}

/** Call once at the top of a test file; `current` holds the table while tests run. */
export function useTable(): { current: TestTable } {
  const holder = {} as { current: TestTable };
  const server = createTables();
  server.keepAliveTimeout = 0; // else it may close a connection at the moment at which a client that is slow uses it again
  const requests: Request[] = [];
  let losing: { readonly command: string; meanwhile: (() => void) | undefined; after: number } | undefined;

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dynamo = new DynamoDBClient({ ...clientSettings(otherEndpoint("dynamodb") ?? own), maxAttempts: 3 });
    await dynamo.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          ...["pk", "sk", "hour", "at", "review", "dueAt", "decidedAt", "figuresOf", "outbox", "outboxAt"],
        ].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        GlobalSecondaryIndexes: [
          ...[index("byTime", "hour", "at"), index("inReview", "review", "dueAt")],
          index("figures", "figuresOf", "decidedAt", [
            ...["key", "claimed", "outcome", "review", "sampled", "verdict", "overturns"],
          ]),
          index("outbox", "outbox", "outboxAt", []),
        ],
      }),
    );
    // Inside the SDK's retries: what is thrown here is what a broken connection throws.
    dynamo.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          requests.push({ command: commandName, input: { ...args.input } });
          const answer = await next(args);
          if (losing?.command !== commandName || losing.after-- > 0) return answer;
          losing.meanwhile?.();
          losing = undefined;
          throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
        },
      { step: "finalizeRequest", priority: "low" },
    );
    const documents = DynamoDBDocumentClient.from(dynamo);
    holder.current = {
      ...{ dynamo, documents, requests },
      loseAnswerOf: (command, meanwhile, after = 0) => {
        losing = { command, meanwhile, after };
      },
    };
  });
  beforeEach(() => {
    requests.length = 0;
  });
  afterAll(async () => {
    await holder.current.dynamo.send(new DeleteTableCommand({ TableName: TABLE }));
    holder.current.dynamo.destroy();
    await new Promise((done) => server.close(done));
  });
  return holder;
}
