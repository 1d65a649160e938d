/** A moment as people type it: an instant, or how long ago. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../lib/time.ts";
import { UsageError } from "./command.ts";

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** @returns ISO 8601 in UTC. @throws UsageError */
export function instantOf(text: string, name: string, now: Date): string {
  const [, amount = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== "") return new Date(now.getTime() - Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = new Date(text);
  if (isInstant && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new UsageError(`${name} must be a time such as 2026-03-14T03:00:00Z, or 30m, 2h or 1d for so long ago`);
}
