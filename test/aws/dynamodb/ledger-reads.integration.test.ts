import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
});
const commands = () => table.current.requests.map(({ command }) => command);
const cancelled = { cancelledBy: "ben", cancelledAt: NOON.toISOString(), reason: "stop" };

it("ten who ask for the same in one moment share one consistent read, and each gets the answer", async () => {
  const orderId = `op-${randomUUID()}`;
  await ledger.cancelPlan(orderId, cancelled);
  table.current.requests.length = 0;
  const states = await Promise.all(Array.from({ length: 10 }, () => ledger.readPlanState(orderId)));
  expect(states).toEqual(states.map(() => ({ cancelled })));
  expect(table.current.requests).toMatchObject([{ command: "GetItemCommand", input: { ConsistentRead: true } }]);
});

it("who asks for another item, or a moment later, is not answered with what somebody else was", async () => {
  const [orderId, another] = [`op-${randomUUID()}`, `op-${randomUUID()}`];
  const early = ledger.readPlanState(orderId);
  const other = ledger.readPlanState(another);
  await Promise.resolve().then(() => {}); // the first one is on its way
  const late = ledger.cancelPlan(orderId, cancelled).then(() => ledger.readPlanState(orderId));
  expect(await late).toEqual({ cancelled });
  expect(await other).toEqual({});
  await early;
  expect(commands().filter((command) => command === "GetItemCommand")).toHaveLength(4);
});

it("a read that fails fails for all who wait for it, and the next one is made anew", async () => {
  const gone = createLedger(table.current.dynamo, "no-such-table");
  const both = await Promise.allSettled([gone.readMode(), gone.readMode()]);
  expect(both).toMatchObject([{ reason: { code: "ERR_LEDGER" } }, { reason: { code: "ERR_LEDGER" } }]);
  await expect(gone.readMode()).rejects.toMatchObject({ code: "ERR_LEDGER" });
  expect(commands()).toEqual(["GetItemCommand", "GetItemCommand"]);
});
