import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "@jest/globals";
import { createEventKeys } from "../../../lib/aws/dynamodb/notify/event-keys.ts";
import { parseEventsKeys, updateEntries } from "../../../lib/webhooks/events-keys.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
const entries = (current: string, previous?: string) =>
  updateEntries([], parseEventsKeys(JSON.stringify({ current, previous })), NOON);

it("the public keys are those that were stored last, and none before", async () => {
  const keys = createEventKeys(table.current.dynamo, TABLE);
  expect(await keys.read()).toEqual([]);
  for (const each of [entries("a".repeat(32)), entries("b".repeat(32), "a".repeat(32))]) {
    await keys.write(each);
    expect(await keys.read()).toEqual(each);
  }
});

it("an altered item, and a key that is none, are ERR_LEDGER", async () => {
  const keys = createEventKeys(table.current.dynamo, TABLE);
  const Item = { pk: "EVENT#keys", sk: "PUBLIC", keys: [{ id: "x", publicKey: "whsk_secret", since: "now" }] };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
  await expect(keys.read()).rejects.toMatchObject({ code: "ERR_LEDGER" });
  const wrong = keys.write([{ id: "0".repeat(16), publicKey: "whsk_secret", since: NOON.toISOString() }]);
  await expect(wrong).rejects.toMatchObject({ code: "ERR_LEDGER" });
});
