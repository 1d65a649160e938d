import { describe, expect, it } from "@jest/globals";
import { attributesOf } from "../../../local/iam/dynamodb-attributes.ts";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";

const place = { region: "eu-central-1", accountId: "000000000000" };
const Key = { pk: { S: "A" }, sk: { S: "1" } };
const contextOf = (operation: string, body: object) =>
  dynamodbCalls(operation, { TableName: "Ledger", ...body }, place, () => "pk")[0]?.context;

describe("the attributes of a request to DynamoDB are", () => {
  it.each<[string, object, string[]]>([
    ["those of the key, if it names no others", { Key }, ["pk", "sk"]],
    ["those of the item that is written", { Item: { ...Key, outcome: { S: "x" } } }, ["pk", "sk", "outcome"]],
    [
      "the first names of the paths that are read",
      {
        Key,
        ProjectionExpression: "#r.#a, notes[0].text, due-At",
        ExpressionAttributeNames: { "#r": "report", "#a": "at" },
      },
      ["pk", "sk", "report", "notes", "due-At"],
    ],
    [
      "those that are set, removed, added to, or only part of a condition",
      {
        Key,
        UpdateExpression: "SET #a = if_not_exists(#b, :zero), c.d = :v REMOVE e ADD f :one",
        ConditionExpression: "attribute_exists(g) AND NOT h IN (:v, :one) AND size (i) BETWEEN :one AND :v",
        ExpressionAttributeNames: { "#a": "outbox", "#b": "outboxAt" },
      },
      ["pk", "sk", "outbox", "outboxAt", "c", "e", "f", "g", "h", "i"],
    ],
    [
      "those of a query's key and filter",
      { KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)", FilterExpression: "outcome <> :v" },
      ["pk", "sk", "outcome"],
    ],
  ])("%s", (_, fields, names) => {
    expect(attributesOf({ ...fields }).sort()).toEqual(names.sort());
  });

  it("supplied to IAM with each request, each part of a transaction, and each table of a batch", () => {
    expect(contextOf("UpdateItem", { Key, UpdateExpression: "SET a = :v" })).toMatchObject({
      "dynamodb:Attributes": ["pk", "sk", "a"],
    });
    const TransactItems = [{ Put: { TableName: "Ledger", Item: { ...Key, b: { S: "x" } } } }];
    expect(contextOf("TransactWriteItems", { TransactItems })).toMatchObject({
      "dynamodb:Attributes": ["pk", "sk", "b"],
    });
    const RequestItems = { Ledger: [{ PutRequest: { Item: { ...Key, c: { S: "x" } } } }, { DeleteRequest: { Key } }] };
    expect(contextOf("BatchWriteItem", { RequestItems })).toMatchObject({ "dynamodb:Attributes": ["pk", "sk", "c"] });
  });
});

describe("what a read selects", () => {
  it.each<[string, object, string | undefined]>([
    ["GetItem", { Key }, "ALL_ATTRIBUTES"],
    ["GetItem", { Key, ProjectionExpression: "a" }, "SPECIFIC_ATTRIBUTES"],
    ["Query", { KeyConditionExpression: "pk = :pk", Select: "COUNT" }, "COUNT"],
    ["BatchGetItem", { RequestItems: { Ledger: { Keys: [Key], ProjectionExpression: "a" } } }, "SPECIFIC_ATTRIBUTES"],
    ["BatchGetItem", { RequestItems: { Ledger: { Keys: [Key] } } }, "ALL_ATTRIBUTES"],
    ["UpdateItem", { Key }, undefined],
  ])("by %s %j is %s", (operation, body, select) => {
    expect(contextOf(operation, body)?.["dynamodb:Select"]).toBe(select);
  });
});
