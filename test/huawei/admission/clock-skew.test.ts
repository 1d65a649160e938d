import { describe, expect, it } from "@jest/globals";
import { correctionFor, createClock } from "../../../lib/huawei/admission/clock-skew.ts";

const NOON_MS = Date.parse("2026-04-22T12:00:00Z");
/** An answer that came after four seconds, and says that Live's clock is so far ahead. */
const measured = (skewMs: number) => ({
  date: new Date(NOON_MS + skewMs),
  sentAt: new Date(NOON_MS - 2_000),
  answeredAt: new Date(NOON_MS + 2_000),
});

describe("what is added to our clock", () => {
  it.each([
    ["nothing up to a minute", 60_000, 0, 0],
    ["nothing up to a minute behind", -60_000, 0, 0],
    ["all of it beyond", 61_000, 0, 61_000],
    ["all of it beyond, behind", -61_000, 0, -61_000],
    ["still all of it while it is over half a minute: no flicker around one", 59_000, 61_000, 59_000],
    ["nothing again below that", 30_000, 61_000, 0],
  ])("is %s: %i", (_, skewMs, before, after) => {
    expect(correctionFor(measured(skewMs), before)).toBe(after);
  });

  it("stays as it was when an answer has no date", () => {
    expect(correctionFor({ ...measured(0), date: undefined }, 960_000)).toBe(960_000);
  });
});

describe("the clock", () => {
  it("reports a change once, whatever the seconds do", () => {
    const reported: number[] = [];
    const clock = createClock((skewMs) => reported.push(skewMs));
    for (const skewMs of [0, 5_000, 960_000, 961_000, 959_000, 960_000, 1_000, -1_000]) clock.measure(measured(skewMs));
    expect(reported).toEqual([960_000, 0]);
  });

  it("says when an answer moved it, so that what was refused for its time is worth another try", () => {
    const clock = createClock(() => {});
    expect([960_000, 961_000, 0, 0].map((skewMs) => clock.measure(measured(skewMs)))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("believes what others have measured until it is answered itself", () => {
    const clock = createClock(() => {});
    clock.suggest(960_000);
    expect(clock.liveTime(new Date(NOON_MS))).toEqual(new Date(NOON_MS + 960_000));
    clock.measure(measured(0));
    clock.suggest(960_000);
    expect(clock.liveTime(new Date(NOON_MS))).toEqual(new Date(NOON_MS));
  });
});
