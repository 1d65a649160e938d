import { describe, expect, it } from "@jest/globals";
import { differenceOf, liveRequest } from "../../../console/plans/difference-of.ts";
import { exactRows, searched } from "../../../console/plans/exact-rows.ts";
import { madePlan, rememberPlan } from "../../../console/plans/made-plans.ts";
import { actsOf, doneByOthers, failuresOf, type State, stateOf } from "../../../console/plans/plan-state.ts";
import { planQuestion } from "../../../console/plans/question.ts";
import { operatorEventSchema } from "../../../lib/operator/contract/request.ts";
import type { BatchProgress, OrderRow, PlanResponse } from "../../../lib/operator/contract/response-schema.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const stream = (name: string, domain = "push.example.com") => ({ domain, app: "live", stream: name });
const plan = (change: Partial<PlanResponse> = {}): PlanResponse => ({
  ...{ orderId: "op-1", sha256: "5f2b".repeat(16), action: "disable", reason: "INC-1", requestedBy: "alice" },
  ...{ plannedAt: "2026-11-21T12:00:00.500Z", expiresAt: "2026-11-21T12:10:00Z", resumeTime: "2026-11-22T12:00:00Z" },
  ...{ streams: [stream("a"), stream("b")], skipped: [], alreadyOffKnown: true, estimatedSeconds: 1 },
  approvalThreshold: { most: 10, limit: "limit-total", needsApproval: [] },
  ...change,
});
const batch = (change: Partial<BatchProgress> = {}): BatchProgress => ({
  ...{ orderId: "op-1", planSha256: "5f2b".repeat(16), action: "disable", state: "planned", count: 2, outcomes: {} },
  left: 2,
  ...change,
});
const row = (state: State): OrderRow => ({
  ...{ orderId: "op-1", kind: "plan", state, madeAt: "2026-11-21T12:00:00Z", requestedBy: "alice" },
});

describe("the state of a plan", () => {
  const needing = plan({ approvalThreshold: { most: 10, limit: "limit-total", needsApproval: ["limit-total"] } });
  it.each<[string, Parameters<typeof stateOf>[0], State | undefined]>([
    ["needs nobody", { row: undefined, batch: batch(), plan: plan() }, "ready"],
    ["needs a second person", { row: row("ready"), batch: batch(), plan: needing }, "waiting-for-approval"],
    ["has one", { row: undefined, batch: batch({ approvedBy: "bob" }), plan: needing }, "ready"],
    [
      "runs, although the row is older",
      { row: row("ready"), batch: batch({ state: "running" }), plan: needing },
      "running",
    ],
    ["was undone", { row: row("undone"), batch: batch({ state: "done" }), plan: undefined }, "undone"],
    ["was altered", { row: row("altered"), batch: undefined, plan: undefined }, "altered"],
  ])("that %s", (_, known, state) => {
    expect(stateOf(known)).toBe(state);
  });
});

describe("what a person can do", () => {
  const acted = { action: "disable", kind: "plan", isApplied: true, resumeTime: "2026-11-22T12:00:00Z" } as const;
  it.each<[State, object, string[]]>([
    ["waiting-for-approval", {}, ["approve", "cancel"]],
    ["ready", {}, ["apply", "cancel", "approve"]],
    ["ready", { isApproved: true }, ["apply", "cancel"]],
    ["running", {}, ["cancel", "undo", "resume"]],
    ["running", { kind: "request" }, ["cancel", "undo"]],
    ["running", { action: "enable" }, ["cancel", "resume"]],
    ["done", {}, ["undo"]],
    ["done", { action: "pause" }, []],
    ["done", { action: "reject", hasOpenCases: true }, ["resume"]],
    ["done", { resumeTime: "2026-11-21T11:00:00Z" }, []],
    ["cancelled", {}, ["undo"]],
    ["cancelled", { isApplied: false }, []],
    ["expired", {}, []],
    ["undone", {}, []],
    ["altered", {}, ["cancel"]],
  ])("about what is %s (%j): %j", (state, change, acts) => {
    expect(actsOf({ state, ...acted, ...change }, NOW)).toEqual(acts);
  });
});

