/**
 * The prices of AWS that docs/cost.md uses, in US dollars without tax, of the region eu-central-1: the only file that has prices. Free tiers
 * and discounts are not taken off. `dated` is the date of AWS's public price list that had the price; a price without it was not read in that
 * list when this file was written, but is the one that AWS published before: compare it with the page behind `url` first.
 */
export interface Price {
  /** What one unit is. */
  readonly of: string;
  readonly service: string;
  readonly usd: number;
  /** For this many units. */
  readonly per: number;
  readonly url: string;
  readonly dated?: string;
}

export const REGION = "eu-central-1";
/** When this file was written. */
export const WRITTEN = "2026-12-01";

const M = 1_000_000;
const GB = 1e9;

const lambda = { service: "Lambda", url: "https://aws.amazon.com/lambda/pricing/" };
const dynamo = {
  ...{ service: "DynamoDB", url: "https://aws.amazon.com/dynamodb/pricing/on-demand/", dated: "2026-08-15" },
};
const s3 = { service: "S3", url: "https://aws.amazon.com/s3/pricing/", dated: "2026-08-07" };
const secrets = { service: "Secrets Manager", url: "https://aws.amazon.com/secrets-manager/pricing/" };
const kms = { service: "KMS", url: "https://aws.amazon.com/kms/pricing/" };
const cloudwatch = {
  ...{ service: "CloudWatch", url: "https://aws.amazon.com/cloudwatch/pricing/", dated: "2026-08-06" },
};
const events = { service: "EventBridge", url: "https://aws.amazon.com/eventbridge/pricing/", dated: "2026-05-29" };

export const PRICES = {
  lambdaRequests: { ...lambda, of: "requests", usd: 0.2, per: M },
  lambdaGbSeconds: { ...lambda, of: "GB-seconds (arm64)", usd: 0.0000133334, per: 1 },
  sqsRequests: {
    ...{ service: "SQS", of: "requests, of 64 kB each", usd: 0.4, per: M },
    ...{ url: "https://aws.amazon.com/sqs/pricing/", dated: "2025-08-28" },
  },
  readUnits: { ...dynamo, of: "read request units", usd: 0.1525, per: M },
  writeUnits: { ...dynamo, of: "write request units", usd: 0.7625, per: M },
  ledgerByteMonths: { ...dynamo, of: "bytes stored for a month", usd: 0.306, per: GB },
  backupByteMonths: { ...dynamo, of: "bytes of point-in-time recovery for a month", usd: 0.2448, per: GB },
  s3Writes: { ...s3, of: "PUT and LIST requests", usd: 0.0054, per: 1_000 },
  s3Reads: { ...s3, of: "GET and HEAD requests", usd: 0.00043, per: 1_000 },
  archiveByteMonths: { ...s3, of: "bytes stored for a month", usd: 0.0245, per: GB },
  secretMonths: { ...secrets, of: "secrets for a month", usd: 0.4, per: 1 },
  secretReads: { ...secrets, of: "calls", usd: 0.05, per: 10_000 },
  kmsKeyMonths: { ...kms, of: "keys for a month", usd: 1, per: 1 },
  kmsRequests: { ...kms, of: "requests", usd: 0.03, per: 10_000 },
  logBytes: { ...cloudwatch, of: "bytes of log lines", usd: 0.63, per: GB },
  logByteMonths: { ...cloudwatch, of: "bytes of log lines kept for a month", usd: 0.0324, per: GB },
  metricMonths: { ...cloudwatch, of: "custom metrics for a month", usd: 0.3, per: 1 },
  alarmMetricMonths: { ...cloudwatch, of: "metrics of alarms for a month", usd: 0.1, per: 1 },
  dashboardMonths: { ...cloudwatch, of: "dashboards for a month", usd: 3, per: 1 },
  busEvents: { ...events, of: "events, of 64 kB each", usd: 1, per: M },
  scheduledInvocations: { ...events, of: "invocations of Scheduler", usd: 1.15, per: M },
  gatewayRequests: {
    ...{ service: "API Gateway", of: "requests of an HTTP API, of 512 kB each", usd: 1.2, per: M },
    url: "https://aws.amazon.com/api-gateway/pricing/",
  },
  publishedAlerts: {
    ...{ service: "SNS", of: "requests, of 64 kB each", usd: 0.5, per: M, url: "https://aws.amazon.com/sns/pricing/" },
  },
  stateTransitions: {
    ...{ service: "Step Functions", of: "state transitions of standard workflows", usd: 0.025, per: 1_000 },
    ...{ url: "https://aws.amazon.com/step-functions/pricing/", dated: "2025-08-28" },
  },
  transferredBytes: {
    ...{ service: "Data transfer", of: "bytes sent to the internet", usd: 0.09, per: GB, dated: "2026-07-20" },
    url: "https://aws.amazon.com/ec2/pricing/on-demand/",
  },
} as const satisfies Record<string, Price>;

export type Item = keyof typeof PRICES;
export const ITEMS = Object.keys(PRICES) as Item[];
/** How often each priced item is used. */
export type Counts = Partial<Record<Item, number>>;

export const usdOf = (counts: Counts): number =>
  ITEMS.reduce((sum, item) => sum + usdOfItem(item, counts[item] ?? 0), 0);

export const usdOfItem = (item: Item, count: number): number => (count * PRICES[item].usd) / PRICES[item].per;

export const add = (...all: readonly Counts[]): Counts => {
  const sum: Counts = {};
  for (const counts of all) for (const item of ITEMS) if (counts[item]) sum[item] = (sum[item] ?? 0) + counts[item];
  return sum;
};

export const times = (counts: Counts, factor: number): Counts =>
  Object.fromEntries(Object.entries(counts).map(([item, count]) => [item, count * factor]));
