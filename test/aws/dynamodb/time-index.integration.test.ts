/** What each change of the ledger is dated with. */
import { randomUUID } from "node:crypto";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { kindOf } from "../../../lib/aws/dynamodb/time-index.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../../lib/orders/operator-order.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { reportKey } from "../../../lib/reports/report.ts";
import { NOON, someStream, weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
let now: Date;
beforeEach(() => {
  now = NOON;
  ledger = createLedger(table.current.dynamo, TABLE, { now: () => now });
});

const AT = NOON.toISOString();
const later = (ms: number): Date => new Date(NOON.getTime() + ms);
const record = (change: Partial<ReportRecord> = {}): ReportRecord => {
  const report = weaponsReport();
  return {
    ...{ key: reportKey(report), report, decision: { action: "pause", rule: "harmful", because: "rule" } },
    ...{ facts: { workedAt: AT, orders: [] }, decidedAt: AT, mode: "enforce", policy: "hash" },
    ...change,
  };
};
const operatorOrder = (): OperatorOrder => ({
  ...{ orderId: `op-${randomUUID()}`, index: 0, stream: someStream(), action: "pause", reason: "INC-881" },
  ...{ requestedBy: "ana", requestedAt: AT, overridesRulesUntil: later(24 * HOUR_MS).toISOString() },
});
async function place(): Promise<Order> {
  const { placed: order } = await ledger.placeOrder(operatorDraft(operatorOrder()));
  if (!order) throw new Error("no order was placed");
  return order;
}

const text = z.object({ S: z.string() });
const keySchema = z.object({ pk: text, sk: text });

/** What the item of the last write is dated with. */
async function dated(write: () => Promise<unknown>): Promise<{ hour: unknown; at: unknown }> {
  table.current.requests.length = 0;
  await write();
  const written = table.current.requests.findLast(({ command }) => /^(Put|Update)Item/.test(command));
  const { pk, sk } = keySchema.parse(written?.input.Key ?? written?.input.Item);
  const Key = { pk: pk.S, sk: sk.S };
  const { Item } = await table.current.documents.send(new GetCommand({ TableName: TABLE, Key }));
  return { hour: Item?.hour, at: Item?.at };
}

type Made = { readonly record: ReportRecord; readonly order: Order };
const CHANGES: readonly (readonly [string, (made: Made) => Promise<unknown>])[] = [
  ["a decision", () => ledger.recordDecision(record())],
  ["a report's end", ({ record }) => ledger.closeReport(record.key, { outcome: "review", closedAt: AT, dueAt: AT })],
  [
    "what nobody could translate",
    () =>
      ledger.recordUntranslated({
        key: `huawei-push#${randomUUID()}`,
        untranslated: { source: "huawei-push", id: "1", receivedAt: AT, bodySha256: "0".repeat(64), issues: [] },
        ...{ decidedAt: AT, dueAt: AT, outcome: "review", because: "untranslatable" },
      }),
  ],
  ["an order", () => place()],
  ["the beginning of an attempt", ({ order }) => ledger.beginAttempt(order, AT)],
  [
    "what an order waits for",
    ({ order }) => ledger.setWaiting(order, { error: "APIGW.0308", message: "throttled", since: AT }),
  ],
  ["an order's end without a call", ({ order }) => ledger.endOrder(order, { outcome: "superseded", endedAt: AT })],
  ["an operator's order", () => ledger.writeOperatorOrders([operatorOrder()])],
];

describe("an item carries the time of its last write, whatever that tells of", () => {
  it.each(CHANGES)("%s", async (_, write) => {
    const made = { record: await ledger.recordDecision(record()), order: await place() };
    now = later(3 * HOUR_MS);
    expect(await dated(() => write(made))).toEqual({ hour: "2026-11-21T15", at: now.toISOString() });
  });

  it("a verdict", async () => {
    const { key } = await ledger.recordDecision(record({ outcome: "review", closedAt: AT, dueAt: AT }));
    now = later(3 * HOUR_MS);
    const verdict = { verdict: "rejected", by: "ana", at: AT, reason: "no harm" } as const;
    await ledger.writeVerdict(key, verdict, () => NOON);
    const Key = { pk: `REPORT#${key}`, sk: "REPORT" };
    const { Item } = await table.current.documents.send(new GetCommand({ TableName: TABLE, Key }));
    expect(Item).toMatchObject({ hour: "2026-11-21T15", at: now.toISOString(), verdict });
  });

  it("an attempt's result", async () => {
    const begun = await ledger.beginAttempt(await place(), AT);
    now = later(3 * HOUR_MS);
    const end = { outcome: "accepted", endedAt: AT } as const;
    expect(await dated(() => ledger.endAttempt(begun, { at: AT, result: "sent" }, end))).toMatchObject({
      at: now.toISOString(),
    });
  });

  it("a change of the mode; the mode itself has none", async () => {
    const change = { changedAt: AT, changedBy: "ana", reason: "go" };
    now = later(HOUR_MS);
    expect(await dated(() => ledger.writeMode({ mode: "enforce", ...change }))).toEqual({});
    expect(await dated(() => ledger.writeFreeze("standard", true, change))).toEqual({});
    const puts = table.current.requests.filter(({ command }) => command === "PutItemCommand");
    expect(puts).toMatchObject([{ input: { Item: { at: { S: now.toISOString() } } } }]);
  });

  it("and none is carried by what tells of a moment only", async () => {
    const stream = someStream();
    expect(await dated(() => ledger.lockStream(stream, "me", NOON))).toEqual({});
    const sighting = { source: "standard", category: "weapons", receivedAt: AT, expiresAt: AT } as const;
    expect(await dated(() => ledger.addRecentReport(stream, { key: "standard#1", ...sighting }))).toEqual({});
    expect(await dated(() => ledger.changeTaken((taken) => ({ taken, answer: undefined })))).toEqual({});
  });
});

it("nothing but reports, orders, operators' orders, plans and changes is told by time", () => {
  const told = [
    ...[kindOf({ pk: "REPORT#standard#1", sk: "REPORT" }), kindOf({ pk: "REPORT#standard#1", sk: "UNTRANSLATED" })],
    ...[kindOf({ pk: "STREAM#0", sk: "ORDER#0000000001" }), kindOf({ pk: "OPERATOR#op-1", sk: "ORDER#000000" })],
    ...[kindOf({ pk: "OPERATOR#op-1", sk: "PLAN" }), kindOf({ pk: "OPERATOR#op-1", sk: "STATE" })],
    kindOf({ pk: "CONTROL", sk: `CHANGE#${AT}#0` }),
  ];
  expect(told).toEqual(["report", "untranslated", "order", "operator-order", "plan", "plan-state", "change"]);
  const untold = [
    ...["LOCK", `SEEN#${AT}#0`].map((sk) => ({ pk: "STREAM#0", sk })),
    ...[
      ["OPERATOR#op-1", "PART#0000"],
      ["BATCH#op-1", "RESULT#000000"],
      ["CONTROL", "MODE"],
      ["LIMITS", "TAKEN"],
      ["AUDIT", "HEAD"],
      ["AUDIT", "LIVE_STREAMS"],
      ["KEY#worker", "ORDER#"],
      ["RATE#worker#write", AT],
    ].map(([pk = "", sk = ""]) => ({ pk, sk })),
  ];
  expect(untold.filter((key) => kindOf(key) !== undefined)).toEqual([]);
});

describe("a write that Lambda froze, and thawed when the window of its time was read", () => {
  /** What the clock says each time that it is asked: first for the date, then before each attempt. */
  const frozenAfter = (asked: number): Ledger => {
    let times = 0;
    const clock = () => (times++ < asked ? NOON : later(10 * MINUTE_MS));
    return createLedger(table.current.dynamo, TABLE, { now: clock });
  };

  it("is not sent, and tried again by whoever asked for it", async () => {
    const decision = record();
    await expect(frozenAfter(1).recordDecision(decision)).rejects.toMatchObject({
      code: "ERR_LEDGER",
      retryable: true,
    });
    expect(await ledger.readReport(decision.key)).toBeUndefined();
    const order = await place();
    await expect(frozenAfter(1).beginAttempt(order, AT)).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
    expect(await ledger.recentOrders(order.stream)).toEqual([order]);
  });

  it("is not repeated by the SDK either", async () => {
    const order = await place();
    table.current.loseAnswerOf("UpdateItemCommand", () => {
      now = later(HOUR_MS);
    });
    await expect(ledger.beginAttempt(order, AT)).rejects.toMatchObject({ code: "ERR_LEDGER" });
    expect(await ledger.recentOrders(order.stream)).toEqual([{ ...order, sendingSince: AT }]);
  });

  it("and one that only took its time is", async () => {
    const decision = record();
    let times = 0;
    const slow = createLedger(table.current.dynamo, TABLE, { now: () => later(times++ * 5 * SECOND_MS) });
    await slow.recordDecision(decision);
    expect(await ledger.readReport(decision.key)).toMatchObject(decision);
  });
});
