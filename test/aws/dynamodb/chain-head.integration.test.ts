import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, expect, it } from "@jest/globals";
import { createChainHead, type StoredChainHead } from "../../../lib/aws/dynamodb/chain-head.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const KEY = { pk: "AUDIT", sk: "HEAD" };
const table = useTable();
let head: ReturnType<typeof createChainHead>;
beforeEach(async () => {
  head = createChainHead(table.current.dynamo, TABLE);
  await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: KEY }));
});

const AT = NOON.toISOString();
const link = (number: number, change: Partial<StoredChainHead> = {}): StoredChainHead => ({
  ...{ number, sha256: "a".repeat(64), slot: AT, writtenAt: AT },
  ...change,
});

it("there is none before the chain has begun; then it is the last one, also where no slot was the schedule's", async () => {
  expect(await head.read()).toBeUndefined();
  const { slot: _none, ...first } = link(1);
  await head.write({ ...first, slot: undefined });
  expect(await head.read()).toEqual(first);
  await head.write(link(2));
  expect(await head.read()).toEqual(link(2));
});

it("never goes back, nor to another link of the same number", async () => {
  await head.write(link(7));
  for (const older of [link(6), link(7, { sha256: "b".repeat(64) })]) await head.write(older);
  expect(await head.read()).toEqual(link(7));
});

it("is the highest of those that are written at once", async () => {
  await Promise.all([3, 9, 1, 8, 5].map((number) => head.write(link(number))));
  expect(await head.read()).toEqual(link(9));
});

it("is written though the answer is lost and the SDK repeats the request", async () => {
  table.current.loseAnswerOf("PutItemCommand");
  await head.write(link(1));
  expect(await head.read()).toEqual(link(1));
});

it.each([{ number: 0 }, { sha256: "A".repeat(64) }, { slot: "noon" }, { writtenAt: 5 }])(
  "is neither written nor read where it is no head: %j",
  async (odd) => {
    const wrong: Record<string, unknown> = { ...link(1), ...odd };
    await expect(head.write(wrong as unknown as StoredChainHead)).rejects.toMatchObject({ code: "ERR_LEDGER" });
    expect(await head.read()).toBeUndefined();
    await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: { ...KEY, ...wrong } }));
    await expect(head.read()).rejects.toMatchObject({ code: "ERR_LEDGER" });
  },
);

it("is read with all writes before it; a table that cannot be reached is an error of the ledger", async () => {
  await head.read();
  expect(table.current.requests.at(-1)).toMatchObject({ command: "GetItemCommand", input: { ConsistentRead: true } });
  const dynamo = new DynamoDBClient({
    ...{ endpoint: "http://127.0.0.1:1", region: "local", maxAttempts: 1 },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const down = createChainHead(dynamo, TABLE);
  await expect(down.read()).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  await expect(down.write(link(1))).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  dynamo.destroy();
});
