/**
 * Pure: whether an appeal becomes a case, and who cannot decide it. An appeal is stored like a report, so that lists, clock, verdicts, audit
 * and events work with it, but no rule reads it: it opens a case, or it is refused with a reason.
 */
import { DAY_MS } from "../core/time.ts";
import type { Order } from "../orders/order.ts";
import { mayHaveTakenOff } from "../orders/order-history.ts";
import { isSamePerson } from "../safeguards/identity.ts";
import type { ReportRecord } from "./report-record.ts";

/** From the end of the order until the appeal is received: the longest six months have 184 days, and the day of the order does not count. */
export const APPEAL_WITHIN_MS = 185 * DAY_MS;

export type WhyNoCase =
  | ("unknown-source" | "out-of-scope")
  | ("no-such-order" | "no-action-against-the-stream" | "no-effect" | "too-late" | "overturned" | "appealed-before");

/** What the ledger says of the order that an appeal names. */
export interface AppealFacts {
  /** Absent: the stream has no order of this number. */
  readonly order?: Order;
  readonly isOverturned?: boolean;
}

/** Why the appeal becomes no case, apart from an earlier appeal on the same order. */
export function whyNoCase({ order, isOverturned }: AppealFacts, receivedAt: string): WhyNoCase | undefined {
  if (!order) return "no-such-order";
  if (order.action === "enable") return "no-action-against-the-stream";
  if (!mayHaveTakenOff(order)) return "no-effect";
  const sinceMs = Date.parse(order.endedAt ?? order.placedAt);
  if (Date.parse(receivedAt) - sinceMs > APPEAL_WITHIN_MS) return "too-late";
  return isOverturned ? "overturned" : undefined;
}

/**
 * The people who decided the action: by an approval of the report, by an order, or by the approval or the application of a plan, which may
 * be by break-glass. Empty: a rule alone did.
 */
export function decidersOf(
  { authority }: Pick<Order, "authority">,
  original: ReportRecord | undefined,
  appliedBy?: string,
): string[] {
  const ofOrder = authority.kind === "operator" ? [authority.requestedBy, authority.approvedBy] : [];
  const verdict = original?.verdict;
  const ofVerdict = verdict?.verdict === "approved" ? verdict.by : undefined;
  const named = [ofVerdict, ...ofOrder, appliedBy].filter((by) => by !== undefined);
  return named.filter((by, index) => named.findIndex((other) => isSamePerson(by, other)) === index);
}
