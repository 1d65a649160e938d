/** Reads the index `outbox`: what `notify` has to do, by the time when it is due. The index has only keys, which say what it is. */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Due, ItemKey } from "../../../notify/stores.ts";
import { type LedgerTable, queryPages } from "../table.ts";
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

const indexQuery = (TableName: string) => ({
  TableName,
  IndexName: "outbox",
  ExpressionAttributeNames: { "#outbox": "outbox" },
  ExpressionAttributeValues: { ":open": PARTITION },
});
const keyOf = ({ pk, sk }: Readonly<Record<string, unknown>>): ItemKey => ({ pk: String(pk), sk: String(sk) });

/** @throws OffairError `ERR_LEDGER` */
export async function listDue({ attempt }: LedgerTable, at: Date, limit: number): Promise<Due[]> {
  const page = await attempt("be read", (client, table) => {
    const query = indexQuery(table);
    return client.send(
      new QueryCommand({
        ...query,
        KeyConditionExpression: "#outbox = :open AND #outboxAt <= :until",
        ExpressionAttributeNames: { ...query.ExpressionAttributeNames, "#outboxAt": "outboxAt" },
        ExpressionAttributeValues: {
          ...query.ExpressionAttributeValues,
          ":until": `${at.toISOString()}${AFTER_MARKS}`,
        },
        Limit: limit,
      }),
    );
  });
  return (page?.Items ?? []).map((item) => dueOf(keyOf(item)));
}

/** Yields the keys of the deliveries that are tried again, whenever that is. @throws OffairError `ERR_LEDGER` */
export async function* listRetried({ attempt }: LedgerTable): AsyncGenerator<ItemKey[]> {
  const pages = await attempt("be read", async (client, table) => {
    const query = indexQuery(table);
    return queryPages(
      client,
      {
        ...query,
        KeyConditionExpression: "#outbox = :open",
        FilterExpression: "begins_with(sk, :to)",
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ":to": TO },
      },
      "the index `outbox` cannot be read",
    );
  });
  if (!pages) return;
  for await (const items of pages) yield items.map(keyOf);
}
