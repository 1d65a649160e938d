/** On whose word a stream was off: the order, what it was placed for, and who said yes to it. */

import type { Expected } from "../../archive/expected-disable.ts";
import { isOfRule } from "../../archive/findings.ts";
import type { PastOrderLine, ReportLine } from "../../archive/line-schemas.ts";
import type { Filed, LedgerView, Period } from "./ledger-view.ts";

export interface Authority {
  /** Null: not by us. */
  readonly by: "rule" | "operator" | null;
  readonly reason: string | null;
  readonly category: string | null;
  readonly rule: string | null;
  /** SHA-256 of the policy. */
  readonly policy: string | null;
  readonly source: string | null;
  readonly grade: string | null;
  /** The rule, or a person. */
  readonly decidedBy: string | null;
  readonly approvedBy: string | null;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string | null;
  /** Number of the order within its stream. */
  readonly order: number | null;
  readonly outcome: string | null;
}

export const UNKNOWN_AUTHORITY: Authority = {
  ...{ by: null, reason: null, category: null, rule: null, policy: null, source: null, grade: null },
  ...{ decidedBy: null, approvedBy: null, cause: null, order: null, outcome: null },
};

export interface Found {
  readonly authority: Authority;
  /** Of the archive. */
  readonly objects: readonly string[];
  /** What the report pointed at; never fetched by us. */
  readonly reported: readonly { readonly url: string; readonly sha256?: string }[];
}

/** Something that the ledger must have exported and that was not read yet. */
export interface Want {
  /** To give up on it one day. */
  readonly id: string;
  /** It changed then, or later. */
  readonly at: string;
}

export function authorityOf({ order, expected }: Period, ledger: LedgerView): Found {
  if (order) return ofOrder(order.line, ledger);
  if (expected) return ofExpected(expected.line, ledger);
  return { authority: UNKNOWN_AUTHORITY, objects: [], reported: [] };
}

function ofOrder(order: PastOrderLine, ledger: LedgerView): Found {
  const { reason, number, outcome = null } = order;
  const first = firstOf(order, ledger);
  const { authority: word } = first;
  const report = ledger.report(reportKeyOf(first) ?? "");
  const cause = causeOf(first);
  const facts = { reason, order: number, outcome, ...told(report) };
  if (word.kind === "rule") {
    const { rule, policy, source } = word;
    const authority = {
      ...facts,
      by: word.kind,
      rule,
      policy,
      source,
      cause,
      decidedBy: `rule ${rule}`,
      approvedBy: null,
    };
    return { authority, ...found(report) };
  }
  const approved = word.approves === undefined ? null : word.requestedBy;
  const authority: Authority = {
    ...{ ...facts, by: word.kind, cause: word.approves ?? word.orderId },
    // What was held the rule had decided, and a person said yes. In a review it is the person who decides.
    decidedBy: report?.line.outcome === "held" && facts.rule !== null ? `rule ${facts.rule}` : word.requestedBy,
    approvedBy: word.approvedBy ?? approved,
  };
  return { authority, ...found(report, ...requestOf({ cause, orderId: word.orderId }, ledger)) };
}

function ofExpected({ cause, reason, by, number, outcome }: Expected, ledger: LedgerView): Found {
  const report = ledger.report(cause);
  const isOperator = !isOfRule({ cause });
  const facts = { ...told(report), source: isOperator ? null : (cause.split("#")[0] ?? null) };
  const who = { by: isOperator ? "operator" : "rule", decidedBy: by, approvedBy: null } as const;
  return { authority: { ...facts, ...who, reason, cause, order: number, outcome }, ...found(report) };
}

const told = (report: Filed<ReportLine> | undefined) => ({
  category: report?.line.report.category ?? null,
  rule: report?.line.decision.rule ?? null,
  policy: report?.line.policy ?? null,
  source: report?.line.report.source ?? null,
  grade: report?.line.grade ?? null,
});

const found = (
  report: Filed<ReportLine> | undefined,
  ...request: readonly { readonly object: string }[]
): Pick<Found, "objects" | "reported"> => ({
  objects: [...(report ? [report] : []), ...request].map(({ object }) => object),
  reported: report?.line.report.evidence ?? [],
});

type OperatorWord = Extract<PastOrderLine["authority"], { kind: "operator" }>;

/** What was asked for: one order of a few, or a plan, and that it was applied. */
function requestOf(
  { cause, orderId }: Pick<OperatorWord, "cause" | "orderId">,
  ledger: LedgerView,
): { readonly object: string }[] {
  const all = [ledger.operatorOrder(cause), ledger.plan(orderId), ledger.planState(orderId)];
  return all.flatMap((filed) => (filed ? [filed] : []));
}

/** Who did without the second person, as far as it is known. */
export function breakGlassUse({ order }: Period, ledger: LedgerView): string[] {
  const authority = order?.line.authority;
  if (authority?.kind !== "operator" || !authority.breakGlass) return [];
  const applied = ledger.planState(authority.orderId)?.line.applied;
  const who = applied ? ` by ${applied.appliedBy}: ${applied.reason}` : "";
  return [`it took a second person, and the glass was broken instead${who}`];
}

/** A stream that came back is taken off on the word of the order that did it first. */
function firstOf(order: PastOrderLine, ledger: LedgerView): PastOrderLine {
  const after = order.authority.republish?.after;
  return (after === undefined ? undefined : ledger.order(order.stream, after)?.line) ?? order;
}

/** A repair has one of its own, which says only when an audit asked for it. */
const causeOf = ({ authority }: PastOrderLine): string => (authority.repairs ?? authority).cause;

const reportKeyOf = (order: PastOrderLine): string | undefined =>
  order.authority.kind === "rule" ? causeOf(order) : order.authority.approves;

/** What is still to be looked for, and since when it may have been exported. */
export function wantsOf({ stream, number, order, expected }: Period, ledger: LedgerView): Want[] {
  if (order) return wantsOfOrder(order.line, ledger);
  return expected ? [{ id: JSON.stringify([stream, number]), at: expected.line.placedAt }] : [];
}

function wantsOfOrder(order: PastOrderLine, ledger: LedgerView): Want[] {
  const { authority, stream } = order;
  const { placedAt: at } = authority.repairs ?? order;
  const key = reportKeyOf(order);
  const report = key === undefined ? undefined : ledger.report(key);
  const wanted = key === undefined || report ? [] : [{ id: key, at }];
  const after = authority.republish?.after;
  if (after !== undefined) {
    const first = ledger.order(stream, after);
    if (first) return wantsOfOrder(first.line, ledger);
    // The report of its return knows when that was.
    const placedAt = report?.line.facts.orders?.find((each) => each.number === after)?.placedAt;
    return placedAt === undefined ? wanted : [{ id: JSON.stringify([stream, after]), at: placedAt }];
  }
  if (authority.kind === "rule") return wanted;
  if (ledger.operatorOrder(causeOf(order)) || ledger.planState(authority.orderId)?.line.applied) return wanted;
  return [...wanted, { id: causeOf(order), at }];
}
