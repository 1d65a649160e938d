import { randomUUID } from "node:crypto";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, it } from "@jest/globals";
import { createRequestStore } from "../../../lib/aws/dynamodb/requests.ts";
import { DAY_MS } from "../../../lib/core/time.ts";
import type { RequestStore } from "../../../lib/ledger/request-store.ts";
import { requestRecord, requestsContract } from "../../ledger/requests-contract.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let requests: RequestStore;
beforeAll(() => {
  requests = createRequestStore(table.current.dynamo, TABLE);
});
const record = requestRecord("first");

requestsContract(() => createRequestStore(table.current.dynamo, TABLE));

it("a request stands below the order id of what it makes, and is kept; its answer expires", async () => {
  const id = randomUUID();
  table.current.requests.length = 0;
  await requests.beginRequest(id, record);
  await requests.answerRequest(id, record, JSON.stringify(Array.from({ length: 20_000 }, () => randomUUID())));
  const written = table.current.requests.flatMap(({ input }) => input.Item ?? []) as Record<
    string,
    { S: string; N: string }
  >[];
  expect(written.map(({ pk }) => pk?.S)).toEqual(written.map(() => `OPERATOR#op-${id}`));
  expect(written.map(({ sk }) => sk?.S)).toEqual(["REQUEST", "ANSWER#first#00", "ANSWER#first#01"]);
  const expiresAt = String((NOON.getTime() + 7 * DAY_MS) / 1_000);
  expect(written.map((item) => item.expiresAt?.N)).toEqual([undefined, expiresAt, expiresAt]);
});

it("a request whose answer expired, all or in part, is still one that was answered", async () => {
  const id = randomUUID();
  await requests.beginRequest(id, record);
  await requests.answerRequest(id, record, JSON.stringify(Array.from({ length: 20_000 }, () => randomUUID())));
  for (const part of ["01", "00"]) {
    const Key = { pk: `OPERATOR#op-${id}`, sk: `ANSWER#first#${part}` };
    await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key }));
    expect(await requests.beginRequest(id, requestRecord("second"))).toEqual({ ...record, isAnswerGone: true });
  }
});

it("each of its writes may be repeated by the SDK after a lost response", async () => {
  const id = randomUUID();
  table.current.loseAnswerOf("PutItemCommand");
  expect(await requests.beginRequest(id, record)).toEqual(record);
  const second = { holder: "second", heldUntil: NOON.toISOString() };
  table.current.loseAnswerOf("UpdateItemCommand");
  expect(await requests.passRequest(id, "first", second)).toBe(true);
  table.current.loseAnswerOf("PutItemCommand");
  expect(await requests.answerRequest(id, { ...record, ...second }, "{}")).toBe(true);
  const other = randomUUID();
  await requests.beginRequest(other, record);
  table.current.loseAnswerOf("UpdateItemCommand");
  expect(await requests.answerRequest(other, record, "{}")).toBe(true);
});

it("is an error if it is not as written, so that it is not used", async () => {
  const id = randomUUID();
  const item = { pk: `OPERATOR#op-${id}`, sk: "REQUEST", ...record, heldUntil: "later" };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: item }));
  await expect(requests.beginRequest(id, record)).rejects.toMatchObject({ code: "ERR_LEDGER" });
});
