import { describe, expect, it } from "@jest/globals";
import { createJudgedSources } from "../../lib/audit/judged-sources.ts";
import { judgedSources } from "../../lib/audit/page/judged.ts";
import type { HistoryPoint } from "../../lib/audit/page/model.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { LedgerEvent } from "../../lib/ledger/export-event.ts";
import { record } from "../ledger/records.ts";
import { weaponsReport } from "../support/fixtures.ts";

const FROM = new Date("2026-11-21T11:00:00Z");
const BEFORE = "2026-11-21T10:00:00.000Z";
const DURING = "2026-11-21T11:30:00.000Z";

const event = (id: string, change: Partial<ReportRecord>, source = "standard"): LedgerEvent => ({
  ...{ kind: "report", at: DURING },
  report: record(weaponsReport({ id, source }), change),
});
const approved = (at: string) => ({ verdict: { verdict: "approved" as const, by: "ana", at, reason: "seen" } });
const overturned = (at: string) => ({
  overturns: [{ because: "false-positive" as const, by: "ana", at, reason: "a toy" }],
});
function judged(events: readonly LedgerEvent[]) {
  const all = createJudgedSources(FROM);
  for (const each of events) all.note(each);
  return all.result();
}

describe("what people said during an export", () => {
  it("counts by source, each report by its newest statement, and nothing that was said before", () => {
    expect(
      judged([
        event("1", approved(DURING)),
        event("2", overturned(DURING)),
        event("3", approved(BEFORE)),
        event("4", {}),
        event("5", approved(DURING), "form"),
        event("6", approved(DURING), "canary"),
      ]),
    ).toEqual([
      { source: "form", right: 1, wrong: 0 },
      { source: "standard", right: 1, wrong: 1 },
    ]);
  });

  it("takes back what a correction corrects", () => {
    expect(judged([event("1", { ...approved(BEFORE), ...overturned(DURING) })])).toEqual([
      { source: "standard", right: -1, wrong: 1 },
    ]);
  });
});

describe("the section of the page", () => {
  const point = (right: number, wrong: number): HistoryPoint => ({
    ...{ kind: "audit", slot: DURING, scheduled: true, domains: [] },
    figures: { reasons: [], otherReasons: 0, timeToOff: [], judged: [{ source: "a<b", right, wrong }] },
  });

  it("adds the hours up, without an interval, and shows names as text", () => {
    const text = judgedSources([point(12, 1), point(-1, 1)]).source;
    expect(text).toContain('<bdi class="name">a&lt;b</bdi>');
    expect(text).toMatch(/>11<.*>2<.*>84\.6 %</s);
  });

  it("says so if nobody said anything", () => {
    expect(judgedSources([]).source).toContain("People have said of no report whether it was right");
  });
});
