/** One run of the delivery: what a batch of wake messages, or a sweep, uses, and what it counts. */
import { describeError, logError } from "../core/log.ts";
import type { OffairEvent } from "../events/event.ts";
import type { LedgerItem } from "../events/ledger-item.ts";
import { BUS } from "../events/types/bus.ts";
import type { EventType } from "../events/types/event-types.ts";
import { type CallLimit, createCallLimit } from "./call-limit.ts";
import type { SubscriberState } from "./records.ts";
import type { SendEvent } from "./send.ts";
import type { NotifyStore } from "./stores.ts";
import { joinSubscriber, startSubscriber } from "./subscriber-health.ts";

export interface NotifyDeps {
  readonly store: NotifyStore;
  readonly eventsOf: (item: LedgerItem) => readonly OffairEvent[];
  readonly send: SendEvent;
  /** Of the policy, by name. The event bus is not among them. */
  readonly subscribers: Readonly<Record<string, { readonly events: readonly EventType[] }>>;
  readonly now: () => Date;
  /** 0 to 1. */
  readonly random: () => number;
  /** Another name at each call. */
  readonly holder: () => string;
}

export interface Tally {
  published: number;
  delivered: number;
  failed: number;
  givenUp: number;
  ended: number;
  /** Parts that failed: an item that cannot be read, a delivery that cannot be written. Each is tried again by the next sweep. */
  stuck: number;
  /** Since when the oldest event waits, as far as this run has seen; RFC 3339. */
  oldestAt?: string;
}

export interface Run extends NotifyDeps {
  /** The longest that one call to a subscriber may take. */
  readonly timeoutMs: number;
  /** After this moment no further call begins: what is left stays in the outbox. */
  readonly stopAt: Date;
  /** After this moment no further item is read: what is published can then be delivered, however slow the ledger is. */
  readonly publishUntil: Date;
  readonly limit: CallLimit;
  /** The stored states of all subscribers, by name: read once, and kept up with what this run changes. Those of the policy have one. */
  readonly states: () => Promise<Map<string, SubscriberState>>;
  readonly tally: Tally;
}

export function startRun(deps: NotifyDeps, timeoutMs: number, stopAt: Date): Run {
  const nowMs = deps.now().getTime();
  const publishUntil = new Date(nowMs + (stopAt.getTime() - nowMs) / 2);
  let states: ReturnType<Run["states"]> | undefined;
  return {
    ...deps,
    ...{ timeoutMs, stopAt, publishUntil, limit: createCallLimit() },
    states() {
      states ??= readStates(deps);
      return states;
    },
    tally: { published: 0, delivered: 0, failed: 0, givenUp: 0, ended: 0, stuck: 0 },
  };
}

/** A subscriber that is new gets what is logged from now on. */
async function readStates({ store, now, ...deps }: NotifyDeps): Promise<Map<string, SubscriberState>> {
  const states = new Map((await store.listSubscribers()).map((state) => [state.name, state]));
  const at = now();
  const start = states.size === 0 ? startSubscriber : joinSubscriber;
  for (const name of namesOf(deps)) {
    if (states.has(name)) continue;
    const state = start(name, at);
    const isFirst = await store.replaceSubscriber(state, undefined);
    states.set(name, isFirst ? state : ((await store.readSubscriber(name))?.state ?? state));
  }
  return states;
}

export const isTimeUp = ({ now, stopAt }: Run): boolean => now() >= stopAt;

export const namesOf = ({ subscribers }: Pick<NotifyDeps, "subscribers">): string[] => [
  BUS,
  ...Object.keys(subscribers),
];

/** Whether a subscriber is to get events of this type. */
export const wants = ({ subscribers }: Pick<NotifyDeps, "subscribers">, name: string, type: EventType): boolean =>
  name === BUS || (Object.hasOwn(subscribers, name) && subscribers[name]?.events.includes(type) === true);

/** One part's failure delays no other: it is counted, and what failed stays in the outbox. */
export const attempt = <T>(run: Run, what: string, work: Promise<T>): Promise<T | undefined> =>
  work.catch((failure: unknown) => {
    run.tally.stuck += 1;
    logError("notify.failed", { what, ...describeError(failure) });
    return undefined;
  });

export function noteWaiting({ tally }: Run, since: string): void {
  if (tally.oldestAt === undefined || since < tally.oldestAt) tally.oldestAt = since;
}
