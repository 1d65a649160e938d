import { describe, expect, it } from "@jest/globals";
import { dueAlarm, isOverdue } from "../../lib/clock/due-alarms.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { NOON } from "../support/fixtures.ts";

const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE_MS);
const at = (minutes: number) => minutesLater(minutes).toISOString();
/** Of 20 minutes. */
const waiting = { review: "open", openedAt: at(0), dueAt: at(20), decidedAt: at(-5) } as const;
const urgent = { ...waiting, urgent: true } as const;
const verdict = { verdict: "rejected", by: "ana", at: at(1), reason: "no harm" } as const;

describe("the alarm that a case needs", () => {
  it.each<[number, string | undefined, string | undefined]>([
    [-60, undefined, "urgent"],
    [0, undefined, "urgent"],
    [9.99, undefined, "urgent"],
    [10, "half", "half"],
    [15.99, "half", "half"],
    [16, "nearly", "nearly"],
    [19.99, "nearly", "nearly"],
    [20, "missed", "missed"],
    [9_999, "missed", "missed"],
  ])("after %s minutes is the latest that is due: %s, of an urgent one: %s", (minutes, calm, quick) => {
    expect(dueAlarm(waiting, minutesLater(minutes))?.stage).toBe(calm);
    expect(dueAlarm(urgent, minutesLater(minutes))?.stage).toBe(quick);
  });

  it("comes with all earlier ones that nobody had", () => {
    expect(dueAlarm(urgent, minutesLater(17))).toEqual({ stage: "nearly", passed: ["urgent", "half", "nearly"] });
    const alarms = { urgent: at(0), half: at(10) };
    expect(dueAlarm({ ...urgent, alarms }, minutesLater(17))).toEqual({ stage: "nearly", passed: ["nearly"] });
    expect(dueAlarm({ ...urgent, alarms }, minutesLater(15))).toBeUndefined();
    expect(dueAlarm({ ...urgent, alarms: { missed: at(20) } }, minutesLater(21))?.stage).toBe("nearly");
  });

  it("is none after a verdict, or if the case does not wait", () => {
    expect(dueAlarm({ ...urgent, verdict }, minutesLater(30))).toBeUndefined();
    expect(
      dueAlarm({ openedAt: at(0), dueAt: at(20), decidedAt: at(0), urgent: true }, minutesLater(30)),
    ).toBeUndefined();
    expect(isOverdue({ ...urgent, verdict }, minutesLater(30))).toBe(false);
  });

  it("is late from the moment at which the time is over", () => {
    expect([19.99, 20, 21].map((minutes) => isOverdue(waiting, minutesLater(minutes)))).toEqual([false, true, true]);
  });
});
