import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Order } from "../../lib/orders/order.ts";
import {
  beganWhen,
  judgeStatistics,
  learnFrom,
  type PushPeriod,
  type PushSeen,
  plausibleStart,
  updated,
} from "../../lib/orders/push-identity.ts";
import { NOON, someStream } from "../support/fixtures.ts";
import "../support/runs.ts";

/** Seconds after noon. */
const at = (seconds: number): string => new Date(NOON.getTime() + seconds * 1_000).toISOString();

/** A pause that was sent at noon, and carried out within a second by Live's clock, which is ahead. */
function pause(given: Partial<Order> = {}, aheadS = 0): Order {
  return {
    ...{ stream: someStream(), action: "pause", reason: "weapons", placedAt: at(0), number: 1 },
    authority: { kind: "rule", cause: "standard#1", source: "standard", rule: "harmful", policy: "hash" },
    attempts: [{ at: at(0), result: "sent", doneBetween: [at(aheadS - 0.05), at(aheadS + 0.999)] }],
    ...{ outcome: "accepted", endedAt: at(0.1), ...given },
  };
}
const republished = (startedAt: string): Order =>
  pause({
    authority: { ...pause().authority, republish: { after: 1, times: 1, startedAt } },
  });

describe("a push that a callback reports", () => {
  it.each([
    [-300, "before"],
    [-3, "before"],
    [-2, "unclear"],
    [0, "unclear"],
    [2, "unclear"],
    [3, "after"],
    [300, "after"],
  ] as const)("that began %d s after the cut began %s it, by Live's clock alone", (seconds, when) => {
    expect(beganWhen(at(seconds), pause())).toBe(when);
    for (const aheadS of [-700, 30, 700]) expect(beganWhen(at(seconds + aheadS), pause({}, aheadS))).toBe(when);
  });

  it.each([
    [-300, "before"],
    [0, "before"],
    [1, "after"],
    [2, "after"],
  ] as const)(
    "that began %d s after the cut began %s it, without a margin if the push that was cut is known",
    (seconds, when) => {
      expect(beganWhen(at(seconds), pause({ push: { startedAt: at(0) } }))).toBe(when);
      expect(beganWhen(at(seconds), republished(at(0)))).toBe(when);
    },
  );

  it("is unclear if it began shortly before the cut, and only the end of an earlier push was reported", () => {
    for (const known of [pause({ push: { startedAt: at(-9), isOver: true } }), republished(at(-9))]) {
      expect([-3, -2, -1, 0, 1].map((seconds) => beganWhen(at(seconds), known))).toEqual([
        ...(["before", "unclear", "unclear", "after", "after"] as const),
      ]);
    }
  });

  it("is unclear without its start, or with one in the future", () => {
    expect(beganWhen(undefined, pause())).toBe("unclear");
    expect(beganWhen(undefined, pause({ push: { startedAt: at(-9) } }))).toBe("unclear");
    const receivedAt = at(5);
    expect(plausibleStart({ startedAt: at(64), receivedAt }, pause())).toBe(at(64));
    expect(plausibleStart({ startedAt: at(90), receivedAt }, pause())).toBeUndefined();
    expect(plausibleStart({ startedAt: at(690), receivedAt }, pause({}, 630))).toBe(at(690)); // Live's clock is ahead
  });

  it("is compared with the longest call if Live's answer was lost", () => {
    const lost = pause({ attempts: [{ at: at(0), result: "unknown" }], outcome: "unknown" });
    expect([-3, -2, 6, 7].map((seconds) => beganWhen(at(seconds), lost))).toEqual([
      ...(["before", "unclear", "unclear", "after"] as const),
    ]);
  });
});

const seen = (event: PushSeen["event"], startS: number, receivedS: number): PushSeen => ({
  ...{ event, startedAt: at(startS), receivedAt: at(receivedS) },
});
const tell = (order: Order, ...all: PushSeen[]): Order =>
  all.reduce((known, each) => {
    const update = learnFrom(each, known);
    return update ? updated(known, update) : known;
  }, order);

describe("a call whose worker died, and that the list showed to be done", () => {
  const order = pause({ action: "disable", attempts: [], placedAt: at(-30), sendingSince: at(0), endedAt: at(60) });

  it("is the cut that a push is compared with", () => {
    expect(beganWhen(at(-5), order)).toBe("before");
    for (const startS of [0, 5]) expect(beganWhen(at(startS), order)).toBe("unclear");
    expect(beganWhen(at(30), order)).toBe("after");
  });
});

describe("a clock of Live that was wrong at the cut, and was corrected since", () => {
  it.each([
    [960, 5, "unclear"], // by the right clock, it began after the cut
    [960, -10, "before"],
    [960, 970, "after"],
    [-960, -5, "unclear"], // by the right clock, it began before the cut
    [-960, 5, "unclear"],
    [-960, -970, "before"],
    [-960, -950, "after"],
  ])("of %i s: a push that is said to have begun at %i s is %s", (aheadS, startS, when) => {
    const cut = pause({ endedAt: at(10) }, aheadS);
    const startedAt = plausibleStart({ startedAt: at(startS), receivedAt: at(12) }, cut);
    expect(beganWhen(startedAt, cut)).toBe(when);
  });
});

