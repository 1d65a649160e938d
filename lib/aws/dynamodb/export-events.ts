/** Exports the ledger's changes in a time window, for an audit. time-index.ts explains why consecutive windows miss nothing. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { UntranslatedRecord } from "../../decisions/report-record.ts";
import { inNameOrder } from "../../events/name-order.ts";
import type { LedgerEvent } from "../../ledger/export-event.ts";
import type { OperatorOrder } from "../../orders/operator-order.ts";
import type { Order } from "../../orders/order.ts";
import { readByTime } from "./read-by-time.ts";
import { withoutReporter } from "./reports.ts";
import { type Item, unwrap } from "./table.ts";
import { kindOf } from "./time-index.ts";

export interface ExportWindow {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive; must be at least five minutes in the past. */
  readonly until: Date;
}

/**
 * Yields each item whose last change is in the window, in the order of the changes, in its current state. An item that changes again while
 * this runs moves to the window of that change; an order that is retried all the time is therefore exported when it ends.
 *
 * @throws OffairError `ERR_LEDGER`
 */
export async function* exportEvents(
  dynamo: DynamoDBClient,
  table: string,
  { from, until }: ExportWindow,
): AsyncGenerator<LedgerEvent> {
  const lastMoment = new Date(until.getTime() - 1); // the ledger counts in milliseconds
  for await (const item of readByTime(dynamo, table, { since: from, until: lastMoment })) {
    const event = eventOf(inNameOrder(item)); // a repeated export must have the same bytes; otherwise the audit reports a conflict
    if (event) yield event;
  }
}

/** Undefined for items that are not exported. */
function eventOf(item: Item): LedgerEvent | undefined {
  const at = String(item.at);
  const kind = kindOf({ pk: String(item.pk), sk: String(item.sk) });
  switch (kind) {
    case "report": // exports are permanent, so the reporter's pseudonym is removed again, even if an older version stored it
      return { kind, at, report: withoutReporter(unwrap(item)) };
    case "untranslated":
      return { kind, at, untranslated: unwrap<UntranslatedRecord>(item) };
    case "order":
      return { kind, at, order: unwrap<Order>(item) };
    case "operator-order":
      return { kind, at, operatorOrder: unwrap<OperatorOrder>(item) };
    case "plan": {
      const { orderId, head } = unwrap<{ orderId: string; head: string }>(item);
      return { kind, at, plan: { orderId, head } };
    }
    case "plan-state":
      return { kind, at, planState: unwrap(item) };
    case "change":
      return { kind, at, change: unwrap(item) };
    default:
      return undefined;
  }
}
