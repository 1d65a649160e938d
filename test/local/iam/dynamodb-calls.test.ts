import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import { runs } from "../../support/runs.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/Ledger";
const keyOf = (table: string, index?: string) =>
  ({ Ledger: "pk", "Ledger/byTime": "hour", Numbers: "n" })[index === undefined ? table : `${table}/${index}`];
/** Without the attributes: dynamodb-attributes.test.ts. */
const callsOf = (operation: string, body: unknown) =>
  dynamodbCalls(operation, body, place, keyOf).map(({ context, ...call }) => {
    const { "dynamodb:Attributes": _attributes, "dynamodb:Select": _select, ...rest } = context;
    return { ...call, context: rest };
  });
const TableName = "Ledger";
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "1" } });
const leading = (...keys: string[]) => ({ "dynamodb:LeadingKeys": keys });

describe("a request to DynamoDB needs", () => {
  it.each([
    ["GetItem", { TableName, Key: key("STREAM#1") }, "STREAM#1"],
    ["UpdateItem", { TableName, Key: key("CONTROL") }, "CONTROL"],
    ["DeleteItem", { TableName, Key: key("LIMITS") }, "LIMITS"],
    ["PutItem", { TableName, Item: { ...key("REPORT#a#b"), pk2: { S: "x" } } }, "REPORT#a#b"],
    ["GetItem", { TableName: TABLE, Key: key("named by its ARN") }, "named by its ARN"],
    [
      "Query",
      {
        TableName,
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :s)",
        ExpressionAttributeValues: { ":pk": { S: "STREAM#1" }, ":s": { S: "O" } },
      },
      "STREAM#1",
    ],
    [
      "Query",
      {
        TableName,
        KeyConditionExpression: "#s = :s AND #p = :p",
        ExpressionAttributeNames: { "#p": "pk", "#s": "sk" },
        ExpressionAttributeValues: { ":p": { S: "the partition" }, ":s": { S: "not this" } },
      },
      "the partition",
    ],
  ])("the action on the table with the partition key: %s %#", (operation, body, value) => {
    expect(callsOf(operation, body)).toEqual([
      { action: `dynamodb:${operation}`, resource: TABLE, context: leading(value) },
    ]);
  });

  it("the index of a query, and the index's own key", () => {
    const query = {
      ...{ TableName, IndexName: "byTime", KeyConditionExpression: "#hour = :hour AND #at BETWEEN :since AND :until" },
      ExpressionAttributeNames: { "#hour": "hour", "#at": "at" },
      ExpressionAttributeValues: { ":hour": { S: "2026-11-30T04" }, ":since": { S: "a" }, ":until": { S: "b" } },
    };
    expect(callsOf("Query", query)).toEqual([
      { action: "dynamodb:Query", resource: `${TABLE}/index/byTime`, context: leading("2026-11-30T04") },
    ]);
  });

  it("for a transaction the action of each part, with the operation that encloses it", () => {
    const inside = (pk: string) => ({ ...leading(pk), "dynamodb:EnclosingOperation": "TransactWriteItems" });
    const TransactItems = [
      { Put: { TableName, Item: key("A") } },
      { Update: { TableName, Key: key("B") } },
      { Delete: { TableName, Key: key("C") } },
      { ConditionCheck: { TableName, Key: key("D") } },
    ];
    expect(callsOf("TransactWriteItems", { TransactItems })).toEqual([
      { action: "dynamodb:PutItem", resource: TABLE, context: inside("A") },
      { action: "dynamodb:UpdateItem", resource: TABLE, context: inside("B") },
      { action: "dynamodb:DeleteItem", resource: TABLE, context: inside("C") },
      { action: "dynamodb:ConditionCheckItem", resource: TABLE, context: inside("D") },
    ]);
    expect(callsOf("TransactGetItems", { TransactItems: [{ Get: { TableName, Key: key("E") } }] })).toMatchObject([
      { action: "dynamodb:GetItem", context: { "dynamodb:EnclosingOperation": "TransactGetItems" } },
    ]);
  });

  it("for a batch the batch's own action on each table, with every key", () => {
    const puts = [
      { PutRequest: { Item: key("A") } },
      { DeleteRequest: { Key: key("B") } },
      { PutRequest: { Item: key("A") } },
    ];
    expect(
      callsOf("BatchWriteItem", {
        RequestItems: { Ledger: puts, Numbers: [{ DeleteRequest: { Key: { n: { N: "7" } } } }] },
      }),
    ).toEqual([
      { action: "dynamodb:BatchWriteItem", resource: TABLE, context: leading("A", "B") },
      { action: "dynamodb:BatchWriteItem", resource: TABLE.replace("Ledger", "Numbers"), context: leading("7") },
    ]);
    expect(callsOf("BatchGetItem", { RequestItems: { Ledger: { Keys: [key("C"), key("D")] } } })).toEqual([
      { action: "dynamodb:BatchGetItem", resource: TABLE, context: leading("C", "D") },
    ]);
  });

  it("no key for a scan, so that ForAllValues holds, as on AWS", () => {
    expect(callsOf("Scan", { TableName })).toEqual([{ action: "dynamodb:Scan", resource: TABLE, context: {} }]);
  });

  it("no resource to list tables", () => {
    expect(callsOf("ListTables", {})).toEqual([{ action: "dynamodb:ListTables", resource: "*", context: {} }]);
  });
});

it("a key that cannot be found is a key that no pattern matches: it never disappears from the context", () => {
  const anything = fc.oneof(fc.constant(undefined), fc.jsonValue());
  const operation = fc.constantFrom("GetItem", "PutItem", "UpdateItem", "Query");
  fc.assert(
    fc.property(operation, fc.constantFrom("Ledger", "Unknown"), anything, (name, table, value) => {
      const body = {
        GetItem: { TableName: table, Key: { pk: value } },
        UpdateItem: { TableName: table, Key: value ?? {} },
        PutItem: { TableName: table, Item: { pk: value } },
        Query: { TableName: table, KeyConditionExpression: JSON.stringify(value) ?? "" },
      }[name];
      const [call] = callsOf(name ?? "", body);
      expect(call?.context["dynamodb:LeadingKeys"]).toHaveLength(1);
    }),
    { numRuns: runs(300) },
  );
});
