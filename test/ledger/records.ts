/** Orders, decisions and names as the tests of a ledger write them. */
import { randomUUID } from "node:crypto";
import { type Stream, streamSchema } from "../../lib/core/stream.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { OrderDraft } from "../../lib/orders/order.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { NOON } from "../support/fixtures.ts";

/** A ledger of the same kind each time: with nothing in it, or one whose mode and limits are as at first. */
export type CreateLedger = () => Ledger | Promise<Ledger>;

export const AT = NOON.toISOString();
export const later = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
export const draft = (stream: Stream, cause: string = randomUUID()): OrderDraft => ({
  stream,
  action: "pause",
  reason: "weapons 0.9 reported by standard",
  placedAt: AT,
  authority: { kind: "rule", cause, source: "standard", rule: "harmful", policy: "hash" },
});
export const record = (report: Report, change: Partial<ReportRecord> = {}): ReportRecord => ({
  key: reportKey(report),
  report,
  decision: { action: "pause", rule: "harmful", because: "rule" },
  facts: { workedAt: AT, orders: [] },
  decidedAt: AT,
  mode: "enforce",
  policy: "hash",
  ...change,
});

/** As long as streamSchema lets a name be, in characters of four bytes. */
export const longest: Stream = streamSchema.parse({
  domain: "𝕏".repeat(255),
  app: "😀".repeat(128),
  stream: "🏴".repeat(512),
});
