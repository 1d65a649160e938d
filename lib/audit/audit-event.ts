/** What starts an audit: the schedule's tick, or a person. */
import * as z from "zod";
import { OffairError } from "../errors.ts";
import { faultsOf, formatFaults } from "../faults.ts";
import { SECOND_MS } from "../time.ts";

const auditEventSchema = z.object({ slot: z.iso.datetime({ offset: true }).optional() });

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
  if (moment > now.getTime() + SECOND_MS * 60)
    throw new OffairError("ERR_EVENT_INVALID", "the slot lies in the future");
  return { slot: new Date(Math.floor(moment / SECOND_MS) * SECOND_MS) };
}
