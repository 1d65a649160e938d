/**
 * Messages with many orders, in rounds: what a round writes is read back together, and the next one writes when that is over. An environment
 * sends one call at a time, so that a read that waits behind the writes of other orders would take as long as all of them.
 */

import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";
import { WORKER_TIMEOUT_MS } from "../core/timeouts.ts";

/** A message's part of a round. */
export interface Place {
  /** Its calls are answered, what is left is to read them back: another message may write. May be said more than once. */
  written(): void;
  /** It has ended. May be said more than once. */
  leave(): void;
}

export interface Rounds {
  /** @throws OffairError `ERR_BUSY`: what begins so late might not end in this invocation. */
  enter(): Promise<Place>;
  /** Some message has not written all that it has to: what is to be read back together is not complete. */
  isWriting(): boolean;
}

/** Messages that write at the same time: twenty orders keep the one call busy, and hold no lock for long before it is their turn. */
const WRITING_AT_ONCE = 2;
/** Who comes later waits for the next round. A list takes no longer to be read than this many of its streams to be written. */
const ROUND_MS = 4 * SECOND_MS;
/** A round, with its reading back and some waiting for the pace, fits into what is left of the invocation. */
const BEGIN_WITHIN_MS = WORKER_TIMEOUT_MS / 2.5;

/** One for an environment. */
export function createRounds(now: () => Date): Rounds {
  const places = new Set<Place>();
  let [begunMs, writing] = [0, 0];
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  function open(): Place {
    if (places.size === 0) begunMs = now().getTime();
    writing += 1;
    let isWriting = true;
    const place: Place = {
      written() {
        if (isWriting) writing -= 1;
        isWriting = false;
        change();
      },
      leave() {
        place.written();
        places.delete(place);
        change();
      },
    };
    places.add(place);
    return place;
  }

  return {
    async enter() {
      const untilMs = now().getTime() + BEGIN_WITHIN_MS;
      for (;;) {
        const nowMs = now().getTime();
        if (nowMs > untilMs) throw new OffairError("ERR_BUSY", "no time is left for these orders in this invocation");
        if (places.size === 0 || (writing < WRITING_AT_ONCE && nowMs - begunMs < ROUND_MS)) return open();
        await changed.promise;
      }
    },
    isWriting: () => writing > 0,
  };
}
