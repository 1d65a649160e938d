/**
 * Metrics in CloudWatch's Embedded Metric Format: a line of the log, no call, no client. Written past `console`, because Lambda's JSON
 * log format would wrap it, and CloudWatch looks for `_aws` at the top of the line only. `[[]]` is one set of no dimensions: it is what
 * an alarm without dimensions reads.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html: only what goes through `console` is wrapped.
 */

/**
 * `offair/<stage>`, so that stages of one account do not mix. Read here, and from no function's configuration: whoever counts should
 * not need to be handed a name for it, and nothing that a wrong one would break is worth failing a start for.
 */
const NAMESPACE = process.env.METRICS_NAMESPACE || "offair";

/** Every metric, with its unit. The alarms of serverless.yml watch some of them; test/stack/alarms.test.ts holds the two together. */
const UNITS = {
  ReportsAccepted: "Count",
  ReportsUnproven: "Count", // 401
  WebhookErrors: "Count", // 5xx
  ReportsInReview: "Count",
  ReportsHeld: "Count",
  ReportsUntranslated: "Count", // proven, and not understood
  StreamsRepublished: "Count", // acted on again, because the stream came back
  OrdersDone: "Count",
  OrdersFailed: "Count",
  OrdersUnknown: "Count",
  TimeToOff: "Milliseconds", // from the receipt of the report to Live's answer
  MessagesReturned: "Count",
  UrgentMessageAge: "Seconds", // of a message that returns to the urgent queue; SQS leaves it out of its own after the third delivery
  MessagesDead: "Count", // moved to a dead-letter queue, with their reason
  LiveThrottled: "Count", // 429 of Live, or no lease
  KeyBlocked: "Count", // an AK/SK pair is left alone
  ClockSkew: "Milliseconds",
  SnapshotsComplete: "Count", // both of each audited domain, one of them 0
  SnapshotsIncomplete: "Count",
  AuditPartsMissing: "Count", // of each link, mostly 0
  ChainHeadsAltered: "Count", // of each link, hopefully 0
  Drift: "Count", // all of the next four; all of these of each audit that could look for them
  DriftMissing: "Count",
  DriftUnexpected: "Count",
  DriftWrongResumeTime: "Count",
  DriftOutlived: "Count",
  DriftExpiring: "Count", // told, and no fault
  BreakGlassUsed: "Count", // a plan applied without the second person that it took
  StreamsRepaired: "Count", // acted on again, because an audit found it missing or expiring
} as const;

export type MetricName = keyof typeof UNITS;
export const METRIC_NAMES = Object.keys(UNITS) as MetricName[];

/** Writes one line for all of them. */
export function emitMetrics(values: Partial<Record<MetricName, number>>, now = new Date()): void {
  const line = metricsLine(values, NAMESPACE, now);
  if (line !== undefined) process.stdout.write(line);
}

/** The line, or nothing without a value. What is not a number is left out: CloudWatch would refuse the whole line for it. */
export function metricsLine(
  values: Partial<Record<MetricName, number>>,
  namespace: string,
  now: Date,
): string | undefined {
  const names = METRIC_NAMES.filter((name) => Number.isFinite(values[name]));
  if (names.length === 0) return undefined;
  const Metrics = names.map((Name) => ({ Name, Unit: UNITS[Name] }));
  const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [[]], Metrics }];
  const members = Object.fromEntries(names.map((name) => [name, values[name]]));
  return `${JSON.stringify({ _aws: { Timestamp: now.getTime(), CloudWatchMetrics }, ...members })}\n`;
}
