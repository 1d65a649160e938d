/** The ledger's items that give events, as its writers know them, and their keys. */
import { sha256Hex } from "../../lib/core/sha256.ts";
import { streamKey } from "../../lib/core/stream.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import type { ItemKey } from "../../lib/notify/stores.ts";
import type { Order } from "../../lib/orders/order.ts";
import type { BatchResult } from "../../lib/plans/batch-result.ts";
import type { PlanState } from "../../lib/plans/plan.ts";

/** An item as a writer of the ledger knows it: without what its events need besides. */
export type Written =
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "plan-state"; readonly orderId: string; readonly state: PlanState }
  | Exclude<LedgerItem, { readonly kind: "order" | "plan-state" }>;

/** The ledger's side of the outbox. */
export interface OutboxWriter {
  /**
   * Stores the item in place of the one with the same key, and puts it into the outbox in the same write.
   *
   * @param marked - false for a write that gives no event.
   */
  write(item: Written, marked?: boolean): Promise<ItemKey>;
  /** As the worker does: it puts nothing into the outbox. */
  writeResult(orderId: string, result: BatchResult): Promise<void>;
}

/** As in a key: sorts as the number does. */
export const padded = (number: number): string => String(number).padStart(10, "0");

export function keyOf(item: Written): ItemKey {
  switch (item.kind) {
    case "order": {
      const { stream, number } = item.order;
      return { pk: `STREAM#${sha256Hex(streamKey(stream))}`, sk: `ORDER#${padded(number)}` };
    }
    case "report":
      return { pk: `REPORT#${item.report.key}`, sk: "REPORT" };
    case "untranslated":
      return { pk: `REPORT#${item.untranslated.key}`, sk: "UNTRANSLATED" };
    case "plan":
      return { pk: `OPERATOR#${item.plan.orderId}`, sk: "PLAN" };
    case "plan-state":
      return { pk: `OPERATOR#${item.orderId}`, sk: "STATE" };
    case "change":
      return { pk: "CONTROL", sk: `CHANGE#${item.change.changedAt}#${sha256Hex(JSON.stringify(item.change))}` };
    case "notice": {
      const { notice } = item;
      return notice.kind === "drift"
        ? { pk: "NOTICE#drift", sk: notice.slot }
        : { pk: "NOTICE#expiring", sk: `${sha256Hex(streamKey(notice.stream))}.${padded(notice.orderNumber)}` };
    }
    case "key":
      return { pk: `KEY#${item.user}`, sk: item.keyHash };
  }
}
