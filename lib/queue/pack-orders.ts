/**
 * Packs several orders of a batch into one message. The worker verifies the orders of several packs together, by pages of Live's list, and
 * an invocation takes as many as its calls in flight write in some seconds, a tenth of a second each: more Huawei users, more orders. The
 * list grows with the batch, so later messages carry more (docs/adr/0033-when-orders-are-verified.md).
 */
import type { Message, OrderPack } from "./message.ts";
import type { Priority } from "./priority.ts";

/** As many orders as one message of the batch queues: expand-batch.ts. */
const STREAMS_A_STEP = 500;
/** Both environments of the queue receive ten messages at a time. Eight users' orders of a step fill both once, so that both end together. */
const ORDERS_A_USER = STREAMS_A_STEP / (2 * 10) / 8;
/** With fewer, too much time of a batch at a quick Live would be the end of each invocation. Fills both twice. */
const MIN_ORDERS_PER_MESSAGE = STREAMS_A_STEP / (2 * 2 * 10);
/** The limit of the message's schema. */
const MAX_ORDERS_PER_MESSAGE = 100;

/** The number of the message that has the order of this index. */
function messageOf(index: number, users: number): number {
  const step = Math.floor(index / STREAMS_A_STEP);
  const size = Math.min(MAX_ORDERS_PER_MESSAGE, Math.max(MIN_ORDERS_PER_MESSAGE, users * ORDERS_A_USER) + step);
  return step * STREAMS_A_STEP + Math.floor((index % STREAMS_A_STEP) / size);
}

/**
 * Packs consecutive orders of the same batch. On the urgent queue each order keeps its own message, so that environments share the few
 * streams.
 *
 * @param users - Huawei users of the worker.
 */
export function packOrders(queue: Priority, messages: readonly Message[], users: number): (Message | OrderPack)[] {
  if (queue === "urgent") return [...messages];
  const packed: (Message | { kind: "order-pack"; orderId: string; indexes: [number, ...number[]] })[] = [];
  for (const message of messages) {
    const last = packed.at(-1);
    if (message.kind !== "order") packed.push(message);
    else if (
      last?.kind === "order-pack" &&
      last.orderId === message.orderId &&
      messageOf(last.indexes[0], users) === messageOf(message.index, users)
    )
      last.indexes.push(message.index);
    else packed.push({ kind: "order-pack", orderId: message.orderId, indexes: [message.index] });
  }
  return packed;
}
