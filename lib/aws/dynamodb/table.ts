/** The requests on the ledger's table that its stores use, with their errors. Reads are strongly consistent. */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import { expressionsOf, type ItemChange } from "./item-change.ts";
import { markOfPut, markOfUpdate, type OutboxMark } from "./notify/outbox-marks.ts";
import { BEFORE_EACH_ATTEMPT, byTime, type Key, kindOf, refuseLate } from "./time-index.ts";

export type Item = Record<string, unknown>;

/** An item of the canary: the write gives no event. */
interface OfCanary {
  readonly isOfCanary?: boolean;
}

export interface TableOptions {
  /** Called after each write that put an item into the outbox, so that `notify` can be woken. */
  readonly onOutbox?: ((key: Key) => void) | undefined;
}

/** The partition key of a stream: a hash, because the three names may be longer than a key. The item has the names. */
export const streamPk = (stream: Stream): string => `STREAM#${sha256Hex(streamKey(stream))}`;

/** Removes the table's own attributes from an item, and those of its indexes. */
export const unwrap = <T>({
  pk: _pk,
  sk: _sk,
  hour: _hour,
  at: _at,
  revision: _revision,
  figuresOf: _of,
  claimed: _claimed,
  outbox: _outbox,
  outboxAt: _outboxAt,
  published: _published,
  ...rest
}: Item): T => rest as T;

/**
 * Parses an item, or a part of one, by its schema.
 *
 * @param what - the beginning of the error message: `the plan op-1`.
 * @throws OffairError `ERR_LEDGER` naming the issues, so that nothing acts on an altered item.
 */
export function parseItem<T>(schema: z.ZodType<T>, item: unknown, what: string): T {
  const { data, error } = schema.safeParse(item);
  if (error) throw new OffairError("ERR_LEDGER", `${what} is not valid: ${formatIssues(issuesOf(error))}`);
  return data;
}

/** The value of `expiresAt`: DynamoDB's TTL is in whole seconds, rounded up here. */
export const epochSeconds = (date: Date): number => Math.ceil(date.getTime() / SECOND_MS);

/**
 * Yields the pages of a query. Reads one page at a time and none ahead, so that the worker keeps the table's capacity.
 *
 * @param failed - the message of the error.
 * @throws OffairError `ERR_LEDGER`
 */
export async function* queryPages(
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
  failed: string,
): AsyncGenerator<Item[]> {
  let start = query.ExclusiveStartKey;
  do {
    const page = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: start })).catch((cause: unknown) => {
      throw new OffairError("ERR_LEDGER", failed, { cause });
    });
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

export type LedgerTable = ReturnType<typeof openTable>;

type Dated = { readonly at: Date; readonly mark: OutboxMark | undefined };

/**
 * Opens the ledger's table.
 *
 * @param now - the time written into items of the indexes `byTime` and `outbox`.
 * @throws OffairError `ERR_LEDGER` from every function.
 */
