import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { statusOf } from "../../lib/answers/status.ts";
import { reportStatusSchema } from "../../lib/answers/status-schema.ts";
import type { Decision } from "../../lib/decisions/decision.ts";
import type { ReportOutcome, ReportRecord, Verdict } from "../../lib/decisions/report-record.ts";
import { NOON, weaponsReport } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

const AT = NOON.toISOString();
const LATER = "2026-11-21T12:00:09.000Z";
const UNTIL = "2026-11-28T12:00:00.000Z";
const key = { source: "standard", id: "msg_1" };

const pause: Decision = { action: "pause", rule: "harmful", because: "rule harmful" };
const disable: Decision = { action: "disable", rule: "severe", because: "rule severe", resumeTime: UNTIL };
const review: Decision = { action: "review", rule: "unsure", because: "rule unsure" };
const ignore: Decision = { action: "ignore", because: "no-rule" };

const record = (change: Partial<ReportRecord> = {}): ReportRecord => ({
  key: "standard#msg_1",
  report: weaponsReport(key),
  decision: pause,
  facts: { workedAt: AT, orders: [] },
  decidedAt: AT,
  mode: "enforce",
  policy: "0".repeat(64),
  ...change,
});

const verdict = (change: Partial<Verdict>): Verdict => ({
  ...{ verdict: "approved", by: "arn:aws:iam::1:user/alice", at: LATER, reason: "seen by two people", orderId: "op-1" },
  ...change,
});

const decided = { ...key, receivedAt: AT, decidedAt: AT };
const paused = { action: "pause", rule: "harmful" };

describe("the status of a report", () => {
  it.each<[string, Partial<ReportRecord>, object]>([
    ["that is being acted on", {}, { status: "decided", decision: paused }],
    [
      "that paused its stream",
      { outcome: "accepted", orderNumber: 3, closedAt: LATER },
      {
        status: "done",
        outcome: "accepted",
        outcomeAt: LATER,
        decision: paused,
        order: { action: "pause", number: 3 },
      },
    ],
    [
      "that disabled its stream",
      { decision: disable, outcome: "verified", orderNumber: 1, closedAt: LATER },
      {
        ...{ status: "done", outcome: "verified", outcomeAt: LATER, decision: { action: "disable", rule: "severe" } },
        order: { action: "disable", number: 1, resumeTime: UNTIL },
      },
    ],
    [
      "that no rule acts on",
      { decision: ignore, outcome: "ignored", closedAt: AT },
      { status: "done", outcome: "ignored", outcomeAt: AT, decision: { action: "ignore" } },
    ],
    [
      "that would have acted",
      { outcome: "observed", closedAt: AT, because: "observe", mode: "observe" },
      { status: "done", outcome: "observed", outcomeAt: AT, decision: paused },
    ],
    [
      "that waits for a person",
      { decision: review, outcome: "review", review: "open", openedAt: AT, dueAt: UNTIL, closedAt: AT },
      { status: "waiting", waitingUntil: UNTIL, decision: { action: "review", rule: "unsure" } },
    ],
    [
      "that is held because a limit is full",
      { outcome: "held", because: "limit-full", review: "open", openedAt: AT, dueAt: UNTIL, closedAt: AT },
      { status: "waiting", waitingUntil: UNTIL, decision: paused },
    ],
    [
      "that waits, from before cases had a due time",
      { decision: review, outcome: "review", review: "open", closedAt: AT },
      { status: "waiting", decision: { action: "review", rule: "unsure" } },
    ],
    [
      "that a person approved",
      { outcome: "held", dueAt: UNTIL, closedAt: AT, verdict: verdict({ action: "disable", resumeTime: UNTIL }) },
      { status: "ordered", decision: paused, order: { action: "disable", resumeTime: UNTIL } },
    ],
    ...(["enable", undefined] as const).map((action): [string, Partial<ReportRecord>, object] => [
      `that is an appeal, which a person granted, with the action ${action}`,
      {
        ...{ decision: { action: "review", because: "appeal" }, outcome: "review", dueAt: UNTIL, closedAt: AT },
        verdict: verdict(action ? { action } : {}),
      },
      { status: "done", outcome: "granted", outcomeAt: LATER, decision: { action: "review" } },
    ]),
    [
      "that a person rejected",
      { outcome: "held", dueAt: UNTIL, closedAt: AT, verdict: verdict({ verdict: "rejected" }) },
      { status: "done", outcome: "rejected", outcomeAt: LATER, decision: paused },
    ],
    [
      "that waits again, because the verdict was taken back",
      {
        ...{ outcome: "held", review: "open", dueAt: UNTIL, closedAt: AT },
        earlierVerdicts: [{ ...verdict({}), takenBack: { by: "alice", at: LATER, reason: "by mistake" } }],
      },
      { status: "waiting", waitingUntil: UNTIL, decision: paused },
    ],
    [
      "that paused its stream, and whose sample case was judged to be wrong",
      {
        ...{ outcome: "verified", orderNumber: 3, closedAt: LATER, sampled: 0.1 },
        verdict: verdict({ verdict: "rejected" }),
      },
      {
        status: "done",
        outcome: "verified",
        outcomeAt: LATER,
        decision: paused,
        order: { action: "pause", number: 3 },
      },
    ],
  ])("%s", (_, change, expected) => {
    expect(statusOf(key, record(change))).toEqual({ ...decided, ...expected });
  });
});

