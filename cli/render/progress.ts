/** The progress of a batch on one line. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { BatchProgress } from "../../lib/operator/contract/response-schema.ts";
import { secondsText } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import { failureCounts } from "./batch.ts";

/** As it was measured; absent while too little was seen. */
export interface Measured {
  readonly rate?: number | undefined;
  readonly secondsLeft?: number | undefined;
}

const BAR = { least: 8, most: 24 };

/** @param columns - of the terminal; the bar gets what the text leaves of them. */
export function progressText(batch: BatchProgress, measured: Measured, columns: number): string {
  const text = countText(batch, measured);
  const room = Math.min(BAR.most, columns - 1 - text.length - "[] ".length);
  if (room < BAR.least || batch.state === "planned") return text;
  return `${barText(batch.count - batch.left, batch.count, room)} ${text}`;
}

/** `[#####-----]`: characters that are one column wide in every terminal. */
export function barText(done: number, count: number, width: number): string {
  const full = Math.floor((width * done) / Math.max(1, count));
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}

/** Without a bar, for a log. */
export function countText(batch: BatchProgress, { rate, secondsLeft }: Measured): string {
  const { count, left, state, waiting } = batch;
  if (state === "planned") return "not applied yet";
  const done = count - left;
  const share = `${Math.floor((100 * done) / Math.max(1, count))} %`;
  const counts = [`${numberText(done)} of ${numberText(count)}`, ...failureCounts(batch)].join(", ");
  return `${share.padStart(5)}  ${counts}${left === 0 ? "" : timeText()}`;

  function timeText(): string {
    if (waiting) return `  waits: ${escapeInvisible(waiting.error)}`;
    if (rate !== undefined && secondsLeft !== undefined) {
      return `  ${rateText(rate)}, ${secondsText(secondsLeft)} left`;
    }
    return batch.secondsLeft === undefined ? "" : `  about ${secondsText(batch.secondsLeft)} at the allowed rate`;
  }
}

function rateText(rate: number): string {
  if (rate < 1) return `${(60 * rate).toFixed(0)}/min`;
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/s`;
}
