/** Finds on whose authority a stream was off: the order, the report or request that it was placed for, and who approved it. */

import { isOfRule } from "../../archive/findings.ts";
import type { Expected, PastOrderLine, ReportLine } from "../../archive/line-schemas.ts";
import { type Deadline, deadlineOf } from "../../archive/review-deadline.ts";
import type { Filed, LedgerPeriod, LedgerView } from "./ledger-view.ts";

export interface Authority {
  /** Null: no offair order explains it. `unknown`: it is not known, for the reason in `unattributed`. */
  readonly by: "rule" | "operator" | "unknown" | null;
  /** Why nothing is known of who disabled the stream; null if that is known. */
  readonly unattributed: string | null;
  readonly reason: string | null;
  readonly category: string | null;
  readonly rule: string | null;
  /** SHA-256 of the policy. */
  readonly policy: string | null;
  readonly source: string | null;
  readonly grade: string | null;
  /** The rule, or the operator. */
  readonly decidedBy: string | null;
  readonly approvedBy: string | null;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string | null;
  /** Number of the order within its stream. */
  readonly order: number | null;
  readonly outcome: string | null;
  /** Of a report that waited for a person: its due time, and whether the first verdict came in time. */
  readonly review: Deadline | null;
}

export const UNKNOWN_AUTHORITY: Authority = {
  ...{
    by: null,
    unattributed: null,
    reason: null,
    category: null,
    rule: null,
    policy: null,
    source: null,
    grade: null,
  },
  ...{ decidedBy: null, approvedBy: null, cause: null, order: null, outcome: null, review: null },
};

export interface Found {
  readonly authority: Authority;
  /** Archive objects that contain the lines. */
  readonly objects: readonly string[];
  /** Evidence that the report names. offair never fetches it. */
  readonly reported: readonly { readonly url: string; readonly sha256?: string }[];
}

/** A ledger item that must have been exported and was not read yet. */
export interface MissingItem {
  /** Identifies the item, so that the search for it can be given up after some tries. */
  readonly id: string;
  /** The item changed at this time or later, so an export after it contains the item. */
  readonly at: string;
}

export function authorityOf({ order, expected }: Pick<LedgerPeriod, "order" | "expected">, ledger: LedgerView): Found {
  if (order) return ofOrder(order.line, ledger);
  if (expected) return ofExpected(expected.line, ledger);
  return { authority: UNKNOWN_AUTHORITY, objects: [], reported: [] };
}

function ofOrder(order: PastOrderLine, ledger: LedgerView): Found {
  const original = originalOf(order, ledger);
  const { authority: given } = original;
  const cause = causeOf(original);
  const report = ledger.report(reportKeyOf(original) ?? "");
  const { reason, number, outcome = null } = order;
  const facts = { ...factsOf(report), by: given.kind, unattributed: null, reason, order: number, outcome };
  if (given.kind === "rule") {
    const { rule, policy, source } = given;
    return found({ ...facts, rule, policy, source, cause, decidedBy: `rule ${rule}`, approvedBy: null }, report);
  }
  const { approves, approvedBy, orderId, requestedBy } = given;
  // A report that was held was decided by the rule and approved by a person; in a review the person decides.
  const decidedBy = report?.line.outcome === "held" && facts.rule !== null ? `rule ${facts.rule}` : requestedBy;
  const authority = {
    ...facts,
    cause: approves ?? orderId,
    decidedBy,
    approvedBy: approvedBy ?? (approves === undefined ? null : requestedBy),
  };
  // The request: a single order, or a plan and its application.
  return found(authority, report, ledger.operatorOrder(cause), ledger.plan(orderId), ledger.planState(orderId));
}

/** The list of expected disables has fewer facts than the order. */
function ofExpected({ cause, reason, by, number, outcome }: Expected, ledger: LedgerView): Found {
  const report = ledger.report(cause);
  const isRule = isOfRule({ cause });
  const authority: Authority = {
    ...factsOf(report),
    source: isRule ? (cause.split("#")[0] ?? null) : null,
    by: isRule ? "rule" : "operator",
    unattributed: null,
    ...{ decidedBy: by, approvedBy: null, reason, cause, order: number, outcome },
  };
  return found(authority, report);
}

const factsOf = (report: Filed<ReportLine> | undefined) => ({
  category: report?.line.report.category ?? null,
  rule: report?.line.decision.rule ?? null,
  policy: report?.line.policy ?? null,
  source: report?.line.report.source ?? null,
  grade: report?.line.grade ?? null,
  review: (report && deadlineOf(report.line, 0)) ?? null, // a report on which somebody acted has a verdict
});

const found = (
  authority: Authority,
  report: Filed<ReportLine> | undefined,
  ...request: readonly (Filed<unknown> | undefined)[]
): Found => ({
  authority,
  objects: [report, ...request].flatMap((filed) => (filed ? [filed.object] : [])),
  reported: report?.line.report.evidence ?? [],
});

/** Remark about a break-glass use, with the person who applied the plan if that is known. */
export function breakGlassUse({ order }: LedgerPeriod, ledger: LedgerView): string[] {
  const authority = order?.line.authority;
  if (authority?.kind !== "operator" || !authority.breakGlass) return [];
  const applied = ledger.planState(authority.orderId)?.line.applied;
  const who = applied ? ` by ${applied.appliedBy}: ${applied.reason}` : "";
  return [`it needed a second person's approval; break-glass was used instead${who}`];
}

/** For an order that disables a re-published stream again: the order that disabled it first, whose authority it has. */
export function originalOf(order: PastOrderLine, ledger: LedgerView): PastOrderLine {
  const after = order.authority.republish?.after;
  return (after === undefined ? undefined : ledger.order(order.stream, after)?.line) ?? order;
}

/** A repair's own cause is only the audit that asked for it: use the cause of the repaired order. */
const causeOf = ({ authority }: PastOrderLine): string => (authority.repairs ?? authority).cause;

/** `source#id` of the report that it was placed for, by a rule or by an approval. */
export const reportKeyOf = (order: PastOrderLine): string | undefined =>
  order.authority.kind === "rule" ? causeOf(order) : order.authority.approves;

/** The ledger items that are still needed to explain a period, and from when on they may have been exported. */
export function missingItems({ stream, number, order, expected }: LedgerPeriod, ledger: LedgerView): MissingItem[] {
  if (order) return missingForOrder(order.line, ledger);
  return expected ? [{ id: JSON.stringify([stream, number]), at: expected.line.placedAt }] : [];
}

/** The same for one order. */
export function missingForOrder(order: PastOrderLine, ledger: LedgerView): MissingItem[] {
  const { authority, stream } = order;
  const { placedAt: at } = authority.repairs ?? order;
  const key = reportKeyOf(order);
  const report = key === undefined ? undefined : ledger.report(key);
  const missing = key === undefined || report ? [] : [{ id: key, at }];
  const after = authority.republish?.after;
  if (after !== undefined) {
    const original = ledger.order(stream, after);
    if (original) return missingForOrder(original.line, ledger);
    // The report of the re-publish stores when the original order was placed.
    const placedAt = report?.line.facts.orders?.find((each) => each.number === after)?.placedAt;
    return placedAt === undefined ? missing : [{ id: JSON.stringify([stream, after]), at: placedAt }];
  }
  if (authority.kind === "rule") return missing;
  if (ledger.operatorOrder(causeOf(order)) || ledger.planState(authority.orderId)?.line.applied) return missing;
  return [...missing, { id: causeOf(order), at }];
}
