/** Times that we wrote, beside times of Live. */
import { CLOCK_MARGIN_MS } from "../core/time.ts";

/** Also a little later than that moment by our clock: Live's may be ahead. */
export const hasRunOut = (resumeTime: string | null, at: string): boolean =>
  resumeTime !== null && Date.parse(resumeTime) <= Date.parse(at) + CLOCK_MARGIN_MS;

/** One moment may be spelt in two ways. */
export const isSameTime = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
