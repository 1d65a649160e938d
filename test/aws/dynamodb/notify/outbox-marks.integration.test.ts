/** Which writes of the ledger put an item into the outbox. */
import { randomUUID } from "node:crypto";
import { DeleteCommand, GetCommand, paginateScan, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { createLedger } from "../../../../lib/aws/dynamodb/ledger.ts";
import { createWriteNotice } from "../../../../lib/aws/dynamodb/notify/notices.ts";
import { createNotifyStore } from "../../../../lib/aws/dynamodb/notify/notify-store.ts";
import { markAt } from "../../../../lib/aws/dynamodb/notify/outbox-marks.ts";
import { openTable } from "../../../../lib/aws/dynamodb/table.ts";
import { OffairError } from "../../../../lib/core/errors.ts";
import { eventsOf } from "../../../../lib/events/events-of.ts";
import type { Ledger } from "../../../../lib/ledger/ledger.ts";
import type { ItemKey } from "../../../../lib/notify/stores.ts";
import type { Order } from "../../../../lib/orders/order.ts";
import { draft } from "../../../ledger/records.ts";
import { AT, applied, aReport, later, planText } from "../../../notify/notify-items.ts";
import { NOON, someStream, weaponsReport } from "../../../support/fixtures.ts";
import { often, runs } from "../../../support/runs.ts";
import { TABLE, useTable } from "../../../support/table.ts";
import { caseRequests } from "../case-requests.ts";
import { type Cast, requests } from "../ledger-requests.ts";

const table = useTable();
let noted: ItemKey[];
let ledger: Ledger;
beforeEach(() => {
  noted = [];
  ledger = createLedger(table.current.dynamo, TABLE, { now: () => NOON, onOutbox: (key) => void noted.push(key) });
});

const read = async ({ pk, sk }: ItemKey) =>
  (await table.current.documents.send(new GetCommand({ TableName: TABLE, Key: { pk, sk } }))).Item;

async function place(cause: string, change: object = {}): Promise<Order> {
  const { placed } = await ledger.placeOrder({ ...draft(someStream(), cause), ...change });
  if (!placed) throw new Error("no order was placed");
  return placed;
}
const waiting = { outcome: "review", openedAt: AT, dueAt: AT } as const;
const verdict = { verdict: "rejected", by: "ana", at: AT, reason: "no harm" } as const;
const decided = async (change: object = {}) => (await ledger.recordDecision(aReport({ ...waiting, ...change }))).key;
const newPlan = async () => {
  const orderId = `op-${randomUUID()}`;
  await ledger.writePlan(orderId, planText(orderId));
  return orderId;
};
const begun = async (cause: string) => ledger.beginAttempt(await place(cause), AT);
const sent = { at: AT, result: "sent" } as const;
const accepted = { outcome: "accepted", endedAt: AT } as const;
const untranslated = (key: string) => ({
  ...({
    key,
    untranslated: { source: "huawei-push", id: "1", receivedAt: AT, bodySha256: "0".repeat(64), issues: [] as never[] },
  } as const),
  ...({ decidedAt: AT, openedAt: AT, dueAt: AT, outcome: "review", because: "untranslatable" } as const),
});
const mode = { changedAt: AT, changedBy: "ana", reason: "go" };
const republish = { after: 1, times: 1 };

/** Each returns the write, after what comes before it. */
const MARKED: readonly (readonly [string, () => Promise<() => Promise<unknown>>])[] = [
  ["a decision", async () => () => ledger.recordDecision(aReport())],
  [
    "the end of a report",
    async () => {
      const { outcome: _, ...open } = aReport();
      await ledger.recordDecision(open);
      return () => ledger.closeReport(open.key, { outcome: "accepted", closedAt: AT });
    },
  ],
  [
    "another outcome of a report",
    async () => {
      const key = await decided({ outcome: "accepted" });
      return () => ledger.changeOutcome(key, "accepted", "verified");
    },
  ],
  [
    "a verdict",
    async () => {
      const key = await decided();
      return () => ledger.writeVerdict(key, verdict, () => NOON);
    },
  ],
  [
    "an alarm of the clock",
    async () => {
      const key = await decided();
      const record = await ledger.readReview(key);
      return () => (record ? ledger.noteAlarms(record, { half: AT }) : Promise.reject(new Error("no case")));
    },
  ],
  [
    "a message that could not be translated",
    async () => () => ledger.recordUntranslated(untranslated(`huawei-push#${randomUUID()}`)),
  ],
  ["an order that is placed with its end", async () => () => place("a", { outcome: "refused", endedAt: AT })],
  [
    "an order because the stream was pushed again",
    async () => () => place("a", { authority: { ...draft(someStream(), "a").authority, republish } }),
  ],
  [
    "the outcome of an order",
    async () => {
      const order = await begun("a");
      return () => ledger.endAttempt(order, sent, accepted);
    },
  ],
  [
    "the end of an order without a call",
    async () => {
      const order = await place("a");
      return () => ledger.endOrder(order, { outcome: "superseded", endedAt: AT });
    },
  ],
  [
    "the proof of a pause",
    async () => {
      const order = await begun("a");
      await ledger.endAttempt(order, sent, accepted);
      const ended = { ...order, ...accepted };
      return () => ledger.updatePause(ended, { outcome: "verified", proof: { by: "callback", at: AT } });
    },
  ],
  ["a plan", async () => newPlan],
  [
    "the approval of a plan",
    async () => {
      const orderId = await newPlan();
      return () => ledger.approvePlan(orderId, { approvedBy: "ben", approvedAt: AT, reason: "y", planSha256: "0" });
    },
  ],
  [
    "the application of a plan",
    async () => {
      const orderId = await newPlan();
      return () => ledger.applyPlan(orderId, applied);
    },
  ],
  [
    "the cancellation of a plan",
    async () => {
      const orderId = await newPlan();
      return () => ledger.cancelPlan(orderId, { cancelledBy: "ana", cancelledAt: AT, reason: "stop" });
    },
  ],
  ["a frozen source", async () => () => ledger.writeFreeze(`s-${randomUUID()}`, true, mode)],
  [
    "a notice of an audit",
    async () => {
      const options = { onOutbox: (key: ItemKey) => void noted.push(key) };
      const write = createWriteNotice(openTable(table.current.dynamo, TABLE, () => NOON, options));
      return () => write({ kind: "expiring", stream: someStream(), orderNumber: 1, resumeTime: AT, foundAt: AT });
    },
  ],
];

const UNMARKED: typeof MARKED = [
  ["an order that is placed", async () => () => place("a")],
  [
    "the beginning of an attempt",
    async () => {
      const order = await place("a");
      return () => ledger.beginAttempt(order, AT);
    },
  ],
  [
    "an attempt that is repeated",
    async () => {
      const order = await begun("a");
      return () => ledger.endAttempt(order, { at: AT, result: "not-done" });
    },
  ],
  [
    "what an order waits for",
    async () => {
      const order = await place("a");
      return () => ledger.setWaiting(order, { error: "APIGW.0308", message: "throttled", since: AT });
    },
  ],
  [
    "a note on a case",
    async () => {
      const key = await decided();
      return () => ledger.changeCase(key, () => ({ state: { notes: [{ by: "ana", at: AT, text: "hm" }] } }));
    },
  ],
  ["a lock", async () => () => ledger.lockStream(someStream(), "a", NOON)],
  [
    "the undo of a plan",
    async () => {
      const orderId = await newPlan();
      return () => ledger.addUndo(orderId, { askedBy: "ana", askedAt: AT });
    },
  ],
  [
    "a decision on the canary's report",
    async () => () => decided({ key: `canary#${randomUUID()}`, outcome: "accepted" }),
  ],
  [
    "the outcome of the canary's order",
    async () => {
      const order = await begun(`canary#${randomUUID()}`);
      return () => ledger.endAttempt(order, sent, accepted);
    },
  ],
  ["an order of the canary, with its end", async () => () => place(`canary#${randomUUID()}`, accepted)],
];

describe("a write that may give an event puts its item into the outbox, in the same request", () => {
  it.each(MARKED)("%s", async (_, prepare) => {
    const write = await prepare();
    noted = [];
    table.current.requests.length = 0;
    await write();
    expect(noted).toHaveLength(1);
    for (const key of noted) {
      const { outbox, outboxAt } = (await read(key)) ?? {};
      expect({ outbox, at: String(outboxAt).split("#")[0] }).toEqual({ outbox: "open", at: AT });
    }
    const writes = table.current.requests.filter(({ input }) => JSON.stringify(input).includes("outboxAt"));
    expect(writes).toHaveLength(1);
  });
});

describe("a write that gives no event leaves the outbox as it is", () => {
  it.each(UNMARKED)("%s", async (_, prepare) => {
    const write = await prepare();
    noted = [];
    table.current.requests.length = 0;
    await write();
    expect(noted).toEqual([]);
    expect(JSON.stringify(table.current.requests)).not.toContain("outboxAt");
  });

  it("a write whose condition does not hold", async () => {
    const order = await begun("a");
    await ledger.endAttempt(order, sent, accepted);
    noted = [];
    expect(await ledger.endAttempt(order, sent, { outcome: "unknown", endedAt: AT })).toBe(false);
    expect(noted).toEqual([]);
  });
});

describe("no reader of the ledger sees the outbox", () => {
  it("neither the mark nor what was published", async () => {
    const key = await decided();
    const store = createNotifyStore(table.current.dynamo, TABLE);
    const item = { pk: `REPORT#${key}`, sk: "REPORT" };
    const [found] = await store.readOutbox(item);
    if (!found) throw new Error("not in the outbox");
    expect(JSON.stringify([found.item, await ledger.readReport(key)])).not.toMatch(/outbox|published/);
    await store.removeFromOutbox(found, ["a"]);
    expect(JSON.stringify(await ledger.readReport(key))).not.toMatch(/outbox|published/);
    expect(await read(item)).toMatchObject({ published: ["a"] });
    await ledger.writeVerdict(key, verdict, () => NOON);
    expect((await store.readOutbox(item)).map(({ published }) => published)).toEqual([["a"]]);
  });
});

const cast = (): Cast => ({
  streams: [someStream(), someStream()],
  reports: [weaponsReport(), weaponsReport()],
  untranslated: `huawei-push#${randomUUID()}`,
  orderIds: [`op-${randomUUID()}`, `op-${randomUUID()}`],
  known: [],
});

describe("no event is missed", () => {
  /** The events of an item, whether it is in the outbox or not; none of what cannot be read. */
  async function idsOf(key: ItemKey): Promise<string[]> {
    const store = createNotifyStore(table.current.dynamo, TABLE);
    const found = await store.readOutbox(key).catch((error: unknown) => {
      if (error instanceof OffairError) return [];
      throw error;
    });
    return found.filter((each) => each.key.sk === key.sk).flatMap(({ item }) => eventsOf(item).map(({ id }) => id));
  }
  async function keys(): Promise<(ItemKey & { readonly isMarked: boolean })[]> {
    const found: (ItemKey & { isMarked: boolean })[] = [];
    for await (const { Items = [] } of paginateScan({ client: table.current.documents }, { TableName: TABLE }))
      found.push(...Items.map(({ pk, sk, outbox }) => ({ pk, sk, isMarked: outbox !== undefined })));
    return found.filter(
      ({ pk, sk }) => !/^(LOCK|SEEN#|BY|PART#|RESULT#|MODE|LIMITS|TAKEN)/.test(sk) && pk !== "LIMITS",
    );
  }
  const setMark = ({ pk, sk }: ItemKey, isMarked: boolean) =>
    table.current.documents.send(
      new UpdateCommand({
        ...{ TableName: TABLE, Key: { pk, sk } },
        ...(isMarked
          ? {
              UpdateExpression: "SET outbox = :outbox, outboxAt = :outboxAt",
              ExpressionAttributeValues: Object.fromEntries(
                Object.entries(markAt(later(0))).map(([name, value]) => [`:${name}`, value]),
              ),
            }
          : { UpdateExpression: "REMOVE outbox, outboxAt" }),
      }),
    );

  it("whatever is written: an item that is not in the outbox has no event that was not published", async () => {
    let eventCount = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: requests }, { weight: 1, arbitrary: caseRequests }), {
          minLength: 5,
          maxLength: 25,
          size: "max",
        }),
        async (story) => {
          for (const { pk, sk } of await keys())
            await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: { pk, sk } }));
          const published = new Set<string>();
          const actors = cast();
          for (const { of, told } of story) {
            await of(ledger, actors).catch((error: unknown) => {
              if (!(error instanceof OffairError)) throw error;
            });
            for (const stream of actors.streams) actors.known.unshift(...(await ledger.recentOrders(stream, 1)));
            actors.known.splice(6);
            for (const { isMarked, ...key } of await keys()) {
              if (!isMarked) await setMark(key, true);
              for (const id of await idsOf(key)) {
                if (!isMarked && !published.has(id)) throw new Error(`${told} did not put ${key.pk} into the outbox`);
                published.add(id);
              }
              await setMark(key, false);
            }
          }
          eventCount += published.size;
        },
      ),
      { numRuns: runs(30) },
    );
    expect(eventCount).toBeGreaterThan(often(30));
  }, 120_000);
});
