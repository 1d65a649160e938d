/** Repeats a read that failed for a moment. Reads only: of these nothing is done twice. */
import { OffairError } from "../../core/errors.ts";

export type Repeat = <T>(read: () => Promise<T>, deadline?: AbortSignal) => Promise<T>;

export interface RepeatDeps {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** Of a hundred pages, each of which fails once in fifteen times, one would fail so often in a row once in ten thousand lists. */
const ATTEMPTS = 5;
const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 2_000;

/** What the gate says of our own pace, and what Live says of itself; a key that is refused stays refused. */
const PASSES = new Set(["ERR_LIVE_THROTTLED", "ERR_LIVE_UNAVAILABLE"]);

export const createRepeat =
  ({ sleep, random }: RepeatDeps): Repeat =>
  async (read, deadline) => {
    for (let failures = 1; ; failures += 1) {
      try {
        return await read();
      } catch (error) {
        const mayPass = error instanceof OffairError && PASSES.has(error.code);
        if (!mayPass || failures === ATTEMPTS || deadline?.aborted) throw error;
        await sleep((0.5 + 0.5 * random()) * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (failures - 1)));
      }
    }
  };
