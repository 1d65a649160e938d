/** What cannot be measured here and is assumed, in one place. docs/cost.md shows it. */

/** How long a function waits for one request to a service, in milliseconds. Requests that it sends at once are one wait. */
export const WAIT_MS = {
  dynamodb: 4,
  sqs: 8,
  sns: 15,
  s3: 30,
  secretsmanager: 15,
  events: 15,
  /** Huawei Cloud Live. */
  live: 100,
  /** A subscriber of events. */
  receiver: 100,
} as const;
export type Service = keyof typeof WAIT_MS;

/** Lambda gives a function a share of a core by its memory: a whole one at 1,769 MB. */
export const MB_OF_A_CORE = 1_769;
/** The CPU time on Lambda's arm64 to the one on the machine of the count. */
export const MACHINE = 1;

/** Lambda's own lines for each invocation in the JSON format, `platform.start` and `platform.report`. */
export const PLATFORM_LOG_BYTES = 500;
/** CloudWatch adds this to each line. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogEvents.html */
export const LOG_LINE_BYTES = 26;
/** A line of the gateway's access log. */
export const ACCESS_LOG_BYTES = 350;

/**
 * An event source mapping polls an empty queue by five long polls of 20 seconds each, whatever its maximum concurrency is: the number of
 * AWS's own figures; the developer guide names no other one.
 * https://repost.aws/knowledge-center/sqs-high-charges, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const POLLERS = 5;
export const POLL_SECONDS = 20;

/** A month, as AWS's examples have it. */
export const MONTH_HOURS = 730;
export const MONTH_DAYS = MONTH_HOURS / 24;
const MONTH_SECONDS = MONTH_HOURS * 3_600;

/** Receives of a month that return nothing. */
export const emptyReceives = (mappings: number): number => (mappings * POLLERS * MONTH_SECONDS) / POLL_SECONDS;

/** Added to each run of a function that runs once an hour: Lambda bills the start of an environment. */
export const COLD_START_MS = 400;
/** How long log lines are kept: `logRetentionDays`, 90. */
export const KEPT_MONTHS = 3;
/**
 * DynamoDB asks KMS for the table's key (AWS's own, without a price for the key) again for each role that was idle for five minutes. Of the
 * roles, one is that often idle and not more often, as an upper bound.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
 */
export const KMS_REQUESTS_A_MONTH = (MONTH_HOURS * 60) / 5;

/**
 * The milliseconds that Lambda bills for an invocation.
 *
 * @param cpuMs - measured here on a whole core.
 */
export const billedMs = (waitMs: number, cpuMs: number, memoryMb: number): number =>
  Math.ceil(waitMs + cpuMs * MACHINE * Math.max(1, MB_OF_A_CORE / memoryMb));

export const gbSeconds = (ms: number, memoryMb: number): number => ((memoryMb / 1_024) * ms) / 1_000;
