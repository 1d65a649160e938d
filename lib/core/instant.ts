/**
 * Reads instants from outside: RFC 3339 with a day that exists, seconds, and a time zone. `Date` alone would read 30 February as 2 March,
 * 24:00 as the next day, and a time without a zone in the zone of the machine. Leap seconds and `t` or `z` in lower case are refused.
 */
import * as z from "zod";

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The years that four digits can express; with an offset, the first and last hours can fall outside. */
const YEAR_0_MS = Date.parse("0000-01-01T00:00:00Z");
const YEAR_10000_MS = Date.parse("9999-12-31T23:59:59.999Z") + 1;

const WHOLE_SECONDS_UTC = "2026-11-21T12:00:00Z".length;

/** RFC 3339, normalised to UTC with milliseconds, so that instants compare as text. */
export const instantSchema = z.iso.datetime({ offset: true }).check((payload) => {
  const { value, issues } = payload;
  if (issues.length === 0 && value.length === WHOLE_SECONDS_UTC && value.endsWith("Z")) {
    payload.value = `${value.slice(0, -1)}.000Z`; // the usual form: 1.0 → 0.1 µs without a Date (bench/experiments.md)
    return;
  }
  const ms = Date.parse(value);
  if (ms >= YEAR_0_MS && ms < YEAR_10000_MS) payload.value = new Date(ms).toISOString();
  else issues.push({ code: "custom", message: "must be in the years 0 to 9999", input: value, continue: true });
});

/** @returns undefined for anything that `instantSchema` refuses. */
export function parseInstant(text: string): Date | undefined {
  const { data } = instantSchema.safeParse(text);
  return data === undefined ? undefined : new Date(data);
}

/** Parses a day such as `2026-03-14`. @returns its first moment in UTC. */
export const parseDay = (text: string): Date | undefined =>
  DAY.test(text) ? parseInstant(`${text}T00:00:00Z`) : undefined;

/** Parses the HTTP header `date`, which has a format of its own (RFC 9110, 5.6.7). */
export function parseHttpDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return date.toUTCString() === text ? date : undefined;
}
