import { describe, expect, it } from "@jest/globals";
import type { LedgerEvent } from "../../lib/archive/line-schemas.ts";
import { MAX_SOURCES, reviewFiguresSchema } from "../../lib/archive/review-figures.ts";
import { countReviews, createDecidedReviews, type OpenReviews } from "../../lib/audit/count-reviews.ts";
import { MAX_CASES } from "../../lib/audit/page/model.ts";
import type { ReportRecord, UntranslatedRecord } from "../../lib/decisions/report-record.ts";
import { weaponsReport } from "../support/fixtures.ts";

const at = (time: string): string => `2026-11-21T${time}.000Z`;
const FROM = new Date(at("12:55:00"));
const now = () => new Date(at("14:00:10"));

/** Held since 11:00, due at 13:00. */
function held(id: string, change: Partial<ReportRecord> = {}, source = "hive"): ReportRecord {
  const report = weaponsReport({ id, source });
  return {
    ...{ key: `${source}#${id}`, report, decidedAt: at("11:00:00"), mode: "enforce", policy: "p", outcome: "held" },
    ...{ decision: { action: "review", because: "rule" }, facts: { workedAt: at("11:00:00"), orders: [] } },
    ...{ review: "open", openedAt: at("11:00:00"), dueAt: at("13:00:00") },
    ...change,
  };
}
const untranslated = (id: string, change: Partial<UntranslatedRecord> = {}): UntranslatedRecord => ({
  ...{ key: `own#${id}`, decidedAt: at("10:30:00"), outcome: "review", because: "untranslatable", review: "open" },
  untranslated: { source: "own", id, receivedAt: at("10:30:00"), bodySha256: "0".repeat(64), problem: "x" } as never,
  ...{ openedAt: at("10:30:00"), dueAt: at("18:30:00") },
  ...change,
});
const verdict = (time: string) => ({ verdict: "rejected", by: "ana", at: at(time), reason: "seen" }) as const;
const takenBack = { by: "ben", at: at("13:20:00"), reason: "look again" };
function decidedOf(...records: readonly (ReportRecord | UntranslatedRecord)[]) {
  const { decided, note } = createDecidedReviews(FROM);
  for (const record of records) {
    const event =
      "report" in record ? { kind: "report", report: record } : { kind: "untranslated", untranslated: record };
    note({ at: at("13:00:00"), ...event } as LedgerEvent);
  }
  return decided;
}
const opens =
  (...pages: readonly (ReportRecord | UntranslatedRecord)[][]): OpenReviews =>
  async (_limit, after = "0") => {
    const next = Number(after) + 1;
    return { records: pages[Number(after)] ?? [], ...(next < pages.length && { next: String(next) }) };
  };

describe("the reviews of an audit", () => {
  it("are what was decided during its export, in time or late, and what waits, by source", async () => {
    const decided = decidedOf(
      held("1", { verdict: verdict("12:59:00") }),
      held("2", { verdict: verdict("13:00:01") }),
      held("3", { verdict: verdict("12:54:59") }), // of the export before; it changed since
      held("4", { verdict: verdict("13:30:00"), earlierVerdicts: [{ ...verdict("12:56:00"), takenBack }] }),
      untranslated("5", { verdict: verdict("13:10:00") }),
      held("6"),
    );
    const openReviews = opens(
      [held("7"), held("8", { openedAt: at("09:00:00"), dueAt: at("12:00:00") }), untranslated("9")],
      [held("10", { dueAt: at("14:00:10") }), held("11", { verdict: verdict("13:59:00") })],
    );
    const { figures, missed } = await countReviews(decided, { openReviews, now });
    expect(figures).toEqual({
      ...{ at: at("14:00:10"), inTime: 3, late: 1, open: 4, missed: 2, oldest: at("09:00:00") },
      sources: [
        { source: "hive", inTime: 2, late: 1, open: 3, missed: 2, oldest: at("09:00:00") },
        { source: "own", inTime: 1, late: 0, open: 1, missed: 0, oldest: at("10:30:00") },
      ],
    });
    expect(missed).toMatchObject([
      { key: "hive#7", dueAt: at("13:00:00"), stream: { app: "live" } },
      { key: "hive#8", dueAt: at("12:00:00") },
    ]);
    expect(reviewFiguresSchema.parse(figures)).toEqual(figures);
  });

  it("are none where nothing waits and nothing was exported", async () => {
    const { figures, missed } = await countReviews([], { openReviews: opens(), now });
    expect(figures).toEqual({ at: at("14:00:10"), inTime: 0, late: 0, open: 0, missed: 0, sources: [] });
    expect(missed).toEqual([]);
  });

  it("count a case of before there were due times as open, and the canary as nothing", async () => {
    const { dueAt: _due, openedAt: _opened, ...old } = held("1");
    const openReviews = opens([old, held("2", {}, "canary")]);
    const { figures } = await countReviews([], { openReviews, now });
    expect(figures).toMatchObject({ open: 1, missed: 0, oldest: at("11:00:00"), sources: [{ source: "hive" }] });
  });

  it("have no case of the sample, which nobody is alerted about, neither decided nor waiting", async () => {
    const sample = { sampled: 0.02, outcome: "verified" } as const;
    const decided = decidedOf(held("1", { ...sample, verdict: verdict("13:10:00") }));
    const openReviews = opens([held("2", sample), held("3", { sampled: 0.02 })]);
    const { figures, missed } = await countReviews(decided, { openReviews, now });
    expect(figures).toMatchObject({ inTime: 0, late: 0, open: 1, missed: 1 });
    expect(missed).toMatchObject([{ key: "hive#3" }]);
  });

  it("are bounded: of more cases than an audit reads they say that there are more, and of many sources they keep the totals", async () => {
    const sources = Array.from({ length: MAX_SOURCES + 5 }, (_, index) => `source-${index}`);
    const page = Array.from({ length: 100 }, (_, index) => held(`${index}`, {}, sources[index % sources.length]));
    const endless: OpenReviews = async () => ({ records: page, next: "more" });
    const { figures, missed } = await countReviews([], { openReviews: endless, now });
    expect(figures).toMatchObject({ open: 2_000, missed: 2_000, isPartial: true });
    expect([figures.sources.length, missed.length]).toEqual([MAX_SOURCES, MAX_CASES]);
    expect(reviewFiguresSchema.parse(figures)).toEqual(figures);
  });
});
