/** Corrects the difference between Live's clock and the local clock: Live accepts signatures within 15 minutes of its own clock. */
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";

/** The `Date` header has whole seconds and is written at some time during the call, so small differences are ignored. */
const CORRECTED_FROM_MS = MINUTE_MS;
const CORRECTED_TO_MS = 30 * SECOND_MS;

export interface Measurement {
  /** The `Date` header. */
  readonly date: Date | undefined;
  readonly sentAt: Date;
  readonly answeredAt: Date;
}

/**
 * The correction to add to the local clock, in milliseconds. Starts above 60 s and ends below 30 s, so that it does not flicker.
 *
 * @param correctionMs - the correction until now.
 */
export function correctionFor({ date, sentAt, answeredAt }: Measurement, correctionMs: number): number {
  if (date === undefined) return correctionMs;
  const skewMs = date.getTime() - (sentAt.getTime() + answeredAt.getTime()) / 2;
  return Math.abs(skewMs) > (correctionMs === 0 ? CORRECTED_FROM_MS : CORRECTED_TO_MS) ? Math.round(skewMs) : 0;
}

/** @param onChange - called with the skew (Live's time minus local time) whenever the correction changes; 0 when the clocks agree again. */
export function createClock(onChange: (skewMs: number) => void) {
  let correctionMs = 0;
  let reportedMs = 0;
  let isMeasured = false;

  return {
    correctionMs: (): number => correctionMs,
    /** Converts local time to Live's time. */
    liveTime: (local: Date): Date => new Date(local.getTime() + correctionMs),
    /** Uses the skew measured by another environment until this one has its own measurement. */
    suggest(skewMs: number): void {
      if (!isMeasured) correctionMs = skewMs;
    },
    /** @returns whether the measurement changed the correction by 30 s or more. */
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
