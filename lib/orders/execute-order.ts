/**
 * The one road to Live: carries out an order, at most once as far as anybody can know. The intent is written before the call and the
 * result after it; an order whose call left no answer is read back before anything is repeated.
 */

import { type ErrorCode, OffairError } from "../core/errors.ts";
import type { Stream } from "../core/stream.ts";
import { READ_BACK_MS, SEND_WINDOW_MS } from "../core/timeouts.ts";
import { hasUnknownResult, mayRepeat } from "./attempts.ts";
import type { Attempt, Order, OrderEnd } from "./order.ts";
import { supersedes } from "./order-history.ts";
import type { OrderStore } from "./order-store.ts";

export interface Receipt {
  readonly requestId?: string | undefined;
}

/** Begun before this moment or not at all: afterwards the stream may be another worker's. */
export interface SendBy {
  readonly sendBy: Date;
}

/** What the worker may do at Live, and nothing else. */
export interface LiveActions {
  pause(stream: Stream, limit: SendBy): Promise<Receipt>;
  disable(stream: Stream, resumeTime: Date, limit: SendBy): Promise<Receipt>;
  update(stream: Stream, resumeTime: Date, limit: SendBy): Promise<Receipt>;
  enable(stream: Stream, limit: SendBy): Promise<Receipt>;
  /** The stream's entry in the list of disabled streams. */
  findDisabled(stream: Stream): Promise<{ readonly resumeTime: string | null } | undefined>;
}

export interface ExecuteDeps {
  readonly ledger: OrderStore;
  readonly live: LiveActions;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** A name for this one attempt, unlike any other. */
  readonly holder: () => string;
}

/** Read back after a disable: a fresh entry is listed at once as a rule, and a moment later at times; and a read may fail. */
const VERIFY_DELAYS_MS = [0, 300, 1_000, 2_500];

/** Why nothing may be sent any more, if so. */
type Veto = () => string | undefined | Promise<string | undefined>;

/**
 * @param veto - asked under the stream's lock, before anything is sent.
 * @returns the order with its outcome.
 * @throws OffairError a retryable one: the order is still to be carried out, deliver it again.
 */
export async function executeOrder(order: Order, deps: ExecuteDeps, veto?: Veto): Promise<Order> {
  if (order.outcome) return order;
  const holder = deps.holder();
  const lockedAt = deps.now();
  await deps.ledger.lockStream(order.stream, holder, lockedAt);
  const limit = { sendBy: new Date(lockedAt.getTime() + SEND_WINDOW_MS) };
  try {
    // Under the lock, so that no other worker sends between this look and our call.
    const orders = await deps.ledger.recentOrders(order.stream);
    const current = orders.find(({ number }) => number === order.number);
    if (current?.outcome) return current;
    // How far it got is the ledger's to say; what is asked for, the caller's: an operator's order is read from where it was placed.
    const { stream, action, resumeTime } = order;
    const known: Order = { ...(current ?? order), stream, action, ...(resumeTime !== undefined && { resumeTime }) };
    if (orders.some((newer) => supersedes(newer, known))) {
      // What may have reached Live is not said to have been nothing.
      const outcome = hasUnknownResult(known) ? "unknown" : "superseded";
      return await end(known, { outcome, ...(outcome === "unknown" && { error: "superseded" }) }, deps);
    }
    if (!current) throw new OffairError("ERR_LEDGER", "the order to carry out is not in the ledger", { stream });
    return await act(known, deps, limit, veto);
  } finally {
    await deps.ledger.unlockStream(order.stream, holder);
  }
}

async function act(order: Order, deps: ExecuteDeps, limit: SendBy, veto: Veto = () => undefined): Promise<Order> {
  const lost: Attempt[] = order.sendingSince ? [{ at: order.sendingSince, result: "unknown" }] : [];
  const attempts = [...order.attempts, ...lost];
  const doubtful = hasUnknownResult(order);
  const error = await veto();
  // Of a stream that came back in spite of its entry, the entry says nothing of this call: it was there before.
  const isRepeated = error === undefined && order.authority.republish !== undefined;
  if (doubtful && !isRepeated && (await wasDone(order, deps, error !== undefined)))
    return end(order, { outcome: "verified" }, deps);
  if (error !== undefined) return end(order, { outcome: doubtful ? "unknown" : "refused", error }, deps);
  if (!mayRepeat({ ...order, attempts }, deps.now())) return end(order, { outcome: "unknown" }, deps);
  if (order.resumeTime !== undefined && Date.parse(order.resumeTime) <= deps.now().getTime()) {
    return end(order, { outcome: doubtful ? "unknown" : "refused", error: "the resume time has passed" }, deps);
  }
  if (deps.now() >= limit.sendBy) {
    throw new OffairError("ERR_BUSY", "the stream's lock is nearly over", { stream: order.stream });
  }
  const at = deps.now().toISOString();
  const begun = await deps.ledger.beginAttempt(order, at);
  try {
    const { requestId } = await callLive(order, deps.live, limit);
    const outcome = order.action === "pause" ? "accepted" : (await isVerified(order, deps)) ? "verified" : "unverified";
    return await finish(begun, { at, result: "sent", ...(requestId && { requestId }) }, deps, { outcome });
  } catch (error) {
    return await settle(begun, at, error, deps);
  }
}

