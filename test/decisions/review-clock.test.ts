import { describe, expect, it } from "@jest/globals";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Decision } from "../../lib/decisions/decision.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import { clockAgain, clockIfHeld, reviewClock } from "../../lib/decisions/review-clock.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { policy as base, NOON, weaponsReport } from "../support/fixtures.ts";

const policy = policySchema.parse({
  ...base,
  sources: {
    standard: { adapter: "standard", grade: "A" },
    vendor: { adapter: "standard", grade: "A", kind: "authority" },
  },
  rules: [
    {
      id: "severe",
      categories: ["csam"],
      minScore: 0.5,
      urgent: true,
      action: "disable",
      disableHours: 1,
      reviewWithin: "20m",
    },
    { id: "unsure", categories: ["csam"], urgent: true, action: "review", reviewWithin: "15m" },
    { id: "harmful", categories: ["weapons"], action: "pause" },
  ],
});
const csam = (score: number) => weaponsReport({ category: "csam", score });
const by = (rule?: string): Decision => ({ action: "review", because: "rule", ...(rule !== undefined && { rule }) });
const within = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE_MS).toISOString();
const openedAt = NOON.toISOString();

describe("the clock of a case", () => {
  it("is set by the rule that asked", () => {
    const clock = reviewClock({ report: csam(0.3), decision: by("unsure") }, NOON, policy);
    expect(clock).toEqual({ review: "open", openedAt, dueAt: within(15), urgent: true });
  });

  it("is set by the rule that would have decided, if none was asked", () => {
    const [sure, unsure] = [0.9, 0.3].map((score) =>
      reviewClock({ report: csam(score), decision: by() }, NOON, policy),
    );
    expect(sure).toEqual({ review: "open", openedAt, dueAt: within(20), urgent: true });
    expect(unsure).toEqual({ review: "open", openedAt, dueAt: within(15), urgent: true });
  });

  it("is set by the rule that would decide now, if the one that asked is no longer there", () => {
    const clock = reviewClock({ report: csam(0.9), decision: by("gone") }, NOON, policy);
    expect(clock).toEqual({ review: "open", openedAt, dueAt: within(20), urgent: true });
  });

  it("is set by the kind of the source, if no rule says a time", () => {
    const report = weaponsReport();
    const decision = by("harmful");
    expect(reviewClock({ report, decision }, NOON, policy)).toEqual({
      review: "open",
      openedAt,
      dueAt: within(24 * 60),
    });
    expect(reviewClock({ report: { ...report, source: "vendor" }, decision }, NOON, policy)).toEqual({
      ...{ review: "open", openedAt, dueAt: within(60) },
    });
    expect(reviewClock({ report, decision }, NOON, policy, ["standard", "vendor"])).toEqual({
      review: "open",
      openedAt,
      dueAt: within(60),
    });
  });

  it("of a message that could not be translated is set by its source", () => {
    expect(reviewClock({ untranslated: { source: "vendor" } }, NOON, policy)).toEqual({
      review: "open",
      openedAt,
      dueAt: within(60),
    });
  });

  it("is a week, and never urgent, for a case of the sample, also if it is opened again", () => {
    const sample = { key: "standard#1", report: csam(0.3), decision: by("unsure"), sampled: 0.02 };
    const clock = { review: "open", openedAt, dueAt: within(7 * 24 * 60) };
    expect(clockIfHeld(sample, "verified", NOON, policy)).toEqual(clock);
    expect(clockAgain({ ...sample, outcome: "verified" } as ReportRecord, NOON, policy)).toEqual(clock);
    const held = { ...clock, dueAt: within(15), urgent: true };
    expect(clockIfHeld(sample, "held", NOON, policy)).toEqual(held);
    expect(clockAgain({ ...sample, outcome: "held" } as ReportRecord, NOON, policy)).toEqual(held);
  });

  it("is there only if the report waits for a person", () => {
    const record = { key: "standard#1", report: csam(0.3), decision: by("unsure") };
    for (const outcome of ["review", "held"] as const)
      expect(clockIfHeld(record, outcome, NOON, policy)).toMatchObject({ dueAt: within(15) });
    for (const outcome of ["ignored", "accepted", "verified", "refused", "observed", "failed"] as const)
      expect(clockIfHeld(record, outcome, NOON, policy)).toBeUndefined();
    expect(clockIfHeld({ ...record, key: "canary#1" }, "held", NOON, policy)).toBeUndefined();
  });
});
