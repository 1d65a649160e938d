/** Compares times of offair's clock with times of Live's clock. */
import { CLOCK_MARGIN_MS } from "../core/time.ts";

/** Whether the resume time has passed by Live's clock, which may be ahead of `at` by the margin. */
export const hasRunOut = (resumeTime: string | null, at: string): boolean =>
  resumeTime !== null && Date.parse(resumeTime) <= Date.parse(at) + CLOCK_MARGIN_MS;

/** Compares moments, not text: `…00Z` and `…00.000Z` are the same time. */
export const isSameTime = (a: string | null, b: string | null): boolean =>
  a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
