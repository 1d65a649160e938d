/** The end of an applied plan is no write of its own: it follows from the results of the orders. So its item stays in the outbox until then. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { OffairEvent } from "../events/event.ts";
import type { LedgerItem } from "../events/ledger-item.ts";

/** A plan whose end is not known by then is not looked at any more: its orders expire long before. */
const LONGEST_MS = 7 * DAY_MS;

/** @returns when the item may give another event without being written; undefined: never. */
export function lookAgainAt(item: LedgerItem, events: readonly OffairEvent[], now: Date): Date | undefined {
  if (item.kind !== "plan-state" || !item.state.applied) return undefined;
  if (events.some(({ type }) => type === "plan.finished")) return undefined;
  const ageMs = now.getTime() - Date.parse(item.state.applied.appliedAt);
  if (ageMs >= LONGEST_MS) return undefined;
  return new Date(now.getTime() + (ageMs < HOUR_MS ? MINUTE_MS / 3 : 5 * MINUTE_MS));
}
