/** Decides whether a rotation is overdue, which an alarm reports. Pure. */
import { DAY_MS } from "../core/time.ts";
import type { RotationRecord } from "./rotation-record.ts";

/** Secrets Manager chooses the hour, and repeats a rotation that failed. */
const LATE_DAYS = 3;
/** A rotation takes minutes. */
const FINISH_DAYS = 1;
/** An old key is deleted after a day without use, unless something else uses it. */
const RETIRE_DAYS = 7;

/** @param rotationDays - how often the key is rotated. @returns the delay, in words; undefined if the rotation is in time. */
export function overdue(
  { keyCreatedAt, rotation }: RotationRecord,
  rotationDays: number,
  now: Date,
): string | undefined {
  const daysSince = (at: Date | undefined) => (at ? (now.getTime() - at.getTime()) / DAY_MS : 0);
  const isOpen = rotation && !rotation.deletedAt;
  if (isOpen && !rotation.promotingAt && daysSince(rotation.startedAt) > FINISH_DAYS)
    return "a rotation has not been finished";
  if (isOpen && daysSince(rotation.promotedAt) > RETIRE_DAYS) return "the old key of a rotation is not deleted";
  if (daysSince(keyCreatedAt) > rotationDays + LATE_DAYS) return "the key is older than rotationDays permits";
  return undefined;
}
