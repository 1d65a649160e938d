/** What the role of `incident` lets it write for subscribers, decided by the statements of resources/roles.yml. */
import { expect, it } from "@jest/globals";
import { PUBLIC_KEYS } from "../../../lib/aws/dynamodb/notify/event-keys.ts";
import { dynamodbCalls } from "../../../local/iam/dynamodb-calls.ts";
import { place, sessionOf } from "./role-session.ts";

it("the role of incident stores replays, and no event, delivery or public key: receivers trust the keys", async () => {
  const { iam, key } = await sessionOf("IncidentRole");
  const writes = (operation: string, pk: string): boolean => {
    const id = { pk: { S: pk }, sk: { S: "1" } };
    const calls = dynamodbCalls(operation, { TableName: "Ledger", Item: id, Key: id }, place, () => "pk");
    return iam.authorize(key, calls) === undefined;
  };
  expect(writes("PutItem", "SUBSCRIBER#shop")).toBe(true);
  for (const pk of ["EVENT#stream.1", PUBLIC_KEYS.pk]) {
    for (const operation of ["PutItem", "UpdateItem", "DeleteItem"]) {
      expect([pk, operation, writes(operation, pk)]).toEqual([pk, operation, false]);
    }
  }
});
