import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { readPlan, readPlanPart } from "../../../lib/plans/load-plan.ts";
import { MAX_PLAN_STREAMS, writePlanText } from "../../../lib/plans/plan.ts";
import { AT, applied, approval, cancelled, head, newOrderId, streams } from "../../ledger/plans-contract.ts";
import { NOON } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
const now = NOON;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE, { now: () => now });
});

describe("a plan", () => {
  it("is there once its head is, however many parts it has and however long the names are", async () => {
    const orderId = newOrderId();
    const longest = { domain: "d".repeat(255), app: "𝕒".repeat(128), stream: "𝕤".repeat(508) };
    const all = streams(MAX_PLAN_STREAMS).map((each, index) =>
      index < 100 ? { ...longest, stream: `${longest.stream}${String(index).padStart(4, "0")}` } : each,
    );
    table.current.requests.length = 0;
    await ledger.writePlan(orderId, writePlanText(head(orderId), all));
    const keys = table.current.requests.map(({ input }) => JSON.stringify((input.Item as { sk?: unknown }).sk));
    expect(keys.at(-1)).toBe('{"S":"PLAN"}');
    expect(keys).toHaveLength(51);
    const stored = await readPlan(orderId, ledger);
    expect(stored?.plan.count).toBe(MAX_PLAN_STREAMS);
    if (stored) expect(await readPlanPart(stored.plan, 0, ledger)).toEqual(all.slice(0, 100));
  });

  it("never takes the place of another one, and may be written again where an answer was lost", async () => {
    const orderId = newOrderId();
    const plan = writePlanText(head(orderId), streams(2));
    table.current.loseAnswerOf("PutItemCommand");
    await ledger.writePlan(orderId, plan);
    await ledger.writePlan(orderId, plan);
    for (const other of [writePlanText({ ...head(orderId), reason: "else" }, streams(2)), { ...plan, parts: ["[]"] }]) {
      await expect(ledger.writePlan(orderId, other)).rejects.toMatchObject({ code: "ERR_LEDGER" });
    }
    expect(await ledger.readPlanHead(orderId)).toBe(plan.head);
    expect(await ledger.readPlanPart(orderId, 0)).toBe(plan.parts[0]);
  });
});

it("the parts that an interrupted attempt left without a plan are replaced by those of the next attempt", async () => {
  const orderId = newOrderId();
  const [left, plan] = [
    writePlanText(head(orderId), streams(150)),
    writePlanText(head(orderId), streams(120, "other")),
  ];
  const item = { pk: `OPERATOR#${orderId}`, sk: "PART#0000", orderId, text: left.parts[0] };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: item }));
  await ledger.writePlan(orderId, plan);
  const stored = await readPlan(orderId, ledger);
  expect(stored && (await readPlanPart(stored.plan, 0, ledger))).toEqual(streams(100, "other"));
});

describe("what becomes of a plan", () => {
  it("is not applied for a second time where the answer to the first is lost", async () => {
    const orderId = newOrderId();
    table.current.loseAnswerOf("UpdateItemCommand");
    expect(await ledger.applyPlan(orderId, applied)).toBe(true);
  });

  it.each([
    { applied: { ...applied, breakGlass: "yes" } },
    { applied: { ...applied, appliedAt: "yesterday" } },
    { approval: { ...approval, approvedBy: "" } },
    { cancelled: true },
    { undos: [{ askedBy: "ana" }] },
  ])("is an error where it is not as written, so that nothing acts on it: %j", async (state) => {
    const orderId = newOrderId();
    const item = { pk: `OPERATOR#${orderId}`, sk: "STATE", orderId, ...state };
    await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: item }));
    await expect(ledger.readPlanState(orderId)).rejects.toMatchObject({ code: "ERR_LEDGER" });
  });
});

describe("the results of a batch", () => {
  it("stand where the worker writes, and the plan where only the incident function does", async () => {
    const orderId = newOrderId();
    table.current.requests.length = 0;
    await ledger.writeBatchResult(orderId, { index: 0, outcome: "verified", endedAt: AT, orderNumber: 1 });
    await ledger.writePlan(orderId, writePlanText(head(orderId), streams(1)));
    await ledger.cancelPlan(orderId, cancelled);
    const partitions = table.current.requests.map(({ input }) => {
      const of = (input.Item ?? input.Key) as { pk: { S: string } };
      return of.pk.S.split("#")[0];
    });
    expect(partitions).toEqual(["BATCH", "OPERATOR", "OPERATOR", "OPERATOR", "OPERATOR"]);
  });
});
