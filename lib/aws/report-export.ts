/** Past reports out of the ledger, in the order in which they were decided: the index `byTime`, an hour after the other. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { OffairError } from "../errors.ts";
import { HOUR_MS } from "../time.ts";

export interface Span {
  /** Inclusive, both. */
  readonly since: Date;
  readonly until: Date;
}

/** As the ledger holds it, less the table's own attributes; what was not translated included. */
export type ExportedReport = Readonly<Record<string, unknown>>;

/**
 * One page at a time and none ahead, which leaves the table its capacity for those who work. The index lags a moment behind.
 *
 * @throws OffairError `ERR_LEDGER`
 */
export async function* exportReports(
  dynamo: DynamoDBClient,
  table: string,
  { since, until }: Span,
): AsyncGenerator<ExportedReport> {
  const client = DynamoDBDocumentClient.from(dynamo);
  const between = { ":since": since.toISOString(), ":until": until.toISOString() };
  for (const hour of hoursOf({ since, until })) {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client
        .send(
          new QueryCommand({
            TableName: table,
            IndexName: "byTime",
            KeyConditionExpression: "#hour = :hour AND #at BETWEEN :since AND :until",
            FilterExpression: "attribute_exists(#report) OR attribute_exists(#untranslated)", // orders and changes are there too
            ExpressionAttributeNames: {
              "#hour": "hour",
              "#at": "at",
              "#report": "report",
              "#untranslated": "untranslated",
            },
            ExpressionAttributeValues: { ":hour": hour, ...between },
            ...(start && { ExclusiveStartKey: start }),
          }),
        )
        .catch((cause: unknown) => {
          throw new OffairError("ERR_LEDGER", `the ledger cannot be read by time (${hour})`, { cause });
        });
      for (const { pk: _pk, sk: _sk, hour: _hour, at: _at, ...record } of page.Items ?? []) yield record;
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

/** `2026-11-21T22`: every hour that a span touches. */
export function* hoursOf({ since, until }: Span): Generator<string> {
  for (let ms = Math.floor(since.getTime() / HOUR_MS) * HOUR_MS; ms <= until.getTime(); ms += HOUR_MS) {
    yield new Date(ms).toISOString().slice(0, 13);
  }
}
