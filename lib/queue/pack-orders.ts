/**
 * Orders of a large batch travel several in a message. What an invocation writes it reads back together, on pages of the list where those
 * are fewer than the streams: the further a batch of thousands is, the longer is the list, and the more streams have to share its pages.
 * One by one, their reading back would use up its quota (3,000 a minute) before their writing does (4,000).
 */
import type { Message, OrderPack } from "./message.ts";
import type { Priority } from "./priority.ts";

/** Of five hundred streams each has a message; of the next five hundred two share one, and so on: twice as many as the list has pages. */
const STREAMS_A_STEP = 500;

/** A worker that dies in the middle holds up all that it had in hand for the visibility timeout. */
const MAX_ORDERS_PER_MESSAGE = 10;

const placesOf = (index: number): number => Math.min(MAX_ORDERS_PER_MESSAGE, 1 + Math.floor(index / STREAMS_A_STEP));

/** On the urgent queue each has a message of its own, for there two environments share few streams. */
export function packOrders(queue: Priority, messages: readonly Message[]): (Message | OrderPack)[] {
  if (queue === "urgent") return [...messages];
  const packed: (Message | { kind: "order-pack"; orderId: string; indexes: number[] })[] = [];
  for (const message of messages) {
    const last = packed.at(-1);
    if (message.kind !== "order" || placesOf(message.index) === 1) packed.push(message);
    else if (
      last?.kind === "order-pack" &&
      last.orderId === message.orderId &&
      last.indexes.length < placesOf(message.index)
    )
      last.indexes.push(message.index);
    else packed.push({ kind: "order-pack", orderId: message.orderId, indexes: [message.index] });
  }
  return packed;
}
