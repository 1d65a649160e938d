/** Stores the public keys that sign events with `v1a`: written by the function that has the private keys, read by the one that answers receivers. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { PublicKeyEntry } from "../../../webhooks/events-keys.ts";
import { openTable, parseItem } from "../table.ts";

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
  const { get, update } = openTable(dynamo, table, () => new Date());
  return {
    /** Empty before any event was signed. */
    async read(): Promise<readonly PublicKeyEntry[]> {
      const item = await get(PUBLIC_KEYS);
      return item ? parseItem(itemSchema, item, "the public keys of events").keys : [];
    },

    /** Replaces the keys. Of two environments that start at once, both write the same keys. */
    async write(keys: readonly PublicKeyEntry[]): Promise<void> {
      await update(PUBLIC_KEYS, { set: parseItem(itemSchema, { keys }, "the public keys of events") });
    },
  };
}
