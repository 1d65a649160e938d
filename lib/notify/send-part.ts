/** Sends the next events of a delivery, as far as time and subscriber allow. The caller has the lock, and writes the result. */
import { logInfo, logWarn } from "../core/log.ts";
import type { LoggedEvent } from "../events/event.ts";
import type { Delivery, Failing, SubscriberState } from "./records.ts";
import { retryDelayMs } from "./retry.ts";
import { type Run, wants } from "./run.ts";
import type { SendResult } from "./send.ts";
import { admission, type Failure, isGivenUp } from "./subscriber-health.ts";
import { claimProbe } from "./subscribers.ts";

export interface Part {
  /** As it is to be written. */
  readonly delivery: Delivery;
  /** `more`: to be sent at once. `later`: at `dueAt`. */
  readonly left: "nothing" | "more" | "later";
  readonly dueAt?: Date;
  /** Set if the subscriber is down or has ended: when the next event was logged. */
  readonly heldFrom?: string;
  /** The state of the subscriber as it was read, and what the last call says about the subscriber. */
  readonly before: SubscriberState;
  readonly result?:
    | { readonly kind: "delivered" }
    | { readonly kind: "gone"; readonly loggedAt: string }
    | ({ readonly kind: "failed" } & Omit<Failure, "at">);
}

/** Events of one part: it is written after so many. */
export const PART = 20;

/** @param events - the first `PART` after those that the delivery has. */
export async function sendPart(
  run: Run,
  delivery: Delivery,
  events: readonly LoggedEvent[],
  state: SubscriberState,
  sendBy: Date,
): Promise<Part> {
  const { now, tally } = run;
  const { orderingKey, subscriber } = delivery;
  const allowed = admission(state, now());
  const nextAt = delivery.failing && new Date(delivery.failing.nextAt);
  if (allowed !== "hold" && nextAt && nextAt > now()) return { delivery, left: "later", dueAt: nextAt, before: state };

  let { sent, failing } = delivery;
  let result: Part["result"];
  const part = (left: Part["left"], more: Partial<Part> = {}): Part => ({
    delivery: { orderingKey, subscriber, sent, ...(failing && { failing }) },
    ...{ left, before: state, ...(result && { result }) },
    ...more,
  });
  const more = (): Part => part("more", { dueAt: now() });
  const held = ({ loggedAt }: LoggedEvent): Part => part("more", { dueAt: now(), heldFrom: loggedAt });

  for (const event of events) {
    const { number, type, loggedAt } = event;
    if (allowed === "hold") return held(event);
    if (!wants(run, subscriber, type) || loggedAt < state.since) {
      sent = number;
      failing = undefined;
      continue;
    }
    if (now() >= sendBy) return more();
    if (allowed === "probe" && !(await claimProbe(run, subscriber))) return held(event);

    const attempt = (failing?.attempts ?? 0) + 1;
    const answer = await run.send(subscriber, event, { attempt, timeoutMs: run.timeoutMs });
    if (answer.result === "delivered") {
      tally.delivered += 1;
      logInfo("event.delivered", { ...about(event, subscriber), attempt, tookMs: answer.tookMs });
      sent = number;
      failing = undefined;
      result = { kind: "delivered" };
      if (allowed === "probe") return more();
      continue;
    }
    const at = now();
    tally.failed += 1;
    failing = failingOf(event, failing, answer, at, run.random());
    logWarn("event.failed", { ...about(event, subscriber), attempt, problem: answer.problem });
    if (answer.result === "failed" && isGivenUp(state, failing.since, at)) {
      await giveUp(run, delivery, failing);
      sent = number;
      failing = undefined;
      continue;
    }
    const { since: failingSince, nextAt: againAt } = failing;
    result =
      answer.result === "gone"
        ? { kind: "gone", loggedAt }
        : { kind: "failed", attempt, reached: answer.reached, failingSince, loggedAt };
    return part("later", { dueAt: new Date(againAt) });
  }
  return events.length === PART ? more() : part("nothing");
}

function failingOf(
  { number, id, type }: LoggedEvent,
  before: Failing | undefined,
  answer: Exclude<SendResult, { result: "delivered" }>,
  at: Date,
  random: number,
): Failing {
  const { problem } = answer;
  const attempts = (before?.attempts ?? 0) + 1;
  const lastAt = at.toISOString();
  const askedMs = answer.result === "failed" ? answer.retryAfterMs : undefined;
  const nextAt = new Date(at.getTime() + retryDelayMs(attempts, random, askedMs)).toISOString();
  return { number, eventId: id, type, attempts, since: before?.since ?? lastAt, lastAt, nextAt, problem };
}

/** Kept for people to see before the delivery goes on behind the event. */
async function giveUp({ store, tally }: Run, { orderingKey, subscriber }: Delivery, failing: Failing): Promise<void> {
  const { lastAt: at, nextAt: _, ...event } = failing;
  await store.addGivenUp({ subscriber, orderingKey, ...event, at });
  tally.givenUp += 1;
  const { eventId, type, attempts, problem } = event;
  logWarn("event.given-up", { eventId, type, subscriber, attempts, problem });
}

const about = ({ id, type }: LoggedEvent, subscriber: string) => ({ eventId: id, type, subscriber });
