/** Storage of orders. Every write that must happen once is conditional; every read that a decision rests on sees all earlier writes. */
import type { Stream } from "../core/stream.ts";
import type { OperatorOrder } from "./operator-order.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "./order.ts";

/** What the other orders of the stream make of a draft. */
export type OrderChange = Partial<Pick<OrderDraft, "action" | "resumeTime" | "reason"> & OrderEnd>;

export interface OrderStore {
  /** Newest first; 50 unless told. */
  recentOrders(stream: Stream, limit?: number): Promise<Order[]>;
  /**
   * Gives the order the stream's next number, or answers the order that the same cause placed before.
   *
   * @param draft - with its end, if it is over before it began.
   * @param unless - asked with the stream's orders, newest first, in the same atomic step: true places nothing, an object changes the draft.
   * @param isFirst - the stream had no order a moment ago: a first try may do without another look.
   */
  placeOrder(
    draft: OrderDraft & Partial<OrderEnd>,
    unless?: (orders: readonly Order[]) => boolean | OrderChange,
    isFirst?: boolean,
  ): Promise<Order | undefined>;
  /**
   * One worker at a time acts on a stream. The lock runs out by itself, later than any worker that took it can still send.
   *
   * @throws OffairError `ERR_BUSY` while another holds it.
   */
  lockStream(stream: Stream, holder: string, now: Date): Promise<void>;
  unlockStream(stream: Stream, holder: string): Promise<void>;
  /** The intent, written before the call: answers the order as it stood before, with `sendingSince` of a worker that died. */
  beginAttempt(order: Order, at: string): Promise<Order>;
  /**
   * The call's result, and the order's outcome if that settles it.
   *
   * @returns false, and nothing is written, if the attempt is not under way any more: another worker took it for lost.
   */
  endAttempt(order: Order, attempt: Attempt, end?: OrderEnd): Promise<boolean>;
  /** The outcome of an order for which nothing (more) is sent. @returns false if it has one already, or more was sent than `order` tells. */
  endOrder(order: Order, end: OrderEnd): Promise<boolean>;
}

/** Orders of operators, by order id and index. Only the incident function writes them. */
export interface OperatorOrderStore {
  writeOperatorOrders(orders: readonly OperatorOrder[]): Promise<void>;
  readOperatorOrder(orderId: string, index: number): Promise<OperatorOrder | undefined>;
  listOperatorOrders(orderId: string): Promise<OperatorOrder[]>;
}
