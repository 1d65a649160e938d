/** What the role of `notify` lets it write, decided by the statements of resources/roles.yml. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import { eventsCalls } from "../../../local/iam/events-calls.ts";
import type { Iam } from "../../../local/iam/iam.ts";
import { place, sessionOf } from "./role-session.ts";

let iam: Iam;
let key: string;
beforeAll(async () => {
  ({ iam, key } = await sessionOf("NotifyRole"));
});

function updates(pk: string, UpdateExpression: string): boolean {
  const body = { TableName: "Ledger", Key: { pk: { S: pk }, sk: { S: "1" } }, UpdateExpression };
  const calls = dynamodbCalls("UpdateItem", body, place, () => "pk");
  return iam.authorize(key, calls) === undefined;
}
function writes(operation: string, pk: string): boolean {
  const id = { pk: { S: pk }, sk: { S: "1" } };
  const calls = dynamodbCalls(operation, { TableName: "Ledger", Item: id, Key: id }, place, () => "pk");
  return iam.authorize(key, calls) === undefined;
}
function puts(entry: object): boolean {
  const event = { EventBusName: "offair-local", Source: "offair", DetailType: "stream.paused", ...entry };
  return iam.authorize(key, eventsCalls("PutEvents", { Entries: [event] }, place)) === undefined;
}

const OTHERS = ["STREAM#1", "REPORT#standard#1", "OPERATOR#op-1", "CONTROL", "NOTICE#audit.drift", "KEY#worker"];

describe("the role of notify", () => {
  it.each(OTHERS)("writes of %s only that its events are published", (pk) => {
    expect(updates(pk, "SET published = :ids REMOVE outbox, outboxAt")).toBe(true);
    for (const name of ["outcome", "verdict", "decision", "mode", "action", "state"]) {
      expect([name, updates(pk, `SET published = :ids, ${name} = :value`)]).toEqual([name, false]);
    }
    expect(["PutItem", "DeleteItem"].map((operation) => writes(operation, pk))).toEqual([false, false]);
  });

  it("writes its own log, deliveries and subscriptions, and deletes none", () => {
    for (const pk of ["EVENT#stream.1", "SUBSCRIBER#shop"]) {
      expect([writes("PutItem", pk), updates(pk, "SET sent = :number")]).toEqual([true, true]);
      expect(writes("DeleteItem", pk)).toBe(false);
    }
  });

  it("writes no batch, limit, reporter or audit", () => {
    for (const pk of ["BATCH#op-1", "LIMITS", "REPORTER#standard", "AUDIT", "CLOCK", "CANARY", "ROTATION#worker"]) {
      expect([pk, updates(pk, "SET published = :ids")]).toEqual([pk, false]);
    }
  });

  it("puts events of offair on the stage's bus, and none with another source or on another bus", () => {
    expect(puts({})).toBe(true);
    expect(puts({ Source: "aws.ec2" })).toBe(false);
    expect(puts({ Source: undefined })).toBe(false);
    expect(puts({ EventBusName: "default" })).toBe(false);
  });
});
