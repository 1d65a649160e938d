/**
 * Estimates how long a batch still takes, from the results that were seen so far. Pure.
 *
 * Results come in steps: a poll sees several at once, or none. The rate is measured from one step to a later one, because a measurement
 * that begins or ends between two steps is wrong by up to a step. Time before the first step, in which the batch was queued, does not count,
 * and nor does the first half of the results, until there are many: a limiter that has not been used begins with a burst.
 */

/** Results that a poll saw. */
export interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** Before this part of the batch is done, too little is measured. */
const MEASURED_FROM = 0.1;
/** With fewer results, chance matters too much; more of them would hide that the rate has changed. */
const RESULTS = { least: 20, most: 100 };
/** In less time, the time that an answer takes matters too much. */
const RECENT_MS = 10_000;
/** Nothing is said after less: polls are seconds apart, and an answer can be a second old. */
const LEAST_MS = 8_000;
/** A step that takes so many times as long as usual is a stop, and its time counts. */
const STOPPED = 2;

/** @returns results a second; undefined while too little was seen. */
export function measuredRate(samples: readonly Sample[], count: number): number | undefined {
  const now = samples.at(-1);
  if (!now || now.done < count * MEASURED_FROM) return undefined;
  const steps = samples.filter(({ done }, index) => done > (samples[index - 1]?.done ?? 0));
  const [begin, last] = [steps[0], steps.at(-1)];
  if (!begin || !last || begin === last) return undefined;
  const results = Math.min(RESULTS.most, Math.max(RESULTS.least, (last.done - begin.done) / 2));
  const recentMs = Math.min(RECENT_MS, Math.max(LEAST_MS, (last.atMs - begin.atMs) / 2));
  const since = steps.findLastIndex(({ atMs, done }) => last.atMs - atMs >= recentMs && last.done - done >= results);
  const recent = steps.slice(Math.max(0, since));
  const first = recent[0] ?? begin;
  const tookMs = last.atMs - first.atMs;
  const stoppedMs = now.atMs - last.atMs;
  if (tookMs + stoppedMs < LEAST_MS) return undefined;
  const isStopped = stoppedMs > (STOPPED * tookMs) / (recent.length - 1);
  return (1_000 * (last.done - first.done)) / (tookMs + (isStopped ? stoppedMs : 0));
}

/** @returns seconds from the last sample on; undefined while too little was seen. */
export function secondsLeft(samples: readonly Sample[], count: number): number | undefined {
  const rate = measuredRate(samples, count);
  const now = samples.at(-1);
  return rate === undefined || !now ? undefined : (count - now.done) / rate;
}
