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
const BEGIN_WITHIN_MS = 20 * SECOND_MS;
const READ_WITHIN_MS = WORKER_TIMEOUT_MS - RETURNING_MS - SECOND_MS;
/** After this time the pace of the turns is known. Orders whose turn would come too late at that pace are not kept from the other environment. */
const PACE_AFTER_MS = 5 * SECOND_MS;

/** Create one per Lambda environment. */
export function createTurns(atOnce: number, now: () => Date): Turns {
  const takeToWrite = createLimit(atOnce, now);
  const takeToEnd = createLimit(atOnce, now);
  let open: { readonly group: TurnGroup; readonly isOver: () => boolean; packs: number } | undefined;

  function createGroup() {
    let left = 0;
    const ended = Promise.withResolvers<void>();
    const group: TurnGroup = {
      async take() {
        left += 1;
        const leave = () => {
          left -= 1;
          if (left === 0) ended.resolve();
        };
        try {
          const endTurn = await takeToWrite(now().getTime() + BEGIN_WITHIN_MS);
          return once(() => {
            leave();
            endTurn();
          });
        } catch (late) {
          leave();
          throw late;
        }
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

/**
 * @returns a function that waits for one of so many turns, in the order of the calls. It throws `ERR_BUSY` as soon as the pace of the turns shows that
 *   this one would begin later than `untilMs`.
 */
function createLimit(atOnce: number, now: () => Date): (untilMs?: number) => Promise<EndTurn> {
  let taken = 0;
  /** When the first of the turns since the last pause ended, and how many have ended after it. */
  let firstEndMs: number | undefined;
  let endedSince = 0;
  const waiting: {
    readonly begin: () => void;
    readonly refuse: (late: OffairError) => void;
    readonly untilMs: number;
  }[] = [];

  /** Removes those at the end of the line. */
  function refuseLate(): void {
    const nowMs = now().getTime();
    const sinceMs = nowMs - (firstEndMs ?? nowMs);
    const paceMs = sinceMs < PACE_AFTER_MS ? 0 : sinceMs / endedSince;
    for (let last = waiting.at(-1); last && nowMs + waiting.length * paceMs > last.untilMs; last = waiting.at(-1)) {
      waiting.pop();
      last.refuse(new OffairError("ERR_BUSY", "too little time is left in this invocation"));
    }
  }

  function end(): void {
    if (firstEndMs === undefined) [firstEndMs, endedSince] = [now().getTime(), 0];
    else endedSince += 1;
    refuseLate();
    const next = waiting.shift();
    if (next) next.begin();
    else taken -= 1; // otherwise the turn is passed on
  }

  return async (untilMs = Number.POSITIVE_INFINITY) => {
    if (taken === 0) firstEndMs = undefined;
    if (taken < atOnce) taken += 1;
    else await new Promise<void>((begin, refuse) => waiting.push({ begin, refuse, untilMs }));
    return once(end);
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
