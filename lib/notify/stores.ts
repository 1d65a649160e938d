/**
 * What the delivery of events keeps in the ledger. Each write that must happen once is conditional, and each read that a decision depends on
 * is strongly consistent, except `listDue`, `listFailing` and `readByTime`, which read an index.
 */
import type { LoggedEvent } from "../events/event.ts";
import type { LedgerItem } from "../events/ledger-item.ts";
import type { Delivery, GivenUp, Replay, SubscriberState } from "./records.ts";

/** The key of an item in the ledger's table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** An item with unpublished events: every write that may give an event puts its item into the outbox in the same request. */
export interface OutboxItem {
  readonly key: ItemKey;
  readonly item: LedgerItem;
  /** Changes with every write that may give an event, so that an item which changes again while its events are published stays in the outbox. */
  readonly mark: string;
  /** Ids of the events that were published before. */
  readonly published: readonly string[];
}

/** Something of the index `outbox` that is due: an item with unpublished events, a delivery to try again, or a replay to continue. */
export type Due =
  | { readonly kind: "item"; readonly key: ItemKey }
  | { readonly kind: "delivery"; readonly orderingKey: string; readonly subscriber: string }
  | { readonly kind: "replay"; readonly subscriber: string; readonly id: string };

/**
 * The newest ids of published events that an item keeps: it must not grow without end, because a key that is blocked again and again has a new event
 * each time. No item implies so many events at once.
 */
export const MAX_PUBLISHED = 500;

/** Reads under way, by the keys of the items. */
export type SharedReads = Map<string, Promise<Readonly<Record<string, unknown>> | undefined>>;

export interface OutboxStore {
  /** What is due at this time, the one that has been due for the longest first. Eventually consistent. */
  listDue(at: Date, limit: number): Promise<Due[]>;
  /**
   * Reads an item of the outbox; of an order also the stream's earlier orders that are in the outbox, in the order of their numbers; of a change
   * of the mode also the earlier changes that are. Empty if the item is not in the outbox (any more), or its key is of no kind that gives events.
   *
   * @param shared - of the calls that read at the same time: a report that several of them need is read once.
   */
  readOutbox(key: ItemKey, shared?: SharedReads): Promise<OutboxItem[]>;
  /**
   * Takes an item out of the outbox once its events are published and their deliveries are recorded, and adds the ids to `published`.
   *
   * @param againAt - keeps it in the outbox until then, for what only later reads show (the end of a plan).
   * @returns false, and writes nothing, if the item has changed since it was read.
   */
  removeFromOutbox(item: OutboxItem, published: readonly string[], againAt?: Date): Promise<boolean>;
}

/** How long the log keeps an event. */
export const LOG_DAYS = 90;

/** Events that are added in one request; they are stored as one item, which has at most 400 kB: an event has at most 64. */
export const MAX_EVENTS_PER_ITEM = 5;

/** The end of the log of an ordering key. */
export interface LogEnd {
  /** The newest events, newest first. */
  readonly events: readonly LoggedEvent[];
  /** The highest number that was ever given, also to an event that has expired; 0 if there was none. The numbers of a key never begin anew. */
  readonly last: number;
  /** What was delivered of the key to whom, whether the next event is being retried, and until when somebody has the lock. */
  readonly deliveries: readonly {
    readonly subscriber: string;
    readonly sent: number;
    readonly isFailing: boolean;
    readonly lockedUntil?: Date;
  }[];
}

/** The log of events: one sequence per ordering key. */
export interface EventLog {
  /** Reads the end of the log. */
  tail(orderingKey: string, limit: number): Promise<LogEnd>;
  /** Events with a higher number, in order. */
  after(orderingKey: string, number: number, limit: number): Promise<LoggedEvent[]>;
  /**
   * Adds all of the events, or none.
   *
   * @param events - at most `MAX_EVENTS_PER_ITEM` of one key, whose numbers follow each other; the first is the one after the newest event.
   * @returns false if the first number is taken.
   */
  append(events: readonly LoggedEvent[]): Promise<boolean>;
  /** Events by the time when they were logged, hour by hour. Eventually consistent. */
  readByTime(since: Date, until: Date): AsyncIterable<LoggedEvent>;
}

/** How a delivery is written. */
export interface WriteDelivery {
  /** `sent`, as it was read. */
  readonly before: number;
  /** Of the lock; without a lock, a name that nobody else has. */
  readonly holder: string;
  readonly isLocked: boolean;
  /** When to try again; without it nothing is left to do. */
  readonly dueAt?: Date | undefined;
}

export interface DeliveryStore {
  /**
   * Locks the delivery, so that one environment at a time delivers the key to the subscriber. The lock expires by itself, later than its
   * holder can still send (delivery-lock.ts).
   *
   * @param holder - another one for each delivery; who has the lock already gets it again.
   * @param asks - asks who has the lock to look for more events when it has written.
   * @returns undefined while another environment has the lock.
   */
  lockDelivery(
    orderingKey: string,
    subscriber: string,
    holder: string,
    now: Date,
    asks?: boolean,
  ): Promise<Delivery | undefined>;
  /**
   * Writes what was delivered, and unlocks. A delivery that is not locked is written in spite of a lock: events that were logged just now are
   * delivered by their logger without one (deliver.ts).
   *
   * @returns whether somebody has asked meanwhile to look for more events; undefined, and writes nothing, if another environment has the lock by now,
   * or something was sent meanwhile.
   */
  writeDelivery(delivery: Delivery, how: WriteDelivery): Promise<{ readonly isAsked: boolean } | undefined>;
  /**
   * Unlocks a delivery and writes nothing else.
   *
   * @param asks - asks who delivers without a lock to look for more events when it has written.
   * @returns false, and keeps the lock, if something was sent since it was read, or its holder is asked to look for more events.
   */
  unlockDelivery(delivery: Delivery, holder: string, asks: boolean): Promise<boolean>;
  /** Reads a delivery without its lock, for `offair events`. Undefined: nothing of the key was handed to the subscriber yet. */
  readDelivery(orderingKey: string, subscriber: string): Promise<Delivery | undefined>;
  /** The deliveries that are retried now, for `offair events` and `doctor`. Eventually consistent. */
  listFailing(limit: number): Promise<Delivery[]>;
}

export interface SubscriberStore {
  readSubscriber(name: string): Promise<{ readonly state: SubscriberState; readonly revision: string } | undefined>;
  /** @param before - the revision that was read; undefined if there was none. @returns false if another writer was faster. */
  replaceSubscriber(state: SubscriberState, before: string | undefined): Promise<boolean>;
  listSubscribers(): Promise<SubscriberState[]>;
  /** Stored before the delivery goes on behind the event. A second one of the same event changes nothing. */
  addGivenUp(given: GivenUp): Promise<void>;
  /** The newest first. */
  listGivenUp(subscriber: string, limit: number): Promise<GivenUp[]>;
  /** Stores a request, which is due at once. A second one of the same id changes nothing. */
  addReplay(replay: Replay): Promise<void>;
  readReplay(subscriber: string, id: string): Promise<Replay | undefined>;
  listReplays(subscriber: string, limit: number): Promise<Replay[]>;
  /** @returns false if another environment wrote meanwhile (`before` is not what is stored). */
  replaceReplay(replay: Replay, before: Replay): Promise<boolean>;
}

export interface NotifyStore extends OutboxStore, EventLog, DeliveryStore, SubscriberStore {}
