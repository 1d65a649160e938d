/** Reads the index `outbox`: what `notify` has to do, by the time when it is due. The index has only keys, which say what it is. */
import type { Due, ItemKey } from "../../../notify/stores.ts";
import type { LedgerTable } from "../table.ts";
import { PARTITION } from "./outbox-marks.ts";

export const EVENT = "EVENT#";
export const TO = "TO#";
export const SUBSCRIBER = "SUBSCRIBER#";
export const REPLAY = "REPLAY#";

export const deliveryKey = (orderingKey: string, subscriber: string): ItemKey => ({
  pk: `${EVENT}${orderingKey}`,
  sk: `${TO}${subscriber}`,
});
export const replayKey = (subscriber: string, id: string): ItemKey => ({
  pk: `${SUBSCRIBER}${subscriber}`,
  sk: `${REPLAY}${id}`,
});

function dueOf({ pk, sk }: ItemKey): Due {
  if (pk.startsWith(EVENT) && sk.startsWith(TO))
    return { kind: "delivery", orderingKey: pk.slice(EVENT.length), subscriber: sk.slice(TO.length) };
  if (pk.startsWith(SUBSCRIBER) && sk.startsWith(REPLAY))
    return { kind: "replay", subscriber: pk.slice(SUBSCRIBER.length), id: sk.slice(REPLAY.length) };
  return { kind: "item", key: { pk, sk } };
}

/** After the time of a mark comes `#`, which sorts before this. */
const AFTER_MARKS = "$";

const INDEX = { IndexName: "outbox", ExpressionAttributeNames: { "#outbox": "outbox" } } as const;
const keyOf = ({ pk, sk }: Readonly<Record<string, unknown>>): ItemKey => ({ pk: String(pk), sk: String(sk) });

/** @throws OffairError `ERR_LEDGER` */
export async function listDue({ query }: Pick<LedgerTable, "query">, at: Date, limit: number): Promise<Due[]> {
  const pages = query({
    ...INDEX,
    KeyConditionExpression: "#outbox = :open AND #outboxAt <= :until",
    ExpressionAttributeNames: { ...INDEX.ExpressionAttributeNames, "#outboxAt": "outboxAt" },
    ExpressionAttributeValues: { ":open": PARTITION, ":until": `${at.toISOString()}${AFTER_MARKS}` },
    Limit: limit,
  });
  for await (const items of pages) return items.map((item) => dueOf(keyOf(item)));
  return [];
}

/** Yields the keys of the deliveries that are tried again, whenever that is. @throws OffairError `ERR_LEDGER` */
export async function* listRetried({ query }: Pick<LedgerTable, "query">): AsyncGenerator<ItemKey[]> {
  const pages = query({
    ...INDEX,
    KeyConditionExpression: "#outbox = :open",
    FilterExpression: "begins_with(sk, :to)",
    ExpressionAttributeValues: { ":open": PARTITION, ":to": TO },
  });
  for await (const items of pages) yield items.map(keyOf);
}
