import { describe, expect, it } from "@jest/globals";
import { followOutcomes, questionsOf } from "../../../console/off/change.ts";
import { hasFailed } from "../../../lib/operator/contract/response.ts";
import type { OperatorResponse, Result } from "../../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../../lib/operator/contract/shorter.ts";

const named = (name: string, change: Partial<Result> = {}): Result => ({
  stream: { domain: "push.example.com", app: "live", stream: name },
  resumeTime: "2026-03-15T09:00:00Z",
  ...change,
});

describe("the questions before a change", () => {
  it("are about a disable that would end earlier, also one without a known end", () => {
    const results = [
      named("a", { previousResumeTime: "2026-03-16T09:00:00Z" }),
      named("b", { previousResumeTime: null }),
      named("c", { previousResumeTime: "2026-03-14T09:00:00Z" }),
      named("d"),
    ];
    expect(results.map(shortens)).toEqual([true, true, false, false]);
    expect(questionsOf(results, "disable").shortened).toBe(2);
  });

  it("are about names that Live does not document, but not of streams that are enabled", () => {
    const results = [named("room-1"), named("room 2"), named("房间")];
    expect(questionsOf(results, "disable").undocumented).toBe(2);
    expect(questionsOf(results, "enable").undocumented).toBe(0);
  });
});

it("a person is told that cancelled, refused and unknown orders did not succeed", () => {
  const outcomes = ["verified", "ordered", undefined, "newer", "failed", "cancelled", "refused", "unknown"];
  expect(outcomes.map((outcome) => hasFailed({ outcome }))).toEqual([...Array(4).fill(false), ...Array(4).fill(true)]);
});

describe("the outcomes of what was sent", () => {
  const sent: OperatorResponse = {
    ...{ ok: true, errors: [], orderId: "op-1" },
    results: [
      named("a", { outcome: "ordered", previousResumeTime: "2026-03-14T09:00:00Z" }),
      named("b", { outcome: "verified" }),
    ],
  };
  const answer = (...results: Result[]): OperatorResponse => ({ ok: true, errors: [], results });

  function deps(answers: (OperatorResponse | Error)[]) {
    const seen: (readonly Result[])[] = [];
    let ms = 0;
    return {
      seen,
      status: async () => {
        const next = answers.shift();
        if (!next || next instanceof Error) throw next ?? new Error("asked too often");
        return next;
      },
      sleep: async (waitMs: number) => {
        ms += waitMs;
      },
      now: () => ms,
      isOver: () => false,
      onResults: (results: readonly Result[]) => void seen.push(results),
    };
  }

  it("are read until each is known, and keep the end that the stream had before", async () => {
    const given = deps([
      answer(named("a", { outcome: "ordered" }), named("b", { outcome: "verified" })),
      answer(named("a", { outcome: "verified" }), named("b", { outcome: "verified" })),
    ]);
    expect(await followOutcomes(sent, given)).toBe(true);
    expect(given.seen.at(-1)).toMatchObject([
      { outcome: "verified", previousResumeTime: "2026-03-14T09:00:00Z" },
      { outcome: "verified" },
    ]);
  });

  it("are read again after a read that failed", async () => {
    const given = deps([new Error("the network"), answer(named("a", { outcome: "failed" }))]);
    expect(await followOutcomes(sent, given)).toBe(true);
  });

  it("stay unknown after two minutes, and nothing is read after the dialog is closed", async () => {
    const open = () => answer(named("a", { outcome: "ordered" }));
    const given = deps(Array.from({ length: 200 }, open));
    expect(await followOutcomes(sent, given)).toBe(false);
    expect(given.seen).toHaveLength(120);
    const closed = deps([]);
    expect(await followOutcomes(sent, { ...closed, isOver: () => true })).toBe(false);
  });
});
