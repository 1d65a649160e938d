/**
 * Chooses the Huawei user of each call: among the users that can send it now, the one with the fewest calls in flight (docs/adr/0032). A
 * call that no user can send waits for the user that can first.
 */
import { OffairError } from "../../core/errors.ts";
import { SECOND_MS } from "../../core/time.ts";
import {
  type Admission,
  type Attempted,
  type CallLane,
  isLate,
  type Passed,
  type Request,
  refuseLate,
  type Waiting,
} from "./admission.ts";
import type { TrackedKey } from "./key-breaker.ts";

/** Two slices of the usual length. A call that has to wait longer is returned to its queue. */
const MAX_WAIT_MS = 10 * SECOND_MS;

export interface PoolUser {
  readonly name: string;
  readonly admission: Admission;
}

/** The result of one try with one user. */
export type Tried<T> =
  | { readonly kind: "done"; readonly result: T }
  | Waiting
  /** Nothing was done, and another user may send the call. `notBeforeMs`: this user is the last choice until then. */
  | { readonly kind: "refused"; readonly error: OffairError; readonly notBeforeMs?: number | undefined };

/** A free lane of a user. */
export interface Turn {
  readonly user: string;
  /** Passes the call through the user's admission control, as `Admission.pass`. */
  pass<T extends Attempted>(key: TrackedKey | undefined, attempt: (liveNow: Date) => Promise<T>): Promise<Passed<T>>;
}

export interface Pool {
  /**
   * Tries a call with one user after the other, until one of them has sent it. The result of a call that may have been carried out is
   * `done`, or an error that `send` throws.
   *
   * @throws OffairError the error of the last user that refused it; `ERR_LIVE_THROTTLED`, `ERR_LIVE_UNAVAILABLE` if it cannot wait for a
   *   user; errors of `send`.
   */
  pass<T>(request: Request, send: (turn: Turn) => Promise<Tried<T>>): Promise<T>;
}

interface User extends PoolUser {
  readonly inUse: Set<CallLane>;
  lastUsed: number;
  notBeforeMs: number;
  /** Until when which calls have to wait. */
  readonly waits: Map<string, Waiting>;
}

interface Call {
  readonly number: number;
  readonly request: Request;
  readonly latestMs: number;
  /** The users that refused it. */
  readonly refusedBy: Set<User>;
  error: OffairError | undefined;
}

interface Queued {
  readonly call: Call;
  readonly start: (turn: { user: User; lane: CallLane }) => void;
  readonly fail: (error: OffairError) => void;
}

/** Reads come before writes, because the streams of a read that verifies are locked until it has ended; otherwise the first call is first. */
const isBefore = (a: Call, b: Call): boolean => (isWrite(a) === isWrite(b) ? a.number < b.number : isWrite(b));
const isWrite = ({ request: { quota } }: Call): boolean => quota === "write-blocks" || quota === "block-once";

