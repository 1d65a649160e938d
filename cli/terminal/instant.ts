/** Parses a day, an instant, or a time ago. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { UsageError } from "./errors.ts";

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** @returns undefined for a day that does not exist: `new Date` would turn 30 February into 2 March. */
export function momentOf(text: string): Date | undefined {
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const [day, moment] = [text.slice(0, 10), new Date(text)];
  const isDay = isMoment && new Date(day).toJSON()?.startsWith(day) === true;
  return isDay && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

/** @returns ISO 8601 in UTC. @throws UsageError */
export function instantOf(text: string, name: string, now: Date): string {
  const [, amount = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== "") return new Date(now.getTime() - Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  const instant = text.includes("T") ? momentOf(text) : undefined;
  if (instant) return instant.toISOString();
  throw new UsageError(`${name} must be a time such as 2026-03-14T03:00:00Z, or 30m, 2h or 1d ago`);
}
