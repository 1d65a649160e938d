/** One line for each event on the running stack: a report's decision and outcome, an order's outcome, a plan's steps. Pure. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Stream } from "../../lib/core/stream.ts";
import type { ReportOutcome, ReportRecord } from "../../lib/decisions/report-record.ts";
import type { LedgerEvent } from "../../lib/ledger/export-event.ts";
import type { Order } from "../../lib/orders/order.ts";
import { planSchema } from "../../lib/plans/plan.ts";
import type { LogLine } from "../lambda/settings.ts";

export interface Activity {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: "report" | "re-publish" | "order" | "plan" | "mode" | "audit" | "message";
  /** Escaped, because they contain names and reasons chosen by other people. */
  readonly parts: readonly string[];
  /** The outcome, if there is one. */
  readonly outcome?: string;
  readonly tone: "good" | "person" | "bad" | "plain";
}

const TONES: Partial<Record<ReportOutcome, Activity["tone"]>> = {
  ...{ accepted: "good", verified: "good", review: "person", held: "person", unverified: "person" },
  ...{ failed: "bad", unknown: "bad", refused: "bad" },
};
const toneOf = (outcome: ReportOutcome): Activity["tone"] => TONES[outcome] ?? "plain";

/** @returns undefined for an event that has not ended, or that another line reports. */
export function activityOf(event: LedgerEvent): Activity | undefined {
  switch (event.kind) {
    case "report":
      return event.report.verdict ? verdictOn(event.report) : reportEnded(event.report);
    case "untranslated": {
      const { key, verdict, decidedAt: at } = event.untranslated;
      if (verdict) return verdictOn({ key, verdict });
      return { at, kind: "report", parts: [short(key), "cannot be translated"], outcome: "review", tone: "person" };
    }
    case "order":
      return orderEnded(event.order);
    case "plan": {
      const { orderId, action, count, requestedBy, reason, plannedAt } = planSchema.parse(JSON.parse(event.plan.head));
      const what = `${action} ${count} ${count === 1 ? "stream" : "streams"}`;
      return { at: plannedAt, kind: "plan", parts: [orderId, what, said(requestedBy, reason)], tone: "plain" };
    }
    case "plan-state":
      return planChanged(event.planState);
    case "change": {
      const { changedAt, changedBy, reason, mode, source, frozen } = event.change;
      const what = mode === undefined ? `${source} ${frozen ? "frozen" : "not frozen any more"}` : String(mode);
      return { at: changedAt, kind: "mode", parts: [escapeInvisible(what), said(changedBy, reason)], tone: "plain" };
    }
    case "operator-order":
      return undefined;
  }
}

/** Reasons of a usual decision, which the line already shows. */
const USUAL = new Set(["rule", "republish"]);

function reportEnded({ key, report, decision, outcome, because, closedAt }: ReportRecord): Activity | undefined {
  if (outcome === undefined || closedAt === undefined) return undefined;
  const { category, score, stream, receivedAt } = report;
  const { republish, rule } = decision;
  const by = [rule && `rule ${rule}`, !USUAL.has(decision.because) && decision.because].filter(Boolean).join(", ");
  const until = "resumeTime" in decision ? ` until ${decision.resumeTime}` : "";
  const why = because !== undefined && because !== decision.because ? ` (${because})` : "";
  return {
    at: receivedAt,
    kind: republish ? "re-publish" : "report",
    parts: [
      short(key),
      republish ? `number ${republish.times}` : `${category}${score === undefined ? "" : ` ${score}`}`,
      nameOf(stream),
      escapeInvisible(`→ ${decision.action}${until} (${by})`),
    ],
    outcome: `${outcome}${escapeInvisible(why)}  ${seconds(receivedAt, closedAt)}`,
    tone: toneOf(outcome),
  };
}