/** Create one per environment. */
export function createPool(
  named: readonly PoolUser[],
  { now, sleep }: { readonly now: () => Date; readonly sleep: (ms: number) => Promise<void> },
): Pool {
  const users: User[] = named.map((each) => ({
    ...each,
    ...{ inUse: new Set(), lastUsed: 0, notBeforeMs: 0, waits: new Map() },
  }));
  let calls = 0;
  let turns = 0;
  /** In the order of `isBefore`. */
  const queue: Queued[] = [];
  let wakesAtMs = Number.POSITIVE_INFINITY;

  const nowMs = (): number => now().getTime();
  const waitOf = ({ waits }: User, { quota, priority }: Request): Waiting | undefined =>
    [waits.get("all"), waits.get(`${quota} ${priority}`)]
      .filter((wait) => wait !== undefined && wait.untilMs > nowMs())
      .sort((a, b) => (b?.untilMs ?? 0) - (a?.untilMs ?? 0))[0];

  function freeLane({ inUse, admission }: User, { mayBorrow }: Request): CallLane | undefined {
    if (!inUse.has("own")) return "own";
    return mayBorrow && !inUse.has("borrowed") && admission.mayBorrow() ? "borrowed" : undefined;
  }

  /** @returns a user and a lane; or the time at which a user can send the call, if its lane is free; or the error of a call that cannot wait. */
  function choose(call: Call): { user: User; lane: CallLane } | number | OffairError {
    const { request, latestMs, refusedBy, error } = call;
    const left = users.filter((user) => !refusedBy.has(user));
    const ready = left.filter(({ notBeforeMs }) => notBeforeMs <= nowMs());
    const candidates = ready.length > 0 ? ready : left; // the last choice is better than none: its secret may have changed
    if (candidates.length === 0)
      return error ?? new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: there is no Huawei user");
    const open = candidates.filter((user) => waitOf(user, request) === undefined);
    const [best] = open
      .flatMap((user) => {
        const lane = freeLane(user, request);
        return lane ? [{ user, lane }] : [];
      })
      .sort((a, b) => a.user.inUse.size - b.user.inUse.size || a.user.lastUsed - b.user.lastUsed);
    if (best) return best;
    const [first] = candidates.flatMap((user) => waitOf(user, request) ?? []).sort((a, b) => a.untilMs - b.untilMs);
    if (first && open.length === 0 && first.untilMs >= latestMs) return error ?? first.error();
    return first?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** Starts every call that a user can send now. */
  function dispatch(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const queued of [...queue]) {
      const chosen = choose(queued.call);
      if (typeof chosen === "number") nextMs = Math.min(nextMs, chosen);
      else {
        queue.splice(queue.indexOf(queued), 1);
        if (chosen instanceof OffairError) queued.fail(chosen);
        else {
          chosen.user.inUse.add(chosen.lane);
          chosen.user.lastUsed = ++turns;
          queued.start(chosen);
        }
      }
    }
    if (nextMs < wakesAtMs) void wakeAt(nextMs);
  }

  async function wakeAt(atMs: number): Promise<void> {
    wakesAtMs = atMs;
    await sleep(atMs - now().getTime());
    if (wakesAtMs === atMs) wakesAtMs = Number.POSITIVE_INFINITY;
    for (const { waits } of users) for (const [calls, { untilMs }] of waits) if (untilMs <= atMs) waits.delete(calls);
    dispatch();
  }

  const turnFor = (call: Call): Promise<{ user: User; lane: CallLane }> =>
    new Promise((start, fail) => {
      const behind = queue.findIndex((other) => isBefore(call, other.call));
      queue.splice(behind < 0 ? queue.length : behind, 0, { call, start, fail });
      dispatch();
    });

  /** Also if a similar call waits behind a bulk call: the lease of that one is taken during this one. */
  const isFollowed = ({ quota, priority, isFollowed = false }: Request): boolean =>
    isFollowed ||
    (priority === "bulk" &&
      queue.some(({ call: { request } }) => request.quota === quota && request.priority === "bulk"));

  return {
    async pass(request, send) {
      const latestMs = Math.min(now().getTime() + MAX_WAIT_MS, request.sendBy?.getTime() ?? Number.POSITIVE_INFINITY);
      const call: Call = { number: ++calls, request, latestMs, refusedBy: new Set(), error: undefined };
      for (let late: (() => OffairError) | undefined; ; ) {
        const { user, lane } = await turnFor(call);
        try {
          if (late && isLate(request, now())) throw late();
          refuseLate(request, now());
          const tried = await send({
            user: user.name,
            pass: (key, attempt) =>
              user.admission.pass({ ...request, isFollowed: isFollowed(request), lane, key }, attempt),
          });
          if (tried.kind === "done") return tried.result;
          if (tried.kind === "wait") {
            late = tried.error;
            const { calls, untilMs } = tried;
            if (calls === "none") continue; // its turn comes again with the own lane of a user
            if (untilMs <= now().getTime() && now().getTime() >= latestMs) throw tried.error();
            user.waits.set(calls === "all" ? "all" : `${request.quota} ${request.priority}`, tried);
          } else {
            call.refusedBy.add(user);
            call.error = tried.error;
            late = () => tried.error;
            user.notBeforeMs = tried.notBeforeMs ?? 0;
          }
        } finally {
          user.inUse.delete(lane);
          dispatch();
          if (!user.inUse.has("borrowed")) await user.admission.giveBack();
        }
      }
    },
  };
}
