/** Subscribers, events that were given up, and replays in memory: a part of memory-notify-store.ts. */
import { isDeepStrictEqual } from "node:util";
import type { GivenUp, Replay, SubscriberState } from "../../lib/notify/records.ts";
import type { Due, SubscriberStore } from "../../lib/notify/stores.ts";

interface Deps {
  /** Puts something into the outbox, or with undefined takes it out. */
  readonly setDue: (name: string, at: Date | undefined, due: Due) => void;
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const nameOf = ({ subscriber, id }: Pick<Replay, "subscriber" | "id">): string =>
  `SUBSCRIBER#${subscriber} REPLAY#${id}`;

export function createMemorySubscribers({ setDue }: Deps): SubscriberStore {
  const subscribers = new Map<string, { state: SubscriberState; revision: string }>();
  const replays = new Map<string, Replay>();
  const givenUp = new Map<string, GivenUp>();
  let revisions = 0;

  return {
    async readSubscriber(name) {
      const found = subscribers.get(name);
      return found && stored(found);
    },
    async replaceSubscriber(state, before) {
      const found = subscribers.get(state.name);
      if (found?.revision !== before) return false;
      subscribers.set(state.name, { state: stored(state), revision: `revision-${++revisions}` });
      return true;
    },
    listSubscribers: async () =>
      [...subscribers.values()].map(({ state }) => stored(state)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    async addGivenUp(given) {
      const name = `${given.subscriber} ${given.eventId}`;
      if (!givenUp.has(name)) givenUp.set(name, stored(given));
    },
    listGivenUp: async (subscriber, limit) =>
      [...givenUp.values()]
        .filter((given) => given.subscriber === subscriber)
        .sort((a, b) => (a.at < b.at || (a.at === b.at && a.eventId < b.eventId) ? 1 : -1))
        .slice(0, limit)
        .map(stored),
    async addReplay(replay) {
      const name = nameOf(replay);
      if (replays.has(name)) return;
      replays.set(name, stored(replay));
      const { id, subscriber } = replay;
      setDue(name, new Date(replay.askedAt), { kind: "replay", subscriber, id });
    },
    async readReplay(subscriber, id) {
      const found = replays.get(nameOf({ subscriber, id }));
      return found && stored(found);
    },
    listReplays: async (subscriber, limit) =>
      [...replays.values()]
        .filter((replay) => replay.subscriber === subscriber)
        .sort((a, b) => (a.askedAt < b.askedAt || (a.askedAt === b.askedAt && a.id < b.id) ? 1 : -1))
        .slice(0, limit)
        .map(stored),
    async replaceReplay(replay, before) {
      const name = nameOf(replay);
      const found = replays.get(name);
      if (!isDeepStrictEqual(found, stored(before))) return isDeepStrictEqual(found, stored(replay));
      replays.set(name, stored(replay));
      const { id, subscriber, finishedAt } = replay;
      if (finishedAt !== undefined) setDue(name, undefined, { kind: "replay", subscriber, id });
      return true;
    },
  };
}
