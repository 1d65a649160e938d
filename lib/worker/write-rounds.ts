/**
 * Rounds for packs of orders. The packs of one round write to Live, then their streams are verified together by pages of Live's list, and
 * then the next round writes. Without rounds each pack verified as soon as its own writes were done: groups of twenty streams are too small
 * for fifty pages, and 2,247 of 5,000 streams were read by name (bench/experiments.md). An environment sends one call at a time, so a read
 * behind the writes of other packs would wait for all of them.
 */
import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";
import { WORKER_TIMEOUT_MS } from "../core/timeouts.ts";

/** One pack's part of a round. */
export interface Place {
  /** The pack's writes are answered, so another pack may write. May be called more than once. */
  written(): void;
  /** The pack has ended. To be called once. */
  leave(): void;
}

export interface Rounds {
  /** Waits until the pack may write. @throws OffairError `ERR_BUSY` if too little time is left in this invocation. */
  enter(): Promise<Place>;
  /** Whether a pack of the round is still writing, so that verification should wait for it. */
  isWriting(): boolean;
}

/** Packs that write at the same time: 20 orders keep the one call busy, and no order holds its stream's lock for long before its turn. */
const WRITING_AT_ONCE = 2;
/** A pack joins a round within this time of its start. Reading the list takes about as long as writing the streams of this time. */
const ROUND_MS = 4 * SECOND_MS;
/** A pack starts only this early in the invocation, so that its round, its verification and the waits for the rate limiter fit. */
const BEGIN_WITHIN_MS = WORKER_TIMEOUT_MS / 2.5;

/** Create one per Lambda environment. */
export function createRounds(now: () => Date): Rounds {
  let [begunMs, open, writing] = [0, 0, 0];
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  function begin(): Place {
    if (open === 0) begunMs = now().getTime();
    open += 1;
    writing += 1;
    let isWriting = true;
    const written = () => {
      if (isWriting) writing -= 1;
      isWriting = false;
      change();
    };
    return {
      written,
      leave() {
        open -= 1;
        written();
      },
    };
  }

  return {
    async enter() {
      const untilMs = now().getTime() + BEGIN_WITHIN_MS;
      for (;;) {
        const nowMs = now().getTime();
        if (nowMs > untilMs) throw new OffairError("ERR_BUSY", "too little time is left in this invocation");
        if (open === 0 || (writing < WRITING_AT_ONCE && nowMs - begunMs < ROUND_MS)) return begin();
        await changed.promise;
      }
    },
    isWriting: () => writing > 0,
  };
}
