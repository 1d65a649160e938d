/** What the ledger, the admission and the chain rely on of DynamoDB. */
import { randomUUID } from "node:crypto";
import { type AttributeValue, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { itExcept } from "../../support/implementation.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let pk: string;
beforeEach(() => {
  pk = `of-${randomUUID()}`;
});

type Fields = Record<string, unknown>;
const send = () => table.current.documents;
const put = (sk: string, fields: Fields = {}, more: Partial<PutCommandInput> = {}) =>
  send().send(new PutCommand({ TableName: TABLE, Item: { pk, sk, ...fields }, ...more }));
const get = async (sk: string) =>
  (await send().send(new GetCommand({ TableName: TABLE, Key: { pk, sk }, ConsistentRead: true }))).Item;
const update = (sk: string, input: Partial<UpdateCommandInput>) =>
  send().send(new UpdateCommand({ TableName: TABLE, Key: { pk, sk }, ReturnValues: "ALL_NEW", ...input }));
const query = (input: Partial<QueryCommandInput> = {}) =>
  send().send(
    new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": pk, ":prefix": "" },
      ConsistentRead: true,
      ...input,
    }),
  );
const byTime = (hour: string, input: Partial<QueryCommandInput> = {}) =>
  query({
    IndexName: "byTime",
    KeyConditionExpression: "#hour = :hour",
    ExpressionAttributeNames: { "#hour": "hour" },
    ExpressionAttributeValues: { ":hour": hour },
    ConsistentRead: false,
    ...input,
  });
