import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Stream, streamSchema } from "../../lib/core/stream.ts";
import { readStreams } from "../../lib/plans/approval.ts";
import { readPlan } from "../../lib/plans/load-plan.ts";
import { MAX_PLAN_STREAMS, PART_STREAMS, planSha256, writePlanText } from "../../lib/plans/plan.ts";
import { HOSTILE_STREAMS } from "../support/hostile-names.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { often, runs } from "../support/runs.ts";

const orderId = "op-00000000-0000-4000-8000-000000000000";
const head: Parameters<typeof writePlanText>[0] = {
  ...{ orderId, action: "disable", resumeTime: "2026-11-22T12:00:00Z", reason: "INC-881", requestedBy: "ana" },
  ...{ plannedAt: "2026-11-21T12:00:00.000Z", expiresAt: "2026-11-21T12:10:00.000Z", policy: "0".repeat(64) },
  ...{ overrideProtected: false, needsApproval: [] },
};
const numbered = (count: number, name = "room"): Stream[] =>
  Array.from({ length: count }, (_, index) => ({
    domain: "push.example.com",
    app: "live",
    stream: `${name}-${index}`,
  }));

async function stored(streams: readonly Stream[]) {
  const ledger = createMemoryLedger();
  await ledger.writePlan(orderId, writePlanText(head, streams));
  const open = async () => {
    const plan = await readPlan(orderId, ledger);
    return plan && { ...plan, streams: await readStreams(plan.plan, ledger) };
  };
  return { ledger, open };
}

describe("the text of a plan", () => {
  it.each([1, PART_STREAMS, PART_STREAMS + 1, MAX_PLAN_STREAMS])("holds %i streams, in their order", async (count) => {
    const streams = numbered(count);
    const { open } = await stored(streams);
    expect((await open())?.streams).toEqual(streams);
  });

  it("holds whatever name a stream can have, as it is", async () => {
    const names = [
      ...HOSTILE_STREAMS.map(({ name }) => name),
      ...fc.sample(fc.string({ unit: "binary", minLength: 1 }), 200),
    ];
    const streams = names.flatMap(
      (stream) => streamSchema.safeParse({ domain: "push.example.com", app: "live", stream }).data ?? [],
    );
    expect(streams.length).toBeGreaterThan(100);
    const { open } = await stored(streams);
    expect((await open())?.streams).toEqual(streams);
  });

  it("has another hash for other streams, or for the same in another order", () => {
    const [a, b] = [numbered(150), numbered(150).reverse()];
    const hashes = [a, b, numbered(149), numbered(150, "Room")].map((each) => planSha256(writePlanText(head, each)));
    expect(new Set(hashes).size).toBe(4);
  });

  it("is found out wherever one character of it is another: by its hash, or before", async () => {
    const streams = numbered(PART_STREAMS + 20);
    const { ledger, open } = await stored(streams);
    const plan = writePlanText(head, streams);
    const texts = [plan.head, ...plan.parts];
    const where = fc
      .integer({ min: 0, max: texts.length - 1 })
      .chain((text) =>
        fc.tuple(
          fc.constant(text),
          fc.nat({ max: (texts[text]?.length ?? 1) - 1 }),
          fc.constantFrom("0", "a", "f", "X", '"', "\u0000", "é"),
        ),
      );
    const reached = { hash: 0, thrown: 0 };
    await fc.assert(
      fc.asyncProperty(where, async ([text, at, character]) => {
        const before = texts[text] ?? "";
        const after = before.slice(0, at) + character + before.slice(at + 1);
        fc.pre(after !== before);
        const [alteredHead = "", ...parts] = texts.map((each, index) => (index === text ? after : each));
        ledger.alterPlan(orderId, () => ({ head: alteredHead, parts }));
        const seen = await open().then(
          (answer) => answer?.sha256,
          (failure) => failure.code,
        );
        reached[seen === "ERR_PLAN_ALTERED" ? "thrown" : "hash"]++;
        expect(seen).not.toBe(planSha256(plan));
      }),
      { numRuns: runs(3_000) },
    );
    expect(Math.min(reached.hash, reached.thrown)).toBeGreaterThan(often(10));
  });
});
