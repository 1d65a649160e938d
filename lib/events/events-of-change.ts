import type { OffairEvent } from "./event.ts";
import type { LedgerItem } from "./ledger-item.ts";
import { cut, REASON_MAX } from "./limit-text.ts";
import { hashInId, makeEvent } from "./make-event.ts";

/** The event of a freeze, or of its end. A change of the mode or of the sample gives none. */
export function eventsOfChange(change: Extract<LedgerItem, { kind: "change" }>["change"]): OffairEvent[] {
  const { kind, source, frozen, changedAt, changedBy, reason } = change;
  if (kind !== "freeze" || typeof source !== "string" || typeof frozen !== "boolean") return [];
  const id = `freeze-${hashInId(source, frozen, changedAt, changedBy, reason)}`;
  const data = { source, frozen, by: changedBy, reason: cut(reason, REASON_MAX) };
  return [makeEvent("source.frozen", { id, time: changedAt, data })];
}
