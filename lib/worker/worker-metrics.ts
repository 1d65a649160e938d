/** What the handling of a report or an order counts for. */
import type { MetricName } from "../core/metrics.ts";
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

/** Live's answer to a pause of a stream that is not online. */
const NOT_ONLINE = "LIVE.103011019";

/** Empty for what had ended before: a delivery more is no event more. */
export function metricsOf({
  outcome,
  because,
  repeated,
  republish,
  repaired,
  timeToOffMs,
}: Handled): Partial<Record<MetricName, number>> {
  // Nobody was pushing: there was nothing to take off, and nobody has to be woken.
  const metric = outcome === "failed" && because === NOT_ONLINE ? undefined : METRIC_OF[outcome];
  if (repeated || metric === undefined) return {};
  return {
    [metric]: 1,
    ...(because === "untranslatable" && { ReportsUntranslated: 1 }),
    ...(republish !== undefined && { StreamsRepublished: 1 }),
    ...(repaired && metric === "OrdersDone" && { StreamsRepaired: 1 }),
    ...(timeToOffMs !== undefined && { TimeToOff: timeToOffMs }),
  };
}
