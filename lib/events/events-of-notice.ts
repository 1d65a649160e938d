/** The events of what an audit found, and of a blocked access key. */
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import type { AuditNotice } from "./audit-notice.ts";
import type { OffairEvent } from "./event.ts";
import type { LedgerItem } from "./ledger-item.ts";
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
