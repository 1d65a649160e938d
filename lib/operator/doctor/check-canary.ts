/** Judges the last run of the canary. Pure; the time is an argument. */
import type { CanaryResult } from "../../canary/canary-run.ts";
import { HOUR_MS, SECOND_MS } from "../../core/time.ts";
import { agoOf, failed, type Judged, ok, warning } from "./check-result.ts";

/** Two hourly runs. The alarm canary-missing uses the same time. */
const RUN_IS_OLD_MS = 2 * HOUR_MS;

/** Links with a time, in the order of a run; the stored map has no order. */
const PARTS = ["webhook", "queue", "disable", "enable"] as const;

/** @param last - undefined before the first run. */
export function judgeCanary(canary: "on" | "off", last: CanaryResult | undefined, now: Date): Judged {
  if (canary === "off") return ok("Off: the stage has no canary.");
  const missing =
    "Check that the schedule offair-<stage>-canary is enabled, and the canary function's log; or invoke the function by hand.";
  if (!last) return warning("No run has ended yet.", `Wait for half past the hour. ${missing}`);
  const { result, link, message, endedAt, tookMs } = last;
  const times = PARTS.flatMap((name) => {
    const ms = tookMs[name];
    return ms === undefined ? [] : [`${name} ${(ms / SECOND_MS).toFixed(1)} s`];
  });
  const ago = agoOf(new Date(endedAt), now);
  const says =
    result === "broken"
      ? `Broken at ${link} ${ago}: ${message}.`
      : `${result === "arrived" ? "The last run arrived" : "The last run ended with the decision, because the mode is observe,"} ${ago} (${times.join(", ")}).`;
  if (now.getTime() - Date.parse(endedAt) > RUN_IS_OLD_MS) return failed(`${says} No run has ended since.`, missing);
  if (result === "broken") return failed(says, `See the alarm canary-${link} in docs/errors.md.`);
  return ok(says);
}
