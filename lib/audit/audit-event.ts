/** What starts an audit: the schedule's tick, or a person. */
import * as z from "zod";
import { OffairError } from "../errors.ts";
import { faultsOf, formatFaults } from "../faults.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../time.ts";

const auditEventSchema = z.object({ slot: z.iso.datetime({ offset: true }).optional() });

/** The schedule repeats a slot for an hour, and Lambda an event for another. */
const MAX_SLOT_AGE_MS = 2 * HOUR_MS + 5 * MINUTE_MS;

/**
 * @returns the slot in whole seconds: the scheduled time, not the clock; a person's audit without one is of this moment.
 * @throws OffairError `ERR_EVENT_INVALID`
 */
export function parseAuditEvent(event: unknown, now: Date): { slot: Date } {
  const { data, error } = auditEventSchema.safeParse(event ?? {});
  if (error) {
    const faults = faultsOf(error);
    throw new OffairError("ERR_EVENT_INVALID", `the audit event is not as documented: ${formatFaults(faults)}`, {
      faults,
    });
  }
  const moment = data.slot === undefined ? now.getTime() : Date.parse(data.slot);
  if (moment > now.getTime() + MINUTE_MS) throw new OffairError("ERR_EVENT_INVALID", "the slot lies in the future");
  if (moment < now.getTime() - MAX_SLOT_AGE_MS) {
    throw new OffairError("ERR_EVENT_INVALID", "the slot is over: what is off now is no snapshot of then");
  }
  return { slot: new Date(Math.floor(moment / SECOND_MS) * SECOND_MS) };
}
