/** The stores of the delivery of events on DynamoDB: their contract, and what only this implementation promises. */
import { DeleteCommand, GetCommand, PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { createNotifyStore } from "../../../../lib/aws/dynamodb/notify/notify-store.ts";
import { markAt } from "../../../../lib/aws/dynamodb/notify/outbox-marks.ts";
import { byTime, kindOf } from "../../../../lib/aws/dynamodb/time-index.ts";
import { DAY_MS } from "../../../../lib/core/time.ts";
import type { ItemKey } from "../../../../lib/notify/stores.ts";
import { AT, anEvent, anOrder, aReport, later, planText, withLock } from "../../../notify/notify-items.ts";
import { type NotifyWorld, notifyStoreContract } from "../../../notify/notify-store-contract.ts";
import { NOON, someStream } from "../../../support/fixtures.ts";
import { TABLE, useTable } from "../../../support/table.ts";
import { keyOf, type Written } from "../../../support/written-items.ts";

const table = useTable();

/** The attributes of an item, as the ledger's own functions write them. */
function attributesOf(item: Written): object {
  switch (item.kind) {
    case "order":
      return item.order;
    case "report":
      return item.report;
    case "untranslated":
      return item.untranslated;
    case "plan":
      return { orderId: item.plan.orderId, head: JSON.stringify(item.plan) };
    case "plan-state":
      return { orderId: item.orderId, ...item.state };
    case "change":
      return item.change;
    case "notice":
      return item.notice;
    case "key":
      return { state: "{}", revision: "r", blocked: { since: item.since, ...(item.until && { until: item.until }) } };
  }
}

async function empty(): Promise<void> {
  const { documents } = table.current;
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName: TABLE })) {
    for (const { pk, sk } of Items) await documents.send(new DeleteCommand({ TableName: TABLE, Key: { pk, sk } }));
  }
}
const read = async (key: ItemKey) =>
  (await table.current.documents.send(new GetCommand({ TableName: TABLE, Key: { ...key }, ConsistentRead: true })))
    .Item;

async function create(now: () => Date): Promise<NotifyWorld> {
  await empty();
  const { dynamo, documents } = table.current;
  const put = (key: ItemKey, item: object) =>
    documents.send(new PutCommand({ TableName: TABLE, Item: { ...key, ...item } }));
  return {
    store: createNotifyStore(dynamo, TABLE),
    async write(item, marked = true) {
      const key = keyOf(item);
      const { outbox, outboxAt, published } = (await read(key)) ?? {};
      const before = { ...(outbox && { outbox, outboxAt }), ...(published && { published }) };
      const dated = kindOf(key) ? byTime(now()) : {};
      await put(key, { ...attributesOf(item), ...dated, ...before, ...(marked && markAt(now())) });
      return key;
    },
    async writeResult(orderId, result) {
      const sk = `RESULT#${String(result.index).padStart(6, "0")}`;
      await put({ pk: `BATCH#${orderId}`, sk }, { orderId, ...result });
    },
  };
}

notifyStoreContract(create);

