/** Parses a day, an instant, or a time ago. */
import { parseDay, parseInstant } from "../../lib/core/instant.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { UsageError } from "./errors.ts";
import { textOf, type Values } from "./options.ts";

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Parses a day, which means its first moment in UTC, or an instant. */
export const momentOf = (text: string): Date | undefined => parseDay(text) ?? parseInstant(text);

/** Reads an option such as `--since`. @returns ISO 8601 in UTC. @throws UsageError */
export function instantOf(values: Values, name: string, now: Date): string | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const [, amount = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== "") return new Date(now.getTime() - Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  const instant = parseInstant(text);
  if (instant) return instant.toISOString();
  throw new UsageError(`--${name} must be a time such as 2026-03-14T03:00:00Z, or 30m, 2h or 1d ago`);
}