describe("the end of a push", () => {
  it("proves the pause if the push began before the cut and its end was reported afterwards", () => {
    expect(tell(pause(), seen("ended", -300, 1))).toMatchObject({
      ...{ outcome: "verified", push: { startedAt: at(-300), isOver: true }, proof: { by: "callback", at: at(1) } },
    });
    expect(tell(pause({ outcome: "unknown" }), seen("ended", -300, 1)).outcome).toBe("verified");
    expect(tell(republished(at(0)), seen("ended", 0, 1)).outcome).toBe("verified"); // within the second of the cut
  });

  it.each([
    ["was reported before the call", seen("ended", -300, -1)],
    ["is the end of a push that began after the cut", seen("ended", 4, 9)],
  ])("proves nothing if it %s", (_, event) => {
    expect(learnFrom(event, pause())).toBeUndefined();
  });

  it("proves nothing of a disable, nor of a pause that failed, nor against the statistics", () => {
    const event = seen("ended", -300, 1);
    expect(learnFrom(event, pause({ action: "disable", outcome: "unverified" }))).toBeUndefined();
    for (const outcome of ["failed", "refused", "superseded"] as const)
      expect(learnFrom(event, pause({ outcome }))).toBeUndefined();
    const went = pause({ outcome: "unverified", proof: { by: "statistics", at: at(90) } });
    expect(learnFrom(event, went)).toBeUndefined();
  });

  it("of an earlier push proves nothing once a later push is known to have run, in whatever order that is learned", () => {
    const [earlier, later] = [seen("ended", -60, 1), seen("began", -9, 2)];
    for (const order of [tell(pause(), earlier, later), tell(pause(), later, earlier)]) {
      expect(order).toMatchObject({ outcome: "accepted", push: { startedAt: at(-9) } });
      expect(order.proof).toBeUndefined();
      expect(tell(order, seen("ended", -9, 3)).outcome).toBe("verified");
    }
  });

  it("ends as one story, in whatever order and however often the callbacks arrive", () => {
    const events = [seen("began", -60, 1), seen("ended", -60, 2), seen("began", -9, 3), seen("ended", -9, 4)];
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (arrived) => {
        expect(tell(pause(), ...arrived)).toMatchObject({
          outcome: "verified",
          push: { startedAt: at(-9), isOver: true },
        });
      }),
    );
  });
});

const period = (fromS: number, toS: number): PushPeriod => ({
  fromMs: NOON.getTime() + fromS * 1_000,
  toMs: NOON.getTime() + toS * 1_000,
});

describe("the statistics of a push", () => {
  it.each([
    ["interrupted", "that ends at the cut", [period(-60, 0)]],
    ["interrupted", "that ends some seconds later", [period(-60, 8)]],
    ["interrupted", "that is followed by another push", [period(-60, 0), period(3, 40)]],
    ["interrupted", "that is followed by another push within the same second", [period(-60, 0), period(0, 40)]],
    ["went-on", "that spans the cut", [period(-60, 40)]],
    ["unclear", "that ended long before the cut", [period(-60, -10)]],
    ["unclear", "that has no data before the cut", [period(3, 40)]],
    ["unclear", "that spans the cut, beside one that begins there", [period(-60, 40), period(2, 40)]],
    ["unclear", "without data", []],
  ] as const)("show that it %s: a push %s", (verdict, _, periods) => {
    expect(judgeStatistics([periods], pause())).toBe(verdict);
    expect(judgeStatistics([periods, periods], pause())).toBe(verdict);
  });

  it.each([
    ["interrupted", "the first call cut it", [period(-90, -29)]],
    [
      "interrupted",
      "the first call cut it, and it was pushed again after the second",
      [period(-90, -29), period(5, 40)],
    ],
    ["interrupted", "the second call cut it", [period(-90, 1)]],
    ["went-on", "it was pushed again before the second call, which cut nothing", [period(-90, -29), period(-20, 40)]],
    ["unclear", "it ended before both", [period(-90, -60)]],
  ] as const)("show that a push was %s by a pause that was repeated: %s", (verdict, _, periods) => {
    const [sent] = pause().attempts;
    const repeated = pause({ attempts: [{ at: at(-30), result: "unknown" }, ...(sent ? [sent] : [])] });
    expect(judgeStatistics([periods], repeated)).toBe(verdict);
  });

  it("are unclear if picture and sound disagree, or if there are none", () => {
    expect(judgeStatistics([[period(-60, 0)], [period(-60, 40)]], pause())).toBe("unclear");
    expect(judgeStatistics([], pause())).toBe("unclear");
  });
});
