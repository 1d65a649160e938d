/** What of the ledger an audit exports, window after window. */
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { type ExportWindow, exportEvents } from "../../../lib/aws/dynamodb/export-events.ts";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { unwrap } from "../../../lib/aws/dynamodb/table.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { streamKey } from "../../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import type { ReportRecord, UntranslatedRecord } from "../../../lib/decisions/report-record.ts";
import type { LedgerEvent } from "../../../lib/ledger/export-event.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../../lib/orders/operator-order.ts";
import type { Order } from "../../../lib/orders/order.ts";
import { type Report, reportKey } from "../../../lib/reports/report.ts";
import { NOON, someStream, weaponsReport } from "../../support/fixtures.ts";
import { runs } from "../../support/runs.ts";
import { TABLE, useTable } from "../../support/table.ts";
import { type Cast, requests } from "./ledger-requests.ts";

const table = useTable();
let ledger: Ledger;
let now: Date;

/** Every test has days of its own, for they share the table. */
let start = NOON;
beforeEach(() => {
  start = new Date(start.getTime() + 10 * DAY_MS);
  now = start;
  ledger = createLedger(table.current.dynamo, TABLE, { now: () => now });
});

const AT = NOON.toISOString();
const later = (ms: number): Date => new Date(start.getTime() + ms);
const window = (fromMs: number, untilMs: number): ExportWindow => ({ from: later(fromMs), until: later(untilMs) });

async function exported(of: ExportWindow): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const event of exportEvents(table.current.dynamo, TABLE, of)) events.push(event);
  return events;
}
function decide(change: Partial<ReportRecord> = {}, said: Partial<Report> = {}): Promise<ReportRecord> {
  const report = weaponsReport(said);
  return ledger.recordDecision({
    ...{ key: reportKey(report), report, decision: { action: "pause", rule: "harmful", because: "rule" } },
    ...{ facts: { workedAt: AT, orders: [] }, decidedAt: AT, mode: "enforce", policy: "hash" },
    ...change,
  });
}
const operatorOrder = (): OperatorOrder => ({
  ...{ orderId: `op-${randomUUID()}`, index: 0, stream: someStream(), action: "pause", reason: "INC-881" },
  ...{ requestedBy: "ana", requestedAt: AT, overridesRulesUntil: AT },
});
async function place(of: OperatorOrder): Promise<Order> {
  const { placed: order } = await ledger.placeOrder(operatorDraft(of));
  if (!order) throw new Error("no order was placed");
  return order;
}

