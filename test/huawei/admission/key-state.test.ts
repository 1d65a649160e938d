import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CLOCK_MARGIN_MS, DAY_MS } from "../../../lib/core/time.ts";
import {
  accepted,
  admit,
  expired,
  FOREVER_MS,
  formatKeyState,
  type KeyState,
  MAX_FAILURES,
  newBlock,
  PROOF_MS,
  parseKeyState,
  refused,
  TRIAL_MS,
  UNKNOWN_KEY,
  withoutFutureTimes,
  withoutTrial,
} from "../../../lib/huawei/admission/key-state.ts";
import { runs } from "../../support/runs.ts";

const NOW_MS = Date.parse("2026-04-22T12:00:00Z");
const LOCK_MS = 300_000;
const ended = (more: Partial<Parameters<typeof accepted>[1]> = {}) => ({
  ...{ version: "v1", holder: "a", sentAtMs: NOW_MS, nowMs: NOW_MS + 50, skewMs: 0 },
  ...more,
});
const a = { version: "v1", holder: "a", known: false };
const b = { ...a, holder: "b" };
const tried = (state: KeyState, caller = a, nowMs = NOW_MS): KeyState => {
  const admission = admit(state, caller, nowMs);
  if (admission.kind !== "try") throw new Error(`expected a trial, not ${admission.kind}`);
  return admission.state;
};
const proven = accepted(tried(UNKNOWN_KEY), ended());

describe("an unproven pair", () => {
  it("is tried by one call; others wait until it ended, or cannot have gone on", () => {
    const state = tried(UNKNOWN_KEY);
    expect(admit(state, b, NOW_MS + TRIAL_MS - 1).kind).toBe("wait");
    expect(admit(state, b, NOW_MS + TRIAL_MS).kind).toBe("try");
    expect(admit(withoutTrial(state, "a"), b, NOW_MS).kind).toBe("try");
  });

  it("is tried again by the same environment, which sends one call at a time", () => {
    expect(admit(tried(UNKNOWN_KEY), a, NOW_MS).kind).toBe("try");
  });

  it("counts a trial without an end as a failure, but such guesses alone never block it for good", () => {
    let state = UNKNOWN_KEY;
    for (let deaths = 0; deaths < 9; deaths++) {
      state = tried(state, { ...a, holder: `dead ${deaths}` }, NOW_MS + deaths * TRIAL_MS);
      expect(state.failures).toBe(Math.min(deaths, MAX_FAILURES - 1));
    }
  });
});

describe("a proven pair", () => {
  it("is believed for 30 s by environments that were answered themselves, and tried by those that are new", () => {
    expect(admit(proven, { ...b, known: true }, NOW_MS + PROOF_MS)).toEqual({ kind: "go" });
    expect(admit(proven, { ...b, known: true }, NOW_MS + 50 + PROOF_MS).kind).toBe("try");
    expect(admit(proven, b, NOW_MS + 100).kind).toBe("try");
  });

  it("is not proven under another version of the secret", () => {
    expect(admit(proven, { ...b, known: true, version: "v2" }, NOW_MS).kind).toBe("try");
  });

  it("is not proven again by a success that was sent before the failure was noted", () => {
    const failed = refused(proven, ended({ nowMs: NOW_MS + 1_000 }), LOCK_MS);
    const late = accepted(failed, ended({ holder: "b", sentAtMs: NOW_MS + 999, nowMs: NOW_MS + 2_000 }));
    expect(admit(late, { ...a, known: true }, NOW_MS + 2_000).kind).toBe("blocked");
    const after = accepted(failed, ended({ holder: "b", sentAtMs: NOW_MS + 1_001, nowMs: NOW_MS + 2_000 }));
    expect(admit(after, { ...a, known: true }, NOW_MS + 2_000).kind).toBe("go");
    expect(after.failures).toBe(0);
  });
});

