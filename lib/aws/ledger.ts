/**
 * The ledger on one DynamoDB table: conditional writes, strongly consistent reads, no transactions.
 *
 * | pk | sk | what | written by |
 * | --- | --- | --- | --- |
 * | `REPORT#source#id` | `REPORT` | a report, its decision, its outcome | worker |
 * | `STREAM#sha256` | `ORDER#0000000001` … | the orders of a stream with their attempts; the number is the lock | worker, incident |
 * | `STREAM#sha256` | `LOCK` | who acts on the stream, until when | worker |
 * | `OPERATOR#orderId` | `ORDER#000000` … | what an operator asked for, a stream each | incident |
 * | `CONTROL` | `MODE`, `CHANGE#time#sha256` | observe or enforce; every change | incident |
 *
 * Items that are read by time carry `hour` and `at` for the index `byTime`. A stream's key is a hash, for its three names together
 * may be longer than a key can be; the names stand in the item.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { LOCK_MS } from "../deadlines.ts";
import { OffairError } from "../errors.ts";
import { faultsOf, formatFaults } from "../faults.ts";
import {
  type Ledger,
  type ModeRecord,
  type OperatorOrder,
  type OrderEnd,
  operatorOrderSchema,
  type ReportRecord,
} from "../moderation/ledger.ts";
import { type Attempt, isKept, type Order, type OrderDraft } from "../moderation/order.ts";
import { type Stream, streamKey } from "../stream.ts";

const RECENT = 50;

const streamPk = (stream: Stream): string => `STREAM#${createHash("sha256").update(streamKey(stream)).digest("hex")}`;
const orderSk = (number: number): string => `ORDER#${String(number).padStart(10, "0")}`;
const reportId = (key: string) => ({ pk: `REPORT#${key}`, sk: "REPORT" });
const byTime = (at: string) => ({ hour: at.slice(0, 13), at });

type Item = Record<string, unknown>;
/** What we wrote ourselves, less the table's own attributes. */
const unwrap = <T>({ pk: _pk, sk: _sk, hour: _hour, at: _at, ...rest }: Item): T => rest as T;

/** Parsed, and not only unwrapped: on this item somebody's stream is taken off or put on. */
function operatorOrder(item: Item): OperatorOrder {
  const { data, error } = operatorOrderSchema.safeParse(item);
  if (error)
    throw new OffairError("ERR_LEDGER", `an operator's order is not as written: ${formatFaults(faultsOf(error))}`);
  return data;
}

