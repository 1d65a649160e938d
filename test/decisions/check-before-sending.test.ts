import { describe, expect, it } from "@jest/globals";
import { checkBeforeSending, outcomeOfRefusal, type Stage } from "../../lib/decisions/check-before-sending.ts";
import type { ModeRecord } from "../../lib/safeguards/mode.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";

const report = weaponsReport();
const enforce: ModeRecord = { mode: "enforce" };
const change = { changedAt: NOON.toISOString(), changedBy: "ana", reason: "INC-1" };
const check = (stage: Stage, given: Partial<Parameters<typeof checkBeforeSending>[2]> = {}, stream = report.stream) =>
  checkBeforeSending(
    stage,
    { stream, sources: [report.source], report },
    { mode: enforce, policy, now: NOON, ...given },
  );
const outside = { ...report.stream, domain: "other.example.com" };
const late = new Date(NOON.getTime() + (policy.maxReportAgeMinutes + 1) * 60_000);
const always = ["deciding", "placing", "sending"] as const;

describe("the check before sending", () => {
  it.each(always)("refuses in observe mode and while a source is frozen, when %s", (stage) => {
    expect(check(stage)).toBeUndefined();
    expect(check(stage, { mode: { mode: "observe", frozen: { [report.source]: change } } })).toBe("observed");
    expect(check(stage, { mode: { ...enforce, frozen: { [report.source]: change } } })).toBe("source-frozen");
    expect(check(stage, { mode: { ...enforce, frozen: { another: change } } })).toBeUndefined();
  });

  it.each(["placing", "sending"] as const)("refuses by scope, protection and age, when %s", (stage) => {
    expect(check(stage, {}, outside)).toBe("out-of-scope");
    expect(check(stage, { policy: { ...policy, protected: [report.stream] } })).toBe("protected-stream");
    expect(check(stage, { now: late })).toBe("too-old");
  });

  it("leaves scope, protection and age to the decision itself, when deciding", () => {
    expect(
      check("deciding", { policy: { ...policy, protected: [report.stream] }, now: late }, outside),
    ).toBeUndefined();
  });

  it("has no age limit without a report, as for a repair", () => {
    const action = { stream: report.stream, sources: [] };
    expect(checkBeforeSending("sending", action, { mode: enforce, policy, now: late })).toBeUndefined();
  });

  it("names how the report ends; a person reviews one whose order failed another check", () => {
    expect(["observed", "out-of-scope", "protected-stream", "source-frozen", "too-old"].map(outcomeOfRefusal)).toEqual([
      "observed",
      "refused",
      "review",
      "held",
      "review",
    ]);
    expect(["the resume time has passed", "constructor", undefined].map(outcomeOfRefusal)).toEqual([
      "review",
      "review",
      "review",
    ]);
  });
});