describe("a window", () => {
  it("has every kind of item in the order of the changes, over the border of an hour, as the ledger holds it", async () => {
    const report = await decide();
    now = later(30 * MINUTE_MS);
    const untranslated: UntranslatedRecord = {
      key: `huawei-push#${randomUUID()}`,
      untranslated: { source: "huawei-push", id: "1", receivedAt: AT, bodySha256: "0".repeat(64), issues: [] },
      ...{ decidedAt: AT, dueAt: AT, outcome: "review", because: "untranslatable" },
    };
    await ledger.recordUntranslated(untranslated);
    now = later(HOUR_MS);
    const asked = operatorOrder();
    await ledger.writeOperatorOrders([asked]);
    now = later(HOUR_MS + 1);
    const order = await place(asked);
    const { orderId } = asked;
    now = later(HOUR_MS + 2);
    await ledger.writePlan(orderId, { head: "a head", parts: ["a part"] });
    now = later(HOUR_MS + 3);
    const cancelled = { cancelledBy: "ana", cancelledAt: AT, reason: "a mistake" };
    await ledger.cancelPlan(orderId, cancelled);
    await ledger.writeBatchResult(orderId, { index: 0, outcome: "cancelled", endedAt: AT, orderNumber: 1 });
    now = later(2 * HOUR_MS);
    const change = { mode: "enforce", changedAt: AT, changedBy: "ana", reason: "go" } as const;
    await ledger.writeMode(change);
    const at = (ms: number): string => later(ms).toISOString();
    expect(await exported(window(0, 3 * HOUR_MS))).toEqual([
      { kind: "report", at: at(0), report },
      { kind: "untranslated", at: at(30 * MINUTE_MS), untranslated: { ...untranslated, review: "open" } },
      { kind: "operator-order", at: at(HOUR_MS), operatorOrder: asked },
      { kind: "order", at: at(HOUR_MS + 1), order },
      { kind: "plan", at: at(HOUR_MS + 2), plan: { orderId, head: "a head" } },
      { kind: "plan-state", at: at(HOUR_MS + 3), planState: { orderId, cancelled } },
      { kind: "change", at: at(2 * HOUR_MS), change: { kind: "mode", ...change } },
    ]);
  });

  it("is exported as the same bytes when it is read again, though DynamoDB returns maps in no order", async () => {
    for (let n = 0; n < 5; n++) await place(operatorOrder());
    await decide();
    const window = { from: start, until: later(MINUTE_MS) };
    const first = JSON.stringify(await exported(window));
    expect(first.length).toBeGreaterThan(1_000);
    for (let n = 0; n < 3; n++) expect(JSON.stringify(await exported(window))).toBe(first);
  });

  it("begins with its first moment and ends before its last, so that the next one has that", async () => {
    const keys: string[] = [];
    for (const ms of [-1, 0, MINUTE_MS - 1, MINUTE_MS]) {
      now = later(ms);
      keys.push((await decide()).key);
    }
    const inWindow = async (of: ExportWindow) =>
      (await exported(of)).map((event) => event.kind === "report" && event.report.key);
    expect(await inWindow(window(0, MINUTE_MS))).toEqual(keys.slice(1, 3));
    expect(await inWindow(window(MINUTE_MS, 2 * MINUTE_MS))).toEqual(keys.slice(3));
    expect(await inWindow(window(MINUTE_MS, MINUTE_MS))).toEqual([]);
    expect(await inWindow(window(MINUTE_MS, 0))).toEqual([]);
  });

  it("has what changed in it however long it was there; what changed again since is left to a later one", async () => {
    const { key } = await decide();
    const order = await place(operatorOrder());
    now = later(3 * HOUR_MS);
    await ledger.closeReport(key, { outcome: "accepted", closedAt: AT });
    const begun = await ledger.beginAttempt(order, AT);
    now = later(5 * HOUR_MS);
    await ledger.endAttempt(begun, { at: AT, result: "sent" }, { outcome: "accepted", endedAt: AT });
    expect(await exported(window(0, HOUR_MS))).toEqual([]);
    expect(await exported(window(HOUR_MS, 4 * HOUR_MS))).toMatchObject([
      { kind: "report", report: { outcome: "accepted" } },
    ]);
    expect(await exported(window(4 * HOUR_MS, 6 * HOUR_MS))).toMatchObject([
      { kind: "order", order: { outcome: "accepted", attempts: [{ result: "sent" }] } },
    ]);
  });

  it("has nothing of locks, sightings and limits, and no pseudonym of a reporter, whoever wrote it", async () => {
    const reporterHash = "f".repeat(32);
    const { report, ...record } = await decide({}, { reporterHash });
    const expiresAt = later(DAY_MS).toISOString();
    const sighting = {
      source: "standard",
      category: "weapons",
      receivedAt: now.toISOString(),
      reporterHash,
      expiresAt,
    };
    await ledger.addRecentReport(report.stream, { key: record.key, ...sighting, category: "weapons" });
    await ledger.lockStream(report.stream, "me", now);
    await ledger.changeTaken((taken) => ({ taken, answer: undefined }));
    // As another version may have written them.
    const dated = { hour: now.toISOString().slice(0, 13), at: now.toISOString() };
    const older = { ...record, key: "standard#older", report: { ...report, reporterHash } };
    const items = [
      { pk: "REPORT#standard#older", sk: "REPORT", ...older },
      { pk: "STREAM#0", sk: `SEEN#${AT}#0`, ...sighting },
      { pk: "KEY#worker", sk: "0", state: "blocked" },
    ];
    for (const item of items) {
      await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: { ...item, ...dated } }));
    }
    const events = await exported(window(0, MINUTE_MS));
    expect(events.map((event) => event.kind === "report" && event.report.key).sort()).toEqual(
      [record.key, "standard#older"].sort(),
    );
    expect(JSON.stringify(events)).not.toMatch(/reporterHash|f{32}|blocked/);
  });

  it("is read a page at a time, and no page before it is wanted", async () => {
    for (let i = 0; i < 12; i++) {
      now = later(i);
      await decide({}, { reason: "x".repeat(150_000) }); // a page ends at 1 MB
    }
    table.current.requests.length = 0;
    const events = exportEvents(table.current.dynamo, TABLE, window(0, MINUTE_MS));
    await events.next();
    expect(table.current.requests).toHaveLength(1);
    let count = 1;
    for await (const _ of events) count++;
    expect(count).toBe(12);
    expect(table.current.requests.length).toBeGreaterThan(1);
  });
});

