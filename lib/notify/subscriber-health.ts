/**
 * The state of a subscriber as a whole. Pure: each function returns the next state, or the same object if nothing changes.
 *
 * A subscriber is down after three failures in a row. While it is down its events are held back: they stay in the log, nothing is written for
 * each of them, and `behind` says since when. So a subscriber that is down costs one request now and then, whatever is published. When it takes
 * an event again, it gets what was held back, in order (catch-up.ts). The same holds for a subscriber that ended and was resumed.
 */
import { CLOCK_MARGIN_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { BUS } from "../events/types/bus.ts";
import type { SubscriberState } from "./records.ts";
import { hasFailedLongEnough, retryDelayMs } from "./retry.ts";

/** Failures in a row from which on a subscriber is down. */
const DOWN_AFTER = 3;

/** How long others wait for the result of the one event that is sent to a subscriber that was down. */
const PROBE_MS = 30 * SECOND_MS;

/** `lastDeliveredAt` is at most this old: it is not written for each event. */
const NOTED_EACH_MS = MINUTE_MS;

/** A subscriber that left the policy and is back within this time did not leave: two deployments overlapped, or one was rolled back. */
const REJOIN_WITHIN_MS = HOUR_MS;

const earlier = (a: string, b: string): string => (a < b ? a : b);
const after = (at: Date, ms: number): string => new Date(at.getTime() + ms).toISOString();

export const startSubscriber = (name: string, at: Date): SubscriberState => ({ name, since: at.toISOString() });

/** A subscriber that is new beside others: environments of another deployment, which do not know it, may publish events for some seconds. */
export const joinSubscriber = (name: string, at: Date): SubscriberState => ({
  ...startSubscriber(name, at),
  behind: catchUpFrom(at.toISOString(), at),
});

export const isDown = ({ backOff }: SubscriberState): boolean => (backOff?.failures ?? 0) >= DOWN_AFTER;

/** `send`: all of it. `probe`: one event, whose result decides. `hold`: nothing now. */
export function admission(state: SubscriberState, now: Date): "send" | "probe" | "hold" {
  if (state.ended) return "hold";
  if (!isDown(state)) return "send";
  return state.backOff && state.backOff.until > now.toISOString() ? "hold" : "probe";
}

/** Claims the one event that may be sent. The others are held until its result is known. */
export const startProbe = (state: SubscriberState, at: Date): SubscriberState =>
  state.backOff ? { ...state, backOff: { ...state.backOff, until: after(at, PROBE_MS) } } : state;

export function afterDelivery(state: SubscriberState, at: Date): SubscriberState {
  const { backOff, ...rest } = state;
  const isNoted = state.lastDeliveredAt !== undefined && state.lastDeliveredAt > after(at, -NOTED_EACH_MS);
  if (state.ended || (!backOff && isNoted)) return state;
  const next = { ...rest, lastDeliveredAt: at.toISOString() };
  return state.behind && isDown(state) ? { ...next, behind: catchUpFrom(state.behind.since, at) } : next;
}

export interface Failure {
  readonly at: Date;
  /** 1 at the event's first attempt. */
  readonly attempt: number;
  /** Whether the subscriber answered. */
  readonly reached: boolean;
  /** When the event was tried first. */
  readonly failingSince: string;
  /** When the event was logged. */
  readonly loggedAt: string;
}

/** An event that a subscriber refuses each time is one failure of the subscriber: the next ones count only if it does not answer at all. */
export function afterFailure(state: SubscriberState, failure: Failure, random: number): SubscriberState {
  const { at, attempt, reached, failingSince, loggedAt } = failure;
  if (state.ended) return state;
  if (takesNothing(state, failingSince, at)) return endSubscriber(state, at, "failing", loggedAt);
  if (reached && attempt > 1 && !isDown(state)) return state;
  const failures = (state.backOff?.failures ?? 0) + 1;
  const since = state.backOff?.since ?? at.toISOString();
  const backOff = { failures, since, until: after(at, retryDelayMs(Math.max(1, failures - DOWN_AFTER + 1), random)) };
  if (failures < DOWN_AFTER) return { ...state, backOff };
  return { ...state, backOff, behind: { since: earlier(state.behind?.since ?? loggedAt, loggedAt) } };
}

/** Whether a failing event is to be given up: the subscriber takes others. */
export const isGivenUp = (state: SubscriberState, failingSince: string, at: Date): boolean =>
  hasFailedLongEnough(failingSince, at) && !isDown(state) && (state.lastDeliveredAt ?? "") > failingSince;

function takesNothing(state: SubscriberState, failingSince: string, at: Date): boolean {
  if (state.name === BUS) return false; // the bus never ends
  if (state.backOff && hasFailedLongEnough(state.backOff.since, at)) return true;
  return hasFailedLongEnough(failingSince, at) && (state.lastDeliveredAt ?? "") <= failingSince;
}

type Because = NonNullable<SubscriberState["ended"]>["because"];

/** @param missing - when the first event was logged that the subscriber does not get. */
export function endSubscriber(state: SubscriberState, at: Date, because: Because, missing: string): SubscriberState {
  if (state.ended) return state;
  const { backOff: _, behind, ...rest } = state;
  const missedSince = earlier(behind?.since ?? missing, missing);
  return { ...rest, ended: { at: at.toISOString(), because, missedSince } };
}

/** Events that were logged before this sweep may have been left out already: the policy lost the subscriber some time before. */
export const removeSubscriber = (state: SubscriberState, at: Date): SubscriberState =>
  endSubscriber(state, at, "removed", after(at, -REJOIN_WITHIN_MS));

/** Notes that an event was held back that was logged before everything that is known to be. */
export function holdSince(state: SubscriberState, loggedAt: string): SubscriberState {
  const { ended, behind } = state;
  if (ended) return ended.missedSince <= loggedAt ? state : { ...state, ended: { ...ended, missedSince: loggedAt } };
  if (behind && behind.since <= loggedAt) return state;
  return { ...state, behind: { ...behind, since: loggedAt } };
}

/** A person resumes a subscription that ended: it gets what it missed. */
export function resumeSubscriber(
  state: SubscriberState,
  { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string },
): SubscriberState {
  const { ended, ...rest } = state;
  if (!ended) return state;
  const resumed = { at: at.toISOString(), by, reason };
  return { ...rest, resumed, behind: catchUpFrom(ended.missedSince, at) };
}

/** A subscriber of the policy that ended because it was not in the policy before. */
export function rejoin(state: SubscriberState, at: Date): SubscriberState {
  const { ended } = state;
  if (ended?.because !== "removed") return state;
  if (Date.parse(ended.at) + REJOIN_WITHIN_MS <= at.getTime()) return joinSubscriber(state.name, at);
  const { ended: _, ...rest } = state;
  return { ...rest, behind: catchUpFrom(ended.missedSince, at) };
}

/** What was logged up to now may have been held back. An event that is added later is not: the state is read after it was added. */
const catchUpFrom = (since: string, at: Date) => ({ since, until: after(at, CLOCK_MARGIN_MS) });

/** How far a catch-up came. It is over when it has looked through everything up to `until`. */
export function afterCatchUp(state: SubscriberState, doneUntil: string): SubscriberState {
  const { behind, ...rest } = state;
  if (!behind || doneUntil <= behind.since) return state;
  return behind.until !== undefined && doneUntil >= behind.until
    ? rest
    : { ...rest, behind: { ...behind, since: doneUntil } };
}
