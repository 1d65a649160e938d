/** The ledger's table: the few requests that its parts are made of, and how they fail. Every read sees all writes before it. */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { OffairError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { BEFORE_EACH_ATTEMPT, byTime, type Key, kindOf, refuseLate } from "./time-index.ts";

export type Item = Record<string, unknown>;

export interface ItemChange {
  readonly set?: object;
  /** To lists, which need not exist. */
  readonly append?: Readonly<Record<string, readonly unknown[]>>;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values?: Item;
}

/** A hash, for a stream's three names together may be longer than a key can be; the names stand in the item. */
export const streamPk = (stream: Stream): string => `STREAM#${sha256Hex(streamKey(stream))}`;

/** What we wrote ourselves, less the table's own attributes. */
export const unwrap = <T>({ pk: _pk, sk: _sk, hour: _hour, at: _at, ...rest }: Item): T => rest as T;

export type LedgerTable = ReturnType<typeof openTable>;

/**
 * @param now - the time that a change carries where it is told by time.
 * @throws OffairError `ERR_LEDGER` from every function.
 */
export function openTable(dynamo: DynamoDBClient, table: string, now: () => Date) {
  const client = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });

  /** Runs one request; `undefined` when its condition did not hold. */
  async function attempt<T>(
    what: "be read" | "be written",
    request: (on: DynamoDBDocumentClient, table: string) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await request(client, table);
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return undefined;
      throw new OffairError("ERR_LEDGER", `the ledger cannot ${what}`, { cause });
    }
  }

  const asking = new Map<string, Promise<Item | undefined>>();
  const dateOf = (key: Key): Date | undefined => (kindOf(key) ? now() : undefined);

  return {
    attempt,

    /** Asked for the same in one moment, by the records of one invocation say, is one read: it is not on its way before all have asked. */
    get({ pk, sk }: Key): Promise<Item | undefined> {
      const name = `${pk} ${sk}`;
      const asked = asking.get(name);
      if (asked !== undefined) return asked;
      const read = Promise.resolve().then(async () => {
        asking.delete(name);
        const request = new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true });
        return (await attempt("be read", () => client.send(request)))?.Item;
      });
      asking.set(name, read);
      return read;
    },

    /** Writes an item under a key that is free; false: it was not. */
    async put(item: Key & Item): Promise<boolean> {
      const changedAt = dateOf(item);
      const request = new PutCommand({
        TableName: table,
        Item: { ...item, ...(changedAt && byTime(changedAt)) },
        ConditionExpression: "attribute_not_exists(pk)",
      });
      if (changedAt) request.middlewareStack.add(refuseLate(changedAt, now), BEFORE_EACH_ATTEMPT);
      return (await attempt("be written", () => client.send(request))) !== undefined;
    },

    /** Sets and removes attributes of an item; false: the condition did not hold. */
    async update(key: Key, change: ItemChange): Promise<boolean> {
      const { append = {}, remove = [], condition, values = {} } = change;
      const changedAt = dateOf(key);
      const set = { ...change.set, ...(changedAt && byTime(changedAt)) };
      const names = [...Object.keys(set), ...Object.keys(append), ...remove];
      const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
      for (const name of Object.keys(append))
        sets.push(`#${name} = list_append(if_not_exists(#${name}, :empty), :${name})`);
      const expression = [
        sets.length > 0 ? `SET ${sets.join(", ")}` : "",
        remove.length > 0 ? `REMOVE ${remove.map((name) => `#${name}`).join(", ")}` : "",
      ];
      const request = new UpdateCommand({
        TableName: table,
        Key: key,
        UpdateExpression: expression.join(" ").trim(),
        ConditionExpression: condition,
        ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names.map((n) => [`#${n}`, n])) }),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries({ ...set, ...append }).map(([name, value]) => [`:${name}`, value])),
          ...(Object.keys(append).length > 0 && { ":empty": [] }),
          ...values,
        },
      });
      if (changedAt) request.middlewareStack.add(refuseLate(changedAt, now), BEFORE_EACH_ATTEMPT);
      return (await attempt("be written", () => client.send(request))) !== undefined;
    },

    /** Items whose sort key begins so, by it. */
    async *pages(pk: string, prefix: string, limit: number, forward: boolean): AsyncGenerator<Item[]> {
      let start: Item | undefined;
      do {
        const page = await attempt("be read", () =>
          client.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
              ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
              ConsistentRead: true,
              ScanIndexForward: forward,
              Limit: limit,
              ...(start && { ExclusiveStartKey: start }),
            }),
          ),
        );
        yield page?.Items ?? [];
        start = page?.LastEvaluatedKey;
      } while (start);
    },
  };
}