/** Marks each text that the sender must not see. */
const SECRET = "NOT-FOR-THE-SENDER";
const hidden = fc.stringMatching(/^[a-z]{0,8}$/).map((text) => `${SECRET}${text}`);
const instant = fc.constantFrom(AT, LATER, UNTIL);
const remark = fc.record({ by: hidden, at: instant, reason: hidden });
const optional = { requiredKeys: ["key", "report", "decision", "facts", "decidedAt", "mode", "policy"] as const };

const outcomes: ReportOutcome[] = [
  ...(["accepted", "verified", "unverified", "unknown", "refused", "held", "failed", "superseded"] as const),
  ...(["ignored", "review", "observed"] as const),
];
const anyVerdict = fc.record(
  {
    verdict: fc.constantFrom("approved" as const, "rejected" as const),
    ...{ by: hidden, at: instant, reason: hidden, orderId: hidden },
    ...{ action: fc.constantFrom("pause" as const, "disable" as const, "enable" as const), resumeTime: instant },
  },
  { requiredKeys: ["verdict", "by", "at", "reason"] },
);
const anyRecord = fc
  .record(
    {
      key: fc.constant("standard#msg_1"),
      report: fc.record({ reason: hidden, reporter: hidden, url: hidden, receivedAt: instant }).map((text) => ({
        ...weaponsReport({ ...key, reason: text.reason, receivedAt: text.receivedAt }),
        ...{
          evidence: [{ url: text.url }],
          reporterHash: text.reporter,
          stream: { domain: text.url, app: "a", stream: "s" },
        },
      })),
      decision: fc
        .tuple(fc.constantFrom(pause, disable, review, ignore), hidden)
        .map(([one, because]) => ({ ...one, because })),
      facts: hidden.map((text) => ({
        ...{ workedAt: AT, orders: [], duplicateOf: text },
        others: [{ source: text, category: "weapons" as const, receivedAt: AT }],
      })),
      ...{ decidedAt: instant, closedAt: instant, openedAt: instant, dueAt: instant, heldUntil: instant },
      ...{
        mode: fc.constantFrom("enforce" as const, "observe" as const),
        policy: hidden,
        traceId: hidden,
        because: hidden,
      },
      ...{
        outcome: fc.constantFrom(...outcomes),
        orderNumber: fc.integer({ min: 1, max: 99 }),
        sampled: fc.constant(0.1),
      },
      ...{ review: fc.constant("open" as const), verdict: anyVerdict, heldBy: hidden, secondOpinion: remark },
      notes: fc.array(fc.record({ by: hidden, at: instant, text: hidden }), { maxLength: 2 }),
      overturns: fc.array(remark.map((each) => ({ ...each, kind: "complaint" })) as fc.Arbitrary<never>, {
        maxLength: 2,
      }),
      earlierVerdicts: fc.array(
        fc.tuple(anyVerdict, remark).map(([one, takenBack]) => ({ ...one, takenBack })),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [...optional.requiredKeys] },
  )
  .map((one) => one as unknown as ReportRecord);

describe("the status of any report", () => {
  it("is one of the documented states, and has nothing that the sender must not see", () => {
    fc.assert(
      fc.property(anyRecord, (one) => {
        const status = statusOf(key, one);
        expect(reportStatusSchema.parse(JSON.parse(JSON.stringify(status)))).toEqual(status);
        expect(JSON.stringify(status)).not.toContain(SECRET);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("does not depend on what people noted, on other reports, or on how it was decided", () => {
    fc.assert(
      fc.property(anyRecord, (one) => {
        const { report, decision, decidedAt, outcome, closedAt, orderNumber, dueAt, verdict: given } = one;
        const least = {
          ...{ report: { receivedAt: report.receivedAt }, decision, decidedAt },
          ...(outcome !== undefined && { outcome }),
          ...(closedAt !== undefined && { closedAt }),
          ...(orderNumber !== undefined && { orderNumber }),
          ...(dueAt !== undefined && { dueAt }),
          ...(given !== undefined && { verdict: given }),
        };
        expect(statusOf(key, least)).toEqual(statusOf(key, one));
      }),
    );
  });
});
