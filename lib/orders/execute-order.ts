/**
 * Executes an order at Live. This is the only place that does. The intent is written to the ledger before the call and the result after it,
 * so an order is sent at most once as far as can be known: if a call got no answer, Live's list is read before the call is repeated.
 */

import { definedOnly } from "../core/defined-only.ts";
import { type ErrorCode, OffairError } from "../core/errors.ts";
import { logWarn } from "../core/log.ts";
import type { Stream } from "../core/stream.ts";
import { SEND_WINDOW_MS } from "../core/timeouts.ts";
import { mayHaveActed, mayRepeat } from "./attempts.ts";
import { failureOf, waitingOf } from "./failure.ts";
import type { Attempt, Order, OrderEnd } from "./order.ts";
import { supersedes } from "./order-history.ts";
import type { OrderStore } from "./order-store.ts";
import type { PushPeriod } from "./pause-statistics.ts";
import { verify, wasDone } from "./verify-order.ts";

export interface Receipt {
  readonly requestId?: string | undefined;
  /** The times, by Live's clock, between which Live carried the call out. */
  readonly doneBetween?: readonly [from: string, to: string] | undefined;
}

/** The latest moment to begin a call; afterwards another worker may hold the stream's lock. */
export interface SendBy {
  readonly sendBy: Date;
}

/** The calls to Live that the worker needs. */
export interface LiveActions {
  pause(stream: Stream, limit: SendBy): Promise<Receipt>;
  disable(stream: Stream, resumeTime: Date, limit: SendBy): Promise<Receipt>;
  update(stream: Stream, resumeTime: Date, limit: SendBy): Promise<Receipt>;
  enable(stream: Stream, limit: SendBy): Promise<Receipt>;
  /** When data of the stream's pushes arrived, in Live's statistics: one list of periods for each kind of data. */
  pushPeriods(stream: Stream, from: Date, to: Date, isComparable?: (liveNow: Date) => boolean): Promise<PushPeriod[][]>;
  /** The stream's entry in the list of disabled streams; undefined if it is not disabled. */
  findDisabled(
    stream: Stream,
    options?: { readonly deadline?: AbortSignal },
  ): Promise<{ readonly resumeTime: string | null } | undefined>;
}

export interface ExecuteDeps {
  readonly ledger: OrderStore;
  readonly live: LiveActions;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** A new unique name for the holder of the stream's lock. */
  readonly holder: () => string;
}

/** The reason not to send, if any. */
type Check = () => string | undefined | Promise<string | undefined>;

/**
 * Executes the order under its stream's lock.
 *
 * @param check - called under the lock, immediately before the call to Live; a reason refuses the order.
 * @returns the order with its outcome; unchanged if it already has one.
 * @throws OffairError `ERR_BUSY` while another worker holds the lock; other retryable errors mean that the order is still to be carried
 *   out.
 */
export async function executeOrder(order: Order, deps: ExecuteDeps, check?: Check): Promise<Order> {
  if (order.outcome) return order;
  const holder = deps.holder();
  const lockedAt = deps.now();
  await deps.ledger.lockStream(order.stream, holder, lockedAt);
  const limit = { sendBy: new Date(lockedAt.getTime() + SEND_WINDOW_MS) };
  try {
    // Read under the lock, so that no other worker sends between this read and our call.
    const orders = await deps.ledger.recentOrders(order.stream);
    const current = orders.find(({ number }) => number === order.number);
    if (current?.outcome) return current;
    // The progress is the ledger's; stream, action and resume time are the caller's, who reads an operator's order from the request.
    const { stream, action, resumeTime } = order;
    const known: Order = { ...(current ?? order), stream, action, ...(resumeTime !== undefined && { resumeTime }) };
    if (orders.some((newer) => supersedes(newer, known))) {
      // A call that may have reached Live is not recorded as superseded, because that would mean that nothing was sent.
      const outcome = mayHaveActed(known) ? "unknown" : "superseded";
      return await end(known, { outcome, ...(outcome === "unknown" && { error: "superseded" }) }, deps);
    }
    if (!current) throw new OffairError("ERR_LEDGER", "the order to carry out is not in the ledger", { stream });
    return await send(known, deps, limit, check);
  } finally {
    await deps.ledger.unlockStream(order.stream, holder);
  }
}

async function send(order: Order, deps: ExecuteDeps, limit: SendBy, check: Check = () => undefined): Promise<Order> {
  const lost: Attempt[] = order.sendingSince ? [{ at: order.sendingSince, result: "unknown" }] : [];
  const attempts = [...order.attempts, ...lost];
  const mayBeDone = mayHaveActed(order);
  const error = await check();
  // After a re-publish the entry proves nothing about this call, because it was listed before.
  const canReadBack = error !== undefined || order.authority.republish === undefined;
  if (mayBeDone && canReadBack && (await wasDone(order, deps, error !== undefined)))
    return end(
      order,
      definedOnly({ outcome: "verified", requestId: order.attempts.findLast(isConfirmed)?.requestId }),
      deps,
    );
  if (error !== undefined) return end(order, { outcome: mayBeDone ? "unknown" : "refused", error }, deps);
  if (!mayRepeat({ ...order, attempts }, deps.now())) return end(order, { outcome: "unknown" }, deps);
  if (order.resumeTime !== undefined && Date.parse(order.resumeTime) <= deps.now().getTime()) {
    return end(order, { outcome: mayBeDone ? "unknown" : "refused", error: "the resume time has passed" }, deps);
  }
  if (deps.now() >= limit.sendBy) {
    throw new OffairError("ERR_BUSY", "too little time is left of the stream's lock", { stream: order.stream });
  }
  const at = deps.now().toISOString();
  const begun = await deps.ledger.beginAttempt(order, at);
  try {
    const { requestId, doneBetween } = await callLive(order, deps.live, limit);
    const sent: Attempt = definedOnly({ at, result: "sent", requestId, doneBetween });
    if (order.action === "pause") return await finish(begun, sent, deps, { outcome: "accepted" });
    const verified = await verify(order, deps).catch(async (busy) => {
      await deps.ledger.endAttempt(begun, sent);
      throw busy;
    });
    return await finish(begun, sent, deps, verified);
  } catch (error) {
    return await settle(begun, at, error, deps);
  }
}

