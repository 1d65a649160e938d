/** Times that we wrote, beside times of Live. */
import { MINUTE_MS } from "../core/time.ts";

/** Clocks of Live and of our functions differ by less. */
export const CLOCK_MARGIN_MS = MINUTE_MS;

/** Also a little later than that moment by our clock: Live's may be ahead. */
export const hasRunOut = (resumeTime: string | null, at: string): boolean =>
  resumeTime !== null && Date.parse(resumeTime) <= Date.parse(at) + CLOCK_MARGIN_MS;

/** One moment may be spelt in two ways. */
export const isSameTime = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
