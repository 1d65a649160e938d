import { randomUUID } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { DAY_MS } from "../../../lib/core/time.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { requestRecord } from "../../ledger/requests-contract.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
});
const record = requestRecord("first");

it("a request stands below the order id of what it makes, and expires with its answer", async () => {
  const id = randomUUID();
  table.current.requests.length = 0;
  await ledger.beginRequest(id, record);
  await ledger.answerRequest(id, record, JSON.stringify(Array.from({ length: 20_000 }, () => randomUUID())));
  const written = table.current.requests.flatMap(({ input }) => input.Item ?? []) as Record<
    string,
    { S: string; N: string }
  >[];
  expect(written.map(({ pk }) => pk?.S)).toEqual(written.map(() => `OPERATOR#op-${id}`));
  expect(written.map(({ sk }) => sk?.S)).toEqual(["REQUEST", "ANSWER#first#00", "ANSWER#first#01"]);
  const expiresAt = String((NOON.getTime() + 7 * DAY_MS) / 1_000);
  expect(written.map((item) => item.expiresAt?.N)).toEqual([expiresAt, expiresAt, expiresAt]);
});

it("each of its writes may be repeated by the SDK where an answer was lost", async () => {
  const id = randomUUID();
  table.current.loseAnswerOf("PutItemCommand");
  expect(await ledger.beginRequest(id, record)).toEqual(record);
  const second = { holder: "second", heldUntil: NOON.toISOString() };
  table.current.loseAnswerOf("UpdateItemCommand");
  expect(await ledger.passRequest(id, "first", second)).toBe(true);
  table.current.loseAnswerOf("PutItemCommand");
  expect(await ledger.answerRequest(id, { ...record, ...second }, "{}")).toBe(true);
  const other = randomUUID();
  await ledger.beginRequest(other, record);
  table.current.loseAnswerOf("UpdateItemCommand");
  expect(await ledger.answerRequest(other, record, "{}")).toBe(true);
});

it("is an error where it is not as written, so that nothing acts on it", async () => {
  const id = randomUUID();
  const item = { pk: `OPERATOR#op-${id}`, sk: "REQUEST", ...record, heldUntil: "later", expiresAt: 1 };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: item }));
  await expect(ledger.beginRequest(id, record)).rejects.toMatchObject({ code: "ERR_LEDGER" });
});
