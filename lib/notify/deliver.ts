/**
 * Delivers one ordering key to one subscriber: what is in the log after the event that it got last, in order. An event is sent only when the one
 * before it was taken or given up, so no failure and no second environment changes the order. What is sent twice has the same id.
 */
import { SECOND_MS } from "../core/time.ts";
import type { LoggedEvent } from "../events/event.ts";
import { DELIVER_WITHIN_MS } from "./delivery-lock.ts";
import { isTimeUp, namesOf, noteWaiting, type Run } from "./run.ts";
import { PART, type Part, sendPart } from "./send-part.ts";
import { admission, afterDelivery, afterFailure, endSubscriber, holdSince } from "./subscriber-health.ts";
import { changeSubscriber } from "./subscribers.ts";

/**
 * `delivered`: nothing is left. `recorded`: what is left is tried again at a time that is written. `held`: the subscriber is down or has
 * ended, and its state says since when events are missing. `locked`: another environment delivers, and may not have seen the newest event.
 * `late`: there was no time.
 */
export type Delivered = "delivered" | "recorded" | "held" | "locked" | "late";

/** Whether the delivery goes on by itself, so that what caused it may leave the outbox. */
export const isRecorded = (result: Delivered | undefined): boolean =>
  result === "delivered" || result === "recorded" || result === "held";

/** For what follows the last call: writing what was delivered. */
const WRITING_MS = 2 * SECOND_MS;

/** @param known - events of the key that were published just now: an event of the log never changes, so they need not be read. */
export async function deliver(
  run: Run,
  orderingKey: string,
  name: string,
  known: readonly LoggedEvent[] = [],
): Promise<Delivered> {
  const { store, now } = run;
  const isOfPolicy = namesOf(run).includes(name);
  for (;;) {
    // Of another deployment's policy, which delivers it. One that ended is held: its retries leave the outbox.
    if (!isOfPolicy && !(await store.readSubscriber(name))?.state.ended) return "late";
    if (isTimeUp(run)) return "late";
    const holder = run.holder();
    const lockedAt = now();
    const [delivery, subscriber] = await Promise.all([
      store.lockDelivery(orderingKey, name, holder, lockedAt),
      // This read may come before the lock. So `hold` reads the state again, in the lock, before an event is held: a catch-up, which delivers held
      // events once the subscriber takes events again, needs the same lock.
      store.readSubscriber(name),
    ]);
    if (!delivery) return "locked";
    if (!subscriber) throw new Error("the subscriber was not started");
    if (!isOfPolicy && !subscriber.state.ended) {
      await store.writeDelivery(delivery, holder, now());
      return "late";
    }
    const sendBy = Math.min(lockedAt.getTime() + DELIVER_WITHIN_MS - WRITING_MS - run.timeoutMs, run.stopAt.getTime());
    const next = nextOf(known, delivery.sent);
    const events = next.length > 0 ? next : await store.after(orderingKey, delivery.sent, PART);
    const part = await sendPart(run, delivery, events, subscriber, new Date(sendBy));
    const isHeld = part.heldFrom !== undefined && (await hold(run, name, part.heldFrom));
    if (!(await store.writeDelivery(part.delivery, holder, isHeld ? undefined : part.dueAt))) return "locked";
    await noteResult(run, name, part);
    if (isHeld) return "held";
    if (part.delivery.failing) noteWaiting(run, part.delivery.failing.since);
    if (part.left === "later") return "recorded";
    // After the lock is free: an event that was added while another environment found it taken is seen here.
    if (part.left === "nothing" && (await store.after(orderingKey, part.delivery.sent, 1)).length === 0)
      return "delivered";
  }
}

/** Those that follow without a gap. */
function nextOf(known: readonly LoggedEvent[], sent: number): LoggedEvent[] {
  const next: LoggedEvent[] = [];
  for (const event of known.toSorted((a, b) => a.number - b.number)) {
    if (event.number === sent + next.length + 1 && next.length < PART) next.push(event);
  }
  return next;
}

/** @returns false if the subscriber takes events again by now. */
async function hold(run: Run, name: string, loggedAt: string): Promise<boolean> {
  const state = await changeSubscriber(run, name, (each) =>
    admission(each, run.now()) === "hold" ? holdSince(each, loggedAt) : each,
  );
  return state !== undefined && admission(state, run.now()) === "hold";
}

/** After the delivery was written: a failure that is not counted is found again by its event, but one that is counted would not lead to its event. */
async function noteResult(run: Run, name: string, { result, before }: Part): Promise<void> {
  if (!result) return;
  const at = run.now();
  const random = run.random();
  const change = (state: Part["before"]) => {
    if (result.kind === "delivered") return afterDelivery(state, at);
    if (result.kind === "gone") return endSubscriber(state, at, "gone", result.loggedAt);
    return afterFailure(state, { ...result, at }, random);
  };
  if (change(before) !== before) await changeSubscriber(run, name, change);
}
