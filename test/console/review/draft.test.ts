/** From a key to a verdict: never without its words, and never by a key that belongs to another question. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  AT_CASE,
  type Draft,
  type DraftContext,
  press,
  questionOf,
  type Step,
  typed,
} from "../../../console/review/desk/draft.ts";
import { CLICK_MS, isMeant, KEY_MS, PAUSE_MS, quietAfter } from "../../../console/review/desk/guard.ts";
import { type DryRun, effectOf, effectOfGrant, hoursOf } from "../../../console/review/desk/verdicts.ts";
import type { Result } from "../../../lib/operator/contract/response-schema.ts";
import { USUAL_REASONS, usualReasons } from "../../../lib/operator/contract/usual-reasons.ts";
import { runs } from "../../support/runs.ts";
import { caseOf, held } from "./fake-desk.ts";

const stream = { domain: "push.example.com", app: "live", stream: "room" };
const planned: Result = { stream, action: "disable", outcome: "planned", resumeTime: "2026-03-15T20:40:00Z" };
const known = (changed: Partial<Result> = {}): DryRun => ({
  state: "known",
  planned: { ...planned, ...changed },
  isListKnown: true,
});
const context = (changed: Partial<DraftContext> = {}): DraftContext => ({
  ...{ shown: held("room"), dryRun: known(), reasons: {} },
  ...changed,
});

/** Presses keys one after the other. @returns the last step. */
function keys(typedKeys: readonly string[], given: DraftContext, from: Draft = AT_CASE): Step | undefined {
  let draft = from;
  let last: Step | undefined;
  for (const key of typedKeys) {
    last = press(draft, key, given);
    if (last && "draft" in last) draft = last.draft;
  }
  return last;
}