/** Reports an operator's order or a repair. An order of a re-publish is reported by its report's line. */
function orderEnded(order: Order): Activity | undefined {
  const { authority, outcome, endedAt, error, action, stream, placedAt, reason, number } = order;
  const isOperators = authority.kind === "operator" && !authority.republish;
  if (outcome === undefined || endedAt === undefined || !(isOperators || authority.repairs)) return undefined;
  const repaired = authority.repairs && `repair of order ${authority.repairs.of} (${authority.repairs.why})`;
  const by = repaired ?? (authority.kind === "operator" ? said(authority.requestedBy, reason) : "");
  return {
    at: placedAt,
    kind: "order",
    parts: [authority.kind === "operator" ? authority.orderId : `number ${number}`, action, nameOf(stream), by],
    outcome: `${outcome}${error === undefined ? "" : escapeInvisible(` (${error})`)}  ${seconds(placedAt, endedAt)}`,
    tone: toneOf(outcome),
  };
}

function verdictOn({ key, verdict }: Pick<ReportRecord, "key" | "verdict">): Activity | undefined {
  if (!verdict) return undefined;
  const parts = [short(key), `${verdict.verdict} by ${said(verdict.by, verdict.reason)}`];
  return { at: verdict.at, kind: "report", parts, tone: "plain" };
}

/** Reports the newest step of a plan. */
function planChanged(state: Extract<LedgerEvent, { kind: "plan-state" }>["planState"]): Activity | undefined {
  const { orderId, approval, applied, cancelled, undos } = state;
  const undo = undos?.at(-1);
  const steps = [
    approval && { at: approval.approvedAt, text: `approved by ${said(approval.approvedBy, approval.reason)}` },
    applied && { at: applied.appliedAt, text: `applied by ${said(applied.appliedBy, applied.reason)}` },
    cancelled && { at: cancelled.cancelledAt, text: `cancelled by ${said(cancelled.cancelledBy, cancelled.reason)}` },
    undo && { at: undo.askedAt, text: `undo asked for by ${personOf(undo.askedBy)}` },
  ];
  const newest = steps.filter((step) => step !== undefined).sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  return newest && { at: newest.at, kind: "plan", parts: [orderId, newest.text], tone: "plain" };
}

/** Reports the events that are not in the ledger: a refused or duplicate report, a failed message. */
export function activityOfLog({ record }: Pick<LogLine, "record">): Activity | undefined {
  const said = record?.message;
  if (typeof said !== "object" || said === null) return undefined;
  const { event, key, source, error, message, delaySeconds, outcome, repeated } = said as Record<string, unknown>;
  const at = String(record?.timestamp);
  const why = escapeInvisible([error, message].filter((text) => text !== undefined).join(": "));
  switch (event) {
    case "report.refused":
      return { at, kind: "report", parts: [escapeInvisible(String(source)), why], outcome: "refused", tone: "bad" };
    case "message.handled":
      if (repeated !== true) return undefined;
      return {
        at,
        kind: "report",
        parts: [short(String(key)), `a duplicate: ended before as ${outcome}`],
        tone: "plain",
      };
    case "message.returned":
      return { at, kind: "message", parts: [why], outcome: `again in ${delaySeconds} s`, tone: "person" };
    case "message.dead":
      return { at, kind: "message", parts: [why], outcome: "dead-lettered", tone: "bad" };
    default:
      return undefined;
  }
}

const MAX_ID = 32;

/** Shortens a sender's id, which may be long; `offair review --json` shows it in full. */
const short = (key: string): string => escapeInvisible(key.length > MAX_ID ? `${key.slice(0, MAX_ID - 1)}…` : key);
const nameOf = ({ app, stream }: Stream): string => escapeInvisible(`${app}/${stream}`);
const seconds = (from: string, until: string): string =>
  `${((Date.parse(until) - Date.parse(from)) / 1_000).toFixed(1)} s`;
/** The name in an ARN: `alice` for `arn:aws:iam::000000000000:user/alice`. */
const personOf = (arn: string): string =>
  escapeInvisible(arn.startsWith("arn:") ? arn.slice(arn.lastIndexOf("/") + 1) : arn);
const said = (who: string, reason: string): string => `${personOf(who)}: ${escapeInvisible(reason)}`;