/** What the call's failure means for the order: over, or to be tried again (thrown). */
async function settle(order: Order, at: string, error: unknown, deps: ExecuteDeps): Promise<Order> {
  // Not an answer of Live (the ledger failed, say): `sendingSince` stays, and the next delivery treats the call as unknown.
  if (!(error instanceof OffairError) || !error.code.startsWith("ERR_LIVE_")) throw error;
  const { code, details } = error;
  const attempt: Attempt = {
    at,
    result: code === "ERR_LIVE_UNKNOWN" ? "unknown" : "not-done",
    error: details.liveCode ?? code,
    ...(details.requestId && { requestId: details.requestId }),
  };
  const failure = { error: details.liveCode ?? code, ...(details.requestId && { requestId: details.requestId }) };
  if (!error.retryable) return finish(order, attempt, deps, { outcome: "failed", ...failure });
  const attempts = [...order.attempts, attempt];
  if (attempt.result === "unknown" && !mayRepeat({ ...order, attempts }, deps.now())) {
    return finish(order, attempt, deps, { outcome: "unknown", ...failure });
  }
  await deps.ledger.endAttempt(order, attempt);
  throw error;
}

async function callLive(
  { action, stream, resumeTime, authority }: Order,
  live: LiveActions,
  limit: SendBy,
): Promise<Receipt> {
  if (action === "pause") return live.pause(stream, limit);
  if (action === "enable") return live.enable(stream, limit).catch(recoverFrom("ERR_LIVE_NOT_FOUND", async () => ({}))); // on already
  const until = new Date(resumeTime ?? Number.NaN);
  const ended = async (): Promise<Receipt> => {
    throw new OffairError("ERR_LIVE_UNAVAILABLE", "the stream's entry ended between two calls", { stream });
  };
  const update = async () => {
    // Somebody else's entry may hold it off for longer: a rule leaves that alone.
    const entry = authority.kind === "rule" ? await live.findDisabled(stream).catch(undefinedIfPermanent) : undefined;
    if (entry && (entry.resumeTime === null || Date.parse(entry.resumeTime) >= until.getTime())) return {};
    return live.update(stream, until, limit).catch(recoverFrom("ERR_LIVE_NOT_FOUND", ended));
  };
  const updateAndCut = async () => {
    const receipt = await update();
    // Pushed in spite of its entry, and only a disable that makes one cuts (FAQ). That nobody pushes any more is no failure.
    if (authority.republish) await live.pause(stream, limit).catch(undefinedIfPermanent);
    return receipt;
  };
  return live.disable(stream, until, limit).catch(recoverFrom("ERR_LIVE_EXISTS", updateAndCut));
}

/** For `catch`: this code is not a failure here; what to do instead. */
const recoverFrom =
  (code: ErrorCode, instead: () => Promise<Receipt>) =>
  async (error: unknown): Promise<Receipt> => {
    if (error instanceof OffairError && error.code === code) return instead();
    throw error;
  };

/** What Live will not do later either is done without: a list is as if it held nothing. */
function undefinedIfPermanent(error: unknown): undefined {
  if (error instanceof OffairError && !error.retryable) return undefined;
  throw error;
}

/** Reads a call back that left no answer. A list that cannot be read ever will not stand in the way of the repeat, or of the end. */
async function wasDone(order: Order, deps: ExecuteDeps, isOver: boolean): Promise<boolean> {
  try {
    return await isDone(order, deps);
  } catch (error) {
    if (isOver || (error instanceof OffairError && !error.retryable)) return false;
    throw error;
  }
}

async function isVerified(order: Order, deps: ExecuteDeps): Promise<boolean> {
  const untilMs = deps.now().getTime() + READ_BACK_MS;
  for (const delayMs of VERIFY_DELAYS_MS) {
    if (deps.now().getTime() + delayMs > untilMs) return false;
    if (delayMs > 0) await deps.sleep(delayMs);
    // The order is carried out already: a read that fails makes it unverified, never undone.
    if (await isDone(order, deps).catch(() => false)) return true;
  }
  return false;
}

/** Does Live's own list show what the order asked for? Never known of a pause, which leaves no entry. */
async function isDone({ action, stream, resumeTime, authority }: Order, { live }: ExecuteDeps): Promise<boolean> {
  if (action === "pause") return false;
  const entry = await live.findDisabled(stream);
  if (action === "enable") return entry === undefined;
  if (entry === undefined) return false;
  // An entry without a resume time has no known end: the stream is off at least as long as asked.
  if (entry.resumeTime === null) return true;
  const [listed, asked] = [Date.parse(entry.resumeTime), Date.parse(resumeTime ?? "")];
  return authority.kind === "rule" ? listed >= asked : listed === asked;
}

async function end(order: Order, end: Omit<OrderEnd, "endedAt">, { ledger, now }: ExecuteDeps): Promise<Order> {
  const ended = { ...end, endedAt: now().toISOString() };
  if (!(await ledger.endOrder(order, ended))) throw takenOver(order);
  return { ...order, ...ended };
}

async function finish(
  order: Order,
  attempt: Attempt,
  { ledger, now }: ExecuteDeps,
  end: Omit<OrderEnd, "endedAt">,
): Promise<Order> {
  const ended = { ...end, ...(attempt.requestId && { requestId: attempt.requestId }), endedAt: now().toISOString() };
  if (!(await ledger.endAttempt(order, attempt, ended))) throw takenOver(order);
  return { ...order, attempts: [...order.attempts, attempt], ...ended };
}

/** A worker that was frozen for longer than its lock: what the order came to is for the next delivery to see. */
const takenOver = ({ stream }: Order): OffairError =>
  new OffairError("ERR_BUSY", "another worker has taken the order over", { stream });
