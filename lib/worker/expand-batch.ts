/**
 * Expands a batch: queues one order message per stream of an applied plan, 500 at a time, and then a message for the rest. An order is
 * carried out once however often it is queued, so after a crash the message is simply delivered again.
 */
import { OffairError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { isApplied } from "../plans/applied-plan.ts";
import { readPlan } from "../plans/load-plan.ts";
import type { Message } from "../queue/message.ts";
import { priorityOf } from "../queue/priority.ts";
import type { HandleDeps, Handled } from "./handler.ts";

/** Order messages per batch message: takes a small part of one invocation. */
const ORDERS_A_MESSAGE = 500;

/**
 * Time after a plan's expiry in which it may still be applied: the incident function checks the expiry first, runs for up to 29 s, and
 * clocks differ.
 */
const EXPIRY_MARGIN_MS = MINUTE_MS;

type BatchMessage = Extract<Message, { kind: "batch" }>;

/**
 * Queues the orders from index `from` on.
 *
 * @throws OffairError `ERR_BUSY` while the plan is not applied: the message is sent before the plan is marked as applied, so that none is
 *   lost.
 */
export async function handleBatch(message: BatchMessage, deps: HandleDeps): Promise<Handled> {
  const { orderId, from } = message;
  const state = await deps.ledger.readPlanState(orderId);
  if (!isApplied(state)) return waitForApply(message, state.cancelled !== undefined, deps);
  const { count } = await deps.appliedPlans.plan(orderId, state);
  if (from >= count) throw new OffairError("ERR_MESSAGE_INVALID", `the plan ${orderId} has no stream ${from}`);
  const until = Math.min(from + ORDERS_A_MESSAGE, count);
  const queue = priorityOf(count);
  const orders = Array.from({ length: until - from }, (_, n) => ({ kind: "order", orderId, index: from + n }) as const);
  // Also for a cancelled batch: each order then ends as cancelled, and nothing is sent to Live.
  await deps.enqueue(queue, orders);
  if (until < count) await deps.enqueue(queue, [{ kind: "batch", orderId, from: until }]);
  return { key: keyOf(message), outcome: "ordered" };
}

const keyOf = ({ orderId, from }: BatchMessage): string => `batch#${orderId}#${from}`;

async function waitForApply(message: BatchMessage, isCancelled: boolean, deps: HandleDeps): Promise<Handled> {
  const { orderId } = message;
  const stored = await readPlan(orderId, deps.ledger);
  if (!stored) throw new OffairError("ERR_MESSAGE_INVALID", `there is no plan for the batch ${orderId}`);
  const mayApplyUntilMs = Date.parse(stored.plan.expiresAt) + EXPIRY_MARGIN_MS;
  if (!isCancelled && deps.now().getTime() <= mayApplyUntilMs) {
    throw new OffairError("ERR_BUSY", `the plan ${orderId} is not applied yet`);
  }
  return { key: keyOf(message), outcome: "ignored", because: isCancelled ? "cancelled" : "never-applied" };
}
