/** Judges the rotation of the Huawei users' access keys. Pure; the time is an argument. */
import { HOUR_MS } from "../../core/time.ts";
import { agoOf, type Judged, ok, warning } from "./check-result.ts";

/** The record of the last check of a user's keys. */
export interface KeyRotation {
  readonly keyCreatedAt?: Date | undefined;
  readonly checkedAt?: Date | undefined;
  /** Why the rotation waits. */
  readonly waiting?: string | undefined;
}

/** The keys are checked once an hour. */
const CHECKED_WITHIN_MS = 3 * HOUR_MS;

/** @param rotations - of each user; only the user's name if the key was never rotated or checked. */
export function judgeRotations(rotations: readonly ({ readonly user: string } & KeyRotation)[], now: Date): Judged {
  const known = rotations.filter(({ checkedAt }) => checkedAt);
  if (known.length === 0)
    return ok("The access keys are not rotated (parameter rotationDays), or were not checked yet.");
  const says = known.map(({ user, keyCreatedAt, waiting }) => {
    const age = keyCreatedAt ? `created ${agoOf(keyCreatedAt, now)}` : "of unknown age";
    return `${user}: key ${age}${waiting === undefined ? "" : `; ${waiting}`}`;
  });
  const isLate = known.some(({ checkedAt = now }) => now.getTime() - checkedAt.getTime() > CHECKED_WITHIN_MS);
  return isLate
    ? warning(
        `${says.join(". ")}. The keys were not checked for three hours.`,
        "Look at the log of the rotate function.",
      )
    : ok(`${says.join(". ")}.`);
}
