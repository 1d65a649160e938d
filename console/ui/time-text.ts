/** Instants and durations in words. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { COMMON } from "../i18n/common.ts";
import { languageTag, say } from "../i18n/say.ts";

/** The range of a date. */
const isInstant = (ms: number): boolean => Math.abs(ms) <= 8.64e15;

const UNITS: readonly (readonly [seconds: number, unit: "day" | "hour" | "minute" | "second"])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** One unit, rounded down: `3 hr`. */
export function durationText(ms: number): string {
  if (Number.isNaN(ms)) return say(COMMON.unknown);
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const [size, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, "second"];
  return unitText(Math.floor(seconds / size), unit);
}

/** At most two units, rounded up to whole seconds: `1 hr 20 min`. */
export function longText(ms: number): string {
  if (Number.isNaN(ms)) return say(COMMON.unknown);
  let left = Math.max(0, Math.ceil(ms / 1_000));
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0 && parts.length < 2) parts.push(unitText(amount, unit));
    else if (parts.length > 0) break;
  }
  return parts.join(" ") || unitText(0, "second");
}

const unitText = (amount: number, unit: string): string =>
  new Intl.NumberFormat(languageTag, { style: "unit", unit, unitDisplay: "short" }).format(amount);

export const relativeText = (ms: number, nowMs: number): string =>
  Number.isNaN(ms) ? "" : say(ms <= nowMs ? COMMON.ago : COMMON.in, { time: durationText(ms - nowMs) });

/** `2026-03-14 09:00:00 UTC` */
export const utcText = (ms: number): string =>
  isInstant(ms) ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC` : say(COMMON.unknown);

/** An instant as the deployment writes it. Another text stays as it is. */
export function instantText(at: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? escapeInvisible(at) : utcText(ms);
}

export const localText = (ms: number): string =>
  !isInstant(ms)
    ? say(COMMON.unknown)
    : new Intl.DateTimeFormat(languageTag, { dateStyle: "medium", timeStyle: "long" }).format(ms);
