/**
 * A batch: puts the orders of an applied plan on their queue, some hundreds at a time. An order is carried out once however often it is
 * put there, so a worker that dies in between leaves nothing to mend: the message comes again.
 */
import { OffairError } from "../core/errors.ts";
import { MINUTE_MS } from "../core/time.ts";
import { isApplied } from "../plans/applied-plan.ts";
import { readPlan } from "../plans/load-plan.ts";
import type { Message } from "../queue/message.ts";
import { priorityOf } from "../queue/priority.ts";
import type { HandleDeps, Handled } from "./handler.ts";

/** Fits into one invocation many times over. */
const ORDERS_A_MESSAGE = 500;

/** Whoever applies a plan looks at its expiry first, and is stopped by the function's time-out (29 s) soon after; and clocks differ. */
const EXPIRY_MARGIN_MS = MINUTE_MS;

type BatchMessage = Extract<Message, { kind: "batch" }>;

/** @throws OffairError `ERR_BUSY`: the message was sent a moment before the plan is applied, or nobody ever applies it. */
export async function handleBatch(message: BatchMessage, deps: HandleDeps): Promise<Handled> {
  const { orderId, from } = message;
  const state = await deps.ledger.readPlanState(orderId);
  if (!isApplied(state)) return waitForApply(message, state.cancelled !== undefined, deps);
  const { count } = await deps.appliedPlans.plan(orderId, state);
  if (from >= count) throw new OffairError("ERR_MESSAGE_INVALID", `the plan ${orderId} has no stream ${from}`);
  const until = Math.min(from + ORDERS_A_MESSAGE, count);
  const queue = priorityOf(count);
  const indexes = Array.from({ length: until - from }, (_, offset) => from + offset);
  // Of a cancelled batch too: each of its streams then ends, and none is sent.
  await deps.enqueue(
    queue,
    indexes.map((index) => ({ kind: "order", orderId, index })),
  );
  if (until < count) await deps.enqueue(queue, [{ kind: "batch", orderId, from: until }]);
  return { key: keyOf(message), outcome: "ordered" };
}

const keyOf = ({ orderId, from }: BatchMessage): string => `batch#${orderId}#${from}`;

async function waitForApply(message: BatchMessage, isCancelled: boolean, deps: HandleDeps): Promise<Handled> {
  const { orderId } = message;
  const stored = await readPlan(orderId, deps.ledger);
  if (!stored) throw new OffairError("ERR_MESSAGE_INVALID", `no plan stands behind the batch ${orderId}`);
  const meantUntilMs = Date.parse(stored.plan.expiresAt) + EXPIRY_MARGIN_MS;
  if (!isCancelled && deps.now().getTime() <= meantUntilMs) {
    throw new OffairError("ERR_BUSY", `the plan ${orderId} is not applied yet`);
  }
  return { key: keyOf(message), outcome: "ignored", because: isCancelled ? "cancelled" : "never-applied" };
}