const RULES = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";
const REFUSED = { name: "ConditionalCheckFailedException", $metadata: { httpStatusCode: 400 } };
const INVALID = { name: "ValidationException", $metadata: { httpStatusCode: 400 } };
const NEW = { ConditionExpression: "attribute_not_exists(pk)" };

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html */
describe("a condition", () => {
  it("lets one of many racing writers create an item", async () => {
    const racing = Array.from({ length: 20 }, (_, writer) => put("a", { writer }, NEW));
    const outcomes = await Promise.allSettled(racing);
    const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
    expect(winners).toEqual([(await get("a"))?.writer]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(REFUSED);
    }
  });

  it("on an attribute of an item that does not exist fails, and an update with it creates nothing", async () => {
    const input = {
      UpdateExpression: "SET x = :x",
      ConditionExpression: "#n < :x",
      ExpressionAttributeValues: { ":x": 1 },
    };
    await expect(update("a", { ...input, ExpressionAttributeNames: { "#n": "n" } })).rejects.toMatchObject(REFUSED);
    expect(await get("a")).toBeUndefined();
  });

  const compared = (operator: string, value: unknown) =>
    update("a", {
      UpdateExpression: "REMOVE nothing",
      ConditionExpression: `#v ${operator} :v`,
      ExpressionAttributeNames: { "#v": "value" },
      ExpressionAttributeValues: { ":v": value },
    });

  it("compares numbers as numbers", async () => {
    await put("a", { value: 9 });
    await expect(compared("<", 10)).resolves.toBeDefined();
    await expect(compared(">", 10)).rejects.toMatchObject(REFUSED);
  });

  itExcept({ moto: `it answers 500. ${RULES}/Expressions.OperatorsAndFunctions.html` })(
    "does not hold between a number and a text",
    async () => {
      await put("a", { value: 9 });
      await expect(compared("<", "10")).rejects.toMatchObject(REFUSED);
      await expect(compared(">", "10")).rejects.toMatchObject(REFUSED);
    },
  );

  itExcept({
    ours: `dynalite compares UTF-16 code units; no condition of offair orders other text than times. ${RULES}/HowItWorks.NamingRulesDataTypes.html`,
  })("orders text by its UTF-8 bytes", async () => {
    await put("a", { value: "\uff01" });
    await expect(compared("<", "\u{1f600}")).resolves.toBeDefined();
    await expect(compared(">", "\u{1f600}")).rejects.toMatchObject(REFUSED);
  });

  it("reads the result of the write before: twenty increments at once count twenty", async () => {
    const countUp = async (): Promise<void> => {
      const { n = 0 } = (await get("a")) ?? {};
      const input = {
        UpdateExpression: "SET n = :next",
        ConditionExpression: n === 0 ? "attribute_not_exists(n)" : "n = :n",
        ExpressionAttributeValues: { ":next": n + 1, ...(n > 0 && { ":n": n }) },
      };
      await update("a", input).catch((failure) => {
        expect(failure).toMatchObject(REFUSED);
        return countUp();
      });
    };
    await Promise.all(Array.from({ length: 20 }, countUp));
    expect((await get("a"))?.n).toBe(20);
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
describe("an update", () => {
  it("reads every value of its expression before it writes one", async () => {
    await put("a", { first: 1, second: 2 });
    const { Attributes } = await update("a", {
      UpdateExpression: "SET #f = #s, #s = #f",
      ExpressionAttributeNames: { "#f": "first", "#s": "second" },
    });
    expect(Attributes).toMatchObject({ first: 2, second: 1 });
  });

  it("creates the item with a default, keeps existing attributes, and removes a missing one without an error", async () => {
    const set = {
      UpdateExpression: "SET #m = if_not_exists(#m, :m) REMOVE gone",
      ExpressionAttributeNames: { "#m": "mode" },
    };
    await update("a", { ...set, ExpressionAttributeValues: { ":m": "observe" } });
    const { Attributes } = await update("a", { ...set, ExpressionAttributeValues: { ":m": "enforce" } });
    expect(Attributes).toEqual({ pk, sk: "a", mode: "observe" });
  });

  it.each([
    ["of a key", { UpdateExpression: "SET sk = :v", ExpressionAttributeValues: { ":v": "b" } }],
    ["with a reserved word", { UpdateExpression: "SET hour = :v", ExpressionAttributeValues: { ":v": "b" } }],
    [
      "with a value that it does not use",
      { UpdateExpression: "SET a = :v", ExpressionAttributeValues: { ":v": 1, ":w": 1 } },
    ],
    ["with a name that it does not use", { UpdateExpression: "REMOVE a", ExpressionAttributeNames: { "#b": "b" } }],
    ["of one path twice", { UpdateExpression: "SET a = :v REMOVE a", ExpressionAttributeValues: { ":v": 1 } }],
    ["below what is not there", { UpdateExpression: "SET a.b = :v", ExpressionAttributeValues: { ":v": 1 } }],
    ["with an empty expression", { UpdateExpression: "" }],
  ])("is refused %s", async (_, input) => {
    await put("a", { kept: true });
    await expect(update("a", input)).rejects.toMatchObject(INVALID);
    expect(await get("a")).toEqual({ pk, sk: "a", kept: true });
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
describe("limits", () => {
  const overhead = () => Buffer.byteLength(`pk${pk}ska`) + "body".length;

  itExcept({ moto: `it counts the bytes of its own JSON. ${RULES}/CapacityUnitCalculations.html` })(
    "take an item of 400 KiB with its names, and not a byte more",
    async () => {
      const body = "x".repeat(400 * 1024 - overhead());
      await put("a", { body });
      expect((await get("a"))?.body).toHaveLength(body.length);
      await expect(put("a", { body: `${body}x` })).rejects.toMatchObject(INVALID);
    },
  );

  it("refuse an update that makes an item too large, and keep the item", async () => {
    await put("a", { body: "x".repeat(200 * 1024) });
    const more = update("a", {
      UpdateExpression: "SET more = :m",
      ExpressionAttributeValues: { ":m": "x".repeat(250 * 1024) },
    });
    await expect(more).rejects.toMatchObject(INVALID);
    expect(await get("a")).not.toHaveProperty("more");
  });

  it("take a partition key of 2,048 bytes and a sort key of 1,024", async () => {
    pk = "é".repeat(1_024);
    await put("é".repeat(512));
    await expect(put(`${"é".repeat(512)}x`)).rejects.toMatchObject(INVALID);
    pk += "x";
    await expect(put("a")).rejects.toMatchObject(INVALID);
  });

  it("take an empty text, but not as a key, nor as a key of an index", async () => {
    await put("a", { empty: "", list: [""] });
    expect(await get("a")).toMatchObject({ empty: "", list: [""] });
    await expect(put("")).rejects.toMatchObject(INVALID);
    await expect(put("a", { hour: "", at: "1" })).rejects.toMatchObject(INVALID);
  });

  itExcept({ moto: `it takes any type. ${RULES}/GSI.html` })("take a key of an index only of its type", async () => {
    await expect(put("a", { hour: 5, at: "1" })).rejects.toMatchObject(INVALID);
  });

  const number = async (N: string): Promise<string | undefined> => {
    const Key: Record<string, AttributeValue> = { pk: { S: pk }, sk: { S: "a" } };
    const { dynamo } = table.current;
    await dynamo.send(new PutItemCommand({ TableName: TABLE, Item: { ...Key, n: { N } } }));
    return (await dynamo.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }))).Item?.n?.N;
  };

  it.each([
    "12345678901234567890123456789012345678",
    "1234567890123456789012345678901234567.8",
    "-0.00000000000000000000000000000000000001",
  ])("keep the 38 digits of the number %s", async (digits) => {
    expect(await number(digits)).toBe(digits);
  });

  itExcept({ moto: `it takes them. ${RULES}/HowItWorks.NamingRulesDataTypes.html` })(
    "refuse a number of more digits, and one beyond 10^126",
    async () => {
      await expect(number("123456789012345678901234567890123456789")).rejects.toMatchObject(INVALID);
      await expect(number("1e126")).rejects.toMatchObject(INVALID);
    },
  );

  it("refuse text that is no number", async () => {
    await expect(number("NaN")).rejects.toMatchObject(INVALID);
  });

  itExcept({ moto: `it answers 500. ${RULES}/Constraints.html` })("let an expression have 4,096 bytes", async () => {
    const names = Array.from({ length: 600 }, (_, i) => `a${String(i).padStart(4, "0")}`);
    const long = update("a", { UpdateExpression: `REMOVE ${names.join(", ")}` });
    await expect(long).rejects.toMatchObject(INVALID);
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html */
describe("a query", () => {
  const sks = async (input: Partial<QueryCommandInput> = {}) => ((await query(input)).Items ?? []).map(({ sk }) => sk);

  it("orders by the UTF-8 bytes of the sort key, in both directions", async () => {
    const keys = ["a", "a b", "Z", "é", "\uff01", "\u{1f600}", "\u{10ffff}", "\u0001"];
    for (const sk of keys) await put(sk);
    const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const all = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": pk } };
    expect(await sks(all)).toEqual(sorted);
    expect(await sks({ ...all, ScanIndexForward: false })).toEqual(sorted.toReversed());
    expect(await sks({ ...all, ScanIndexForward: false, Limit: 1 })).toEqual(["\u{10ffff}"]);
  });

  it("takes a prefix by its bytes", async () => {
    for (const sk of ["order#1", "order#2", "order", "orders", "operator#1"]) await put(sk);
    expect(await sks({ ExpressionAttributeValues: { ":pk": pk, ":prefix": "order#" } })).toEqual([
      "order#1",
      "order#2",
    ]);
  });

  it("has both ends of BETWEEN", async () => {
    for (const sk of ["1", "2", "3", "4"]) await put(sk);
    const between = { KeyConditionExpression: "pk = :pk AND sk BETWEEN :a AND :b" };
    expect(await sks({ ...between, ExpressionAttributeValues: { ":pk": pk, ":a": "2", ":b": "3" } })).toEqual([
      "2",
      "3",
    ]);
  });

  itExcept({ moto: `it answers no items. ${RULES}/Query.html` })(
    "is refused with a BETWEEN that ends before it begins",
    async () => {
      const reversed = query({
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :a AND :b",
        ExpressionAttributeValues: { ":pk": pk, ":a": "3", ":b": "2" },
      });
      await expect(reversed).rejects.toMatchObject(INVALID);
    },
  );

  it("ends a page after 1 MB, and the next one goes on without a gap", async () => {
    const body = "x".repeat(300_000);
    for (const sk of ["1", "2", "3", "4", "5"]) await put(sk, { body });
    const all = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": pk } };
    const first = await query(all);
    expect(first.Items?.length).toBeLessThan(5);
    const second = await query({ ...all, ExclusiveStartKey: first.LastEvaluatedKey });
    expect([...(first.Items ?? []), ...(second.Items ?? [])].map(({ sk }) => sk)).toEqual(["1", "2", "3", "4", "5"]);
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  it("counts its limit and its pages before the filter, so that a page may be empty and not be the last", async () => {
    for (const sk of ["1", "2", "3"]) await put(sk, { n: Number(sk) });
    const filter = {
      KeyConditionExpression: "pk = :pk",
      FilterExpression: "n = :n",
      ExpressionAttributeValues: { ":pk": pk, ":n": 3 },
      Limit: 2,
    };
    const first = await query(filter);
    expect([first.Items, first.ScannedCount, first.LastEvaluatedKey]).toEqual([[], 2, { pk, sk: "2" }]);
    const second = await query({ ...filter, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second.Items).toMatchObject([{ sk: "3" }]);
  });

  it("is refused without the partition key, and with a consistent read of an index", async () => {
    const noKey = query({ KeyConditionExpression: "sk = :sk", ExpressionAttributeValues: { ":sk": "a" } });
    await expect(noKey).rejects.toMatchObject(INVALID);
    await expect(byTime("an hour", { ConsistentRead: true })).rejects.toMatchObject(INVALID);
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
describe("the index", () => {
  it("has only items with both of its keys, and loses one whose key is removed", async () => {
    const hour = `hour-${pk}`;
    await put("both", { hour, at: "1" });
    await put("one", { hour });
    await put("none", { at: "1" });
    expect((await byTime(hour)).Items?.map(({ sk }) => sk)).toEqual(["both"]);
    await update("both", { UpdateExpression: "REMOVE #hour", ExpressionAttributeNames: { "#hour": "hour" } });
    expect((await byTime(hour)).Items).toEqual([]);
  });

  it("returns items with equal keys once each, over pages that end between them", async () => {
    const hour = `hour-${pk}`;
    const keys = Array.from({ length: 7 }, (_, i) => `item-${i}`);
    for (const sk of keys) await put(sk, { hour, at: "same" });
    const found: unknown[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await byTime(hour, { Limit: 2, ExclusiveStartKey: from });
      found.push(...(page.Items ?? []).map(({ sk }) => sk));
      from = page.LastEvaluatedKey;
      if (from) expect(Object.keys(from).sort()).toEqual(["at", "hour", "pk", "sk"]);
    } while (from);
    expect(found.toSorted()).toEqual(keys);
  });

  it("moves an item whose key changes", async () => {
    const [before, after] = [`hour-${pk}-1`, `hour-${pk}-2`];
    await put("a", { hour: before, at: "1" });
    await put("a", { hour: after, at: "1" });
    expect([(await byTime(before)).Items?.length, (await byTime(after)).Items?.length]).toEqual([0, 1]);
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html: deleted within days, read until then */
it("an item whose time to live is over is read until it is deleted", async () => {
  await put("a", { expiresAt: Math.floor(Date.now() / 1_000) - 60 });
  expect(await get("a")).toMatchObject({ sk: "a" });
});
