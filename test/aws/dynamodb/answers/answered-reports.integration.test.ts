import { expect, it } from "@jest/globals";
import { statusOf } from "../../../../lib/answers/status.ts";
import { createReadAnswered } from "../../../../lib/aws/dynamodb/answers/answered-reports.ts";
import { createLedger } from "../../../../lib/aws/dynamodb/ledger.ts";
import type { ReportRecord } from "../../../../lib/decisions/report-record.ts";
import { NOON, weaponsReport } from "../../../support/fixtures.ts";
import { TABLE, useTable } from "../../../support/table.ts";

const table = useTable();
const AT = NOON.toISOString();
const DUE = "2026-11-21T13:00:00.000Z";

function recordOf(id: string): ReportRecord {
  const report = weaponsReport({ id, evidence: [{ url: "https://example.com/1.jpg" }] });
  return {
    ...{ key: `standard#${id}`, report, decidedAt: AT, mode: "enforce", policy: "0".repeat(64) },
    decision: { action: "pause", rule: "harmful", because: "rule harmful" },
    facts: { workedAt: AT, orders: [], duplicateOf: "standard#other" },
  };
}

it("reads what the status is made of, in every state of a report, and nothing else", async () => {
  const { dynamo, requests } = table.current;
  const ledger = createLedger(dynamo, TABLE);
  const read = createReadAnswered(dynamo, TABLE);
  const key = { source: "standard", id: "a#b/c?d%" };
  const record = recordOf(key.id);
  const statusNow = async () => {
    requests.length = 0;
    const found = await read(key);
    expect(requests.map(({ command }) => command)).toEqual(["GetItemCommand"]);
    return { found, status: found && statusOf(key, found) };
  };
  expect(await statusNow()).toEqual({ found: undefined, status: undefined });

  await ledger.recordDecision(record);
  const { receivedAt } = record.report;
  const decision = { action: "pause", rule: "harmful" };
  expect(await statusNow()).toEqual({
    found: { report: { receivedAt }, decision, decidedAt: AT },
    status: { ...key, status: "decided", receivedAt, decidedAt: AT, decision },
  });

  const clock = { openedAt: AT, dueAt: DUE };
  await ledger.closeReport(record.key, { outcome: "held", because: "limit-full", closedAt: AT, ...clock });
  expect((await statusNow()).status).toMatchObject({ status: "waiting", waitingUntil: DUE });

  const verdict = {
    verdict: "approved",
    by: "alice",
    at: AT,
    reason: "seen",
    orderId: "op-1",
    action: "pause",
  } as const;
  await ledger.writeVerdict(record.key, verdict, () => NOON);
  const approved = await statusNow();
  expect(approved.found?.verdict).toEqual({ verdict: "approved", at: AT, action: "pause" });
  expect(approved.status).toMatchObject({ status: "ordered", order: { action: "pause" } });
});

it("finds no other report: not one of another source, of the id's beginning, or of the same id used again", async () => {
  const { dynamo } = table.current;
  const ledger = createLedger(dynamo, TABLE);
  const read = createReadAnswered(dynamo, TABLE);
  await ledger.recordDecision(recordOf("msg_1"));
  await ledger.recordDecision(recordOf("msg_2 again 0123456789abcdef"));
  for (const [source, id] of [
    ["forum", "msg_1"],
    ["standard", "msg_"],
    ["standard", "msg_2"],
    ["standar", "d#msg_1"],
    ["standard#msg_1", ""],
  ] as const) {
    expect([source, id, await read({ source, id })]).toEqual([source, id, undefined]);
  }
  expect(await read({ source: "standard", id: "msg_1" })).toMatchObject({ decidedAt: AT });
});
