/** Instants and durations in words. */
import { COMMON } from "../i18n/common.ts";
import { languageTag, say } from "../i18n/say.ts";

const UNITS: readonly (readonly [seconds: number, unit: "day" | "hour" | "minute" | "second"])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** One unit, rounded down: `3 hours`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const [size, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, "second"];
  const style = { style: "unit", unit, unitDisplay: "short" } as const;
  return new Intl.NumberFormat(languageTag, style).format(Math.floor(seconds / size));
}

export const relativeText = (ms: number, nowMs: number): string =>
  say(ms <= nowMs ? COMMON.ago : COMMON.in, { time: durationText(ms - nowMs) });

/** `2026-03-14 09:00:00 UTC` */
export const utcText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

export const localText = (ms: number): string =>
  new Intl.DateTimeFormat(languageTag, { dateStyle: "medium", timeStyle: "long" }).format(ms);
