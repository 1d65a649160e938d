/** One valid example of each shape; a test changes one thing of it. */
import { randomUUID } from "node:crypto";
import type { Stream } from "../../lib/core/stream.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import type { Report } from "../../lib/reports/report.ts";

export const NOON = new Date("2026-11-21T12:00:00Z");

export const policy: Policy = policySchema.parse({
  sources: { standard: { adapter: "standard", grade: "A" } },
  scope: [{ domain: "push.example.com", apps: ["live"] }],
  maxReportAgeMinutes: 10,
  operatorOverrideHours: 24,
  // Tests share a table, and most of them are about something else.
  limits: { total: 1_000_000, perSource: 1_000_000, atLeast: 1_000_000 },
  rules: [
    { id: "severe", categories: ["csam"], minScore: 0.5, urgent: true, action: "disable", disableHours: 168 },
    {
      id: "harmful",
      categories: ["weapons", "nudity"],
      minScore: 0.8,
      action: "pause",
      urgent: true,
      onRepeat: { withinHours: 24, disableHours: [24, 72] },
    },
    { id: "unsure", categories: ["weapons", "nudity"], minScore: 0.5, action: "review" },
    { id: "spam", categories: ["spam"], action: "ignore" },
  ],
});

/** With Live's push callbacks as a source, and a weak source beside it. */
export const pushPolicy: Policy = {
  ...policy,
  sources: {
    ...policy.sources,
    push: { adapter: "huawei-push", grade: "D" },
    weak: { adapter: "huawei-push", grade: "D" },
  },
  republish: { windowMinutes: 30, disableAfter: 2, disableHours: 24 },
};

/** A stream that no other test has touched. */
export const someStream = (): Stream => ({ domain: "push.example.com", app: "live", stream: `room-${randomUUID()}` });

export const weaponsReport = (change: Partial<Report> = {}): Report => ({
  source: "standard",
  id: `msg_${randomUUID()}`,
  occurredAt: NOON.toISOString(),
  receivedAt: NOON.toISOString(),
  stream: someStream(),
  category: "weapons",
  score: 0.9,
  reason: "a rifle on the table",
  bodySha256: "0".repeat(64),
  ...change,
});