describe("a refused pair", () => {
  it("is left alone for the lock's time, and unproven afterwards", () => {
    const state = refused(tried(proven), ended(), LOCK_MS);
    expect(admit(state, a, NOW_MS + 49 + LOCK_MS)).toEqual({ kind: "blocked", untilMs: NOW_MS + 50 + LOCK_MS });
    expect(admit(state, { ...a, known: true }, NOW_MS + 50 + LOCK_MS).kind).toBe("try");
  });

  it("is a new chance under another version of the secret, and its failures count on, for Live counts by key", () => {
    const state = refused(tried(UNKNOWN_KEY), ended(), LOCK_MS);
    expect(tried(state, { ...b, version: "v2" })).toMatchObject({ failures: 1 });
  });

  it("is left alone after the fifth failure until the secret changes: the sixth would lock the key", () => {
    let state = UNKNOWN_KEY;
    for (let failure = 1; failure <= MAX_FAILURES; failure++) {
      const nowMs = NOW_MS + failure * LOCK_MS;
      state = refused(tried(state, a, nowMs), ended({ nowMs }), LOCK_MS);
    }
    expect(admit(state, a, FOREVER_MS - 1)).toEqual({ kind: "blocked", untilMs: FOREVER_MS });
    expect(admit(state, { ...a, version: "v2" }, NOW_MS + 9 * LOCK_MS).kind).toBe("try");
  });

  it("is not unblocked by a failure that is milder", () => {
    const state = expired(refused(proven, ended(), LOCK_MS), ended({ holder: "b" }), LOCK_MS);
    expect(admit(state, a, NOW_MS + 60).kind).toBe("blocked");
  });
});

describe("a state that an environment wrote whose clock is ahead", () => {
  const AHEAD_MS = NOW_MS + DAY_MS;
  const ahead = ended({ sentAtMs: AHEAD_MS - 50, nowMs: AHEAD_MS });
  const corrected = (state: KeyState): KeyState => withoutFutureTimes(state, NOW_MS, LOCK_MS);

  it("holds no trial: its call is over, and counts as a failure as any trial without an end", () => {
    expect(admit(corrected(tried(UNKNOWN_KEY, a, AHEAD_MS)), b, NOW_MS)).toMatchObject({
      kind: "try",
      state: { failures: 1 },
    });
  });

  it("blocks for the lock time from now, and for good only after five failures", () => {
    const state = corrected(refused(UNKNOWN_KEY, ahead, LOCK_MS));
    expect(admit(state, a, NOW_MS)).toMatchObject({ kind: "blocked", untilMs: NOW_MS + LOCK_MS });
    expect(admit(state, a, NOW_MS + LOCK_MS)).toMatchObject({ kind: "try", state: { failures: 1 } });
    const forGood = refused({ ...UNKNOWN_KEY, failures: MAX_FAILURES - 1 }, ended(), LOCK_MS);
    expect(corrected(forGood)).toBe(forGood);
  });

  it("proves nothing, and its failure is disproved by a call that is sent from now on", () => {
    const known = { ...b, known: true };
    expect(admit(corrected(accepted(UNKNOWN_KEY, ahead)), known, NOW_MS).kind).toBe("try");
    const failed = corrected(expired(UNKNOWN_KEY, ahead, LOCK_MS));
    const proven = accepted(failed, ended({ sentAtMs: NOW_MS, nowMs: NOW_MS + 50 }));
    expect(admit(proven, known, NOW_MS + 60)).toEqual({ kind: "go" });
  });

  it("is believed within the margin of clocks", () => {
    const within = ended({ sentAtMs: NOW_MS, nowMs: NOW_MS + CLOCK_MARGIN_MS });
    for (const state of [
      tried(UNKNOWN_KEY, a, NOW_MS + CLOCK_MARGIN_MS),
      refused(proven, within, LOCK_MS),
      accepted(proven, within),
    ]) {
      expect(corrected(state)).toBe(state);
    }
  });
});

it("a pair refused for its time only is tried again at once, by one call, with what is known of Live's clock", () => {
  const state = expired(proven, ended({ skewMs: 960_000 }), LOCK_MS);
  expect(state.skewMs).toBe(960_000);
  expect(admit(tried(state, { ...a, known: true }), { ...b, known: true }, NOW_MS + 60).kind).toBe("wait");
});

it("is kept as text without loss, and what is not one is refused", () => {
  for (const state of [UNKNOWN_KEY, tried(UNKNOWN_KEY), proven, refused(proven, ended(), LOCK_MS)]) {
    expect(parseKeyState(formatKeyState(state))).toEqual(state);
  }
  expect(() => parseKeyState('{"failures":"none"}')).toThrow();
});

it("remembers four versions and forgets the oldest", () => {
  let state = UNKNOWN_KEY;
  for (let n = 1; n <= 9; n++) state = refused(state, ended({ version: `v${n}`, nowMs: NOW_MS + n }), LOCK_MS);
  expect(Object.keys(state.versions)).toEqual(["v6", "v7", "v8", "v9"]);
});

