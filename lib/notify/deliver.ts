/**
 * Delivers one ordering key to one subscriber: what is in the log after the event that it got last, in order. An event is sent only when the one
 * before it was taken or given up, so no failure and no second environment changes the order. What is sent twice has the same id.
 *
 * The environment that has logged an event delivers it without a lock, if everything before it was delivered and nobody had the lock: the others
 * leave an event that was logged just now, and what follows it, to its logger. All other deliveries need the lock. Who finds a delivery in other hands
 * asks them to look again.
 */
import { SECOND_MS } from "../core/time.ts";
import type { LoggedEvent } from "../events/event.ts";
import { DELIVER_WITHIN_MS, isLoggersOwn } from "./delivery-lock.ts";
import type { Published } from "./publish.ts";
import type { Delivery } from "./records.ts";
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

const NOTHING: Published = { events: [], own: [], claims: new Map() };

/**
 * @param published - just now: an event of the log never changes, so it need not be read.
 * @param isLeft - the next event is not in the hands of its logger: it was held back, or its delivery is due.
 */
export async function deliver(
  run: Run,
  orderingKey: string,
  name: string,
  { events: known, own, claims }: Published = NOTHING,
  isLeft = false,
): Promise<Delivered> {
  const { store, now } = run;
  const isOfPolicy = namesOf(run).includes(name);
  let holder = run.holder();
  let claim = claims.get(name);
  /** Others rely on this run for what follows. If its time is over, it leaves that to the next sweep. */
  let owed = claim;
  let isAsked = false;
  for (;;) {
    const state = (await run.states()).get(name);
    if (!state && isOfPolicy) throw new Error("the subscriber was not started");
    // Of another deployment's policy, which delivers it. One that ended is held: its retries leave the outbox.
    if (!state || (!isOfPolicy && !state.ended)) return "late";
    if (isTimeUp(run)) {
      const how = { before: owed?.sent ?? 0, holder, isLocked: false, dueAt: now() };
      return owed && (await store.writeDelivery(owed, how)) ? "recorded" : "late";
    }
    const since = claim && own[0] ? new Date(own[0].loggedAt) : now();
    const delivery = claim ?? (await store.lockDelivery(orderingKey, name, holder, since, isAsked || own.length > 0));
    if (!delivery) return "locked";
    const next = nextOf(claim ? own : known, delivery.sent);
    const events = next.length > 0 ? next : await store.after(orderingKey, delivery.sent, PART);
    if (!claim && !isLeft && !isAsked && isOfAnother(events[0], delivery, own, now())) {
      if (await store.unlockDelivery(delivery, holder, own.length > 0)) return "locked";
      isAsked = true; // its logger has written meanwhile, or others have left their events to this holder
      continue;
    }
    const sendBy = Math.min(since.getTime() + DELIVER_WITHIN_MS - WRITING_MS - run.timeoutMs, run.stopAt.getTime());
    const part = await sendPart(run, delivery, events, state, new Date(sendBy));
    const isHeld = part.heldFrom !== undefined && (await hold(run, name, part.heldFrom));
    if (isHeld && claim && part.delivery.sent === delivery.sent) return "held"; // nothing to write
    const dueAt = isHeld ? undefined : part.dueAt;
    const how = { before: delivery.sent, holder, isLocked: !claim, dueAt };
    const written = await store.writeDelivery(part.delivery, how);
    if (!written) {
      claim = undefined; // another environment has sent some of it
      owed = undefined;
      continue;
    }
    await noteResult(run, name, part);
    if (isHeld) return "held";
    if (part.delivery.failing) noteWaiting(run, part.delivery.failing.since);
    if (part.left === "later") return "recorded";
    const isAll = (own.at(-1)?.number ?? 0) <= part.delivery.sent;
    if (part.left === "nothing" && isAll && !written.isAsked) return "delivered";
    claim = undefined;
    owed = part.delivery;
    holder = run.holder();
    isAsked = true;
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

/** Only the first event can be in the hands of its logger: those after it were logged when something before them was not delivered. */
const isOfAnother = (first: LoggedEvent | undefined, { failing }: Delivery, own: readonly LoggedEvent[], now: Date) =>
  first !== undefined &&
  failing?.number !== first.number &&
  !own.some(({ number }) => number === first.number) &&
  isLoggersOwn(first.loggedAt, now);

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
