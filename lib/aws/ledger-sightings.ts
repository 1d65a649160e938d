/** What reports said of a stream, for the rules that ask whether others say so too. DynamoDB forgets them by itself. */
import { createHash } from "node:crypto";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Ledger, Sighting } from "../moderation/ledger.ts";
import { SECOND_MS } from "../time.ts";
import { type Item, type LedgerTable, streamPk, unwrap } from "./ledger-table.ts";

const AT_MOST = 200;

const sightingSk = ({ receivedAt, key }: Sighting): string =>
  `SEEN#${receivedAt}#${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;

/** DynamoDB's TTL counts whole seconds; rather a moment too long than too short. */
const toItem = ({ expiresAt, ...sighting }: Sighting): Item => ({
  ...sighting,
  expiresAt: Math.ceil(Date.parse(expiresAt) / SECOND_MS),
});
const toSighting = (item: Item): Sighting => ({
  ...unwrap<Sighting>(item),
  expiresAt: new Date(Number(item.expiresAt) * SECOND_MS).toISOString(),
});

export function createLedgerSightings({ attempt, put }: LedgerTable): Pick<Ledger, "addSighting" | "sightings"> {
  return {
    async addSighting(stream, sighting) {
      await put({ pk: streamPk(stream), sk: sightingSk(sighting), ...toItem(sighting) });
    },

    async sightings(stream, since) {
      const page = await attempt("be read", (client, table) =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :pk AND sk BETWEEN :since AND :end",
            // "$" comes after "#"
            ExpressionAttributeValues: { ":pk": streamPk(stream), ":since": `SEEN#${since}`, ":end": "SEEN$" },
            ConsistentRead: true,
            ScanIndexForward: false,
            Limit: AT_MOST,
          }),
        ),
      );
      return (page?.Items ?? []).map(toSighting);
    },
  };
}
