/**
 * Pure: what the sender of a report may know of it. Nothing about the way to the decision beyond the action and the rule, nothing of other
 * reports, and nobody's name.
 */
import { definedOnly } from "../core/defined-only.ts";
import type { Decision } from "../decisions/decision.ts";
import type { ReportRecord, Verdict } from "../decisions/report-record.ts";
import type { Report } from "../reports/report.ts";
import type { ReportStatus } from "./status-schema.ts";

/** The part of a report's record that its status is made of. */
export interface AnsweredReport
  extends Pick<ReportRecord, "decidedAt" | "outcome" | "orderNumber" | "closedAt" | "dueAt"> {
  readonly report: Pick<Report, "receivedAt">;
  readonly decision: Pick<Decision, "action" | "rule"> & { readonly resumeTime?: string };
  readonly verdict?: Pick<Verdict, "verdict" | "at" | "action" | "resumeTime">;
}

export function statusOf({ source, id }: Pick<Report, "source" | "id">, record: AnsweredReport): ReportStatus {
  const { report, decision, decidedAt, outcome, closedAt, orderNumber, dueAt, verdict } = record;
  const { action, rule, resumeTime } = decision;
  const { receivedAt } = report;
  const decided = { source, id, receivedAt, decidedAt, decision: definedOnly({ action, rule }) };

  if (outcome === undefined) return { ...decided, status: "decided" };
  if (outcome !== "review" && outcome !== "held") {
    const isOrdered = orderNumber !== undefined && (action === "pause" || action === "disable");
    const order = isOrdered ? definedOnly({ action, resumeTime, number: orderNumber }) : undefined;
    return { ...decided, ...definedOnly({ status: "done", outcome, outcomeAt: closedAt, order }) };
  }
  // The verdict on another record is one on a sample, and changes nothing.
  if (!verdict) return { ...decided, ...definedOnly({ status: "waiting", waitingUntil: dueAt }) };
  if (verdict.verdict === "rejected") return { ...decided, status: "done", outcome: "rejected", outcomeAt: verdict.at };
  // An appeal is approved without an action against the stream: its order is overturned.
  if (verdict.action === undefined || verdict.action === "enable")
    return { ...decided, status: "done", outcome: "granted", outcomeAt: verdict.at };
  // The outcome of an approval's order is with the order, and not with the report.
  const order = definedOnly({ action: verdict.action, resumeTime: verdict.resumeTime });
  return { ...decided, status: "ordered", order };
}
