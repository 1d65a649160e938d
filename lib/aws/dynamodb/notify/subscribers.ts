/**
 * Stores the state of each subscriber, and the requests to send events again. The states share a partition, so that one query lists them; no
 * subscriber of a policy can be named `ALL`. A replay expires with the events that it could send.
 */
import { isDeepStrictEqual } from "node:util";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { DAY_MS } from "../../../core/time.ts";
import type { Replay, SubscriberState, SubscriberStore } from "../../../notify/stores.ts";
import { epochSeconds, type Item, ifRevision, type LedgerTable, parseItem } from "../table.ts";
import { REPLAY, replayKey, SUBSCRIBER } from "./due.ts";
import { markAt } from "./outbox-marks.ts";

const STATES = `${SUBSCRIBER}ALL`;
const STATE = "STATE#";
const stateKey = (name: string) => ({ pk: STATES, sk: `${STATE}${name}` });

const REPLAY_KEPT_MS = 90 * DAY_MS;
const PAGE = 100;

const instant = z.iso.datetime();
const stateSchema: z.ZodType<SubscriberState> = z.object({
  ...{ name: z.string().min(1), since: instant, lastDeliveredAt: instant.exactOptional() },
  ended: z
    .object({ at: instant, because: z.enum(["gone", "failing", "removed"]), missedSince: instant })
    .exactOptional(),
  backOff: z.object({ failures: z.number().int(), since: instant, until: instant }).exactOptional(),
  resumed: z.object({ at: instant, by: z.string(), reason: z.string() }).exactOptional(),
});
const replaySchema: z.ZodType<Replay> = z.object({
  ...{ id: z.string().min(1), subscriber: z.string().min(1), since: instant, until: instant },
  ...{ what: z.enum(["missed", "again"]), by: z.string(), askedAt: instant, reason: z.string() },
  ...{
    doneUntil: instant.exactOptional(),
    sent: z.number().int().exactOptional(),
    finishedAt: instant.exactOptional(),
  },
});
const stateOf = (item: Item): SubscriberState => parseItem(stateSchema, item, "the state of a subscriber");
const replayOf = (item: Item): Replay => parseItem(replaySchema, item, "a replay");

/** What a replay changes of itself: the condition of its next change. */
const PROGRESS = ["doneUntil", "sent", "finishedAt"] as const;

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createSubscriberStore(table: LedgerTable, newId: () => string): SubscriberStore {
  const { attempt, get, pages, put, update } = table;

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
      const revision = newId();
      const key = stateKey(state.name);
      const written = await attempt("be written", (client, TableName) =>
        client.send(new PutCommand({ TableName, Item: { ...key, ...state, revision }, ...ifRevision(before) })),
      );
      // The revision is the one of this request if the SDK repeated the request after its response was lost.
      return written !== undefined || (await get(key))?.revision === revision;
    },

    async listSubscribers() {
      const states: SubscriberState[] = [];
      for await (const items of pages(STATES, STATE, PAGE, true)) states.push(...items.map(stateOf));
      return states;
    },

    async addReplay(replay) {
      const askedAt = new Date(replay.askedAt);
      const expiresAt = epochSeconds(new Date(askedAt.getTime() + REPLAY_KEPT_MS));
      await put({ ...replayKey(replay.subscriber, replay.id), ...replay, ...markAt(askedAt), expiresAt });
    },

    readReplay,

    async listReplays(subscriber, limit) {
      const replays: Replay[] = [];
      for await (const items of pages(`${SUBSCRIBER}${subscriber}`, REPLAY, PAGE, true))
        replays.push(...items.map(replayOf));
      return replays.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1)).slice(0, limit);
    },

    async replaceReplay(replay, before) {
      const known = PROGRESS.filter((name) => before[name] !== undefined);
      const conditions = PROGRESS.map((name) =>
        known.includes(name) ? `#${name} = :before_${name}` : `attribute_not_exists(${name})`,
      );
      const written = await update(replayKey(replay.subscriber, replay.id), {
        set: Object.fromEntries(PROGRESS.flatMap((name) => (replay[name] === undefined ? [] : [[name, replay[name]]]))),
        remove: [
          ...PROGRESS.filter((name) => replay[name] === undefined),
          ...(replay.finishedAt === undefined ? [] : ["outbox", "outboxAt"]),
        ],
        condition: `attribute_exists(pk) AND ${conditions.join(" AND ")}`,
        values: Object.fromEntries(known.map((name) => [`:before_${name}`, before[name]])),
      });
      // Also ours if the SDK repeated a request whose response was lost.
      return written || isDeepStrictEqual(await readReplay(replay.subscriber, replay.id), { ...replay });
    },
  };
}

/** Sorts as the time does. */
const orderOf = ({ askedAt, id }: Replay): string => `${askedAt} ${id}`;
