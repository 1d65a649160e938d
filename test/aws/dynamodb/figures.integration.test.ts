/** What figures are made of, on DynamoDB: the index `figures`, and the records of reporters. */
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { createReadCases } from "../../../lib/aws/dynamodb/past-cases.ts";
import { createReporterStore } from "../../../lib/aws/dynamodb/reporters.ts";
import { DAY_MS } from "../../../lib/core/time.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import type { ReporterStore } from "../../../lib/precision/reporter-store.ts";
import { record } from "../../ledger/records.ts";
import { NOON, weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
let ledger: Ledger;
let reporters: ReporterStore;
let source: string;
beforeEach(() => {
  ledger = createLedger(table.current.dynamo, TABLE);
  reporters = createReporterStore(table.current.dynamo, TABLE);
  source = randomUUID();
});
const days = (count: number) => new Date(NOON.getTime() + count * DAY_MS);
const decided = (name: string, at: Date, change: Parameters<typeof record>[1] = {}) =>
  ledger.recordDecision(record(weaponsReport({ source: name }), { decidedAt: at.toISOString(), ...change }));

describe("the index of figures", () => {
  it("has a source's reports of the time, newest first, over months, with what people said and nothing personal", async () => {
    const { key } = await decided(source, NOON, { sampled: 0.5 });
    await decided(source, days(-40));
    await decided(source, days(-100));
    await decided(`${source}-2`, NOON);
    await ledger.closeReport(key, { outcome: "verified", closedAt: NOON.toISOString() });
    await ledger.addOverturn(key, { because: "policy", by: "ana", at: NOON.toISOString(), reason: "a toy" });
    const { cases, isWhole } = await createReadCases(table.current.dynamo, TABLE)(source, days(-90), days(1));
    expect(isWhole).toBe(true);
    expect(cases.map(({ decidedAt }) => decidedAt)).toEqual([NOON.toISOString(), days(-40).toISOString()]);
    expect(cases[0]).toEqual({
      ...{ key, decidedAt: NOON.toISOString(), outcome: "verified", sampled: 0.5 },
      claimed: {
        category: "weapons",
        score: 0.9,
        action: "pause",
        rule: "harmful",
        stream: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      overturns: [{ because: "policy", by: "ana", at: NOON.toISOString(), reason: "a toy" }],
    });
  });

  it("says where it stops, has neither canary nor re-publishes, and shows none of its own attributes in a report", async () => {
    for (let each = 0; each < 5; each++) await decided(source, days(-each));
    const republish = { after: 1, times: 1 };
    const { key } = await decided(source, NOON, { decision: { action: "review", because: "x", republish } });
    const { cases, isWhole } = await createReadCases(table.current.dynamo, TABLE, 3)(source, days(-90), days(1));
    expect({ isWhole, count: cases.length }).toEqual({ isWhole: false, count: 3 });
    expect(cases.map((each) => each.key)).not.toContain(key);
    expect(Object.keys((await ledger.readReport(cases[0]?.key ?? "")) ?? {})).not.toContain("claimed");
  });
});

describe("a statement that an action was wrong", () => {
  const statement = { because: "policy", by: "ana", at: NOON.toISOString(), reason: "a toy" } as const;

  it("is there once also if the answer of its write is lost", async () => {
    const { key } = await decided(source, NOON);
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.addOverturn(key, statement);
    expect((await ledger.readReport(key))?.overturns).toEqual([statement]);
    const orderId = `op-${randomUUID()}`;
    table.current.loseAnswerOf("UpdateItemCommand");
    await ledger.addOrderOverturn(orderId, statement);
    expect((await ledger.readPlanState(orderId)).overturns).toEqual([statement]);
  });
});

describe("the record of a reporter", () => {
  const at = (count: number) => days(count).toISOString();
  const report = async (reporterHash = "a".repeat(32)) => {
    const key = `${source}#${randomUUID()}`;
    await ledger.linkReporter(key, { reporterHash, expiresAt: at(7) });
    return { key, source };
  };
  const sums = async () => {
    const all = await reporters.listReporters(source, 10);
    return all.map(({ right, wrong }) => [right, wrong]);
  };

  it("counts each report once, halves in 30 days, and takes back what a correction corrects", async () => {
    const [one, other] = [await report(), await report()];
    await reporters.countReport(one, { isRight: true, at: at(0) });
    await reporters.countReport(one, { isRight: true, at: at(0) });
    expect(await sums()).toEqual([[1, 0]]);
    await reporters.countReport(other, { isRight: false, at: at(30) });
    expect(await sums()).toEqual([[0.5, 1]]);
    await reporters.countReport(one, { isRight: false, at: at(60) });
    expect(await sums()).toEqual([[0, 1.5]]);
  });

  it.each([
    ["link with the report", 0],
    ["record", 1],
  ])("counts once also if the answer of the write of the %s is lost", async (_, writesBefore) => {
    const one = await report();
    table.current.loseAnswerOf("UpdateItemCommand", undefined, writesBefore);
    await reporters.countReport(one, { isRight: true, at: at(0) });
    expect(await sums()).toEqual([[1, 0]]);
    await reporters.countReport(one, { isRight: true, at: at(0) });
    expect(await sums()).toEqual([[1, 0]]);
  });

  it("counts nothing for a report without a link", async () => {
    await reporters.countReport({ key: `${source}#unknown`, source }, { isRight: true, at: at(0) });
    expect(await sums()).toEqual([]);
  });

  it("keeps reporters apart, and counts verdicts at the same time", async () => {
    const reports = await Promise.all(["a", "a", "a", "b"].map((name) => report(name.repeat(32))));
    await Promise.all(reports.map((each) => reporters.countReport(each, { isRight: true, at: at(0) })));
    expect(await sums()).toEqual([
      [3, 0],
      [1, 0],
    ]);
  });
});
