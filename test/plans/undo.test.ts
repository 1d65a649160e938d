import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Order, Outcome } from "../../lib/orders/order.ts";
import { DISABLED_FOR_LONGER, SUPERSEDED_BY_NEWER, undoOf, wantedOff } from "../../lib/plans/undo.ts";
import { often, runs } from "../support/runs.ts";

const now = new Date("2026-11-21T12:00:00Z");
const LATE = "2027-02-19T12:00:00Z";
const LASTING = "2026-11-22T12:00:00Z";
const OVER = "2026-11-21T11:00:00Z";
const batch = "op-the-batch";

interface Told
  extends Partial<Pick<Order, "outcome" | "resumeTime" | "attempts" | "sendingSince" | "error" | "placedAt">> {
  /** The batch, an operator's order, another batch by its name, or a rule. */
  readonly by: string;
  readonly action: Order["action"];
  readonly undoes?: string;
}

const orderIdOf = (by: string): string => (by === "batch" ? batch : `op-${by}`);

/** Oldest first; asked for in this order unless told otherwise. */
const history = (...told: Told[]): Order[] =>
  told
    .map(
      ({ by, action, undoes, ...rest }, index): Order => ({
        ...{ stream: { domain: "push.example.com", app: "live", stream: "room-42" }, action, reason: "" },
        ...{ number: index + 1, attempts: [], placedAt: at(index) },
        ...(action === "disable" && { resumeTime: LASTING }),
        ...rest,
        authority:
          by === "rule"
            ? { kind: "rule", cause: `r#${index}`, source: "s", rule: "r", policy: "p" }
            : {
                ...{ kind: "operator", cause: `o#${index}`, orderId: orderIdOf(by) },
                ...{ requestedBy: "ana", overridesRulesUntil: LASTING },
                ...(undoes !== undefined && { undoes }),
              },
      }),
    )
    .reverse();

const at = (second: number): string => `2026-11-21T10:00:${String(second).padStart(2, "0")}Z`;
const off: Told = { by: "batch", action: "disable", outcome: "verified" };
const gaveWay = { outcome: "refused", error: SUPERSEDED_BY_NEWER } as const;
const forLonger = { outcome: "refused", error: DISABLED_FOR_LONGER } as const;
const on: Told = { by: "operator", action: "enable", outcome: "verified" };

/** In words: `enable`, why the stream is left as it is, or the order that it is off by afterwards, and until when. */
function undo(told: readonly Told[], undone: readonly string[] = []): string | undefined {
  const after = undoOf(history(...told), batch, new Set(undone.map(orderIdOf)), now);
  return after?.does === "keep-off" ? `${after.from} to ${after.until} by order ${after.by.number}` : after?.does;
}

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
    expect(undo([told])).toBe("enable");
    expect(undo([on, told])).toBe("enable");
  });

  it("though somebody had it off before, and let it on again", () => {
    expect(undo([{ by: "rule", action: "disable", outcome: "verified" }, on, off])).toBe("enable");
  });

  it("though an audit or a return did it again on the batch's word", () => {
    expect(undo([off, { ...off, outcome: "verified" }])).toBe("enable");
  });

  it("though somebody paused it since", () => {
    expect(undo([off, { by: "rule", action: "pause", outcome: "accepted" }])).toBe("enable");
  });

  it("though the enable that somebody else ordered is not known to have been done", () => {
    expect(undo([off, { ...on, outcome: "unverified" }])).toBe("enable");
  });

  it("though it gave way to a batch that is undone: nobody wants it off any more", () => {
    const newer: Told = { by: "newer", action: "disable", outcome: "verified", placedAt: at(9) };
    expect(undo([newer, { ...off, ...gaveWay }], ["newer"])).toBe("enable");
    expect(undo([newer, { by: "undo", action: "disable", outcome: "verified", undoes: "op-newer" }, off])).toBe(
      "enable",
    );
  });

  it("though another order wanted it off for a time that is over", () => {
    expect(undo([{ by: "operator", action: "disable", outcome: "verified", resumeTime: OVER }, off])).toBe("enable");
  });
});

