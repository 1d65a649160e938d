import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, type OrderPack, parseBody, parseMessage } from "../../lib/queue/message.ts";
import { packOrders } from "../../lib/queue/pack-orders.ts";
import "../support/runs.ts";

const orderId = `op-${randomUUID()}`;
const ordersFrom = (from: number, count: number, of = orderId): Message[] =>
  Array.from({ length: count }, (_, offset) => ({ kind: "order", orderId: of, index: from + offset }));
const unpacked = (messages: readonly (Message | OrderPack)[]): Message[] =>
  messages.flatMap((each) =>
    each.kind === "order-pack"
      ? each.indexes.map((index): Message => ({ kind: "order", orderId: each.orderId, index }))
      : [each],
  );
const ONE_USER = 1;
const sizes = (messages: readonly (Message | OrderPack)[]): number[] =>
  messages.map((each) => (each.kind === "order-pack" ? each.indexes.length : 1));

describe("the orders of a batch", () => {
  it("share a message from the first one on: more of them the longer the list of what is off, and the more users write", () => {
    const most = (from: number, users: number) => Math.max(...sizes(packOrders("bulk", ordersFrom(from, 500), users)));
    expect([1, 2, 4, 8].map((users) => most(0, users))).toEqual([13, 13, 13, 25]);
    expect([most(500, 1), most(4_500, 1)]).toEqual([14, 22]);
    expect(Math.max(...sizes(packOrders("bulk", ordersFrom(1e6, 500), 8)))).toBe(100);
  });

  it.each([1, 2, 4, 8])("fill both environments of the queue equally often, with %i users", (users) => {
    expect(packOrders("bulk", ordersFrom(0, 500), users).length % 20).toBe(0);
  });

  it("have a message each on the urgent queue", () => {
    const orders = ordersFrom(4_000, 10);
    expect(packOrders("urgent", orders, ONE_USER)).toEqual(orders);
  });

  it("are all there, once, in their order and with what stands between them, and arrive as they were", () => {
    const others = fc.constantFrom<Message>({ kind: "batch", orderId, from: 500 });
    const order = fc
      .record({ index: fc.integer({ min: 0, max: 5_000 }), of: fc.constantFrom(orderId, `op-${randomUUID()}`) })
      .map(({ index, of }): Message => ({ kind: "order", orderId: of, index }));
    const sent = fc.array(fc.oneof({ weight: 9, arbitrary: order }, others), { maxLength: 40 });
    const arriving = fc.property(sent, (messages) => {
      const packed = packOrders("bulk", messages, ONE_USER);
      expect(unpacked(packed)).toEqual(messages);
      expect(packed.map((each) => parseBody(formatMessage(each)))).toEqual(packed);
    });
    fc.assert(arriving);
  });

  it("are a message of the queues only: nothing else takes them", () => {
    expect(() => parseMessage(formatMessage({ kind: "order-pack", orderId, indexes: [1, 2] }))).toThrow(
      "unknown format",
    );
    expect(() => parseBody(JSON.stringify({ kind: "order-pack", orderId, indexes: [] }))).toThrow("unknown format");
  });
});
