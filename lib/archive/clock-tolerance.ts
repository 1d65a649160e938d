/** Compares times of offair's clock with times of Live's clock. */
import { MINUTE_MS } from "../core/time.ts";

/** Live's clock and the functions' clocks are assumed to differ by less than this. */
export const CLOCK_MARGIN_MS = MINUTE_MS;

/** Whether the resume time has passed by Live's clock, which may be ahead of `at` by the margin. */
export const hasRunOut = (resumeTime: string | null, at: string): boolean =>
  resumeTime !== null && Date.parse(resumeTime) <= Date.parse(at) + CLOCK_MARGIN_MS;

/** Compares moments, not text: `…00Z` and `…00.000Z` are the same time. */
export const isSameTime = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
