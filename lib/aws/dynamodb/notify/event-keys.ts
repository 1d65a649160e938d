/** Stores the public keys that sign events with `v1a`: written by the function that has the private keys, read by the one that answers receivers. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../../core/errors.ts";
import type { PublicKeyEntry } from "../../../webhooks/events-keys.ts";
import { parseItem } from "../table.ts";

/** Beside the logs of events, whose keys begin with `stream.` or `type.`: only `notify` may write there. */
export const PUBLIC_KEYS = { pk: "EVENT#keys", sk: "PUBLIC" } as const;

const itemSchema = z.object({
  keys: z
    .array(
      z.object({
        id: z.string().regex(/^[0-9a-f]{16}$/),
        publicKey: z.string().regex(/^whpk_[A-Za-z0-9+/]{43}=$/),
        since: z.iso.datetime(),
      }),
    )
    .max(2),
});

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createEventKeys(dynamo: DynamoDBClient, table: string) {
  const client = DynamoDBDocumentClient.from(dynamo);
  return {
    /** Empty before any event was signed. */
    async read(): Promise<readonly PublicKeyEntry[]> {
      const request = new GetCommand({ TableName: table, Key: PUBLIC_KEYS, ConsistentRead: true });
      const { Item } = await client.send(request).catch((cause) => {
        throw new OffairError("ERR_LEDGER", "the ledger cannot be read", { cause });
      });
      return Item ? parseItem(itemSchema, Item, "the public keys of events").keys : [];
    },

    /** Replaces the keys. Of two environments that start at once, both write the same keys. */
    async write(keys: readonly PublicKeyEntry[]): Promise<void> {
      const item = parseItem(itemSchema, { keys }, "the public keys of events");
      await client.send(new PutCommand({ TableName: table, Item: { ...PUBLIC_KEYS, ...item } })).catch((cause) => {
        throw new OffairError("ERR_LEDGER", "the ledger cannot be written", { cause });
      });
    },
  };
}