export function createLedger(dynamo: DynamoDBClient, table: string): Ledger {
  const client = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });

  /** Runs one request; `undefined` when its condition did not hold. */
  async function attempt<T>(what: string, request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return undefined;
      throw new OffairError("ERR_LEDGER", `the ledger cannot ${what}`, { cause });
    }
  }

  const get = async (key: { pk: string; sk: string }): Promise<Item | undefined> =>
    (await attempt("be read", () => client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))))
      ?.Item;

  /** Writes an item under a key that is free; false: it was not. */
  const put = async (item: Item): Promise<boolean> =>
    (await attempt("be written", () =>
      client.send(new PutCommand({ TableName: table, Item: item, ConditionExpression: "attribute_not_exists(pk)" })),
    )) !== undefined;

  /** Sets and removes attributes of an item; false: the condition did not hold. */
  async function update(key: { pk: string; sk: string }, change: Change): Promise<boolean> {
    const { set = {}, append, remove = [], condition, values = {} } = change;
    const names = [...Object.keys(set), ...remove];
    const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
    if (append) sets.push("attempts = list_append(attempts, :append)");
    const expression = [
      sets.length > 0 ? `SET ${sets.join(", ")}` : "",
      remove.length > 0 ? `REMOVE ${remove.map((name) => `#${name}`).join(", ")}` : "",
    ];
    const written = await attempt("be written", () =>
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: key,
          UpdateExpression: expression.join(" ").trim(),
          ConditionExpression: condition,
          ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names.map((n) => [`#${n}`, n])) }),
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
            ...(append && { ":append": append }),
            ...values,
          },
        }),
      ),
    );
    return written !== undefined;
  }

  async function* pages(pk: string, prefix: string, limit: number, forward: boolean): AsyncGenerator<Item[]> {
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
  }

  async function recentOrders(stream: Stream, limit = RECENT): Promise<Order[]> {
    for await (const items of pages(streamPk(stream), "ORDER#", limit, false)) return items.map(unwrap<Order>);
    return [];
  }

  async function orderOf(stream: Stream, cause: string): Promise<Order | undefined> {
    for await (const items of pages(streamPk(stream), "ORDER#", RECENT, false)) {
      const found = items.map(unwrap<Order>).find(({ authority }) => authority.cause === cause);
      if (found) return found;
    }
    return undefined;
  }

  async function placeOrder(
    draft: OrderDraft & Partial<OrderEnd>,
    unless: (orders: readonly Order[]) => boolean = () => false,
  ): Promise<Order | undefined> {
    for (;;) {
      const orders = await recentOrders(draft.stream);
      const isMine = ({ authority }: Order): boolean => authority.cause === draft.authority.cause;
      const placed =
        orders.find(isMine) ??
        (orders.length === RECENT ? await orderOf(draft.stream, draft.authority.cause) : undefined);
      if (placed) return placed;
      if (unless(orders)) return undefined;
      const order: Order = { ...draft, number: (orders[0]?.number ?? 0) + 1, attempts: [] };
      const key = { pk: streamPk(draft.stream), sk: orderSk(order.number) };
      if (await put({ ...key, ...order, ...byTime(draft.placedAt) })) return order;
      // Another order took the number in this moment: look at them all again.
    }
  }

  const orderKey = ({ stream, number }: Order) => ({ pk: streamPk(stream), sk: orderSk(number) });

  return {
    async readReport(key) {
      const item = await get(reportId(key));
      return item && unwrap<ReportRecord>(item);
    },

    async recordDecision(record) {
      if (await put({ ...reportId(record.key), ...withoutReporter(record), ...byTime(record.decidedAt) }))
        return record;
      const item = await get(reportId(record.key));
      if (!item) throw new OffairError("ERR_LEDGER", "a decision that was there is gone");
      return unwrap<ReportRecord>(item);
    },

    async closeReport(key, end) {
      await update(reportId(key), { set: end, condition: "attribute_exists(pk) AND attribute_not_exists(outcome)" });
    },

    recentOrders,
    placeOrder,

    async lockStream(stream, holder, now) {
      const key = { pk: streamPk(stream), sk: "LOCK" };
      const locked = await update(key, {
        set: { holder, until: now.getTime() + LOCK_MS },
        // Our own name: an attempt of this very request whose answer was lost, repeated by the SDK.
        condition: "attribute_not_exists(#holder) OR #until < :now OR #holder = :holder",
        values: { ":now": now.getTime() },
      });
      if (!locked) throw new OffairError("ERR_BUSY", "another worker acts on this stream", { stream });
    },

    async unlockStream(stream, holder) {
      const key = { pk: streamPk(stream), sk: "LOCK" };
      await update(key, { remove: ["holder"], condition: "#holder = :holder", values: { ":holder": holder } });
    },

    async beginAttempt(order, at) {
      const { sendingSince } = order;
      const lost: Attempt[] = sendingSince === undefined ? [] : [{ at: sendingSince, result: "unknown" }];
      const begun = await update(orderKey(order), {
        set: { sendingSince: at },
        append: lost,
        condition: `attribute_exists(pk) AND attribute_not_exists(outcome) AND ${
          sendingSince === undefined ? "attribute_not_exists(sendingSince)" : "#sendingSince = :before"
        }`,
        ...(sendingSince !== undefined && { values: { ":before": sendingSince } }),
      });
      if (!begun) throw new OffairError("ERR_BUSY", "another worker carries out this order", { stream: order.stream });
      return { ...order, attempts: [...order.attempts, ...lost], sendingSince: at };
    },

    async endAttempt(order, tried, end) {
      const set: Partial<OrderEnd> = end ?? {};
      // Only the attempt that is under way: not twice when an answer is lost, nor one that another worker has taken for lost.
      const condition = "attribute_exists(pk) AND attribute_not_exists(outcome) AND #sendingSince = :began";
      return update(orderKey(order), {
        set: { ...set },
        append: isKept(order.attempts, tried) ? [tried] : [],
        remove: ["sendingSince"],
        condition,
        values: { ":began": tried.at },
      });
    },

    async endOrder(order, end) {
      const condition = "attribute_exists(pk) AND attribute_not_exists(outcome)";
      return update(orderKey(order), { set: { ...end }, condition });
    },

    async writeOperatorOrders(orders) {
      for (const order of orders) {
        const key = { pk: `OPERATOR#${order.orderId}`, sk: `ORDER#${String(order.index).padStart(6, "0")}` };
        if (await put({ ...key, ...order, ...byTime(order.requestedAt) })) continue;
        const stored = await get(key); // this very one, if the SDK repeated a request whose answer was lost
        if (!stored || !isDeepStrictEqual(unwrap(stored), { ...order })) {
          throw new OffairError("ERR_LEDGER", `the order ${order.orderId} exists already`);
        }
      }
    },

    async readOperatorOrder(orderId, index) {
      const item = await get({ pk: `OPERATOR#${orderId}`, sk: `ORDER#${String(index).padStart(6, "0")}` });
      return item && operatorOrder(item);
    },

    async listOperatorOrders(orderId) {
      const orders: OperatorOrder[] = [];
      for await (const items of pages(`OPERATOR#${orderId}`, "ORDER#", RECENT, true)) {
        orders.push(...items.map(operatorOrder));
      }
      return orders;
    },

    async readMode() {
      const item = await get({ pk: "CONTROL", sk: "MODE" });
      if (!item) return { mode: "observe" };
      const record = unwrap<ModeRecord>(item);
      if (record.mode === "observe" || record.mode === "enforce") return record;
      throw new OffairError("ERR_LEDGER", "the stored mode is neither observe nor enforce"); // so nothing acts
    },

    async writeMode(mode) {
      // The change first: a mode that nobody can account for is worse than a change that did not come about.
      const change = createHash("sha256").update(JSON.stringify(mode)).digest("hex"); // two may come in one millisecond
      await put({ pk: "CONTROL", sk: `CHANGE#${mode.changedAt}#${change}`, ...mode, ...byTime(mode.changedAt) });
      await update({ pk: "CONTROL", sk: "MODE" }, { set: { ...mode } });
    },
  };
}

interface Change {
  readonly set?: object;
  /** To the list `attempts`. */
  readonly append?: readonly Attempt[];
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values?: Item;
}

/** Who reported is personal, and nothing here needs it yet: it is not stored. */
const withoutReporter = (record: ReportRecord): ReportRecord => {
  const { reporter: _reporter, ...report } = record.report;
  return { ...record, report };
};