describe("the progress", () => {
  it("counts what did not succeed, and apart what was cancelled", () => {
    expect(failuresOf(batch({ outcomes: { verified: 3, failed: 1, unknown: 2, cancelled: 7 } }))).toBe(3);
  });

  it("says what another person did meanwhile", () => {
    const before = batch({ approvedBy: "bob" });
    expect(doneByOthers(before, before)).toEqual([]);
    expect(doneByOthers(before, batch({ approvedBy: "bob", appliedBy: "alice", cancelledBy: "carol" }))).toEqual([
      ["applied", "alice"],
      ["cancelled", "carol"],
    ]);
  });
});

describe("the question", () => {
  it("repeats what the plan does, as the command asks it", () => {
    const kept = { ...stream("c"), staysOff: { by: "op-2", until: "2026-11-23T00:00:00Z" } };
    const asked = plan({
      streams: [stream("a"), stream("b", "push2.example.com"), kept],
      selector: { domain: "push.example.com", app: "live", name: "raid-*", clientAddress: "192.0.2.7" },
      liveCount: 8_000,
      undoes: "op-0",
    });
    expect(planQuestion(asked)).toEqual([
      expect.stringMatching(
        /^disable 2 streams of push.example.com, push2.example.com until 2026-11-22 12:00:00 UTC \(\d+ \w+\)$/,
      ),
      "keep 1 stream disabled until another end",
      "found as raid-* of push.example.com/live from 192.0.2.7 (8,000 were live)",
      "undoing op-0",
      "SHA-256 5f2b5f2b5f2b…",
      "because INC-1",
    ]);
  });

  it("of a plan of verdicts names the verdict", () => {
    const cases = [{ report: "own#1", source: "own" }];
    expect(planQuestion(plan({ action: "reject", verdict: "reject", cases, streams: [] }))[0]).toBe("reject 1 case");
  });
});

describe("the difference to what is live now", () => {
  const parsed = (request: object) => operatorEventSchema.safeParse({ ...request, requestedBy: "ana" }).success;

  it("is asked by the selector of the plan, or by its domain", () => {
    const selector = { domain: "push.example.com", name: "raid-*" };
    const requests = [
      liveRequest(plan({ selector })),
      liveRequest(plan()),
      liveRequest(plan({ streams: [stream("a"), stream("b", "push2.example.com")] })),
    ];
    expect(requests).toMatchObject([{ selector }, { selector: { domain: "push.example.com" } }, { action: "live" }]);
    expect(requests[2]).not.toHaveProperty("selector");
    expect(requests.map(parsed)).toEqual([true, true, true]);
  });

  it("is what is planned and not live, and what is live, matches and is not planned", () => {
    const live = [stream("b"), stream("new"), { ...stream("stage"), leftOut: "protected-stream" as const }];
    const found = differenceOf(plan({ selector: { domain: "push.example.com" } }), live);
    expect(found).toEqual({ notLive: [stream("a")], notPlanned: [stream("new")], leftOut: [live[2]] });
    expect(differenceOf(plan(), live)).toEqual({ notLive: [stream("a")], notPlanned: [], leftOut: [] });
  });
});

describe("the exact list", () => {
  it("has the planned streams, or the results, or the cases", () => {
    expect(exactRows({ plan: plan(), results: [] }).map((each) => each.stream?.stream)).toEqual(["a", "b"]);
    const results = [
      { stream: stream("a"), outcome: "verified" as const },
      { stream: stream("a"), outcome: "failed" as const, error: "LIVE.1" },
    ];
    const rows = exactRows({ results });
    expect(new Set(rows.map(({ key }) => key)).size).toBe(2); // the same stream twice
    expect(searched(rows, { search: "", isOnlyFailed: true })).toEqual([rows[1]]);
    expect(searched(rows, { search: "live.1", isOnlyFailed: false })).toEqual([rows[1]]);
    const cases = [{ report: "own#1", source: "own", category: "spam" as const }];
    expect(exactRows({ plan: plan({ verdict: "reject", cases, streams: [] }), results: [] })).toMatchObject([
      { report: "own#1", category: "spam" },
    ]);
  });
});

it("a plan is remembered as it was made, and only the latest ones", () => {
  for (let index = 0; index < 30; index++) rememberPlan(plan({ orderId: `op-${index}` }));
  expect([madePlan("op-0"), madePlan("op-29")?.plan.orderId]).toEqual([undefined, "op-29"]);
});
