/** Judges when the clock last ran, and what it found. Pure; the time is an argument. */
import type { Swept } from "../../clock/sweep.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { agoOf, failed, type Judged, ok } from "./check-result.ts";

/** It runs each minute. The alarm clock-missing uses the same time. */
const RUN_IS_OLD_MS = 5 * MINUTE_MS;

/** @param last - undefined before the first sweep. */
export function judgeClock(last: Swept | undefined, now: Date): Judged {
  const remedy = "Nobody is alerted to cases that wait. See the alarm clock-missing in docs/errors.md.";
  if (!last) return failed("It has never run.", remedy);
  const { sweptAt, open, overdue, oldestAt } = last;
  const oldest = oldestAt === undefined ? "" : `, the oldest since ${oldestAt}`;
  const found = open === 0 ? "no case waited" : `${open} waited, ${overdue} of them overdue${oldest}`;
  const says = `It last ran ${agoOf(new Date(sweptAt), now)}: ${found}.`;
  return now.getTime() - Date.parse(sweptAt) > RUN_IS_OLD_MS ? failed(says, remedy) : ok(says);
}
