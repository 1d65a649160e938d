/**
 * Metrics in CloudWatch's Embedded Metric Format: a line of the log, no call, no client. Written past `console`, because Lambda's JSON
 * log format would wrap it, and CloudWatch looks for `_aws` at the top of the line only.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const NAMESPACE = "offair";

/** Every metric, with its unit. The alarms of serverless.yml name some of them; a test holds the two together. */
const UNITS = {
  ReportsAccepted: "Count",
  ReportsUnproven: "Count", // 401
  WebhookErrors: "Count", // 5xx
  ReportsInReview: "Count",
  ReportsParked: "Count",
  OrdersDone: "Count",
  OrdersFailed: "Count",
  OrdersUnknown: "Count",
  TimeToOff: "Milliseconds", // from the receipt of the report to Live's answer
  MessagesReturned: "Count",
  MessagesDead: "Count", // moved to a dead-letter queue, with their reason
  LiveThrottled: "Count", // 429 of Live, or no lease
  KeyBlocked: "Count", // an AK/SK pair is left alone
  ClockSkew: "Milliseconds",
  SnapshotsComplete: "Count",
  SnapshotsIncomplete: "Count",
} as const;

export type MetricName = keyof typeof UNITS;
export const METRIC_NAMES = Object.keys(UNITS) as MetricName[];

export function emitMetrics(values: Partial<Record<MetricName, number>>, now = new Date()): void {
  const names = Object.keys(values) as MetricName[];
  const Metrics = names.map((name) => ({ Name: name, Unit: UNITS[name] }));
  const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [[]], Metrics }];
  process.stdout.write(`${JSON.stringify({ _aws: { Timestamp: now.getTime(), CloudWatchMetrics }, ...values })}\n`);
}
