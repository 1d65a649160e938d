/** Parses the event that starts an audit: from the schedule, or from a person. */
import * as z from "zod";
import { hourOf, type Slot } from "../archive/object-names.ts";
import { OffairError } from "../core/errors.ts";
import { parseInstant } from "../core/instant.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

const isInstant = (text: string): boolean => parseInstant(text) !== undefined;
const auditEventSchema = z.object({
  slot: z.string().refine(isInstant, "must be a time such as 2026-11-21T12:00:00Z").optional(),
});

/** The hour itself, an hour of retries by the schedule, an hour of retries by Lambda, and clock differences. */
const MAX_SLOT_AGE_MS = 3 * HOUR_MS + 5 * MINUTE_MS;

/**
 * @returns for a scheduled event the full hour of its scheduled time, whatever the clock says; for an event without `slot`, which a person
 *   sends, the present moment in whole seconds.
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
    throw new OffairError("ERR_EVENT_INVALID", "the slot is in the future");
  }
  const slot = hourOf(scheduledAt);
  if (slot.getTime() < now.getTime() - MAX_SLOT_AGE_MS) {
    throw new OffairError("ERR_EVENT_INVALID", "the slot is too old: a list of now is not a snapshot of that hour");
  }
  return { scheduled: true, slot };
}
