/**
 * Counts the request units of each call to the ledger. Keeps a copy of every item, because a response has neither the item before a write nor
 * the attributes that a projection leaves out; dynalite's own count ignores indexes.
 */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { REGION } from "../../local/stack/stack.ts";
import {
  bytesOfItem,
  type Index,
  indexWriteUnits,
  readUnits,
  type StoredItem,
  writeUnits,
} from "../../scripts/cost/request-units.ts";

/** Of the stack itself. */
const ADMINISTRATOR = { accessKeyId: "local", secretAccessKey: "local" };
const TABLE_KEYS = ["pk", "sk"] as const;
const item = z.record(z.string(), z.record(z.string(), z.unknown()));
const requestSchema = z.object({
  Key: item.optional(),
  Item: item.optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().default(false),
});
const answerSchema = z.object({ Items: z.array(item).default([]), ScannedCount: z.number().default(0) });

export interface Units {
  readonly operation: string;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Bytes by which the item, and its copies in the indexes, grew. */
  readonly grewBytes: number;
  /** Bytes of the item that was written or read. */
  readonly itemBytes: number;
}

export interface LedgerUnits {
  /** @throws Error for an operation that no function uses. */
  count(call: { operation: string; serverPort: number; status: number; body: Buffer; answer: Buffer }): Promise<Units>;
}

export function createLedgerUnits(indexes: readonly Index[]): LedgerUnits {
  const copies = new Map<string, StoredItem>();
  const clients = new Map<number, DynamoDBClient>();

  async function read(port: number, request: { TableName: string; Key: StoredItem }): Promise<StoredItem | undefined> {
    const endpoint = `http://127.0.0.1:${port}`;
    const client = clients.get(port) ?? new DynamoDBClient({ endpoint, region: REGION, credentials: ADMINISTRATOR });
    clients.set(port, client);
    const { Item } = await client.send(new GetItemCommand({ ...request, ConsistentRead: true } as never));
    return Item as StoredItem | undefined;
  }

  return {
    async count({ operation, serverPort, status, body, answer }) {
      const text = JSON.parse(body.toString());
      const { Key, Item, IndexName, ConsistentRead } = requestSchema.parse(text);
      const none = { operation, readUnits: 0, writeUnits: 0, grewBytes: 0, itemBytes: 0 };
      const keyOf = (of: StoredItem) => `${text.TableName} ${TABLE_KEYS.map((name) => of[name]?.S).join(" ")}`;
      if (operation === "Query") {
        const { Items, ScannedCount } = answerSchema.parse(JSON.parse(answer.toString()));
        const whole = Items.map((each) => (IndexName === undefined ? (copies.get(keyOf(each)) ?? each) : each));
        const bytes = whole.reduce((sum, each) => sum + bytesOfItem(each), 0);
        const filtered = Items.length > 0 ? ScannedCount / Items.length : 1;
        return { ...none, readUnits: readUnits(bytes * filtered, ConsistentRead) };
      }
      const key = Key ?? Item;
      if (!key) throw new Error(`the cost of ${operation} is not known`);
      const name = keyOf(key);
      const before = copies.get(name);
      if (operation === "GetItem")
        return { ...none, readUnits: readUnits(before ? bytesOfItem(before) : 0, ConsistentRead) };
      if (status !== 200) return { ...none, writeUnits: writeUnits(before, undefined) };
      const at = { TableName: text.TableName, Key: { pk: key.pk ?? {}, sk: key.sk ?? {} } };
      const after = operation === "DeleteItem" ? undefined : (Item ?? (await read(serverPort, at)));
      if (after) copies.set(name, after);
      else copies.delete(name);
      const ofIndexes = indexes.reduce((sum, index) => sum + indexWriteUnits(index, TABLE_KEYS, before, after), 0);
      const stored = (is: StoredItem | undefined) => (is ? bytesOfItem(is) * (is.hour ? 2 : 1) : 0);
      return {
        ...none,
        writeUnits: writeUnits(before, after) + ofIndexes,
        grewBytes: stored(after) - stored(before),
        itemBytes: after ? bytesOfItem(after) : 0,
      };
    },
  };
}
