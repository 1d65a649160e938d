import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Order, Outcome } from "../../lib/orders/order.ts";
import { SUPERSEDED_BY_NEWER, undoOf } from "../../lib/plans/undo.ts";
import { often, runs } from "../support/runs.ts";

const now = new Date("2026-11-21T12:00:00Z");
const LASTING = "2026-11-22T12:00:00Z";
const OVER = "2026-11-21T11:00:00Z";
const batch = "op-the-batch";

interface Told extends Partial<Pick<Order, "outcome" | "resumeTime" | "attempts" | "sendingSince" | "error">> {
  readonly by: "batch" | "operator" | "rule";
  readonly action: Order["action"];
}

/** Oldest first. */
const history = (...told: Told[]): Order[] =>
  told
    .map(
      ({ by, action, ...rest }, index): Order => ({
        ...{ stream: { domain: "push.example.com", app: "live", stream: "room-42" }, action, reason: "" },
        ...{ number: index + 1, attempts: [], placedAt: "2026-11-21T10:00:00Z" },
        ...(action === "disable" && { resumeTime: LASTING }),
        ...rest,
        authority:
          by === "rule"
            ? { kind: "rule", cause: `r#${index}`, source: "s", rule: "r", policy: "p" }
            : {
                ...{ kind: "operator", cause: `o#${index}`, orderId: by === "batch" ? batch : "op-another" },
                ...{ requestedBy: "ana", overridesRulesUntil: LASTING },
              },
      }),
    )
    .reverse();

const off: Told = { by: "batch", action: "disable", outcome: "verified" };
const undo = (...told: Told[]) => undoOf(history(...told), batch, now);

describe("a stream of a batch is enabled again", () => {
  it.each<[string, Told]>([
    ["was taken off", off],
    ["may have been", { ...off, outcome: "unknown" }],
    ["is not listed yet", { ...off, outcome: "unverified" }],
    ["may be taken off at this moment", { by: "batch", action: "disable", sendingSince: "2026-11-21T11:59:59Z" }],
    ["is still to be", { by: "batch", action: "disable" }],
    ["was cut, and would be again when it comes back", { by: "batch", action: "pause", outcome: "accepted" }],
    [
      "was refused by Live after a call that left no answer",
      { ...off, outcome: "failed", attempts: [{ at: OVER, result: "unknown" }] },
    ],
  ])("that %s", (_, told) => {
    expect(undo(told)).toBe("enable");
  });

  it("though somebody had it off before, and let it on again", () => {
    expect(
      undo(
        { by: "rule", action: "disable", outcome: "verified" },
        { by: "operator", action: "enable", outcome: "verified" },
        off,
      ),
    ).toBe("enable");
  });

  it("though an audit or a return did it again on the batch's word", () => {
    expect(undo(off, { ...off, outcome: "verified" })).toBe("enable");
  });

  it("though somebody paused it since", () => {
    expect(undo(off, { by: "rule", action: "pause", outcome: "accepted" })).toBe("enable");
  });

  it("though the enable that somebody else ordered is not known to have been done", () => {
    expect(undo(off, { by: "operator", action: "enable", outcome: "unverified" })).toBe("enable");
  });
});

describe("a stream of a batch is left as it is", () => {
  it.each<Outcome>(["superseded", "refused", "failed"])("that the batch never touched: %s", (outcome) => {
    expect(undo({ ...off, outcome })).toBeUndefined();
  });

  it("that only others had off", () => {
    expect(undo({ by: "operator", action: "disable", outcome: "verified" })).toBeUndefined();
  });

  it.each<[string, Told[]]>([
    ["since before", [{ by: "rule", action: "disable", outcome: "verified" }, off]],
    ["since before, though that had nothing to do", [{ by: "rule", action: "disable", outcome: "superseded" }, off]],
    ["since", [off, { by: "operator", action: "disable", outcome: "verified" }]],
    [
      "since before, and came to it only afterwards",
      [off, { by: "operator", action: "disable", outcome: "refused", error: SUPERSEDED_BY_NEWER }],
    ],
    ["at this moment", [off, { by: "rule", action: "disable" }]],
    [
      "behind a shorter one that is over",
      [
        off,
        { by: "rule", action: "disable" },
        { by: "rule", action: "disable", resumeTime: OVER, outcome: "verified" },
      ],
    ],
  ])("that another order wants off %s", (_, told) => {
    expect(undo(...told)).toBe("wanted-by-another-order");
  });

  it("unless those who want it off are undone themselves", () => {
    const wanted: Told[] = [{ by: "operator", action: "disable", outcome: "verified" }, off];
    const undone = new Set(["op-another"]);
    expect(undoOf(history(...wanted), batch, now, undone)).toBe("enable");
    const rule: Told = { by: "rule", action: "disable", outcome: "verified" };
    expect(undoOf(history(rule, ...wanted), batch, now, undone)).toBe("wanted-by-another-order");
  });

  it("that somebody has enabled, or whose time is over", () => {
    expect(undo(off, { by: "operator", action: "enable", outcome: "verified" })).toBe("already-on");
    expect(undo({ ...off, resumeTime: OVER })).toBe("already-on");
  });
});

it("whatever was ordered of a stream: what another order wants off is never enabled, and all else of the batch is", () => {
  const outcome = fc.constantFrom<Outcome | undefined>(
    ...(["accepted", "verified", "unverified", "unknown", "refused", "failed", "superseded", undefined] as const),
  );
  const order = fc.record({
    by: fc.constantFrom("batch" as const, "operator" as const, "rule" as const),
    action: fc.constantFrom("pause" as const, "disable" as const, "enable" as const),
    resumeTime: fc.constantFrom(LASTING, OVER),
    outcome,
  });
  const reached = new Map<string | undefined, number>();
  fc.assert(
    fc.property(fc.array(order, { maxLength: 6 }), (drawn) => {
      const told = drawn.map(
        ({ outcome: ended, resumeTime, ...rest }): Told => ({
          ...rest,
          ...(rest.action === "disable" && { resumeTime }),
          ...(ended !== undefined && { outcome: ended }),
        }),
      );
      const counts = ({ outcome: ended }: Told) => ended !== "failed" && ended !== "refused";
      const others = told.filter((each) => each.by !== "batch" && counts(each));
      const letOn = others.findLastIndex(({ action }) => action === "enable");
      const isWanted = others
        .slice(letOn + 1)
        .some(({ action, resumeTime }) => action === "disable" && resumeTime === LASTING);
      const touched = told.filter(
        (each) =>
          each.by === "batch" &&
          each.action !== "enable" &&
          counts(each) &&
          each.outcome !== "superseded" &&
          !(each.action === "pause" && (each.outcome === "verified" || each.outcome === "unverified")) &&
          !(each.action === "disable" && each.outcome === "accepted"), // neither is an outcome of its action
      );
      const answer = undo(...told);
      reached.set(answer, (reached.get(answer) ?? 0) + 1);
      if (touched.length === 0) return expect(answer).toBeUndefined();
      if (isWanted) return expect(answer).toBe("wanted-by-another-order");
      if (answer === "enable") return undefined;
      expect(answer).toBe("already-on");
      const isEnabled = others.some(({ action, outcome: ended }) => action === "enable" && ended === "verified");
      return expect(isEnabled || touched.at(-1)?.resumeTime === OVER).toBe(true);
    }),
    { numRuns: runs(3_000) },
  );
  for (const answer of ["enable", "already-on", "wanted-by-another-order", undefined]) {
    expect(reached.get(answer)).toBeGreaterThan(often(50));
  }
});
