/**
 * Reads items by time, from the eventually consistent index `byTime`, hour by hour: the ledger's by the time of their last change, and the
 * events by the time when they were logged.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { HOUR_MS } from "../../core/time.ts";
import { type Item, queryPages } from "./table.ts";

/** Both ends are inclusive. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

/** The hours of the log of events begin with this, so that no audit exports them. */
export const EVENT_HOURS = "event#";

export interface ItemFilter {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
}

/**
 * Yields the items in a span. Each hour costs at least one request.
 *
 * @param filter - applied to the items of the span; may use `:since` and `:until`.
 * @param hours - the beginning of the partitions.
 * @throws OffairError `ERR_LEDGER`
 */
export async function* readByTime(
  dynamo: DynamoDBClient,
  table: string,
  { since, until }: Span,
  filter?: ItemFilter,
  hours: "" | typeof EVENT_HOURS = "",
): AsyncGenerator<Item> {
  if (until < since) return; // DynamoDB would refuse the condition
  const client = DynamoDBDocumentClient.from(dynamo);
  const between = { ":since": since.toISOString(), ":until": until.toISOString() };
  for (const hour of hoursOf({ since, until })) {
    const query = {
      TableName: table,
      IndexName: "byTime",
      KeyConditionExpression: "#hour = :hour AND #at BETWEEN :since AND :until",
      ...(filter && { FilterExpression: filter.expression }),
      ExpressionAttributeNames: { "#hour": "hour", "#at": "at", ...filter?.names },
      ExpressionAttributeValues: { ":hour": `${hours}${hour}`, ...between },
    };
    for await (const items of queryPages(client, query, `the ledger cannot be read by time (${hour})`)) yield* items;
  }
}

/** Every hour that a span touches: `2026-11-21T22`. */
export function* hoursOf({ since, until }: Span): Generator<string> {
  for (let ms = Math.floor(since.getTime() / HOUR_MS) * HOUR_MS; ms <= until.getTime(); ms += HOUR_MS) {
    yield new Date(ms).toISOString().slice(0, 13);
  }
}
