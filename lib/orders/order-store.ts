/** Storage of orders. Every write that must happen once is conditional; every read that a decision rests on sees all earlier writes. */
import type { Stream } from "../core/stream.ts";
import type { OperatorOrder } from "./operator-order.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "./order.ts";

/** The order in the ledger, or the reason why it was not placed. */
export type Placement<Reason> =
  | { readonly placed: Order; readonly skipped?: undefined }
  | { readonly placed?: undefined; readonly skipped: Reason };

export interface OrderStore {
  /** Newest first; 50 unless told. */
  recentOrders(stream: Stream, limit?: number): Promise<Order[]>;
  /**
   * Gives the order the next number of its stream, or returns the order that the same cause placed before.
   *
   * @param draft - with its end, if nothing will be sent.
   * @param skip - called with the stream's orders, newest first, in the same atomic step, and again after a lost race: a reason not to
   *   place the order.
   */
  placeOrder<Reason extends object = never>(
    draft: OrderDraft & Partial<OrderEnd>,
    skip?: (orders: readonly Order[]) => Reason | undefined,
  ): Promise<Placement<Reason>>;
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
