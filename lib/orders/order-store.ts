/** Storage of orders. Writes that must happen once are conditional; reads that a decision depends on are strongly consistent. */
import type { Stream } from "../core/stream.ts";
import type { OperatorOrder } from "./operator-order.ts";
import type { Attempt, Order, OrderDraft, OrderEnd, Waiting } from "./order.ts";
import type { PauseUpdate } from "./push-identity.ts";

/** A change of a draft because of the stream's other orders. */
export type OrderChange = Partial<Pick<OrderDraft, "action" | "resumeTime" | "reason"> & OrderEnd>;

/** What the stream's other orders mean for a draft: it is not placed, for a reason that is returned, or it is changed. */
export type Revision<Reason> = { readonly skip: Reason } | { readonly change: OrderChange };

/** The order in the ledger, or the reason not to place it, where there can be one. */
export type Placement<Reason> =
  | { readonly placed: Order; readonly skipped?: undefined }
  | (Reason extends unknown ? { readonly placed?: undefined; readonly skipped: Reason } : never);

export interface OrderStore {
  /** The stream's newest orders, newest first. @param limit - 50 by default. */
  recentOrders(stream: Stream, limit?: number): Promise<Order[]>;
  /**
   * Gives the order the next number of its stream, or returns the order that the same cause placed before.
   *
   * @param draft - with its end, if nothing will be sent.
   * @param revise - called with the stream's orders, newest first, in the same atomic step, and again after a lost race.
   */
  placeOrder<Reason = never>(
    draft: OrderDraft & Partial<OrderEnd>,
    revise?: (orders: readonly Order[]) => Revision<Reason> | undefined,
  ): Promise<Placement<Reason>>;
  /**
   * Locks the stream, so that one worker at a time acts on it. The lock expires by itself, later than its holder can still send. A lock
   * that ends later than any lock can was written by a clock that is ahead, and does not count.
   *
   * @throws OffairError `ERR_BUSY` while another worker holds the lock.
   */
  lockStream(stream: Stream, holder: string, now: Date): Promise<void>;
  unlockStream(stream: Stream, holder: string): Promise<void>;
  /** Writes the intent before the call. A `sendingSince` that a worker left behind becomes an attempt with an unknown result. */
  beginAttempt(order: Order, at: string): Promise<Order>;
  /**
   * Writes the result of the call, and the order's outcome if the result is final, or what it waits for if that has changed.
   *
   * @returns false, and writes nothing, if another worker has recorded this attempt as lost.
   */
  endAttempt(order: Order, attempt: Attempt, next?: OrderEnd | { readonly waiting: Waiting }): Promise<boolean>;
  /** Writes what the order waits for, if no attempt was begun. Nothing is written if it has an outcome. */
  setWaiting(order: Order, waiting: Waiting): Promise<void>;
  /**
   * Records what became known of a pause after its end.
   *
   * @returns false, and writes nothing, if more became known of it since it was read.
   */
  updatePause(order: Order, update: PauseUpdate): Promise<boolean>;
  /** Records that the statistics are read for a pause. @returns false if they were read before. */
  beginStatistics(order: Order, at: string): Promise<boolean>;
  /** Undoes `beginStatistics`, because nothing was sent. */
  cancelStatistics(order: Order): Promise<void>;
  /** Ends an order without a call. @returns false if it has an outcome already, or has attempts that `order` lacks. */
  endOrder(order: Order, end: OrderEnd): Promise<boolean>;
}

/** Operators' requests, by order id and index. Only the incident function writes them. */
export interface OperatorOrderStore {
  writeOperatorOrders(orders: readonly OperatorOrder[]): Promise<void>;
  readOperatorOrder(orderId: string, index: number): Promise<OperatorOrder | undefined>;
  listOperatorOrders(orderId: string): Promise<OperatorOrder[]>;
}
