/** The events of what an audit found, of a blocked access key, and of a freeze. */
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import type { AuditNotice } from "./audit-notice.ts";
import type { OffairEvent } from "./event.ts";
import type { LedgerItem } from "./ledger-item.ts";
import { cut, REASON_MAX } from "./limit-text.ts";
import { hashInId, makeEvent, orderInId } from "./make-event.ts";

export function eventsOfNotice(notice: AuditNotice): OffairEvent[] {
  const { foundAt: time } = notice;
  if (notice.kind === "expiring") {
    const { orderNumber: order, resumeTime: until } = notice;
    const stream = nameOf(notice.stream);
    const id = `expiring-${orderInId(stream, order)}`;
    return [makeEvent("stream.expiring", { id, time, stream, data: { stream, order, until } })];
  }
  const { slot, entry, counts, findings } = notice;
  const data = definedOnly({ slot, entry, counts, findings });
  return [makeEvent("audit.drift", { id: `drift-${hashInId(slot)}`, time, data })];
}

/** A key that is blocked again later gives another event. */
export function eventsOfKey({ user, keyHash: key, since, until }: Extract<LedgerItem, { kind: "key" }>): OffairEvent[] {
  const id = `key-${hashInId(user, key, since)}`;
  return [makeEvent("key.blocked", { id, time: since, data: definedOnly({ user, key, until }) })];
}

/** The event of a freeze, or of its end. A change of the mode or of the sample gives none. */
export function eventsOfChange(change: Extract<LedgerItem, { kind: "change" }>["change"]): OffairEvent[] {
  const { kind, source, frozen, changedAt, changedBy, reason } = change;
  if (kind !== "freeze" || typeof source !== "string" || typeof frozen !== "boolean") return [];
  const id = `freeze-${hashInId(source, frozen, changedAt, changedBy, reason)}`;
  const data = { source, frozen, by: changedBy, reason: cut(reason, REASON_MAX) };
  return [makeEvent("source.frozen", { id, time: changedAt, data })];
}