describe("a stream of a batch is left as it is", () => {
  it.each<Outcome>(["refused", "failed"])("that the batch never touched: %s", (outcome) => {
    expect(undo([{ ...off, outcome }])).toBeUndefined();
  });

  it("that only others had off", () => {
    expect(undo([{ by: "operator", action: "disable", outcome: "verified" }])).toBeUndefined();
  });

  it.each<[string, Told[]]>([
    ["since before", [{ by: "rule", action: "disable", outcome: "verified" }, off]],
    ["since before, though that had nothing to do", [{ by: "rule", action: "disable", outcome: "superseded" }, off]],
    ["since", [off, { by: "operator", action: "disable", outcome: "verified" }]],
    ["since before, and came to it only afterwards", [off, { by: "operator", action: "disable", ...gaveWay }]],
    ["at this moment", [off, { by: "rule", action: "disable" }]],
    [
      "more than the batch, which gave way to it",
      [
        { by: "newer", action: "disable", placedAt: at(9) },
        { ...off, ...gaveWay },
      ],
    ],
  ])("that another order wants off %s", (_, told) => {
    expect(undo(told)).toBe("wanted-by-another-order");
  });

  it("unless those who want it off are undone themselves", () => {
    const wanted: Told[] = [{ by: "newer", action: "disable", outcome: "verified" }, off];
    expect(undo(wanted, ["newer"])).toBe("enable");
    expect(undo([{ by: "rule", action: "disable", outcome: "verified" }, ...wanted], ["newer"])).toBe(
      "wanted-by-another-order",
    );
  });

  it("that somebody has enabled, or whose time is over", () => {
    expect(undo([off, on])).toBe("already-on");
    expect(undo([{ ...off, resumeTime: OVER }])).toBe("already-on");
    expect(
      undo([
        { ...on, placedAt: at(9) },
        { ...off, ...gaveWay },
      ]),
    ).toBe("already-on");
  });
});

describe("the end of a stream that another order wants off is brought back to what that order asked for", () => {
  const older: Told = { by: "older", action: "disable", outcome: "verified" };
  it.each<[string, Told[], string]>([
    ["earlier", [older, { ...off, resumeTime: LATE }], `${LATE} to ${LASTING} by order 1`],
    ["later", [{ ...older, resumeTime: LATE }, off], `${LASTING} to ${LATE} by order 1`],
    [
      "of an order that gave way",
      [
        { ...off, resumeTime: LATE, placedAt: at(9) },
        { ...older, ...gaveWay },
      ],
      `${LATE} to ${LASTING} by order 2`,
    ],
    [
      "of a rule",
      [
        { ...older, by: "rule" },
        { ...off, resumeTime: LATE },
      ],
      `${LATE} to ${LASTING} by order 1`,
    ],
    [
      "of the latest of several",
      [
        { ...older, resumeTime: "2026-11-29T12:00:00Z" },
        { ...older, by: "operator" },
        { ...off, resumeTime: LATE },
      ],
      `${LATE} to ${LASTING} by order 2`,
    ],
  ])("%s", (_, told, expected) => {
    expect(undo(told)).toBe(expected);
  });

  it("once: afterwards the stream is left as it is", () => {
    const told: Told[] = [older, { ...off, resumeTime: LATE }];
    const back: Told = { by: "undo", action: "disable", outcome: "verified", undoes: batch };
    expect(undo([...told, back])).toBe("wanted-by-another-order");
  });

  it("also while an order of the batch may still move it", () => {
    expect(undo([older, { by: "batch", action: "disable" }])).toBe(`${LASTING} to ${LASTING} by order 1`);
  });

  it("also if nobody knows whether the other order reached Live before the batch superseded it", () => {
    const unknown: Told = { ...older, outcome: "unknown", error: SUPERSEDED_BY_NEWER };
    const cancelled: Told = { ...off, outcome: "refused", error: "cancelled" };
    expect(undo([unknown, cancelled])).toBe(`${LASTING} to ${LASTING} by order 1`);
  });

  it("also if the other order was refused because the batch disabled the stream for longer", () => {
    const shorter: Told = { by: "newer", action: "disable", ...forLonger };
    expect(undo([{ ...off, resumeTime: LATE }, shorter])).toBe(`${LATE} to ${LASTING} by order 2`);
    expect(wantedOff(history({ ...off, resumeTime: LATE }, shorter), new Set(), now)?.until).toBe(LATE);
  });

  it("but no stream is taken off that was let on in between", () => {
    const over: Told = { by: "operator", action: "disable", outcome: "verified", resumeTime: OVER };
    expect(undo([older, over, { ...off, ...gaveWay, placedAt: at(0) }])).toBe("wanted-by-another-order");
  });

  it.each<[string, Told[]]>([
    [
      "gave way to it",
      [
        { ...off, placedAt: at(9), outcome: "refused", error: "cancelled" },
        { ...older, ...gaveWay },
      ],
    ],
    [
      "was superseded by it",
      [
        { ...older, outcome: "superseded" },
        { ...off, outcome: "refused", error: "cancelled" },
      ],
    ],
  ])("also where the batch was cancelled before it was sent, and the other order %s", (_, told) => {
    expect(undo(told)).toMatch(`undefined to ${LASTING} by order`);
  });
});

