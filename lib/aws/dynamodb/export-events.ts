/** What of the ledger changed in a window of time, for an audit: why windows that follow each other miss nothing, says ledger-time.ts. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { UntranslatedRecord } from "../../decisions/report-record.ts";
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
  /** Not; five minutes ago or earlier. */
  readonly until: Date;
}

/**
 * Each item whose last change was in the window, in the order of these changes and in the state that it has. What changes again while
 * this reads is left to the window of that change; so an order that is tried all the time is told when it rests.
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
    const event = eventOf(item);
    if (event) yield event;
  }
}

/** Undefined for what no version of ours tells by time. */
function eventOf(item: Item): LedgerEvent | undefined {
  const at = String(item.at);
  const kind = kindOf({ pk: String(item.pk), sk: String(item.sk) });
  switch (kind) {
    case "report": // what is exported cannot be taken back: once more, whoever wrote it
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
