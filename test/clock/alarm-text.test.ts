import { describe, expect, it } from "@jest/globals";
import { alarmText } from "../../lib/clock/alarm-text.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import type { ReportRecord, UntranslatedRecord } from "../../lib/decisions/report-record.ts";
import { HOSTILE_STREAMS } from "../support/hostile-names.ts";
import { NOON, weaponsReport } from "../support/fixtures.ts";

const at = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const record = (change: Partial<ReportRecord> = {}): ReportRecord => ({
  ...{
    key: "standard#m-1",
    report: weaponsReport({
      category: "csam",
      reason: "WORDS OF THE REPORTER",
      stream: { domain: "push.example.com", app: "live", stream: "room-1" },
    }),
    mode: "enforce",
  },
  ...{ decision: { action: "review", because: "rule", rule: "unsure" }, facts: { workedAt: at(0), orders: [] } },
  ...{
    decidedAt: at(0),
    policy: "hash",
    outcome: "review",
    review: "open",
    openedAt: at(0),
    dueAt: at(15 * MINUTE_MS),
  },
  ...change,
});
const unread: UntranslatedRecord = {
  ...{ key: "vendor#x", untranslated: { source: "vendor", id: "x", receivedAt: at(0), bodySha256: "0", issues: [] } },
  ...{ decidedAt: at(0), outcome: "review", because: "untranslatable", review: "open", dueAt: at(-3 * HOUR_MS) },
};

describe("an alarm", () => {
  it("says which case, how long it has, and what to do", () => {
    const { subject, text } = alarmText("urgent", [record({ urgent: true })], NOON, "prod");
    expect(subject).toBe("offair prod: 1 case for review, urgent");
    expect(text.split("\n")).toEqual([
      "offair prod: 1 case for review, urgent.",
      "",
      "- csam, push.example.com/live/room-1: due 2026-11-21 12:15 UTC, 15 min left, urgent",
      "  standard#m-1",
      "",
      "What to do: run `offair review next`, which hands you the most urgent case.",
    ]);
  });

  it("names a message that could not be translated by its source", () => {
    const { subject, text } = alarmText("missed", [unread], NOON, "prod");
    expect(subject).toBe("offair prod: the time is over, and nobody has decided on 1 case");
    expect(text).toContain(
      "- a message of vendor that could not be translated: due 2026-11-21 09:00 UTC, 3 h late\n  vendor#x",
    );
  });

  it("names ten cases, and says how many more there are", () => {
    const many = Array.from({ length: 25 }, (_, index) => record({ key: `standard#m-${index}` }));
    const { subject, text } = alarmText("half", many, NOON, "prod");
    expect(subject).toContain("25 cases");
    expect(text.match(/standard#/g)).toHaveLength(10);
    expect(text).toContain("and 15 more.");
    expect(alarmText("half", many.slice(0, 10), NOON, "prod").text).not.toContain("more.");
  });

  it("has nothing that a reporter wrote", () => {
    expect(alarmText("half", [record()], NOON, "prod").text).not.toContain("WORDS");
  });

  it("stays in its lines and within what SNS takes, whatever a sender called a stream or a report", () => {
    const names = [
      ...HOSTILE_STREAMS.map(({ name }) => name),
      "a\nb\r\u2028c",
      "x".repeat(3_000),
      "\u202e".repeat(3_000),
    ];
    for (const name of names) {
      const hostile = record({
        key: `standard#${name}`,
        report: weaponsReport({ stream: { domain: "d", app: "a", stream: name } }),
      });
      const { subject, text } = alarmText("urgent", Array<ReportRecord>(12).fill(hostile), NOON, "prod");
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(text.split("\n")).toHaveLength(2 + 20 + 1 + 2);
      expect(text).not.toMatch(/[\r\u2028\u2029\u202e\u0000-\u0009]/);
      expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    }
  });
});
