/**
 * The events that follow from the state of a ledger item: pure and deterministic, in the order in which they happened. An item that changes
 * keeps the events that it had before, except where its new state replaces the old one (events-of-order.ts says where), so that a reader who
 * skips states loses nothing. The caller leaves out the events that were published before, by their ids.
 */
import type { OffairEvent } from "./event.ts";
import { eventsOfUntranslated } from "./events-of-case.ts";
import { eventsOfChange, eventsOfKey, eventsOfNotice } from "./events-of-notice.ts";
import { eventsOfOrder } from "./events-of-order.ts";
import { eventsOfPlan, eventsOfPlanState } from "./events-of-plan.ts";
import { eventsOfReport } from "./events-of-report.ts";
import type { LedgerItem } from "./ledger-item.ts";

export function eventsOf(item: LedgerItem): OffairEvent[] {
  switch (item.kind) {
    case "order":
      return eventsOfOrder(item);
    case "report":
      return eventsOfReport(item.report);
    case "untranslated":
      return eventsOfUntranslated(item.untranslated);
    case "plan":
      return eventsOfPlan(item.plan);
    case "plan-state":
      return eventsOfPlanState(item);
    case "change":
      return eventsOfChange(item.change);
    case "notice":
      return eventsOfNotice(item.notice);
    case "key":
      return eventsOfKey(item);
  }
}
