/**
 * Emits metrics in CloudWatch's Embedded Metric Format: one log line, without a client or an API call. The line is written to stdout
 * and not with `console`, because Lambda's JSON log format would wrap it, and CloudWatch looks for `_aws` only at the top level.
 * `[[]]` is one empty dimension set, which an alarm without dimensions reads.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html: only `console` output is wrapped.
 */

/** `offair/<stage>`, so that stages of one account do not mix. Not validated: a wrong namespace must not prevent a cold start. */
const NAMESPACE = process.env.METRICS_NAMESPACE || "offair";

/** All metrics with their units. test/stack/alarms.test.ts checks that the alarms in serverless.yml name metrics of this list. */
const UNITS = {
  ReportsAccepted: "Count",
  ReportsUnproven: "Count", // 401
  WebhookErrors: "Count", // 5xx
  AnswerErrors: "Count", // 5xx, to a sender that asks for a status
  ReportsInReview: "Count",
  ReportsHeld: "Count",
  ReportsIgnored: "Count", // no rule acts on it
  ReportsObserved: "Count", // a rule would act, but the mode is `observe`
  ReportsRefused: "Count", // out of scope, protected or too old, for example
  ReportsDuplicateId: "Count", // another report under the id of an earlier one
  ReportsUntranslated: "Count", // authenticated, but not understood
  StreamsRepublished: "Count", // acted on again, because the stream was re-published
  OrdersDone: "Count",
  OrdersFailed: "Count",
  OrdersUnknown: "Count",
  TimeToOff: "Milliseconds", // from the receipt of the report to Live's response
  MessagesReturned: "Count",
  UrgentMessageAge: "Seconds", // of messages returned to the urgent queue; SQS's own metric omits them after three deliveries
  MessagesDead: "Count", // moved to a dead-letter queue with a reason
  LiveCalls: "Count", // requests to Live that change something; the log has every request (`live.called`)
  LiveCallsThrottled: "Count", // 429 from Live
  LiveThrottled: "Count", // 429 from Live, or no lease
  KeyBlocked: "Count", // an AK/SK pair is not used, because Live refused it
  KeysOverdue: "Count", // Huawei users whose key, or its rotation, is late; every check emits it, normally 0
  ClockSkew: "Milliseconds",
  SnapshotsComplete: "Count", // each audited domain emits it, 0 or 1
  SnapshotsIncomplete: "Count",
  AuditPartsMissing: "Count", // parts that a chain entry lacks
  ChainAge: "Seconds", // from the chain entry before to this one, if audits failed in between
  ChainHeadsAltered: "Count", // noticed by an audit
  Drift: "Count", // the sum of the next four; emitted by every audit that could compare
  DriftMissing: "Count",
  DriftUnexpected: "Count",
  DriftWrongResumeTime: "Count",
  DriftOutlived: "Count",
  DriftExpiring: "Count", // reported, but not counted as drift
  BreakGlassUsed: "Count", // a plan applied without the second person it needed
  StreamsRepaired: "Count", // acted on again, because an audit found it missing or expiring
  ClockSweeps: "Count", // complete sweeps of the clock: each minute, and after an urgent case
  CasesOpen: "Count", // cases that wait for a person, in a sweep that finds some; so are the next two
  CasesOverdue: "Count", // whose time is over
  OldestCaseAge: "Seconds", // since it waits
  EventsPublished: "Count", // added to the log, by every attempt
  EventsDelivered: "Count", // to one subscriber each
  EventsFailed: "Count", // attempts
  EventsGivenUp: "Count", // for one subscriber each
  SubscriptionsEnded: "Count", // by the subscriber (410), or because it took nothing for three days
  OutboxStuck: "Count", // items and deliveries that a run of notify could not handle: each is tried again
  OldestUndelivered: "Seconds", // since the oldest event waits that a run saw
  CanaryRuns: "Count", // runs that ended, with any result
  // A run broke at this link (lib/canary/links.ts).
  CanaryWebhookBroken: "Count",
  CanarySignatureBroken: "Count",
  CanaryQueueBroken: "Count",
  CanaryLedgerBroken: "Count",
  CanaryDecisionBroken: "Count",
  CanaryKeyBroken: "Count",
  CanaryRightsBroken: "Count",
  CanaryRateBroken: "Count",
  CanaryLiveBroken: "Count",
  CanaryDisableUnlisted: "Count",
  CanaryEnableBroken: "Count",
  CanaryEnableListed: "Count",
} as const;

export type MetricName = keyof typeof UNITS;
export const METRIC_NAMES = Object.keys(UNITS) as MetricName[];

/**
 * Written only if they are not 0, because CloudWatch charges for a metric in every hour in which it has a value. No alarm of an hour reads them:
 * such an alarm ends with the next 0. A detail of another metric, which is always written, says nothing by a 0.
 */
export const WITHOUT_ZEROS: ReadonlySet<MetricName> = new Set([
  ...(["DriftMissing", "DriftUnexpected", "DriftWrongResumeTime", "DriftOutlived", "DriftExpiring"] as const),
  ...(["SnapshotsIncomplete", "LiveCallsThrottled", "OldestUndelivered"] as const),
  ...(["CasesOpen", "CasesOverdue", "OldestCaseAge"] as const),
  ...(["AuditPartsMissing", "ChainHeadsAltered"] as const),
]);

/** Writes one log line with all given metrics. */
export function emitMetrics(values: Partial<Record<MetricName, number>>, now = new Date()): void {
  const line = metricsLine(values, NAMESPACE, now);
  if (line !== undefined) process.stdout.write(line);
}

/** Formats the line; undefined without a value. Values that are not finite are omitted, because CloudWatch would reject the line; so are zeros that say nothing. */
export function metricsLine(
  values: Partial<Record<MetricName, number>>,
  namespace: string,
  now: Date,
): string | undefined {
  const names = METRIC_NAMES.filter(
    (name) => Number.isFinite(values[name]) && !(values[name] === 0 && WITHOUT_ZEROS.has(name)),
  );
  if (names.length === 0) return undefined;
  const Metrics = names.map((Name) => ({ Name, Unit: UNITS[Name] }));
  const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [[]], Metrics }];
  const members = Object.fromEntries(names.map((name) => [name, values[name]]));
  return `${JSON.stringify({ _aws: { Timestamp: now.getTime(), CloudWatchMetrics }, ...members })}\n`;
}
