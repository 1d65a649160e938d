/** Stores the chain head: the newest entry of the audit chain. Audits start there, and it is a witness outside the archive. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { openTable, parseItem } from "./table.ts";

const KEY = { pk: "AUDIT", sk: "HEAD" } as const;

const headSchema = z.object({
  number: z.number().int().min(1),
  /** The hash of the manifest as stored. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The last scheduled hour; absent if there was none yet. */
  slot: z.iso.datetime().optional(),
  writtenAt: z.iso.datetime(),
});
export type StoredChainHead = Readonly<z.infer<typeof headSchema>>;

const parse = (value: unknown): StoredChainHead => parseItem(headSchema, value, "the chain head");

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createChainHead(dynamo: DynamoDBClient, table: string) {
  const { attempt, get } = openTable(dynamo, table, () => new Date());

  return {
    /** Undefined if there is no chain. The chain may have newer entries, if an audit ended before it could write the head. */
    async read(): Promise<StoredChainHead | undefined> {
      const item = await get(KEY);
      return item && parse(item);
    },

    /** Writes the head if its number is higher than the stored one. */
    async write(head: StoredChainHead): Promise<void> {
      const Item = { ...KEY, ...parse(head) };
      await attempt("be written", (client, TableName) =>
        client.send(
          new PutCommand({
            ...{ TableName, Item, ConditionExpression: "attribute_not_exists(pk) OR #number < :number" },
            ExpressionAttributeNames: { "#number": "number" },
            ExpressionAttributeValues: { ":number": head.number },
          }),
        ),
      );
    },
  };
}
