/** The end of an applied plan is no write of its own: it follows from the results of its orders. So its item stays in the outbox until then. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { waitsForResults } from "../events/events-of-plan.ts";
import type { LedgerItem } from "../events/ledger-item.ts";

/** A plan whose results are not complete by then is not looked at any more. Longer than an order waits in a queue and then among its dead letters (14 days). */
const LONGEST_MS = 21 * DAY_MS;

/** @returns when the item may give another event without being written; undefined: never. */
export function lookAgainAt(item: LedgerItem, now: Date): Date | undefined {
  if (item.kind !== "plan-state" || !item.state.applied || !waitsForResults(item)) return undefined;
  const ageMs = now.getTime() - Date.parse(item.state.applied.appliedAt);
  if (ageMs >= LONGEST_MS) return undefined;
  return new Date(now.getTime() + (ageMs < DAY_MS ? 20 * SECOND_MS : ageMs < 7 * DAY_MS ? 5 * MINUTE_MS : HOUR_MS));
}
