import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../../lib/orders/operator-order.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { reportKey, reportSchema } from "../../../lib/reports/report.ts";
import { AT, draft, later, longest, record } from "../../ledger/records.ts";
import { NOON, someStream, weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
});

async function place(stream: Stream, cause?: string): Promise<Order> {
  const { placed } = await ledger.placeOrder(draft(stream, cause));
  return placed;
}
const newest = async (stream: Stream): Promise<Order> => {
  const [order] = await ledger.recentOrders(stream, 1);
  if (!order) throw new Error("the stream has no order");
  return order;
};

describe("placing an order", () => {
  it("places one though the answer is lost and the SDK repeats the request", async () => {
    const stream = someStream();
    table.current.loseAnswerOf("PutItemCommand");
    expect((await place(stream)).number).toBe(1);
    expect(await ledger.recentOrders(stream)).toHaveLength(1);
  });
});

describe("a decision", () => {
  it("of a report as large as can be stays far below DynamoDB's 400 kB", async () => {
    const wide = "\uffff"; // three bytes in UTF-8, one of the characters that the schema counts
    const report = reportSchema.parse({
      ...weaponsReport({ stream: longest, reason: "😀".repeat(2_000), id: wide.repeat(300) }),
      evidence: Array.from({ length: 10 }, () => ({
        url: `https://example.com/${"a".repeat(2_000)}`,
        sha256: "a".repeat(64),
      })),
      reporterHash: "f".repeat(32),
    });
    const past = { number: 1, action: "disable", placedAt: AT, outcome: "verified", resumeTime: later(1) } as const;
    const others = Array.from({ length: 200 }, (_, reporter) => ({
      ...{ source: "s".repeat(60), category: report.category, receivedAt: AT, reporter },
    }));
    const orders = Array.from({ length: 20 }, () => ({ ...past, authority: { kind: "rule" } as const }));
    await ledger.recordDecision(record(report, { facts: { workedAt: AT, orders, others, reporter: 0 } }));
    const [item] = await scan((stored) => stored.key === reportKey(report));
    expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(100_000);
  });
});

/** Items as stored. */
async function scan(matches: (item: Record<string, unknown>) => boolean): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.current.documents.send(new ScanCommand({ TableName: TABLE, ExclusiveStartKey }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items.filter(matches);
}

describe("the lock of a stream", () => {
  it("is held though the answer that said so was lost", async () => {
    const stream = someStream();
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.lockStream(stream, "first", NOON);
    await expect(ledger.lockStream(stream, "second", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
  });
});

describe("an attempt", () => {
  it("ends once, though the answer was lost: a pause's repeats are counted by it", async () => {
    const order = await place(someStream());
    await ledger.beginAttempt(order, AT);
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.endAttempt(order, { at: AT, result: "unknown" });
    expect((await newest(order.stream)).attempts).toEqual([{ at: AT, result: "unknown" }]);
  });
});

describe("an operator's order", () => {
  const operatorOrders = (count: number): OperatorOrder[] => {
    const orderId = `op-${randomUUID()}`;
    return Array.from({ length: count }, (_, index) => ({
      ...{ orderId, index, stream: someStream(), action: "enable", reason: "INC-881", requestedBy: "ana" },
      ...{ requestedAt: AT, overridesRulesUntil: later(1) },
    }));
  };

  it("is never written over, and its own repeat is no error", async () => {
    const [order] = operatorOrders(1);
    if (!order) throw new Error("none");
    table.current.loseAnswerOf("PutItemCommand");
    await ledger.writeOperatorOrders([order]);
    await expect(ledger.writeOperatorOrders([{ ...order, action: "pause" }])).rejects.toMatchObject({
      code: "ERR_LEDGER",
    });
    expect(await ledger.readOperatorOrder(order.orderId, 0)).toEqual(order);
    expect(await place(order.stream, operatorDraft(order).authority.cause)).toMatchObject({ number: 1 });
  });
});

it("every read that a decision rests on sees every write before it: it is strongly consistent, and nothing is scanned or read by index", async () => {
  const [order] = [await place(someStream())];
  await ledger.readReport("standard#none");
  await ledger.readOperatorOrder("op-none", 0);
  await ledger.listOperatorOrders("op-none");
  await ledger.recentOrders(order.stream);
  await ledger.writeMode({ mode: "observe", changedAt: AT, changedBy: "ana", reason: "stop" });
  await ledger.readMode();
  await ledger.readReview("standard#none");
  await ledger.writeVerdict("standard#none", { verdict: "rejected", by: "ana", at: AT, reason: "no harm" }, () => NOON);
  await ledger.recentReports(order.stream, AT);
  await ledger.changeTaken(() => ({ answer: undefined }));
  await ledger.readLiveStreams();
  const reads = table.current.requests.filter(({ command }) => !/^(Put|Update)Item/.test(command));
  expect(new Set(reads.map(({ command }) => command))).toEqual(new Set(["GetItemCommand", "QueryCommand"]));
  expect(reads.filter(({ input }) => input.ConsistentRead !== true || input.IndexName !== undefined)).toEqual([]);
});

it("a table that cannot be reached is ERR_LEDGER for every read and write, never an empty answer", async () => {
  const dynamo = new DynamoDBClient({
    endpoint: "http://127.0.0.1:1",
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const down = createLedger(dynamo, TABLE);
  const stream = someStream();
  const order: Order = { ...draft(stream), number: 1, attempts: [] };
  const calls: (() => Promise<unknown>)[] = [
    () => down.readMode(),
    () => down.readReport("standard#1"),
    () => down.recentOrders(stream),
    () => down.placeOrder(draft(stream)),
    () => down.recordDecision(record(weaponsReport())),
    () => down.lockStream(stream, "me", NOON),
    () => down.beginAttempt(order, AT),
    () => down.endAttempt(order, { at: AT, result: "sent" }),
    () => down.setWaiting(order, { error: "APIGW.0308", message: "throttled", since: AT }),
    () => down.listOperatorOrders("op-1"),
    () => down.writeMode({ mode: "enforce", changedAt: AT, changedBy: "ana", reason: "go" }),
    () => down.writeFreeze("standard", true, { changedAt: AT, changedBy: "ana", reason: "stop" }),
    () => down.openReviews(10),
    () => down.readReview("standard#1"),
    () => down.writeVerdict("standard#1", { verdict: "rejected", by: "ana", at: AT, reason: "no harm" }, () => NOON),
    () => down.endReview("standard#1", "op-1"),
    () => down.recentReports(stream, AT),
    () => down.changeTaken((taken) => ({ taken, answer: undefined })),
    () => down.readLiveStreams(),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  dynamo.destroy();
});