describe("keys", () => {
  it("reject with two keys, and approve a held action with two keys", () => {
    expect(keys(["r", "3"], context())).toEqual({ decision: { verdict: "reject", reason: USUAL_REASONS.reject[2] } });
    expect(keys(["a", "1"], context())).toEqual({ decision: { verdict: "approve", reason: USUAL_REASONS.approve[0] } });
  });

  it("grant an appeal without a question about an action, with the reason of the overturn, and never with the last reason", () => {
    const appealed = { number: 3, action: "disable" as const, reason: "", placedAt: "", by: "bob", decidedBy: [] };
    const given = context({
      ...{ shown: caseOf("room", { appealed }), reasons: { approve: "before", reject: "before" } },
      dryRun: known({ action: "enable" }),
    });
    const reasons = usualReasons({ appealed });
    const because = ["false-positive", "context", "policy"];
    for (const [index, reason] of reasons.approve.entries())
      expect(keys(["a", `${index + 1}`], given)).toEqual({
        decision: { verdict: "approve", reason, because: because[index] },
      });
    expect(reasons.approve).toHaveLength(because.length);
    expect(keys(["r", "1"], given)).toEqual({ decision: { verdict: "reject", reason: reasons.reject[0] } });
    for (const key of ["a", "r"]) expect(keys([key, "Enter"], given)).toBeUndefined();
  });

  it.each([
    [{}, "nothing"],
    [{ action: "enable" as const }, "enable"],
    [
      { action: "enable" as const, staysOff: { by: "op-7", until: "2026-03-20T00:00:00Z" } },
      { staysOffUntil: "2026-03-20T00:00:00Z" },
    ],
  ])("say what a grant does: %j", (result, effect) => {
    expect(effectOfGrant({ stream, outcome: "planned", ...result })).toEqual(effect);
  });

  it.each([
    ["p", { as: "pause" }],
    ["d", { as: "disable", hours: 24 }],
    ["w", { as: "disable", hours: 168 }],
    ["m", { as: "disable", hours: 720 }],
  ])("ask what is to be done if no action was held: %s", (key, wanted) => {
    const given = context({ shown: caseOf("room") });
    expect(keys(["a"], given)).toEqual({ draft: { at: "action" } });
    expect(keys(["a", "1"], given)).toBeUndefined();
    expect(keys(["a", key, "2"], given)).toEqual({
      decision: { verdict: "approve", reason: USUAL_REASONS.approve[1], ...wanted },
    });
  });

  it("ask for another duration", () => {
    expect(keys(["a", "f"], context({ shown: caseOf("room") }))).toEqual({ draft: { at: "hours" } });
    expect(["24h", " 3d ", "90d", "1H"].map(hoursOf)).toEqual([24, 72, 2160, 1]);
    expect(["", "24", "0h", "91d", "1.5h", "-1h", "1h 2h", "99999999h"].map(hoursOf)).toEqual(Array(8).fill(undefined));
  });

  it("approve nothing that has no action", () => {
    expect(keys(["a"], context({ shown: caseOf("room", { stream: undefined as never }) }))).toEqual({
      draft: { at: "nothing" },
    });
  });

  it("approve a case of the sample without an action", () => {
    const given = context({ shown: caseOf("room", { isSample: true }), dryRun: { state: "none" } });
    expect(keys(["a", "1"], given)).toEqual({ decision: { verdict: "approve", reason: USUAL_REASONS.approve[0] } });
  });

  it("take the last reason with Enter, and none where there is no last one", () => {
    expect(keys(["r", "Enter"], context())).toBeUndefined();
    expect(keys(["r", "Enter"], context({ reasons: { reject: "again" } }))).toEqual({
      decision: { verdict: "reject", reason: "again" },
    });
  });

  it("type another reason, and none that is empty", () => {
    const step = keys(["r", "t"], context());
    expect(step).toEqual({ draft: { at: "typing", verdict: "reject", wanted: {} } });
    const draft = step && "draft" in step ? step.draft : AT_CASE;
    expect(typed(draft, "  a game \n")).toEqual({ verdict: "reject", reason: "a game" });
    expect(typed(draft, "   ")).toBeUndefined();
    expect(typed(AT_CASE, "a game")).toBeUndefined();
  });

  it("go back with Escape, and leave the case with it", () => {
    expect(keys(["r", "Escape"], context())).toEqual({ draft: AT_CASE });
    expect(keys(["Escape"], context())).toEqual({ command: "leave" });
  });

  it("decide nothing with one key, whatever was asked before", () => {
    const one = fc.constantFrom(..."arsnohu?q123456789tydpwmf", "Enter", "Escape", "Backspace", "x");
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.boolean(), (pressed, isHeld) => {
        const given = context({
          shown: isHeld ? held("room") : caseOf("room"),
          reasons: { approve: "a", reject: "r" },
        });
        let draft = AT_CASE;
        for (const key of pressed) {
          const step = press(draft, key, given);
          // A key that is pressed twice in a row never gives a verdict.
          if (step && "draft" in step) {
            const twice = press(step.draft, key, given);
            expect(twice !== undefined && "decision" in twice).toBe(false);
            draft = step.draft;
          }
          if (step && "decision" in step) expect(draft.at).toBe("verdict");
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe("an approval", () => {
  const asked: Draft = { at: "verdict", verdict: "approve", wanted: {} };

  it.each<[DryRun, string]>([
    [{ state: "none" }, "waits"],
    [{ state: "asking" }, "waits"],
    [{ state: "refused", message: "is protected" }, "refused"],
    [{ state: "failed", message: "no answer" }, "failed"],
  ])("has no reason before its effect is known: %j", (dryRun, question) => {
    const given = context({ dryRun, reasons: { approve: "before" } });
    expect(questionOf(asked, given)).toBe(question);
    for (const key of ["1", "t", "y"]) expect(press(asked, key, given)).toBeUndefined();
    expect(press(asked, "Enter", given)).toEqual(question === "failed" ? { command: "retry" } : undefined);
  });

  it("is asked about separately if it ends a disable earlier", () => {
    const given = context({ dryRun: known({ previousResumeTime: "2026-04-01T00:00:00Z" }) });
    expect(keys(["a", "1"], given)).toBeUndefined();
    expect(keys(["a", "y", "1"], given)).toEqual({
      decision: { verdict: "approve", reason: USUAL_REASONS.approve[0], shorten: true },
    });
  });

  it("shortens by the duration that was chosen, and a pause shortens nothing", () => {
    const before = { previousResumeTime: "2026-03-20T00:00:00Z" };
    expect(effectOf({ ...planned, ...before }, { as: "disable", hours: 24 })).toEqual({
      ...{ action: "disable", resumeTime: "2026-03-15T20:40:00Z", before: "2026-03-20T00:00:00Z", isShorter: true },
    });
    expect(effectOf({ ...planned, ...before }, { as: "disable", hours: 168 })).toMatchObject({
      ...{ resumeTime: "2026-03-21T20:40:00Z", isShorter: false },
    });
    expect(effectOf({ ...planned, previousResumeTime: null }, { as: "disable", hours: 720 })).toMatchObject({
      ...{ before: null, isShorter: true },
    });
    expect(effectOf({ ...planned, ...before }, { as: "pause" })).toEqual({ action: "pause", isShorter: false });
    expect(effectOf(planned, {})).toEqual({ action: "disable", resumeTime: planned.resumeTime, isShorter: false });
  });
});

describe("a key is meant for a case", () => {
  const shown = { paintedAtMs: 1_000, changedAtMs: 2_000 };
  it.each([
    ["before it could be seen", { paintedAtMs: undefined, changedAtMs: 0 }, { atMs: 9_999 }, false],
    ["just after it appeared", shown, { atMs: 1_000 + KEY_MS - 1 }, false],
    ["once it was seen", shown, { atMs: 1_000 + KEY_MS }, true],
    ["while it is held down", shown, { atMs: 5_000, isRepeated: true }, false],
    [
      "right after another question, by the same double click",
      shown,
      { atMs: 2_000 + CLICK_MS - 1, isClick: true },
      false,
    ],
    ["by a click later", shown, { atMs: 2_000 + CLICK_MS, isClick: true }, true],
    ["right after another question, by another key", shown, { atMs: 2_001 }, true],
  ])("%s", (_, on, pressed, expected) => {
    expect(isMeant({ isRepeated: false, isClick: false, ...pressed }, on)).toBe(expected);
  });
});

describe("a case that came by itself", () => {
  it("takes no key until the person pressed none for a second", () => {
    let quietSinceMs: number | undefined = 1_000;
    for (const atMs of [1_200, 1_900, 2_800, 3_799]) {
      quietSinceMs = quietAfter(quietSinceMs, atMs);
      expect(quietSinceMs).toBe(atMs);
    }
    quietSinceMs = quietAfter(quietSinceMs, 3_799 + PAUSE_MS);
    expect(quietSinceMs).toBeUndefined();
    expect(quietAfter(quietSinceMs, 4_800)).toBeUndefined();
  });
});
