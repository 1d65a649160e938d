/**
 * Stores the state of each subscriber, the events that were given up for it, and the requests to send events again. The states share a partition,
 * so that one query lists them; no subscriber of a policy can be named `ALL`. The other two expire with the events that they are about.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { DAY_MS } from "../../../core/time.ts";
import {
  type GivenUp,
  givenUpSchema,
  type Replay,
  replaySchema,
  type SubscriberState,
  subscriberStateSchema,
} from "../../../notify/records.ts";
import { LOG_DAYS, type SubscriberStore } from "../../../notify/stores.ts";
import { epochSeconds, type Item, type LedgerTable, listItems, parseItem, replaceItem } from "../table.ts";
import { REPLAY, replayKey, SUBSCRIBER } from "./due.ts";
import { markAt } from "./outbox-marks.ts";

const STATES = `${SUBSCRIBER}ALL`;
const STATE = "STATE#";
const stateKey = (name: string) => ({ pk: STATES, sk: `${STATE}${name}` });

const GIVEN_UP = "GIVENUP#";
const expiryOf = (instant: string): number => epochSeconds(new Date(Date.parse(instant) + LOG_DAYS * DAY_MS));
const PAGE = 100;

const givenUpOf = (item: Item): GivenUp => parseItem(givenUpSchema, item, "an event that was given up");
const stateOf = (item: Item): SubscriberState => parseItem(subscriberStateSchema, item, "the state of a subscriber");
const replayOf = (item: Item): Replay => parseItem(replaySchema, item, "a replay");

/** What a replay changes of itself: the condition of its next change. */
const PROGRESS = ["doneUntil", "sent", "finishedAt"] as const;

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createSubscriberStore(table: LedgerTable): SubscriberStore {
  const { get, put, update } = table;

  async function readReplay(subscriber: string, id: string): Promise<Replay | undefined> {
    const item = await get(replayKey(subscriber, id));
    return item && replayOf(item);
  }

  return {
    async readSubscriber(name) {
      const item = await get(stateKey(name));
      return item && { state: stateOf(item), revision: String(item.revision) };
    },

    async replaceSubscriber(state, before) {
      const revision = randomUUID();
      const key = stateKey(state.name);
      // The revision is the one of this request if the SDK repeated the request after its response was lost.
      return (
        (await replaceItem(table, { ...key, ...state, revision }, before)) || (await get(key))?.revision === revision
      );
    },

    async listSubscribers() {
      return (await listItems(table, STATES, STATE, PAGE)).map(stateOf);
    },

    async addGivenUp(given) {
      const key = { pk: `${SUBSCRIBER}${given.subscriber}`, sk: `${GIVEN_UP}${given.eventId}` };
      await put({ ...key, ...given, expiresAt: expiryOf(given.at) });
    },

    /** Reads all, because the key of one is its event's: there are few, and only people ask for them. */
    async listGivenUp(subscriber, limit) {
      const items = await listItems(table, `${SUBSCRIBER}${subscriber}`, GIVEN_UP, PAGE);
      return newestFirst(items.map(givenUpOf), ({ at, eventId }) => `${at} ${eventId}`).slice(0, limit);
    },

    async addReplay(replay) {
      const mark = markAt(new Date(replay.askedAt));
      await put({
        ...replayKey(replay.subscriber, replay.id),
        ...replay,
        ...mark,
        expiresAt: expiryOf(replay.askedAt),
      });
    },

    readReplay,

    async listReplays(subscriber, limit) {
      const items = await listItems(table, `${SUBSCRIBER}${subscriber}`, REPLAY, PAGE);
      return newestFirst(items.map(replayOf), ({ askedAt, id }) => `${askedAt} ${id}`).slice(0, limit);
    },

    async replaceReplay(replay, before) {
      const conditions = PROGRESS.map((name) =>
        before[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :before_${name}`,
      );
      const written = await update(replayKey(replay.subscriber, replay.id), {
        set: Object.fromEntries(PROGRESS.map((name) => [name, replay[name]])),
        remove: replay.finishedAt === undefined ? [] : ["outbox", "outboxAt"],
        condition: `attribute_exists(pk) AND ${conditions.join(" AND ")}`,
        values: Object.fromEntries(PROGRESS.map((name) => [`:before_${name}`, before[name]])),
      });
      // Also ours if the SDK repeated a request whose response was lost.
      return written || isDeepStrictEqual(await readReplay(replay.subscriber, replay.id), { ...replay });
    },
  };
}

/** @param placeOf - sorts as the time does. */
const newestFirst = <T>(all: readonly T[], placeOf: (one: T) => string): T[] =>
  all.toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
