/** The metrics of a handled report or order. */
import { isOfCanary } from "../core/canary.ts";
import type { MetricName } from "../core/metrics.ts";
import { DUPLICATE_ID } from "../decisions/decide.ts";
import type { Handled } from "./handler.ts";

const METRIC_OF: Record<Handled["outcome"], MetricName | undefined> = {
  accepted: "OrdersDone",
  verified: "OrdersDone",
  unverified: "OrdersDone",
  unknown: "OrdersUnknown",
  failed: "OrdersFailed",
  held: "ReportsHeld",
  review: "ReportsInReview",
  refused: undefined,
  superseded: undefined,
  ignored: undefined,
  observed: undefined,
  ordered: undefined,
};

/** For these the outcome alone does not say whether a report ended. */
const REPORT_METRIC_OF: Partial<Record<Handled["outcome"], MetricName>> = {
  ignored: "ReportsIgnored",
  observed: "ReportsObserved",
  refused: "ReportsRefused",
};

/** Live's error code for a pause of a stream that is not being pushed. */
const NOT_ONLINE = "LIVE.103011019";

/** The metrics to count; none for a repeated delivery, and none for the canary, which has its own. */
export function metricsOf({
  key,
  kind,
  outcome,
  because,
  repeated,
  republish,
  repaired,
  timeToOffMs,
}: Handled): Partial<Record<MetricName, number>> {
  // A pause failed because the stream was not being pushed: there was nothing to cut, so it does not page the on-call.
  const metric =
    outcome === "failed" && because === NOT_ONLINE
      ? undefined
      : (METRIC_OF[outcome] ?? (kind && REPORT_METRIC_OF[outcome]));
  if (repeated || metric === undefined || isOfCanary(key)) return {};
  return {
    [metric]: 1,
    ...(because === "untranslatable" && { ReportsUntranslated: 1 }),
    ...(because === DUPLICATE_ID && { ReportsDuplicateId: 1 }),
    ...(republish !== undefined && { StreamsRepublished: 1 }),
    ...(repaired && metric === "OrdersDone" && { StreamsRepaired: 1 }),
    ...(timeToOffMs !== undefined && { TimeToOff: timeToOffMs }),
  };
}
