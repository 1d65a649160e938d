/** The remaining time of a batch, over batches that are played out: what is estimated, and what was true. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { measuredRate, type Sample, secondsLeft } from "../../../lib/operator/contract/remaining-time.ts";
import { runs } from "../../support/runs.ts";

interface Play {
  readonly count: number;
  /** Results a second, and from which part of the batch on. */
  readonly rates: readonly { readonly from: number; readonly rate: number }[];
  /** Nothing happens before. */
  readonly delayMs: number;
  /** Results come together, as the records of one delivery do. */
  readonly together: number;
  /** Each interval is longer or shorter by up to this part. */
  readonly jitter: number;
}

/** When each result comes, in milliseconds from the application of the batch. */
function arrivalsOf({ count, rates, delayMs, together, jitter }: Play, dice: () => number): number[] {
  const arrivals: number[] = [];
  let at = delayMs;
  for (let index = 0; index < count; index++) {
    const { rate = 1 } = rates.findLast(({ from }) => index >= from * count) ?? {};
    at += (1_000 / rate) * (1 + jitter * (2 * dice() - 1));
    arrivals.push(at);
  }
  return arrivals.map((_, index) => arrivals[Math.min(count - 1, index - (index % together) + together - 1)] ?? at);
}

/** Polls every 1.5 seconds; an answer takes up to a second. @returns at each poll the estimate, and how long it really took from then on. */
function* watched(arrivals: readonly number[], dice: () => number) {
  const samples: Sample[] = [];
  const end = arrivals.at(-1) ?? 0;
  let done = 0;
  for (let askedMs = 0; ; ) {
    const tookMs = 1_000 * dice();
    const readMs = askedMs + tookMs * dice();
    while ((arrivals[done] ?? Number.POSITIVE_INFINITY) <= readMs) done += 1;
    if (done === arrivals.length) return;
    samples.push({ atMs: askedMs + tookMs / 2, done });
    yield { done, atMs: readMs, estimate: secondsLeft(samples, arrivals.length), truth: (end - readMs) / 1_000 };
    askedMs += tookMs + 1_500;
  }
}

/** The truth, and what no poll can see: the time between two polls, and a step of results. */
const near = (truth: number, together: number, rate: number): [number, number] => [
  truth * 0.7 - 2.5 - (1.5 * together) / rate,
  truth * 1.3 + 2.5 + (1.5 * together) / rate,
];

const seeded = fc.integer({ min: 1, max: 0x7ffffffe }).map((seed) => () => {
  seed = (seed * 48_271) % 0x7fffffff;
  return seed / 0x7fffffff;
});
const plays = fc
  .record({
    seconds: fc.integer({ min: 40, max: 300 }),
    rate: fc.double({ min: 0.5, max: 20, noNaN: true }),
    delayMs: fc.integer({ min: 0, max: 60_000 }),
    together: fc.integer({ min: 1, max: 10 }),
    jitter: fc.double({ min: 0, max: 0.3, noNaN: true }),
  })
  .map(({ seconds, ...play }) => ({ ...play, count: Math.ceil(play.rate * seconds) }))
  .filter(({ count, together }) => count >= 60 && together <= count / 60);

describe("after the first tenth, the estimate is within 30 % of the truth", () => {
  function expectNear(
    play: Play,
    rate: number,
    dice: () => number,
    isFair: (at: { done: number; atMs: number }) => boolean,
  ): void {
    for (const { done, atMs, estimate, truth } of watched(arrivalsOf(play, dice), dice)) {
      if (done < play.count / 10 || !isFair({ done, atMs })) continue;
      if (estimate === undefined) continue; // a few seconds only: the allowed rate is shown
      const [least, most] = near(truth, play.together, rate);
      if (estimate < least || estimate > most) expect({ done, estimate }).toEqual({ done, between: [least, most] });
    }
  }

  it("is there for every batch of half a minute or more", () => {
    fc.assert(
      fc.property(plays, seeded, ({ rate, ...play }, dice) => {
        fc.pre(play.count / rate >= 30);
        const seen = [...watched(arrivalsOf({ ...play, rates: [{ from: 0, rate }] }, dice), dice)];
        const isFirst = ({ done }: { done: number }) => done >= play.count / 2;
        expect(seen.find(isFirst)?.estimate ?? (seen.some(isFirst) ? undefined : 0)).toBeDefined();
      }),
      { numRuns: runs(100) },
    );
  });

  it("at a constant rate, after any delay, whether results come alone or together", () => {
    fc.assert(
      fc.property(plays, seeded, ({ rate, ...play }, dice) => {
        expectNear({ ...play, rates: [{ from: 0, rate }] }, rate, dice, () => true);
      }),
      { numRuns: runs(200) },
    );
  });

  it("after a burst at the beginning, which used what the limiter had saved", () => {
    const part = fc.double({ min: 0, max: 0.02, noNaN: true });
    fc.assert(
      fc.property(plays, part, seeded, ({ rate, ...play }, from, dice) => {
        fc.pre(play.count >= 400);
        expectNear(
          {
            ...play,
            rates: [
              { from: 0, rate: rate * 10 },
              { from, rate },
            ],
          },
          rate,
          dice,
          () => true,
        );
      }),
      { numRuns: runs(200) },
    );
  });

  it("and again 20 seconds and 100 results after Live throttles, or no longer does", () => {
    const change = fc.record({
      from: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      factor: fc.constantFrom(0.3, 0.5, 3),
    });
    fc.assert(
      fc.property(plays, change, seeded, ({ rate: before, ...play }, { from, factor }, dice) => {
        const rate = before * factor;
        const still = {
          ...play,
          rates: [
            { from: 0, rate: before },
            { from, rate },
          ],
        };
        let changedMs = Number.POSITIVE_INFINITY;
        expectNear(still, rate, dice, ({ done, atMs }) => {
          if (done >= from * play.count) changedMs = Math.min(changedMs, atMs);
          return atMs > changedMs + 20_000 && done > from * play.count + 100 + 2 * play.together;
        });
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("the measured rate", () => {
  const every = (ms: number, dones: readonly number[]): Sample[] =>
    dones.map((done, index) => ({ atMs: index * ms, done }));

  it("is unknown before a tenth is done, after one step, in which everything may have come, and after a few seconds", () => {
    expect(measuredRate([], 100)).toBeUndefined();
    expect(measuredRate(every(3_000, [0, 3, 6, 9]), 100)).toBeUndefined();
    expect(measuredRate(every(3_000, [0, 0, 50, 50]), 100)).toBeUndefined();
    expect(measuredRate(every(1_000, [0, 10, 20, 30]), 100)).toBeUndefined();
    expect(measuredRate(every(10_000, [0, 5, 15]), 100)).toBe(1);
  });

  it("counts neither the time in the queue nor polls that saw nothing new", () => {
    expect(measuredRate(every(2_000, [0, 0, 0, 0, 0, 0, 10, 10, 20, 20, 30]), 100)).toBe(2.5);
  });

  it("falls while a batch has stopped", () => {
    const going = every(6_000, [0, 30, 60, 90]);
    const stopped = [...going, { atMs: 34_000, done: 90 }];
    expect(measuredRate(going, 300)).toBe(5);
    expect(measuredRate(stopped, 300)).toBeCloseTo(60 / 28);
    expect(secondsLeft(stopped, 300)).toBeCloseTo(98);
  });
});