describe("the stores on DynamoDB", () => {
  it("takes an item out of the outbox without another change, so that it is not exported again", async () => {
    const { store, write } = await create(() => NOON);
    const report = aReport();
    const key = await write({ kind: "report", report });
    const [before] = [await read(key)];
    const [item] = await store.readOutbox(key);
    if (!item) throw new Error("not in the outbox");
    table.current.requests.length = 0;
    expect(await store.removeFromOutbox(item, ["a"])).toBe(true);
    const { outbox: _outbox, outboxAt: _at, ...rest } = before ?? {};
    expect(await read(key)).toEqual({ ...rest, published: ["a"] });
    const [request] = table.current.requests;
    const names = Object.values(request?.input.ExpressionAttributeNames ?? {}).sort();
    expect(names).toEqual(["outbox", "outboxAt", "published"]);
    expect(JSON.stringify(request?.input)).not.toContain("hour");
  });

  it("reads an order with those before it in one query, and its report", async () => {
    const { store, write } = await create(() => NOON);
    const stream = someStream();
    const report = aReport();
    const authority = { kind: "rule", cause: report.key, source: "standard", rule: "r", policy: "p" } as const;
    await write({ kind: "report", report }, false);
    for (const number of [1, 2, 3]) await write({ kind: "order", order: anOrder(stream, number) }, false);
    const key = await write({ kind: "order", order: anOrder(stream, 4, { authority }) });
    table.current.requests.length = 0;
    await store.readOutbox(key);
    expect(table.current.requests.map(({ command, input }) => [command, input.ConsistentRead])).toEqual([
      ["QueryCommand", true],
      ["GetItemCommand", true],
    ]);
  });

  it("reads the orders of a stream without one that is altered, and the state before them is then not known", async () => {
    const { store, write } = await create(() => NOON);
    const stream = someStream();
    const first = await write({ kind: "order", order: anOrder(stream, 1) });
    const second = await write({ kind: "order", order: anOrder(stream, 2) });
    const Item = { ...(await read(first)), ...first, action: "explode" };
    await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
    const [found, ...more] = await store.readOutbox(second);
    expect(more).toEqual([]);
    expect(found?.item).toMatchObject({ kind: "order", order: { number: 2 }, earlier: [] });
    await expect(store.readOutbox(first)).rejects.toMatchObject({ code: "ERR_LEDGER" });
  });

  it("goes on with a log beside a delivery whose retry cannot be read: it may be another deployment's", async () => {
    const { store } = await create(() => NOON);
    const orderingKey = "type.a";
    await store.append([anEvent(orderingKey, 1)]);
    const failing = { number: 2, type: "of.another-deployment" };
    const Item = { pk: `EVENT#${orderingKey}`, sk: "TO#shop", orderingKey, subscriber: "shop", sent: 1, failing };
    await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
    expect(await store.tail(orderingKey, 10)).toMatchObject({ last: 1, events: [{ number: 1 }] });
    await expect(store.readDelivery(orderingKey, "shop")).rejects.toMatchObject({ code: "ERR_LEDGER" });
  });

  it("asks nothing of the table for a key that gives no events", async () => {
    const { store } = await create(() => NOON);
    table.current.requests.length = 0;
    for (const key of [
      ...[
        { pk: "AUDIT", sk: "HEAD" },
        { pk: "OPERATOR#op-1", sk: "ORDER#000001" },
        { pk: "STREAM#x", sk: "ORDER#1" },
      ],
      ...[
        { pk: "REPORT#a#b", sk: "BY" },
        { pk: "NOTICE#drift", sk: "" },
        { pk: "LIMITS", sk: "TAKEN" },
      ],
    ]) {
      expect(await store.readOutbox(key)).toEqual([]);
    }
    expect(table.current.requests).toEqual([]);
  });

  it("reports altered items by name, and gives nothing of them", async () => {
    const { store } = await create(() => NOON);
    const put = (key: ItemKey, item: object) =>
      table.current.documents.send(new PutCommand({ TableName: TABLE, Item: { ...key, ...item, ...markAt(NOON) } }));
    const orderId = "op-00000000-0000-4000-8000-000000000001";
    const plan = { pk: `OPERATOR#${orderId}`, sk: "PLAN" };
    await put(plan, { orderId, head: planText(orderId).head.replace("pause", "paused") });
    await expect(store.readOutbox(plan)).rejects.toMatchObject({ code: "ERR_PLAN_ALTERED" });
    const stream = someStream();
    const order = keyOf({ kind: "order", order: anOrder(stream, 1) });
    await put(order, { ...anOrder(stream, 1), action: "delete" });
    await expect(store.readOutbox(order)).rejects.toMatchObject({ code: "ERR_LEDGER" });
    const notice = { pk: "NOTICE#drift", sk: AT };
    await put(notice, { kind: "drift", counts: "many" });
    await expect(store.readOutbox(notice)).rejects.toThrow(/a notice of an audit is not valid/);
    const state = { pk: "OPERATOR#op-none", sk: "STATE" };
    await put(state, { cancelled: { cancelledBy: "ana", cancelledAt: AT, reason: "r" } });
    await expect(store.readOutbox(state)).rejects.toThrow(/has a state, but no head/);
  });

  it("lets an event expire 90 days after it was logged, and knows the last number by what was delivered", async () => {
    const { store } = await create(() => NOON);
    const event = anEvent("type.audit.drift", 7);
    await store.append([event]);
    const key = { pk: "EVENT#type.audit.drift", sk: "N#0000000007" };
    expect(await read(key)).toMatchObject({
      ...{ expiresAt: later(90 * DAY_MS).getTime() / 1_000, hour: "event#2026-11-21T12", at: AT },
    });
    await store.lockDelivery(event.orderingKey, "bus", "a", NOON);
    await store.writeDelivery({ orderingKey: event.orderingKey, subscriber: "bus", sent: 7 }, withLock("a"));
    await store.lockDelivery(event.orderingKey, "shop", "a", NOON);
    await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: key }));
    expect(await store.tail(event.orderingKey, 1)).toMatchObject({ events: [], last: 7 });
  });

  it.each([
    ["append", "PutItemCommand"],
    ["replaceSubscriber", "PutItemCommand"],
    ["writeDelivery", "UpdateItemCommand"],
    ["lockDelivery", "UpdateItemCommand"],
  ] as const)("%s answers the same if its first answer is lost", async (method, command) => {
    const { store } = await create(() => NOON);
    const orderingKey = "type.key.blocked";
    if (method === "writeDelivery") await store.lockDelivery(orderingKey, "bus", "a", NOON);
    table.current.loseAnswerOf(command);
    const answers = {
      append: () => store.append([anEvent(orderingKey, 1)]),
      replaceSubscriber: () => store.replaceSubscriber({ name: "bus", since: AT }, undefined),
      writeDelivery: async () =>
        (await store.writeDelivery({ orderingKey, subscriber: "bus", sent: 1 }, withLock("a"))) !== undefined,
      lockDelivery: async () => (await store.lockDelivery(orderingKey, "bus", "a", NOON)) !== undefined,
    };
    expect(await answers[method]()).toBe(true);
  });

  it("says ERR_LEDGER where the table does not answer", async () => {
    const store = createNotifyStore(table.current.dynamo, "no-such-table");
    const delivery = { orderingKey: "k", subscriber: "bus", sent: 0 };
    for (const asked of [
      () => store.listDue(NOON, 1),
      () => store.readOutbox({ pk: "REPORT#a#b", sk: "REPORT" }),
      () => store.tail("k", 1),
      () => store.append([anEvent("k", 1)]),
      () => store.lockDelivery("k", "bus", "a", NOON),
      () => store.writeDelivery(delivery, withLock("a")),
      () => store.listFailing(1),
      () => store.readSubscriber("bus"),
      () => store.listSubscribers(),
      () => store.listReplays("bus", 1),
      () => store.listGivenUp("bus", 1),
      () => store.readDelivery("k", "bus"),
    ]) {
      await expect(asked()).rejects.toMatchObject({ code: "ERR_LEDGER" });
    }
  });
});
