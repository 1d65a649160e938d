import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { definedOnly } from "../../lib/core/defined-only.ts";
import type { Order } from "../../lib/orders/order.ts";
import {
  beganWhen,
  learnFrom,
  type PauseUpdate,
  type PushSeen,
  plausibleStart,
} from "../../lib/orders/push-identity.ts";
import { at, pause } from "./pauses.ts";
import "../support/runs.ts";

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
/** The order with the update, as the ledger has it afterwards. */
const updated = ({ push, proof: _before, ...order }: Order, { proof, ...known }: PauseUpdate): Order => ({
  ...definedOnly({ ...order, push, ...definedOnly(known), proof }),
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
