/** A month of a platform, from the counted scenes and the template. */
import {
  COLD_START_MS,
  emptyReceives,
  gbSeconds,
  KEPT_MONTHS,
  KMS_REQUESTS_A_MONTH,
  MONTH_DAYS,
  MONTH_HOURS,
} from "./assumptions.ts";
import { type Counted, one, sceneOf } from "./counts.ts";
import { add, type Counts, times } from "./prices.ts";

const MEMORY_MB = 512;

export interface Platform {
  readonly name: string;
  readonly reportsADay: number;
  /** The shares of reports; the rest is ignored. */
  readonly shares: { readonly reviewed: number; readonly paused: number; readonly disabled: number };
  readonly ordersADay: number;
  /** Batches of 500 streams. */
  readonly batchesAMonth: number;
  /** Listed by every audit. */
  readonly disabledStreams: number;
  /** Huawei users beyond the first of each pool; subscribers; sources beyond the two of the template: a secret each. */
  readonly furtherSecrets: number;
  readonly isWithCanary: boolean;
}

/** What each audit costs: the counted sizes, and lines between them. */
function auditOf(counted: Counted, streams: number): Counts {
  const sizes: [number, string][] = [
    ...([
      [0, "idle audit"],
      [1_000, "audit of 1 k"],
    ] as [number, string][]),
    ...([
      [10_000, "audit of 10 k"],
      [100_000, "audit of 100 k"],
    ] as [number, string][]),
  ];
  const above = Math.max(
    1,
    sizes.findIndex(([size]) => size >= streams),
  );
  const [[low, lowName], [high, highName]] = [sizes[above - 1] ?? [0, ""], sizes[above] ?? [0, ""]];
  const share = (streams - low) / (high - low);
  return add(times(one(counted, lowName), 1 - share), times(one(counted, highName), share));
}

/** An hourly function finds its environment gone. */
const cold = (hourly: Counts): Counts => add(hourly, { lambdaGbSeconds: gbSeconds(COLD_START_MS, MEMORY_MB) });

/** What happens in a month by itself, without a report, by what causes it. */
export function idleParts(
  counted: Counted,
  { disabledStreams = 0, isWithCanary = false, furtherSecrets = 0 }: Partial<Platform> = {},
): Record<string, Counts> {
  const { mappings, secrets, kmsKeys, alarmMetrics, dashboards } = isWithCanary ? counted.withCanary : counted.standing;
  const minutes = MONTH_HOURS * 60;
  const schedule = one(counted, "notify sweep");
  /** By a message, which is received and deleted, soon after the one before: it has read the secrets. */
  const { secretReads: _, ...warm } = schedule;
  const woken: Counts = { ...warm, sqsRequests: 2 };
  const quiet = ["clock sweep", "notify sweep", "idle audit", ...(isWithCanary ? ["canary"] : [])];
  const metrics = new Set(quiet.flatMap((name) => sceneOf(counted, name).metrics));
  return {
    secrets: { secretMonths: secrets + furtherSecrets },
    "the key of the alerts, and the ledger's": { kmsKeyMonths: kmsKeys, kmsRequests: KMS_REQUESTS_A_MONTH },
    alarms: { alarmMetricMonths: alarmMetrics },
    "metrics that are written without reports": { metricMonths: metrics.size },
    dashboard: { dashboardMonths: dashboards },
    "polling of empty queues": { sqsRequests: emptyReceives(mappings) },
    "sweeps of notify": add(
      times(add(schedule, { scheduledInvocations: 1 }), minutes),
      times(woken, minutes * counted.sweepsAfter),
    ),
    "sweeps of the clock": times(add(one(counted, "clock sweep"), { scheduledInvocations: 1 }), minutes),
    audits: times(add(cold(auditOf(counted, disabledStreams)), { scheduledInvocations: 1 }), MONTH_HOURS),
    ...(isWithCanary && { canary: times(add(cold(one(counted, "canary")), { scheduledInvocations: 1 }), MONTH_HOURS) }),
  };
}

const plural = (name: string): string => name.replace(/^batch/, "batche").replace(/^\w+/, "$&s");

/** Reports, orders and batches of a month. */
export function busyParts(counted: Counted, platform: Platform): Record<string, Counts> {
  const { reportsADay, shares, ordersADay, batchesAMonth } = platform;
  const reports = reportsADay * MONTH_DAYS;
  const ignored = 1 - shares.reviewed - shares.paused - shares.disabled;
  const all = { ignored, ...shares };
  const names = Object.entries(all).map(([kind, share]) => [`report ${kind}`, reports * share] as const);
  const done = [
    ...names,
    ...([
      ["order", ordersADay * MONTH_DAYS],
      ["batch of 500", batchesAMonth],
    ] as const),
  ];
  const sweeps = reports * shares.reviewed > 0 ? MONTH_HOURS * 60 : 0;
  const idle = new Set(["clock sweep", "notify sweep", "idle audit"].flatMap((name) => sceneOf(counted, name).metrics));
  const busy = new Set(
    [...done, ["clock sweep with cases", sweeps] as const].flatMap(([name, count]) =>
      count > 0 ? sceneOf(counted, name).metrics : [],
    ),
  );
  const reading = add(one(counted, "clock sweep with cases"), times(one(counted, "clock sweep"), -1));
  return {
    ...Object.fromEntries(done.map(([name, count]) => [plural(name), times(one(counted, name), count)])),
    "reading of cases by the clock": times(reading, sweeps),
    "metrics of reports and orders": { metricMonths: [...busy].filter((name) => !idle.has(name)).length },
  };
}

/** With the lines of the log kept as long as the template says. */
export const withKeptLogs = (counts: Counts): Counts =>
  add(counts, { logByteMonths: (counts.logBytes ?? 0) * KEPT_MONTHS });

export const monthOf = (counted: Counted, platform: Platform): Counts =>
  withKeptLogs(add(...Object.values(idleParts(counted, platform)), ...Object.values(busyParts(counted, platform))));

export const idleMonth = (counted: Counted): Counts => withKeptLogs(add(...Object.values(idleParts(counted))));
