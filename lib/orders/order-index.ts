/** The index of operators' orders and plans: what exists, newest first, and by the beginning of an id. */

/** An operator's request that made orders or a plan. */
export interface IndexedOrder {
  readonly orderId: string;
  readonly madeAt: string;
  readonly requestedBy: string;
}

export interface OrderIndex {
  /**
   * Adds an id, before the orders or the plan are written: what exists is then listed. An id without orders and without a plan is that of
   * a request that was interrupted. Adding the same again changes nothing.
   */
  indexOrder(order: IndexedOrder): Promise<void>;
  /** Newest first, page by page. @param before - only what was made earlier than this order, or at the same time with a smaller id. */
  orderPages(before?: Pick<IndexedOrder, "orderId" | "madeAt">): AsyncIterable<readonly IndexedOrder[]>;
  /** The first ids that begin so, in the order of the ids. */
  ordersByPrefix(prefix: string, limit: number): Promise<readonly IndexedOrder[]>;
}
