import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { type Policy, sourceOf } from "../../lib/policy/policy.ts";
import { type Headroom, headroom, NOTHING_TAKEN, type Taken, take } from "../../lib/safeguards/action-limits.ts";
import { arbitraryPolicy, SOURCES } from "../support/arbitrary-policy.ts";
import { policy as fixture, NOON } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

const policyWith = (limits: Partial<Policy["limits"]>, sources = {}): Policy =>
  policySchema.parse({
    ...fixture,
    sources: { ...fixture.sources, vendor: { adapter: "standard", grade: "A", ...sources } },
    limits: { windowMinutes: 60, total: 6, perSource: 4, shareOfLive: 0.1, atLeast: 5, ...limits },
  });
const at = (ms: number) => new Date(NOON.getTime() + ms);

/** Asks so often; answers how many places there were, and which limit was met after them. */
function askFor(
  count: number,
  policy: Policy,
  asked: { source?: string; ms?: number; liveStreams?: number },
  before: Taken,
) {
  let taken = before;
  for (let index = 0; index < count; index++) {
    const { source = "standard", ms = 0, liveStreams } = asked;
    const { answer: full, taken: after } = take(taken, { source, now: at(ms), liveStreams }, policy);
    if (!after) return { places: index, over: full, taken };
    taken = after;
  }
  return { places: count, over: undefined, taken };
}

describe("limits", () => {
  it("stop one source before they stop the others", () => {
    const policy = policyWith({ atLeast: 100 });
    const first = askFor(10, policy, {}, NOTHING_TAKEN);
    expect(first).toMatchObject({ places: 4, over: "limit-source" });
    expect(askFor(10, policy, { source: "vendor" }, first.taken)).toMatchObject({ places: 2, over: "limit-total" });
  });

  it("give a source the number of its own, also none", () => {
    expect(askFor(10, policyWith({}, { maxActions: 1 }), { source: "vendor" }, NOTHING_TAKEN).places).toBe(1);
    expect(askFor(10, policyWith({}, { maxActions: 0 }), { source: "vendor" }, NOTHING_TAKEN).places).toBe(0);
    expect(askFor(10, policyWith({ total: 0 }), {}, NOTHING_TAKEN)).toMatchObject({ places: 0, over: "limit-total" });
  });

  it("never touch more than a share of what is live, and while nobody has counted no more than the least", () => {
    const policy = policyWith({ total: 50, perSource: 50 });
    expect(askFor(99, policy, { liveStreams: 129 }, NOTHING_TAKEN)).toMatchObject({ places: 12, over: "limit-share" });
    expect(askFor(99, policy, { liveStreams: 3 }, NOTHING_TAKEN)).toMatchObject({ places: 5, over: "limit-share" });
    expect(askFor(99, policy, {}, NOTHING_TAKEN)).toMatchObject({ places: 5, over: "limit-share" });
    expect(askFor(99, policy, { liveStreams: 9_000 }, NOTHING_TAKEN)).toMatchObject({ places: 50 });
  });

  it.each([10 * MINUTE_MS, 24 * HOUR_MS])(
    "count what a worker took whose clock is %i ms ahead as taken now",
    (aheadMs) => {
      const policy = policyWith({ perSource: 3 });
      const before = askFor(1, policy, {}, NOTHING_TAKEN).taken;
      const { taken } = askFor(1, policy, { ms: aheadMs }, before);
      const later = askFor(9, policy, { ms: MINUTE_MS }, taken);
      expect(later.places).toBe(aheadMs < HOUR_MS ? 1 : 2); // the clock that is a day ahead dropped the first place as old
      expect(askFor(9, policy, { ms: 65 * MINUTE_MS + MINUTE_MS }, later.taken).places).toBe(3);
      expect(askFor(9, policy, { ms: 59 * MINUTE_MS }, later.taken)).toMatchObject({ places: 0, over: "limit-source" });
    },
  );

  it("are free again after the window, and a twelfth of it later at most", () => {
    const policy = policyWith({ perSource: 3 });
    const { taken } = askFor(3, policy, {}, NOTHING_TAKEN);
    expect(askFor(1, policy, { ms: HOUR_MS - 1 }, taken).places).toBe(0);
    expect(askFor(9, policy, { ms: HOUR_MS + 5 * MINUTE_MS }, taken).places).toBe(3);
    const late = askFor(3, policy, { ms: 5 * MINUTE_MS - 1 }, NOTHING_TAKEN);
    expect(askFor(1, policy, { ms: HOUR_MS + 5 * MINUTE_MS - 2 }, late.taken).places).toBe(0);
    expect(askFor(9, policy, { ms: HOUR_MS + 5 * MINUTE_MS }, late.taken).places).toBe(3);
  });

  it("count a source whose name every object has", () => {
    for (const source of ["constructor", "__proto__"]) {
      expect(askFor(10, policyWith({}), { source }, NOTHING_TAKEN)).toMatchObject({ places: 4, over: "limit-source" });
    }
  });
});

