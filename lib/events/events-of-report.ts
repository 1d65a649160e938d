/**
 * The events of a report: its decision; the end of a decision that acts, which comes later; a re-publish without an order; and its case. Later
 * changes of the outcome (a pause that is proven) are in the events of the order.
 */
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import { acts } from "../decisions/decision.ts";
import type { ReportRecord } from "../decisions/report-record.ts";
import type { OffairEvent } from "./event.ts";
import { eventsOfCase } from "./events-of-case.ts";
import { cut } from "./limit-text.ts";
import { hashInId, makeEvent } from "./make-event.ts";
import { republishData } from "./republish-data.ts";

const BECAUSE_MAX = 200;

export function eventsOfReport(record: ReportRecord): OffairEvent[] {
  if (isOfCanary(record.key)) return [];
  return [...decided(record), ...republished(record), ...eventsOfCase(record)];
}

/**
 * Whether the outcome was written together with the decision. A decision that acts is then held or observed, and has no order: one that was
 * placed and refused afterwards has its number.
 */
const endedAtOnce = ({ decision, outcome, orderNumber }: ReportRecord): boolean =>
  !acts(decision) || ((outcome === "held" || outcome === "observed") && orderNumber === undefined);

function decided(record: ReportRecord): OffairEvent[] {
  const { key, report, decision, decidedAt, closedAt = decidedAt, outcome, because, orderNumber } = record;
  const stream = nameOf(report.stream);
  const data = definedOnly({
    stream,
    report: key,
    source: report.source,
    category: report.category,
    receivedAt: report.receivedAt,
    decidedAt,
    action: decision.action,
    because: cut(decision.because, BECAUSE_MAX),
    rule: decision.rule,
    until: decision.action === "disable" ? decision.resumeTime : undefined,
    grade: record.grade,
    mode: record.mode,
    policy: record.policy,
    republish: decision.republish && republishData(decision.republish),
    appealOf: report.appeal?.number,
  });
  const end = definedOnly({
    outcome,
    outcomeBecause: because === undefined ? undefined : cut(because, BECAUSE_MAX),
    endedAt: outcome && closedAt,
    order: orderNumber,
  });
  const id = `report-${hashInId(key)}`;
  const event = (name: string, time: string, known: typeof data) =>
    makeEvent("report.decided", { id: `${id}-${name}`, time, stream, data: known });
  if (endedAtOnce(record)) return [event("decided", decidedAt, { ...data, ...end })];
  const first = event("decided", decidedAt, data);
  return outcome ? [first, event("ended", closedAt, { ...data, ...end })] : [first];
}

const WITHOUT_ORDER = ["held", "review", "observed", "refused"] as const;

/** A re-publish that no order answers. If one does, its event is the order's. */
function republished({ key, report, decision, decidedAt, closedAt, ...record }: ReportRecord): OffairEvent[] {
  const outcome = WITHOUT_ORDER.find((each) => each === record.outcome);
  if (!decision.republish || !outcome || record.orderNumber !== undefined || decision.action === "ignore") return [];
  const stream = nameOf(report.stream);
  const data = definedOnly({
    stream,
    ...republishData(decision.republish),
    report: key,
    category: report.category,
    action: decision.action,
    outcome,
  });
  const id = `republish-report-${hashInId(key)}`;
  return [makeEvent("stream.republished", { id, time: closedAt ?? decidedAt, stream, data })];
}
