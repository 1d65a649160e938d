import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { deadlineOf } from "../../lib/archive/review-deadline.ts";
import "../support/runs.ts";

const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString();
const ms = (minutes: number): number => Date.parse(at(minutes));
const dueAt = at(60);

describe("the deadline of a case", () => {
  it("is met by a verdict at its due time or before, and not by a later one", () => {
    expect(deadlineOf({ dueAt, verdict: { at: at(60) } }, ms(300))).toEqual({
      dueAt,
      state: "in-time",
      decidedAt: at(60),
    });
    expect(deadlineOf({ dueAt, verdict: { at: at(61) } }, ms(300))).toEqual({
      dueAt,
      state: "late",
      decidedAt: at(61),
    });
  });

  it("is missed without a verdict only after its due time", () => {
    expect([59, 60, 61].map((minutes) => deadlineOf({ dueAt }, ms(minutes))?.state)).toEqual([
      "open",
      "open",
      "missed",
    ]);
  });

  it("is that of the first verdict, also if it was taken back and the case got another due time", () => {
    const earlierVerdicts = [{ at: at(30) }, { at: at(200) }];
    expect(deadlineOf({ dueAt, earlierVerdicts }, ms(300))?.state).toBe("in-time");
    expect(deadlineOf({ dueAt, earlierVerdicts, verdict: { at: at(400) } }, ms(500))?.state).toBe("in-time");
    const reopened = { dueAt: at(500), earlierVerdicts: [{ at: at(90), dueAt }] };
    expect(deadlineOf(reopened, ms(300))).toEqual({ dueAt, state: "late", decidedAt: at(90) });
  });

  it("is unknown of a report that was never held for review, and of a case of before there were due times", () => {
    expect(deadlineOf({}, ms(300))).toBeUndefined();
    expect(deadlineOf({ verdict: { at: at(1) } }, ms(300))).toBeUndefined();
  });

  it("is nobody's concern in a sample case; an action that was drawn, but is held, has one", () => {
    const given = { dueAt, sampled: 0.02, verdict: { at: at(90) } };
    for (const outcome of ["accepted", "verified", "observed"])
      expect(deadlineOf({ ...given, outcome }, ms(300))).toBeUndefined();
    expect(deadlineOf({ ...given, outcome: "held" }, ms(300))?.state).toBe("late");
  });

  it("stays what it is once there is a verdict, and once it is missed without one", () => {
    const minutes = fc.nat(1_000);
    fc.assert(
      fc.property(minutes, minutes, minutes, fc.option(minutes, { nil: undefined }), (due, now, later, decided) => {
        const given = { dueAt: at(due), ...(decided !== undefined && { verdict: { at: at(decided) } }) };
        const state = deadlineOf(given, ms(now))?.state;
        if (state !== "open") expect(deadlineOf(given, ms(now + later))?.state).toBe(state);
      }),
    );
  });
});