const SLICES = 12;

/** Not `fc.double`, which is nearly always next to nothing. */
const share = (max: number) => fc.nat({ max: 1_000 }).map((part) => (part / 1_000) * max);

/** Asked one after the other; between two the clock goes on by up to a third of the window, or back by up to `backMs`. */
const asking = (mostBackMs: number) =>
  fc.record({
    policy: arbitraryPolicy,
    backMs: fc.integer({ min: 0, max: mostBackMs }),
    asked: fc.array(
      fc.record({
        source: fc.constantFrom(...SOURCES),
        ahead: fc.oneof(fc.constant(0), share(1 / 24), share(1 / 3)),
        back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, share(1)),
        liveStreams: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
      }),
      { maxLength: 60 },
    ),
  });

type Game = typeof asking extends (mostBackMs: number) => fc.Arbitrary<infer T> ? T : never;

/** Each ask with what it was answered, and the places that were given before it. */
function play({ policy, backMs, asked }: Game) {
  const windowMs = policy.limits.windowMinutes * MINUTE_MS;
  const places: { ms: number; source: string }[] = [];
  let taken = NOTHING_TAKEN;
  let aheadMs = NOON.getTime();
  return asked.map(({ source, ahead, back, liveStreams }) => {
    aheadMs += Math.round(ahead * windowMs);
    const ms = aheadMs - Math.round(back * backMs);
    const question = { source, now: new Date(ms), liveStreams };
    const step = { question, before: headroom(taken, question, policy), stored: taken, earlier: [...places] };
    const answer = take(taken, question, policy);
    if (answer.taken) {
      taken = answer.taken;
      places.push({ ms, source });
    }
    return { ...step, answer };
  });
}

const used = (counters: readonly Headroom[]) => counters.map(({ used: count }) => count);
const allIn = ({ slices }: Taken): number =>
  slices.flatMap(({ bySource }) => Object.values(bySource)).reduce((a, b) => a + b, 0);

describe("whoever asks, and whenever,", () => {
  it.each([
    ["clocks agree", 0],
    ["clocks go back by up to a minute", MINUTE_MS],
  ])("no window ever holds more than a limit, where %s", (_, mostBackMs) => {
    fc.assert(
      fc.property(asking(mostBackMs), (game) => {
        const { policy, backMs } = game;
        const { total, perSource, shareOfLive, atLeast } = policy.limits;
        const windowMs = policy.limits.windowMinutes * MINUTE_MS - backMs;
        for (const { question, earlier, answer } of play(game)) {
          if (!answer.taken) continue;
          const { source, liveStreams } = question;
          const ms = question.now.getTime();
          // The window that ends with this place holds what was given before it; each window ends with some place.
          const held = [...earlier, { ms, source }].filter((place) => place.ms > ms - windowMs);
          const own = sourceOf(source, policy)?.maxActions ?? perSource;
          expect(held.length).toBeLessThanOrEqual(Math.min(total, Math.max(atLeast, (liveStreams ?? 0) * shareOfLive)));
          expect(held.filter((place) => place.source === source).length).toBeLessThanOrEqual(own);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("a place is counted once, in every counter, and nothing is taken where one of them is full", () => {
    fc.assert(
      fc.property(asking(MINUTE_MS), (game) => {
        for (const { question, before, answer, stored } of play(game)) {
          const { policy } = game;
          const full = before.filter(({ used: count, most }) => count >= most);
          if (!answer.taken) {
            expect(full.map(({ limit }) => limit)).toContain(answer.answer);
          } else {
            expect(full).toEqual([]);
            expect(used(headroom(answer.taken, question, policy))).toEqual(used(before).map((count) => count + 1));
            const kept = headroom(stored, question, policy).find(({ limit }) => limit === "limit-total")?.used ?? 0;
            expect(allIn(answer.taken)).toBe(kept + 1);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("what is stored stays small: a window's slices, in their order", () => {
    fc.assert(
      fc.property(asking(MINUTE_MS), (game) => {
        for (const { answer } of play(game)) {
          if (!answer.taken) continue;
          const starts = answer.taken.slices.map(({ startMs }) => startMs);
          expect(starts).toEqual([...new Set(starts)].sort((one, other) => one - other));
          expect(starts.length).toBeLessThanOrEqual(2 * SLICES + 1);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
