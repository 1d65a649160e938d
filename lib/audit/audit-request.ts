/** What starts an audit: the schedule's tick, or a person. */
import * as z from "zod";
import { hourOf, type Slot } from "../archive/object-names.ts";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

const auditEventSchema = z.object({ slot: z.iso.datetime({ offset: true }).optional() });

/** The schedule repeats a slot for an hour, and Lambda an event for another; a slot is the hour that it lies in. */
const MAX_SLOT_AGE_MS = 3 * HOUR_MS + 5 * MINUTE_MS;

/**
 * @returns the schedule's slot: the full hour of the scheduled time, not of the clock. An event without one is a person's, who asks for
 *   this moment, in whole seconds.
 * @throws OffairError `ERR_EVENT_INVALID`
 */
export function parseAuditEvent(event: unknown, now: Date): Slot {
  const { data, error } = auditEventSchema.safeParse(event ?? {});
  if (error) {
    const issues = issuesOf(error);
    throw new OffairError("ERR_EVENT_INVALID", `the audit event is not as documented: ${formatIssues(issues)}`, {
      issues,
    });
  }
  if (data.slot === undefined) {
    return { scheduled: false, slot: new Date(Math.floor(now.getTime() / SECOND_MS) * SECOND_MS) };
  }
  const scheduledAt = new Date(data.slot);
  if (scheduledAt.getTime() > now.getTime() + MINUTE_MS) {
    throw new OffairError("ERR_EVENT_INVALID", "the slot lies in the future");
  }
  const slot = hourOf(scheduledAt);
  if (slot.getTime() < now.getTime() - MAX_SLOT_AGE_MS) {
    throw new OffairError("ERR_EVENT_INVALID", "the slot is over: what is off now is no snapshot of then");
  }
  return { scheduled: true, slot };
}
