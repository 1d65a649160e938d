/**
 * Turns of the orders of packs: as many orders write to Live at once as keep the calls in flight, and the others wait before they lock their
 * stream. The streams of a group of packs are verified together when none of its orders has a turn or waits for one: the larger the group,
 * the fewer reads of Live's list (docs/adr/0033-when-orders-are-verified.md). Meanwhile the next group writes.
 */
import { OffairError } from "../core/errors.ts";
import { SECOND_MS } from "../core/time.ts";
import { RETURNING_MS, WORKER_TIMEOUT_MS } from "../core/timeouts.ts";

export interface Turns {
  /** The group of a pack that begins now. */
  join(): TurnGroup;
  /** A turn to end an order, beside those that write. */
  takeToEnd(): Promise<EndTurn>;
}

export interface TurnGroup {
  /**
   * Waits for a turn, in the order of the calls.
   *
   * @throws OffairError `ERR_BUSY` if too little time is left in this invocation.
   */
  take(): Promise<EndTurn>;
  /** Resolves when no order of the group has a turn or waits for one. */
  allEnded(): Promise<void>;
  /** Until when its streams may be read back. */
  readonly readBy: AbortSignal;
}

/** May be called more than once. */
export type EndTurn = () => void;

/** Of the ten of an invocation: with fewer, Live's list is read more often; with more, less is written meanwhile. */
const PACKS_A_GROUP = 3;
/**
 * A turn begins only this early in the invocation, so that its write, the verification and the ledger's requests after it usually fit. A stream
 * that is not verified by then is read back when its message is delivered again.
 */
const BEGIN_WITHIN_MS = 22 * SECOND_MS;
const READ_WITHIN_MS = WORKER_TIMEOUT_MS - RETURNING_MS - SECOND_MS;

/** Create one per Lambda environment. */
export function createTurns(atOnce: number, now: () => Date): Turns {
  const takeToWrite = createLimit(atOnce);
  const takeToEnd = createLimit(atOnce);
  let open: { readonly group: TurnGroup; readonly isOver: () => boolean; packs: number } | undefined;

  function createGroup() {
    let left = 0;
    const ended = Promise.withResolvers<void>();
    const group: TurnGroup = {
      async take() {
        const untilMs = now().getTime() + BEGIN_WITHIN_MS;
        left += 1;
        const endTurn = await takeToWrite();
        const end = once(() => {
          left -= 1;
          if (left === 0) ended.resolve();
          endTurn();
        });
        if (now().getTime() <= untilMs) return end;
        end();
        throw new OffairError("ERR_BUSY", "too little time is left in this invocation");
      },
      async allEnded() {
        if (left > 0) await ended.promise;
      },
      readBy: AbortSignal.timeout(READ_WITHIN_MS),
    };
    return { group, isOver: () => left === 0, packs: 0 };
  }

  return {
    join() {
      if (open === undefined || open.packs === PACKS_A_GROUP || open.isOver()) open = createGroup();
      open.packs += 1;
      return open.group;
    },
    takeToEnd,
  };
}

/** @returns a function that waits for one of so many turns, in the order of the calls. */
function createLimit(atOnce: number): () => Promise<EndTurn> {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return async () => {
    if (taken < atOnce) taken += 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    return once(() => {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1; // otherwise the turn is passed on
    });
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