it("a ledger that cannot be read is an error, and not an empty window", async () => {
  const dynamo = new DynamoDBClient({
    ...{ endpoint: "http://127.0.0.1:1", region: "local", maxAttempts: 1 },
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const reading = exportEvents(dynamo, TABLE, window(0, MINUTE_MS)).next();
  await expect(reading).rejects.toMatchObject({ code: "ERR_LEDGER", retryable: true });
  dynamo.destroy();
});

/** Which item of the ledger a line is about. */
function itemOf(event: LedgerEvent): string {
  switch (event.kind) {
    case "report":
      return `report ${event.report.key}`;
    case "untranslated":
      return `untranslated ${event.untranslated.key}`;
    case "order":
      return `order ${streamKey(event.order.stream)} ${event.order.number}`;
    case "operator-order":
      return `operator-order ${event.operatorOrder.orderId} ${event.operatorOrder.index}`;
    case "plan":
      return `plan ${event.plan.orderId}`;
    case "plan-state":
      return `plan-state ${event.planState.orderId}`;
    case "change":
      return `change ${JSON.stringify(Object.entries(event.change).sort())}`;
  }
}

describe("windows that follow each other", () => {
  /** What goes on while a write is on its way: dated already, and not sent yet. */
  let meanwhile: (() => Promise<void>) | undefined;
  beforeAll(() => {
    table.current.dynamo.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          const goOn = /^(Put|Update)Item/.test(commandName) ? meanwhile : undefined;
          meanwhile = goOn ? undefined : meanwhile;
          await goOn?.();
          return next(args);
        },
      { step: "build" },
    );
  });

  /** All items of the test's days that a scan finds. */
  async function held() {
    const items: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client: table.current.documents }, { TableName: TABLE })) {
      items.push(...(page.Items ?? []));
    }
    const ours = items.filter(({ at }) => String(at ?? "") >= later(-MINUTE_MS).toISOString());
    return ours.map((item) => ({ at: item.at, item: unwrap(item) }));
  }
  const cast = (): Cast => ({
    streams: [someStream(), someStream()],
    reports: [weaponsReport({ reporterHash: "e".repeat(32) }), weaponsReport()],
    untranslated: `huawei-push#${randomUUID()}`,
    orderIds: [`op-${randomUUID()}`, `op-${randomUUID()}`],
    known: [],
  });
  const step = fc.record({
    made: requests,
    afterMs: fc.constantFrom(0, 1, 4 * MINUTE_MS, 20 * MINUTE_MS),
    /** How far the writer's clock is off. */
    offMs: fc.constantFrom(-SECOND_MS, 0, SECOND_MS),
    onTheWayMs: fc.constantFrom(0, 0, 50 * SECOND_MS, 10 * MINUTE_MS, 2 * HOUR_MS),
  });

  it("tell last of every item what the ledger holds of it in the end, though clocks differ and writes are late", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: "max" }), async (steps) => {
        start = later(10 * DAY_MS);
        now = start;
        const told = new Map<string, LedgerEvent>();
        let from = later(-MINUTE_MS);
        let slotMs = start.getTime() + HOUR_MS;
        async function passes(ms: number): Promise<void> {
          now = new Date(now.getTime() + ms);
          for (; slotMs <= now.getTime(); slotMs += HOUR_MS) {
            const until = new Date(slotMs - 5 * MINUTE_MS);
            for (const event of await exported({ from, until })) told.set(itemOf(event), event);
            from = until;
          }
        }
        const of = cast();
        for (const { made, afterMs, offMs, onTheWayMs } of steps) {
          await passes(afterMs);
          const writer = createLedger(table.current.dynamo, TABLE, { now: () => new Date(now.getTime() + offMs) });
          meanwhile = () => passes(onTheWayMs);
          await made.of(writer, of).catch((failure) => {
            if (!(failure instanceof OffairError)) throw failure;
          });
          for (const stream of of.streams) of.known.unshift(...(await ledger.recentOrders(stream, 1)));
          of.known.splice(6);
        }
        await passes(2 * HOUR_MS);
        const inTheEnd = await held();
        expect([...told.values()].map(({ kind: _kind, at, ...of }) => ({ at, item: Object.values(of)[0] }))).toEqual(
          expect.arrayContaining(inTheEnd),
        );
        expect(told.size).toBe(inTheEnd.length);
      }),
      { numRuns: runs(25) },
    );
  });
});