/** Handles a failed call: ends the order if the failure is final, or throws so that the message is delivered again. */
async function settle(order: Order, at: string, error: unknown, deps: ExecuteDeps): Promise<Order> {
  // The error is not from Live (but from the ledger, for example): `sendingSince` stays, so the next delivery treats the result as unknown.
  if (!(error instanceof OffairError) || !error.code.startsWith("ERR_LIVE_")) throw error;
  const failure = failureOf(error);
  const { message: _same, ...withoutMessage } = failure;
  const attempt: Attempt = {
    ...{ at, result: error.code === "ERR_LIVE_UNKNOWN" ? "unknown" : "not-done" },
    ...(order.waiting?.message === failure.message ? withoutMessage : failure),
  };
  if (!error.retryable) {
    // An earlier call may have cut the push, and Live may reject a pause of a stream that is not pushed.
    const outcome = order.action === "pause" && mayHaveActed({ attempts: order.attempts }) ? "unknown" : "failed";
    return finish(order, attempt, deps, { outcome, ...failure });
  }
  const attempts = [...order.attempts, attempt];
  if (attempt.result === "unknown" && !mayRepeat({ ...order, attempts }, deps.now())) {
    return finish(order, attempt, deps, { outcome: "unknown", ...failure });
  }
  const waiting = waitingOf(order, failure, at);
  await deps.ledger.endAttempt(order, attempt, waiting && { waiting });
  throw error;
}

async function callLive(
  { action, stream, resumeTime, authority }: Order,
  live: LiveActions,
  limit: SendBy,
): Promise<Receipt> {
  if (action === "pause") return live.pause(stream, limit);
  if (action === "enable") return live.enable(stream, limit).catch(recoverFrom("ERR_LIVE_NOT_FOUND", async () => ({}))); // enabled already
  const until = new Date(resumeTime ?? Number.NaN);
  const ended = async (): Promise<Receipt> => {
    throw new OffairError("ERR_LIVE_UNAVAILABLE", "the stream was enabled between two calls", { stream });
  };
  const update = async () => {
    // A rule does not shorten an entry that somebody else made for longer.
    const entry = authority.kind === "rule" ? await live.findDisabled(stream).catch(undefinedIfPermanent) : undefined;
    if (entry && (entry.resumeTime === null || Date.parse(entry.resumeTime) >= until.getTime())) return {};
    return live.update(stream, until, limit).catch(recoverFrom("ERR_LIVE_NOT_FOUND", ended));
  };
  const updateAndCut = async () => {
    const receipt = await update();
    // Only a disable that creates the entry cuts the push (Huawei's FAQ), so cut it here. An error because there is no push is no failure.
    const cut = authority.republish && (await live.pause(stream, limit).catch(undefinedIfPermanent));
    return { ...receipt, ...(cut?.doneBetween && { doneBetween: cut.doneBetween }) };
  };
  return live.disable(stream, until, limit).catch(recoverFrom("ERR_LIVE_EXISTS", updateAndCut));
}

/** For `catch`: calls `instead` on this error code, and rethrows other errors. */
const recoverFrom =
  (code: ErrorCode, instead: () => Promise<Receipt>) =>
  async (error: unknown): Promise<Receipt> => {
    if (error instanceof OffairError && error.code === code) return instead();
    throw error;
  };

/** For `catch`: on a permanent error returns undefined (a list counts as empty); rethrows retryable errors. */
function undefinedIfPermanent(error: unknown): undefined {
  if (error instanceof OffairError && !error.retryable) return undefined;
  throw error;
}

async function end(order: Order, end: Omit<OrderEnd, "endedAt">, { ledger, now }: ExecuteDeps): Promise<Order> {
  const ended = { ...end, endedAt: now().toISOString() };
  if (!(await ledger.endOrder(order, ended))) throw takenOver(order);
  const { waiting: _over, ...before } = order;
  return { ...before, ...ended };
}

async function finish(
  order: Order,
  attempt: Attempt,
  { ledger, now }: ExecuteDeps,
  end: Omit<OrderEnd, "endedAt">,
): Promise<Order> {
  const { requestId } = attempt;
  const ended = { ...end, ...(requestId && { requestId }), endedAt: now().toISOString() };
  if (!(await ledger.endAttempt(order, attempt, ended))) throw takenOver(order);
  const { stream, number } = order;
  if (ended.message !== undefined) logWarn("order.not-confirmed", { stream, number, ...ended });
  const { waiting: _over, ...before } = order;
  return { ...before, attempts: [...order.attempts, attempt], ...ended };
}

const isConfirmed = ({ result }: Attempt): boolean => result === "sent";

/** This worker was frozen for longer than its lock lasts. The next delivery reads what the other worker recorded. */
const takenOver = ({ stream }: Order): OffairError =>
  new OffairError("ERR_BUSY", "another worker has taken the order over", { stream });
