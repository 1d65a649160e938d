/** Live's clock against ours. A signature is good for 15 minutes to both sides of Live's, so an hour of somebody's mistake is an outage. */
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";

/** The `Date` header has whole seconds and was written at some moment of the call, so small differences mean nothing. */
const CORRECTED_FROM_MS = MINUTE_MS;
const CORRECTED_TO_MS = 30 * SECOND_MS;

export interface Measurement {
  readonly date: Date | undefined;
  readonly sentAt: Date;
  readonly answeredAt: Date;
}

/** What to add to our clock, given what was added until now: nothing below a minute, and no flicker around it. */
export function correctionFor({ date, sentAt, answeredAt }: Measurement, correctionMs: number): number {
  if (date === undefined) return correctionMs;
  const skewMs = date.getTime() - (sentAt.getTime() + answeredAt.getTime()) / 2;
  return Math.abs(skewMs) > (correctionMs === 0 ? CORRECTED_FROM_MS : CORRECTED_TO_MS) ? Math.round(skewMs) : 0;
}

/** @param onChange - told Live's time less ours, once for every change of what is corrected; 0 when they agree again. */
export function createClock(onChange: (skewMs: number) => void) {
  let correctionMs = 0;
  let reportedMs = 0;
  let isMeasured = false;

  return {
    correctionMs: (): number => correctionMs,
    /** What Live's clock shows at this moment of ours. */
    liveTime: (ours: Date): Date => new Date(ours.getTime() + correctionMs),
    /** What another environment has measured counts until there is a measurement of our own. */
    suggest(skewMs: number): void {
      if (!isMeasured) correctionMs = skewMs;
    },
    /** @returns whether Live's clock is elsewhere than we thought. */
    measure(measurement: Measurement): boolean {
      if (measurement.date === undefined) return false;
      isMeasured = true;
      const before = correctionMs;
      correctionMs = correctionFor(measurement, correctionMs);
      if (Math.abs(correctionMs - reportedMs) >= CORRECTED_TO_MS) {
        reportedMs = correctionMs;
        onChange(correctionMs);
      }
      return Math.abs(correctionMs - before) >= CORRECTED_TO_MS;
    },
  };
}
