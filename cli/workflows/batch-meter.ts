/** Shows how far a batch is while it runs: on a terminal a line that is redrawn, elsewhere a line of a log now and then. */

import { streamKey } from "../../lib/core/stream.ts";
import { measuredRate, type Sample, secondsLeft } from "../../lib/operator/contract/remaining-time.ts";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { BatchProgress, Result } from "../../lib/operator/contract/response-schema.ts";
import { resultText } from "../render/batch.ts";
import { countText, progressText } from "../render/progress.ts";
import type { CommandDeps } from "../terminal/command.ts";

const LOGGED_EVERY_MS = 30_000;

export interface BatchMeter {
  /** @param atMs - when the batch was read. */
  show(batch: BatchProgress, atMs: number): void;
  /** Prints each failure once, above the line. */
  tell(results: readonly Result[]): void;
  /** By `resultKey`: the failures that were printed. */
  readonly told: ReadonlySet<string>;
}

/** An approval of several cases may have a stream more than once, each time with an order of its own. */
export const resultKey = ({ stream, orderNumber }: Result): string => `${streamKey(stream)} ${orderNumber}`;

export function createBatchMeter({ out, now }: Pick<CommandDeps, "out" | "now">): BatchMeter {
  const samples: Sample[] = [];
  const told = new Set<string>();
  const plain = (_format: unknown, text: string): string => text; // `paint` asks whether standard output has colours
  let loggedMs = now().getTime();
  return {
    told,
    show(batch, atMs) {
      const { count, left } = batch;
      samples.push({ atMs, done: count - left });
      const measured = { rate: measuredRate(samples, count), secondsLeft: secondsLeft(samples, count) };
      if (out.isRedrawn) out.progress(progressText(batch, measured, out.columns));
      else if (now().getTime() - loggedMs >= LOGGED_EVERY_MS) {
        loggedMs = now().getTime();
        out.warn(`offair: ${countText(batch, measured).trimStart()}`);
      }
    },
    tell(results) {
      for (const each of results) {
        const key = resultKey(each);
        if (!hasFailed(each) || told.has(key)) continue;
        told.add(key);
        for (const line of resultText(each, plain)) out.warn(line);
      }
    },
  };
}
