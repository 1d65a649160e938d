/** Retries reads on transient errors. Only for reads, because a repeated write may act twice. */
import { OffairError } from "../../core/errors.ts";

export type Repeat = <T>(read: () => Promise<T>, deadline?: AbortSignal) => Promise<T>;

export interface RepeatDeps {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** If one page in fifteen fails, a list of 100 pages fails five times in a row on one page only once in ten thousand lists. */
const ATTEMPTS = 5;
const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 2_000;

/** Not `ERR_LIVE_SIGNATURE`: a refused key stays refused. */
const TRANSIENT = new Set(["ERR_LIVE_THROTTLED", "ERR_LIVE_UNAVAILABLE"]);

export const createRepeat =
  ({ sleep, random }: RepeatDeps): Repeat =>
  async (read, deadline) => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await read();
      } catch (error) {
        const isTransient = error instanceof OffairError && TRANSIENT.has(error.code);
        if (!isTransient || failures === ATTEMPTS || deadline?.aborted) throw error;
        await sleep((0.5 + 0.5 * random()) * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (failures - 1)));
      }
    }
  };
