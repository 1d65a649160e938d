/** Builds the result of a check: ok, warning or failed, with what to do about it. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Check } from "../contract/response-schema.ts";

export type Judged = Omit<Check, "name">;

export const ok = (says: string): Judged => ({ state: "ok", says });
export const warning = (says: string, remedy: string): Judged => ({ state: "warning", says, remedy });
export const failed = (says: string, remedy: string): Judged => ({ state: "failed", says, remedy });

const UNITS_MS = { days: DAY_MS, h: HOUR_MS, min: MINUTE_MS };

/** Formats an age such as `5 min ago`, in the largest unit that has at least two. */
export function agoOf(then: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - then.getTime());
  const [unit, unitMs] = Object.entries(UNITS_MS).find(([, each]) => ms >= 2 * each) ?? ["s", SECOND_MS];
  return `${Math.floor(ms / unitMs)} ${unit} ago`;
}