export function openTable(dynamo: DynamoDBClient, table: string, now: () => Date, { onOutbox }: TableOptions = {}) {
  const client = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });

  /** Runs one request. @returns undefined if its condition did not hold. */
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

  const pendingReads = new Map<string, Promise<Item | undefined>>();

  /** Sends a write, not later than the time that it carries allows. @returns undefined if its condition did not hold. */
  async function write(key: Key, { at, mark }: Dated, request: PutCommand | UpdateCommand) {
    const { middlewareStack } = request as UpdateCommand;
    if (kindOf(key)) middlewareStack.add(refuseLate(at, now), BEFORE_EACH_ATTEMPT);
    const written = await attempt("be written", () => client.send(request as UpdateCommand));
    if (written && mark) onOutbox?.({ pk: key.pk, sk: key.sk });
    return written;
  }

  /** @returns the attributes that the request asks for; undefined if the condition did not hold. */
  async function change(
    key: Key,
    { isOfCanary = false, ...asked }: ItemChange & OfCanary,
    ReturnValues?: "ALL_OLD" | "ALL_NEW",
  ): Promise<Item | undefined> {
    const at = now();
    const { set = {}, append = {}, remove = [] } = asked;
    const changed = [...Object.keys(set), ...Object.keys(append), ...remove];
    const dated = { at, mark: isOfCanary ? undefined : markOfUpdate(key, changed, at) };
    const expressions = expressionsOf({ ...asked, set: { ...set, ...indexed(key, dated) } });
    const request = new UpdateCommand({ TableName: table, Key: key, ...expressions, ReturnValues });
    const written = await write(key, dated, request);
    return written && (written.Attributes ?? {});
  }

  const query = (input: Omit<QueryCommandInput, "TableName">): AsyncGenerator<Item[]> =>
    queryPages(client, { TableName: table, ...input }, "the ledger cannot be read");

  /** Pages of the items whose sort key begins with `prefix`, ordered by sort key. @param after - the key before the first item. */
  const pages = (pk: string, prefix: string, limit: number, forward: boolean, after?: Key): AsyncGenerator<Item[]> =>
    query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
      ...{ ConsistentRead: true, ScanIndexForward: forward, Limit: limit, ExclusiveStartKey: after && { ...after } },
    });

  /** The attributes of the indexes `byTime` and `outbox`. */
  const indexed = (key: Key, { at, mark }: Dated) => ({ ...(kindOf(key) && byTime(at)), ...mark });

  return {
    attempt,
    /** Pages of a query on the table or one of its indexes. */
    query,

    /**
     * Reads an item. Calls for the same item in one tick, for example by the records of one invocation, share a read. The read starts
     * only after they have all asked, so each of them sees every write before its call.
     */
    get({ pk, sk }: Key): Promise<Item | undefined> {
      const name = `${pk} ${sk}`;
      const pending = pendingReads.get(name);
      if (pending !== undefined) return pending;
      const read = Promise.resolve().then(async () => {
        pendingReads.delete(name);
        const request = new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true });
        return (await attempt("be read", () => client.send(request)))?.Item;
      });
      pendingReads.set(name, read);
      return read;
    },

    /** Writes a new item. @returns false if the key exists. */
    async put(item: Key & Item, { isOfCanary = false }: OfCanary = {}): Promise<boolean> {
      const at = now();
      const dated = { at, mark: isOfCanary ? undefined : markOfPut(item, at) };
      const Item = { ...item, ...indexed(item, dated) };
      const condition = "attribute_not_exists(pk)";
      const request = new PutCommand({ TableName: table, Item, ConditionExpression: condition });
      return (await write(item, dated, request)) !== undefined;
    },

    change,

    /** Sets and removes attributes of an item. @returns false if the condition did not hold. */
    update: async (key: Key, asked: ItemChange & OfCanary): Promise<boolean> =>
      (await change(key, asked)) !== undefined,

    pages,
  };
}

/** All items whose sort key begins with `prefix`, ordered by sort key. @param limit - of one page. */
export const listItems = async (
  { pages }: Pick<LedgerTable, "pages">,
  pk: string,
  prefix: string,
  limit: number,
): Promise<Item[]> => (await Array.fromAsync(pages(pk, prefix, limit, true))).flat();

/**
 * Replaces an item as a whole, with compare-and-swap.
 *
 * @param before - the revision that was read; undefined if there was no item.
 * @returns false if another writer was faster.
 */
export async function replaceItem(
  { attempt }: Pick<LedgerTable, "attempt">,
  Item: Key & Item & { readonly revision: string },
  before: string | undefined,
): Promise<boolean> {
  const condition =
    before === undefined
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : { ConditionExpression: "revision = :before", ExpressionAttributeValues: { ":before": before } };
  const written = await attempt("be written", (client, TableName) =>
    client.send(new PutCommand({ TableName, Item, ...condition })),
  );
  return written !== undefined;
}
