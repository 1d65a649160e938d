/** Parses the duration of a disable, and formats durations and instants for people. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { parseInstant } from "../../lib/core/instant.ts";
import { toSecondsUtc } from "../../lib/core/time.ts";
import { UsageError } from "./errors.ts";
import { textOf, type Values } from "./options.ts";

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24 };

/** Reads --for, such as `24h` or `3d`. Minutes are not accepted: a short interruption is a pause. @throws UsageError */
export function hoursOf(values: Values): number | undefined {
  const text = textOf(values, "for");
  if (text === undefined) return undefined;
  const [, amount = "", unit = ""] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const hours = Number(amount) * (HOURS[unit] ?? 0);
  if (hours < 1) throw new UsageError(`--for ${text} must be whole hours or days, such as 24h or 3d`);
  return hours;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Formats with at most two units: `1 h 20 min`. */
export function secondsText(seconds: number): string {
  let left = Math.max(0, Math.ceil(seconds));
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0 && parts.length < 2) parts.push(`${amount} ${name}`);
    else if (parts.length > 0) break;
  }
  return parts.join(" ") || "0 s";
}

/** ` until 2026-03-14T09:00:00Z`, or nothing if there is no end. */
export const untilText = (end: string | null | undefined): string =>
  end ? ` until ${escapeInvisible(secondOf(end))}` : "";

/** Formats as `2026-03-14T09:00:00Z`; --json has the milliseconds. */
export function secondOf(text: string): string {
  const instant = parseInstant(text);
  return instant ? toSecondsUtc(instant) : text;
}
