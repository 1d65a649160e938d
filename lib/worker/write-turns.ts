/**
 * Turns of the orders of packs: as many orders write to Live at once as keep the calls in flight, and the others wait before they lock their
 * stream. Their streams are verified together when no order of the invocation has a turn or waits for one: the fewer verifications, the fewer
 * reads of Live's list (docs/adr/0033-when-orders-are-verified.md).
 */
import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";

export interface Turns {
  /**
   * Waits for a turn, in the order of the calls.
   *
   * @returns a function that ends the turn; it may be called more than once.
   * @throws OffairError `ERR_BUSY` if too little time is left in this invocation.
   */
  take(): Promise<() => void>;
  /** Resolves when no order has a turn or waits for one. */
  allEnded(): Promise<void>;
}

/** A turn begins only this early in the invocation, so that its write, the verification and the waits for the rate limiter fit into 30 seconds. */
const BEGIN_WITHIN_MS = 14 * SECOND_MS;

/** Create one per Lambda environment. */
export function createTurns(atOnce: number, now: () => Date): Turns {
  let taken = 0;
  const waiting: (() => void)[] = [];
  let ended = Promise.withResolvers<void>();

  function end(): void {
    const next = waiting.shift();
    if (next) {
      next(); // passes the turn on
      return;
    }
    taken -= 1;
    if (taken > 0) return;
    ended.resolve();
    ended = Promise.withResolvers();
  }

  return {
    async take() {
      const untilMs = now().getTime() + BEGIN_WITHIN_MS;
      if (taken < atOnce) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let isOver = false;
      const endOnce = () => {
        if (!isOver) end();
        isOver = true;
      };
      if (now().getTime() <= untilMs) return endOnce;
      endOnce();
      throw new OffairError("ERR_BUSY", "too little time is left in this invocation");
    },
    async allEnded() {
      if (taken > 0) await ended.promise;
    },
  };
}
