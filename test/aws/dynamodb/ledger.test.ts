import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { type Stream, streamSchema } from "../../../lib/core/stream.ts";
import { LOCK_MS } from "../../../lib/core/timeouts.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../../lib/orders/operator-order.ts";
import type { Order, OrderDraft } from "../../../lib/orders/order.ts";
import { type Report, reportKey, reportSchema } from "../../../lib/reports/report.ts";
import { NOON, someStream, weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
});

const AT = NOON.toISOString();
const later = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const draft = (stream: Stream, cause: string = randomUUID()): OrderDraft => ({
  stream,
  action: "pause",
  reason: "weapons 0.9 reported by standard",
  placedAt: AT,
  authority: { kind: "rule", cause, source: "standard", rule: "harmful", policy: "hash" },
});
const record = (report: Report, change: Partial<ReportRecord> = {}): ReportRecord => ({
  key: reportKey(report),
  report,
  decision: { action: "pause", rule: "harmful", because: "rule" },
  facts: { workedAt: AT, orders: [] },
  decidedAt: AT,
  mode: "enforce",
  policy: "hash",
  ...change,
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

/** As long as streamSchema lets a name be, in characters of four bytes. */
const longest: Stream = streamSchema.parse({
  domain: "𝕏".repeat(255),
  app: "😀".repeat(128),
  stream: "🏴".repeat(512),
});

describe("placing an order", () => {
  it("numbers those of twenty placers at once 1 to 20, without a gap and each cause once", async () => {
    const stream = someStream();
    const causes = Array.from({ length: 20 }, (_, i) => `cause ${i}`);
    const placed = await Promise.all([...causes, ...causes.slice(0, 5)].map((cause) => place(stream, cause)));
    expect(
      placed
        .slice(0, 20)
        .map(({ number }) => number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(placed.slice(20).map(({ number }) => number)).toEqual(placed.slice(0, 5).map(({ number }) => number));
    expect(await ledger.recentOrders(stream)).toHaveLength(20);
  });

  it("finds the order of its cause behind fifty newer ones", async () => {
    const stream = someStream();
    for (let i = 1; i <= 60; i++) expect((await place(stream, `cause ${i}`)).number).toBe(i);
    expect(await place(stream, "cause 1")).toMatchObject({ number: 1, authority: { cause: "cause 1" } });
    expect(await place(stream, "cause 10")).toMatchObject({ number: 10 });
    expect((await place(stream, "one more")).number).toBe(61);
    expect((await ledger.recentOrders(stream)).map(({ number }) => number)).toEqual(
      Array.from({ length: 50 }, (_, i) => 61 - i),
    );
    expect(await ledger.recentOrders(stream, 2)).toMatchObject([{ number: 61 }, { number: 60 }]);
  });

  it("places nothing where the stream's orders say so, and looks at them again after a race", async () => {
    const stream = someStream();
    const revise = (orders: readonly Order[]) => (orders.length > 0 ? { skip: "not the first" } : undefined);
    expect(await ledger.placeOrder(draft(stream), revise)).toMatchObject({ placed: { number: 1 } });
    expect(await ledger.placeOrder(draft(stream), revise)).toEqual({ skipped: "not the first" });
    const other = someStream();
    const racers = Array.from({ length: 8 }, () => ledger.placeOrder(draft(other), revise));
    expect((await Promise.all(racers)).filter(({ placed }) => placed !== undefined)).toHaveLength(1);
  });

  it("fits names of every length that Live takes, and keeps them as they are", async () => {
    expect((await place(longest)).number).toBe(1);
    expect((await newest(longest)).stream).toEqual(longest);
    await ledger.lockStream(longest, "me", NOON);
  });

  it("takes two streams for one only if all three names are equal", async () => {
    const names = randomUUID();
    await place({ domain: "a", app: `${names}/b`, stream: "c" });
    expect(await ledger.recentOrders({ domain: "a", app: names, stream: "b/c" })).toEqual([]);
  });

  it("places one though the answer is lost and the SDK repeats the request", async () => {
    const stream = someStream();
    table.current.loseAnswerOf("PutItemCommand");
    expect((await place(stream)).number).toBe(1);
    expect(await ledger.recentOrders(stream)).toHaveLength(1);
  });
});

describe("a decision", () => {
  it("is made once: of two at once, both get the one that is written", async () => {
    const report = weaponsReport();
    const decisions = ["harmful", "severe", "third"].map((rule) =>
      record(report, { decision: { action: "pause", rule, because: "rule" } }),
    );
    const written = await Promise.all(decisions.map((decision) => ledger.recordDecision(decision)));
    expect(written).toEqual([written[0], written[0], written[0]]);
    expect(await ledger.readReport(reportKey(report))).toEqual(written[0]);
  });

  it("gets its outcome once, and only where it was written", async () => {
    const report = weaponsReport();
    const key = reportKey(report);
    await ledger.closeReport(key, { outcome: "accepted", closedAt: AT });
    expect(await ledger.readReport(key)).toBeUndefined();
    await ledger.recordDecision(record(report));
    await ledger.closeReport(key, { outcome: "accepted", closedAt: AT, orderNumber: 7 });
    await ledger.closeReport(key, { outcome: "failed", closedAt: later(1) });
    expect(await ledger.readReport(key)).toMatchObject({ outcome: "accepted", closedAt: AT, orderNumber: 7 });
  });

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
  const afterMs = (ms: number) => new Date(NOON.getTime() + ms);

  it("is held by one of twenty that want it at once", async () => {
    const stream = someStream();
    const wanted = Array.from({ length: 20 }, (_, i) => ledger.lockStream(stream, `worker ${i}`, NOON));
    const results = await Promise.allSettled(wanted);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "ERR_BUSY", retryable: true });
    }
  });

  it("runs out by itself, and not before", async () => {
    const stream = someStream();
    await ledger.lockStream(stream, "dead", NOON);
    await expect(ledger.lockStream(stream, "next", afterMs(LOCK_MS))).rejects.toMatchObject({ code: "ERR_BUSY" });
    await ledger.lockStream(stream, "next", afterMs(LOCK_MS + 1));
    await expect(ledger.lockStream(stream, "third", afterMs(LOCK_MS + 2))).rejects.toMatchObject({ code: "ERR_BUSY" });
  });

  it("is given back by its holder and by nobody else", async () => {
    const stream = someStream();
    await ledger.lockStream(stream, "first", NOON);
    await ledger.unlockStream(stream, "another");
    await expect(ledger.lockStream(stream, "second", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
    await ledger.unlockStream(stream, "first");
    await ledger.lockStream(stream, "second", NOON);
    await ledger.unlockStream(stream, "first"); // late: it is the second's by now
    await expect(ledger.lockStream(stream, "third", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
  });

  it("is held though the answer that said so was lost", async () => {
    const stream = someStream();
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.lockStream(stream, "first", NOON);
    await expect(ledger.lockStream(stream, "second", NOON)).rejects.toMatchObject({ code: "ERR_BUSY" });
  });

  it("is not among the stream's orders", async () => {
    const stream = someStream();
    await ledger.lockStream(stream, "first", NOON);
    expect(await ledger.recentOrders(stream)).toEqual([]);
  });
});

describe("an attempt", () => {
  it("is begun by one of two, also at the same millisecond", async () => {
    const order = await place(someStream());
    const both = await Promise.allSettled([ledger.beginAttempt(order, AT), ledger.beginAttempt(order, AT)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await newest(order.stream)).toMatchObject({ sendingSince: AT, attempts: [] });
  });

  it("that died is taken for unknown by the next one, which only one may begin", async () => {
    const order = await place(someStream());
    await ledger.beginAttempt(order, AT);
    const died = await newest(order.stream);
    const next = [later(60_000), later(60_001)].map((at) => ledger.beginAttempt(died, at));
    const begun = (await Promise.allSettled(next)).filter((result) => result.status === "fulfilled");
    expect(begun).toMatchObject([{ value: { attempts: [{ at: AT, result: "unknown" }] } }]);
    expect(await newest(order.stream)).toEqual(begun[0]?.value);
  });

  it("ends with its result, and perhaps with the order's outcome", async () => {
    const order = await place(someStream());
    await ledger.beginAttempt(order, AT);
    await ledger.endAttempt(order, { at: AT, result: "not-done", error: "APIGW.0308" });
    const between = await newest(order.stream);
    expect(between).toEqual({ ...order, attempts: [{ at: AT, result: "not-done", error: "APIGW.0308" }] });
    await ledger.beginAttempt(between, later(1));
    await ledger.endAttempt(between, { at: later(1), result: "sent" }, { outcome: "accepted", endedAt: later(2) });
    expect(await newest(order.stream)).toMatchObject({ outcome: "accepted", attempts: [{}, { result: "sent" }] });
  });

  it("ends once, though the answer was lost: a pause's repeats are counted by it", async () => {
    const order = await place(someStream());
    await ledger.beginAttempt(order, AT);
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.endAttempt(order, { at: AT, result: "unknown" });
    expect((await newest(order.stream)).attempts).toEqual([{ at: AT, result: "unknown" }]);
  });

  it("that another worker took for lost does not end the other's", async () => {
    const order = await place(someStream());
    await ledger.beginAttempt(order, AT);
    await ledger.beginAttempt(await newest(order.stream), later(60_000));
    await ledger.endAttempt(order, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: later(60_001) });
    const stored = await newest(order.stream);
    expect(stored).toMatchObject({ sendingSince: later(60_000), attempts: [{ at: AT, result: "unknown" }] });
    expect(stored.outcome).toBeUndefined();
  });

  it("changes no outcome that is there, and begins on none", async () => {
    const order = await place(someStream());
    const begun = await ledger.beginAttempt(order, AT);
    await ledger.endOrder(begun, { outcome: "superseded", endedAt: AT });
    await ledger.endAttempt(order, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: later(1) });
    await ledger.endOrder(order, { outcome: "failed", endedAt: later(2) });
    const ended = await newest(order.stream);
    expect(ended).toMatchObject({ outcome: "superseded", endedAt: AT, attempts: [] });
    await expect(ledger.beginAttempt(ended, later(3))).rejects.toMatchObject({ code: "ERR_BUSY" });
  });

  it("is not overlooked by a worker that was frozen for longer than its lock: to it nothing was sent", async () => {
    const seen = await place(someStream());
    const begun = await ledger.beginAttempt(seen, AT);
    const refused = { outcome: "refused", error: "cancelled", endedAt: AT } as const;
    expect(await ledger.endOrder(seen, refused)).toBe(false);
    await ledger.endAttempt(begun, { at: AT, result: "unknown" });
    expect(await ledger.endOrder(seen, refused)).toBe(false);
    expect(await ledger.endOrder(await newest(seen.stream), { outcome: "unknown", endedAt: AT })).toBe(true);
  });

  it("of an order that is not in the ledger begins nothing", async () => {
    const order: Order = { ...draft(someStream()), number: 1, attempts: [] };
    await expect(ledger.beginAttempt(order, AT)).rejects.toMatchObject({ code: "ERR_BUSY" });
    await ledger.endOrder(order, { outcome: "failed", endedAt: AT });
    expect(await ledger.recentOrders(order.stream)).toEqual([]);
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

  it("is read back as it was written, one by one and all in their order", async () => {
    const orders = operatorOrders(120);
    await ledger.writeOperatorOrders(orders);
    expect(await ledger.listOperatorOrders(orders[0]?.orderId ?? "")).toEqual(orders);
    expect(await ledger.readOperatorOrder(orders[0]?.orderId ?? "", 77)).toEqual(orders[77]);
    expect(await ledger.readOperatorOrder(orders[0]?.orderId ?? "", 120)).toBeUndefined();
  });

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
  await ledger.writeVerdict("standard#none", { verdict: "rejected", by: "ana", at: AT, reason: "no harm" });
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
    () => down.listOperatorOrders("op-1"),
    () => down.writeMode({ mode: "enforce", changedAt: AT, changedBy: "ana", reason: "go" }),
    () => down.writeFreeze("standard", true, { changedAt: AT, changedBy: "ana", reason: "stop" }),
    () => down.openReviews(10),
    () => down.readReview("standard#1"),
    () => down.writeVerdict("standard#1", { verdict: "rejected", by: "ana", at: AT, reason: "no harm" }),
    () => down.endReview("standard#1"),
    () => down.recentReports(stream, AT),
    () => down.changeTaken((taken) => ({ taken, answer: undefined })),
    () => down.readLiveStreams(),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  dynamo.destroy();
});
