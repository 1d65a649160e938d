import { describe, expect, it } from "@jest/globals";
import {
  countPeriods,
  countReviews,
  dayOf,
  isMatch,
  periodKey,
  severityOf,
  verifyCommand,
} from "../../../console/history/periods.ts";
import type { EvidenceGap, HistoryPeriod, HistoryReview } from "../../../console/http/protocol.ts";

const NOTHING = {
  ...{ unattributed: null, category: null, rule: null, policy: null, source: null, grade: null, approvedBy: null },
  ...{ cause: null, order: null, outcome: null, review: null, listed: null, endedBy: null },
};
const period = (change: Partial<HistoryPeriod> = {}): HistoryPeriod => ({
  ...NOTHING,
  ...{ domain: "push.example.com", app: "live", stream: "room-42", by: "operator", reason: "a raid" },
  ...{ from: "2026-03-14T09:00:00.000Z", fromBy: "order", until: null, untilBy: null, remarks: [] },
  ...{ decidedBy: "arn:aws:iam::123456789012:user/alice", evidence: { objects: [], reported: [] } },
  ...change,
});
const gap = (kind: EvidenceGap["kind"]): EvidenceGap => ({ kind, object: "x", message: "y" });

it("streams are counted once, and what is not by offair or not attributed is counted apart", () => {
  const later = period({ from: "2026-03-14T12:00:00.000Z", by: null, decidedBy: null });
  const other = period({ stream: "room-43", by: "unknown", decidedBy: null });
  expect(countPeriods([period(), later, other])).toEqual({ streams: 2, notByOffair: 1, notAttributed: 1 });
  expect(periodKey(period())).not.toBe(periodKey(later));
});

it("reviews are counted by their deadline", () => {
  const reviews = (["in-time", "late", "late", "missed", "open"] as const).map((state) => ({ state }) as HistoryReview);
  expect(countReviews(reviews)).toEqual({ inTime: 1, late: 2, missed: 1, open: 1 });
});

describe("the gaps of a day", () => {
  it.each([
    [[], "none"],
    [["missing", "missed"], "incomplete"],
    [["missing", "altered"], "altered"],
    [["unreadable"], "altered"],
  ] as const)("%j: %s", (kinds, severity) => {
    expect(severityOf(kinds.map(gap))).toBe(severity);
  });
});

it.each([
  ["ROOM-42", true],
  ["alice", true],
  ["live/room", true],
  ["raid", true],
  ["bob", false],
])("a period is found by a part of its names and reasons: %s", (part, isFound) => {
  expect(isMatch(period(), part)).toBe(isFound);
});

it("the command that verifies an export names the head and the hour at which it begins", () => {
  const made = {
    name: "offair-2026-03-14-to-2026-03-14.tar",
    last: { number: 75, sha256: "ab".repeat(32), keyId: "k" },
    slots: { from: "2026-03-14T00:00:00.000Z", until: "2026-03-15T00:00:00.000Z" },
  };
  expect(verifyCommand(made)).toBe(
    `offair verify ${made.name} --key KEY.pem --head ${made.last.sha256} --from 2026-03-14T00:00:00.000Z`,
  );
  expect(dayOf(Date.parse("2026-03-14T23:59:59.999Z"))).toBe("2026-03-14");
});