describe("whatever four environments do, each with one call at a time", () => {
  const event = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("begin", "end"), who: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("turn", "kill"), who: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("second", "minute"), who: fc.nat(3) }) },
  );
  interface Environment {
    readonly holder: string;
    known: boolean;
    provenAtMs: number;
    call?: { readonly sentAtMs: number; readonly ok: boolean } | undefined;
  }
  const CALL_MS = 4_000;

  /** @returns failures in a row, as Live counts them when the calls arrive: the most there were. */
  function play(events: readonly { kind: string; who: number }[], mayKill: boolean): number {
    let [state, nowMs, isGood, inARow, worst, born] = [UNKNOWN_KEY, NOW_MS, true, 0, 0, 0];
    const bear = (): Environment => ({ holder: `e${born++}`, known: false, provenAtMs: Number.NEGATIVE_INFINITY });
    const environments = Array.from({ length: 4 }, bear);

    function end(one: Environment): void {
      if (!one.call) return;
      const { sentAtMs, ok } = one.call;
      one.call = undefined;
      one.known = ok;
      if (ok) one.provenAtMs = nowMs;
      const what = { version: "v1", holder: one.holder, sentAtMs, nowMs, skewMs: 0 };
      state = ok ? accepted(state, what) : refused(state, what, LOCK_MS);
    }
    function begin(one: Environment): void {
      if (one.call) return;
      if (!one.known || nowMs - one.provenAtMs >= PROOF_MS) {
        const admission = admit(state, { version: "v1", holder: one.holder, known: one.known }, nowMs);
        if (admission.kind === "wait" || admission.kind === "blocked") return;
        if (admission.state) ({ state } = admission);
      }
      inARow = isGood ? 0 : inARow + 1;
      worst = Math.max(worst, inARow);
      one.call = { sentAtMs: nowMs, ok: isGood };
    }

    for (const { kind, who } of events) {
      const one = environments[who];
      if (kind === "turn") isGood = !isGood;
      if (kind === "kill" && mayKill) environments[who] = bear(); // its call is answered to nobody
      if (kind === "begin" && one) begin(one);
      if (kind === "end" && one) end(one);
      if (kind === "second" || kind === "minute") {
        nowMs += kind === "second" ? 1_000 : 60_000;
        for (const each of environments) if (each.call && nowMs - each.call.sentAtMs >= CALL_MS) end(each);
      }
      nowMs += 1;
    }
    return worst;
  }

  it("Live never counts a sixth failure in a row, however often the pair turns bad and good again", () => {
    const days = fc.array(event, { maxLength: 300, size: "max" });
    fc.assert(
      fc.property(days, (events) => expect(play(events, false)).toBeLessThanOrEqual(MAX_FAILURES)),
      { numRuns: runs(1_000) },
    );
  });
});

describe("a block, as an event", () => {
  it("begins with the refusal that blocks the key, and lasts for the lock time", () => {
    const state = refused(proven, ended(), LOCK_MS);
    expect(newBlock(proven, state, NOW_MS + 50)).toEqual({ sinceMs: NOW_MS + 50, untilMs: NOW_MS + 50 + LOCK_MS });
  });

  it("lasts until the secret changes after five failures", () => {
    let [before, state] = [UNKNOWN_KEY, UNKNOWN_KEY];
    for (let failure = 0; failure < MAX_FAILURES; failure++) {
      before = state;
      state = refused(state, ended({ nowMs: NOW_MS + failure * 2 * LOCK_MS }), LOCK_MS);
    }
    expect(newBlock(before, state, NOW_MS + 4 * 2 * LOCK_MS)).toMatchObject({ untilMs: FOREVER_MS });
  });

  it("does not begin again with another change while it lasts, but with the next refusal after it", () => {
    const state = refused(proven, ended(), LOCK_MS);
    const later = { ...state, skewMs: 7 };
    expect(newBlock(state, later, NOW_MS + 60)).toBeUndefined();
    expect(newBlock(state, refused(state, ended(), LOCK_MS), NOW_MS + 60)).toBeUndefined();
    const nowMs = NOW_MS + 2 * LOCK_MS;
    expect(newBlock(state, refused(state, ended({ nowMs }), LOCK_MS), nowMs)).toMatchObject({ sinceMs: nowMs });
  });

  it("is none of an accepted or corrected call", () => {
    expect(newBlock(UNKNOWN_KEY, proven, NOW_MS)).toBeUndefined();
    expect(newBlock(proven, expired(proven, ended(), LOCK_MS), NOW_MS + 50)).toBeUndefined();
  });
});