describe("an undo's own orders", () => {
  const undone: Told = { by: "undo", action: "enable", outcome: "verified", undoes: "op-newer" };
  const newer: Told = { by: "newer", action: "disable", outcome: "verified", placedAt: at(8) };

  it("let nobody else's order give way, nor end it", () => {
    expect(wantedOff(history(newer, { ...undone, placedAt: at(9) }, off), new Set(), now)).toMatchObject({
      by: { number: 3 },
    });
  });

  it("void what they undo on this stream, although the undo was cancelled before it reached others", () => {
    expect(wantedOff(history(newer, undone), new Set(), now)).toBeUndefined();
    const cancelled: Told = { ...undone, outcome: "refused", error: "cancelled" };
    expect(wantedOff(history(newer, cancelled), new Set(), now)).toMatchObject({ by: { number: 1 } });
  });
});

describe("whatever was ordered of a stream:", () => {
  const BATCHES = ["a", "b", "c", "d"];
  const wish = fc.record({
    by: fc.constantFrom("rule", ...BATCHES),
    action: fc.constantFrom("disable" as const, "disable" as const, "enable" as const, "pause" as const),
    resumeTime: fc.constantFrom(LASTING, LATE, OVER),
    end: fc.constantFrom<Partial<Told>>(
      ...[{ outcome: "verified" as const }, { outcome: "superseded" as const }, gaveWay, {}],
      { outcome: "refused", error: "cancelled" },
      forLonger,
    ),
  });
  const wishes = fc
    .array(wish, { maxLength: 7 })
    .chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(
          list.map((_, index) => index),
          { minLength: list.length },
        ),
      ),
    )
    .map(([list, seconds]) =>
      list.map(
        ({ end, resumeTime, action, by }, index): Told => ({
          ...{
            by,
            ...end,
            action: by === "rule" && action === "enable" ? "disable" : action,
            placedAt: at(seconds[index] ?? 0),
          },
          ...(action !== "pause" && !(action === "enable" && by !== "rule") && { resumeTime }),
        }),
      ),
    );
  const undone = fc.subarray(BATCHES);
  const wanted = (told: readonly Told[], of: readonly string[] = []) => {
    const found = wantedOff(history(...told), new Set(of.map(orderIdOf)), now);
    return found && { until: found.until, by: found.by.authority.cause, placedAt: found.by.placedAt };
  };
  const check = (holds: (told: Told[], of: string[]) => void) =>
    fc.assert(fc.property(wishes, undone, holds), { numRuns: runs(1_000) });
  const without = (told: readonly Told[], of: readonly string[]) => told.filter(({ by }) => !of.includes(by));

  it("an undone batch is as if it had never been", () => {
    let moved = 0;
    check((told, of) => {
      const left = wanted(without(told, of));
      const found = wanted(told, of);
      expect({ until: found?.until, at: found?.placedAt }).toEqual({ until: left?.until, at: left?.placedAt });
      if (found && found.placedAt !== wanted(told)?.placedAt) moved++;
    });
    expect(moved).toBeGreaterThan(often(15));
  });

  it("of batches alone it does not matter in which order they came to the stream", () => {
    check((told, of) => {
      const batches = without(told, ["rule"]);
      const asAsked = batches.toSorted((one, other) => ((one.placedAt ?? "") < (other.placedAt ?? "") ? -1 : 1));
      expect(wanted(batches, of)?.placedAt).toBe(wanted(asAsked, of)?.placedAt);
    });
  });

  it("it is off while any order in force wants it off, unless somebody enabled it", () => {
    const reached = { on: 0, off: 0 };
    check((told, of) => {
      const inForce = without(told, of).filter(
        ({ action, resumeTime, error }) => action !== "pause" && error !== "cancelled" && resumeTime !== OVER,
      );
      const isOff = wanted(told, of) !== undefined;
      reached[isOff ? "off" : "on"]++;
      if (inForce.every(({ action }) => action === "disable")) expect(isOff).toBe(inForce.length > 0);
      if (inForce.every(({ action }) => action === "enable")) expect(isOff).toBe(false);
    });
    expect(Math.min(reached.on, reached.off)).toBeGreaterThan(often(100));
  });
});
