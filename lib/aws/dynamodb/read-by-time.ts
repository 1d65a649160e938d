/** Reads the ledger's items by the time of their last change, from the eventually consistent index `byTime`, hour by hour. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { OffairError } from "../../core/errors.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { Item } from "./table.ts";

/** Both ends are inclusive. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

export interface ItemFilter {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
}

/**
 * Yields the items in a span. Reads one page at a time and none ahead, so that the worker keeps the table's capacity. Each hour costs at
 * least one request.
 *
 * @param filter - applied to the items of the span; may use `:since` and `:until`.
 * @throws OffairError `ERR_LEDGER`
 */
export async function* readByTime(
  dynamo: DynamoDBClient,
  table: string,
  { since, until }: Span,
  filter?: ItemFilter,
): AsyncGenerator<Item> {
  if (until < since) return; // DynamoDB would refuse the condition
  const client = DynamoDBDocumentClient.from(dynamo);
  const between = { ":since": since.toISOString(), ":until": until.toISOString() };
  for (const hour of hoursOf({ since, until })) {
    let start: Item | undefined;
    do {
      const page = await client
        .send(
          new QueryCommand({
            TableName: table,
            IndexName: "byTime",
            KeyConditionExpression: "#hour = :hour AND #at BETWEEN :since AND :until",
            ...(filter && { FilterExpression: filter.expression }),
            ExpressionAttributeNames: { "#hour": "hour", "#at": "at", ...filter?.names },
            ExpressionAttributeValues: { ":hour": hour, ...between },
            ...(start && { ExclusiveStartKey: start }),
          }),
        )
        .catch((cause: unknown) => {
          throw new OffairError("ERR_LEDGER", `the ledger cannot be read by time (${hour})`, { cause });
        });
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

/** Every hour that a span touches: `2026-11-21T22`. */
export function* hoursOf({ since, until }: Span): Generator<string> {
  for (let ms = Math.floor(since.getTime() / HOUR_MS) * HOUR_MS; ms <= until.getTime(); ms += HOUR_MS) {
    yield new Date(ms).toISOString().slice(0, 13);
  }
}
