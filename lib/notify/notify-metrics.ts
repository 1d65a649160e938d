/** The metrics of one run. Pure. */
import type { MetricName } from "../core/metrics.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Tally } from "./run.ts";

type Metrics = Partial<Record<MetricName, number>>;

/** Counts that are 0 are left out, except the age, which each run knows. */
export function metricsOf(
  { published, delivered, failed, givenUp, ended, stuck, oldestAt }: Tally,
  now: Date,
): Metrics {
  const counts: Metrics = {
    ...{ EventsPublished: published, EventsDelivered: delivered, EventsFailed: failed },
    ...{ EventsGivenUp: givenUp, SubscriptionsEnded: ended, OutboxStuck: stuck },
  };
  const ageMs = oldestAt === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(oldestAt));
  return {
    ...(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)) as Metrics),
    OldestUndelivered: ageMs / SECOND_MS,
  };
}
