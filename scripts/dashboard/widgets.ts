/**
 * The widgets of the CloudWatch dashboard, in rows of 24 columns. Every metric of lib/core/metrics.ts is on one of them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
 */
import type { MetricName } from "../../lib/core/metrics.ts";

export interface Series {
  /** A metric of offair, or of AWS with its namespace and dimension. */
  readonly metric: MetricName | readonly [namespace: string, name: string, dimension: string, value: string];
  readonly label?: string;
  /** Default: `Sum`. */
  readonly stat?: "Sum" | "Maximum" | "p50" | "p99";
}

export interface Graph {
  readonly title: string;
  readonly width: 6 | 8 | 12;
  /** Seconds that one point stands for. Default: 300. */
  readonly period?: number;
  readonly series: readonly Series[];
}

const own = (...metrics: readonly MetricName[]): Series[] => metrics.map((metric) => ({ metric }));

/** Queues and functions by the name in their metrics; CloudFormation inserts the queues' generated names. */
const QUEUES = { urgent: "UrgentQueue", bulk: "BulkQueue", clock: "ClockQueue", notify: "NotifyQueue" } as const;
const DEAD_LETTERS = { urgent: "UrgentDeadLetters", bulk: "BulkDeadLetters", audit: "AuditDeadLetters" } as const;

function ofQueues(ids: Readonly<Record<string, string>>, metric: string): Series[] {
  return Object.entries(ids).map(([label, id]) => ({
    metric: ["AWS/SQS", metric, "QueueName", `\${${id}.QueueName}`],
    label,
    stat: "Maximum",
  }));
}

const ofFunctions = (functions: readonly string[], metric: string): Series[] =>
  functions.map((name) => ({
    metric: ["AWS/Lambda", metric, "FunctionName", `offair-\${sls:stage}-${name}`],
    label: name,
  }));

/** Rows from top to bottom: alarms, time to off, reports, queues, Live, evidence, functions, cases, events, canary. */
export const rowsOf = (functions: readonly string[]): readonly (readonly Graph[])[] => [
  [
    {
      title: "Time to off: from the receipt of a report to the end of its order",
      width: 12,
      series: [
        { metric: "TimeToOff", label: "p50", stat: "p50" },
        { metric: "TimeToOff", label: "p99", stat: "p99" },
      ],
    },
    {
      title: "Orders by outcome",
      width: 12,
      series: own(
        "OrdersDone",
        "OrdersFailed",
        "OrdersUnknown",
        "StreamsRepublished",
        "StreamsRepaired",
        "BreakGlassUsed",
      ),
    },
  ],
  [
    {
      title: "Reports received",
      width: 12,
      series: own("ReportsAccepted", "ReportsUnproven", "WebhookErrors", "AnswerErrors"),
    },
    {
      title: "Reports without an order, by outcome",
      width: 12,
      series: own(
        ...(["ReportsIgnored", "ReportsObserved", "ReportsRefused", "ReportsInReview", "ReportsHeld"] as const),
        ...(["ReportsUntranslated", "ReportsDuplicateId"] as const),
      ),
    },
  ],
  [
    {
      title: "Messages on the queues",
      width: 6,
      series: ofQueues(QUEUES, "ApproximateNumberOfMessagesVisible"),
    },
    {
      title: "Age of the oldest message, seconds",
      width: 6,
      series: [
        ...ofQueues(QUEUES, "ApproximateAgeOfOldestMessage"),
        { metric: "UrgentMessageAge", label: "urgent, returned", stat: "Maximum" },
      ],
    },
    {
      title: "Messages returned or given up",
      width: 6,
      series: own("MessagesReturned", "MessagesDead"),
    },
    {
      title: "Dead letters",
      width: 6,
      series: ofQueues(DEAD_LETTERS, "ApproximateNumberOfMessagesVisible"),
    },
  ],
  [
    {
      title: "Calls to Live that change something",
      width: 8,
      series: own("LiveCalls"),
    },
    {
      title: "Throttling by Live: 429, and calls without a lease",
      width: 8,
      series: own("LiveCallsThrottled", "LiveThrottled"),
    },
    {
      title: "Access keys blocked or overdue, clock skew in milliseconds",
      width: 8,
      series: [
        { metric: "KeyBlocked" },
        { metric: "KeysOverdue", stat: "Maximum" },
        { metric: "ClockSkew", stat: "Maximum" },
      ],
    },
  ],
  [
    {
      title: "Age of the chain after a missed audit, seconds",
      width: 8,
      period: 3_600,
      series: [{ metric: "ChainAge", stat: "Maximum" }],
    },
    {
      title: "Snapshots, missing parts, altered heads",
      width: 8,
      period: 3_600,
      series: own("SnapshotsComplete", "SnapshotsIncomplete", "AuditPartsMissing", "ChainHeadsAltered"),
    },
    {
      title: "Drift",
      width: 8,
      period: 3_600,
      series: (
        ["Drift", "DriftMissing", "DriftUnexpected", "DriftWrongResumeTime", "DriftOutlived", "DriftExpiring"] as const
      ).map((metric) => ({ metric, stat: "Maximum" })),
    },
  ],
  [
    {
      title: "Failed invocations",
      width: 12,
      series: ofFunctions(functions, "Errors"),
    },
    {
      title: "Throttled invocations",
      width: 12,
      series: ofFunctions(functions, "Throttles"),
    },
  ],
  [
    {
      title: "Cases that wait for a person, and those whose time is over",
      width: 8,
      series: [
        { metric: "CasesOpen", label: "open", stat: "Maximum" },
        { metric: "CasesOverdue", label: "overdue", stat: "Maximum" },
      ],
    },
    {
      title: "Age of the oldest case, seconds",
      width: 8,
      series: [{ metric: "OldestCaseAge", stat: "Maximum" }],
    },
    { title: "Sweeps of the clock", width: 8, series: own("ClockSweeps") },
  ],
  [
    {
      title: "Events published and delivered, failed attempts",
      width: 8,
      series: own("EventsPublished", "EventsDelivered", "EventsFailed"),
    },
    {
      title: "Age of the oldest event that is not delivered, seconds",
      width: 8,
      series: [{ metric: "OldestUndelivered", stat: "Maximum" }],
    },
    {
      title: "Events given up or stuck, subscriptions that ended",
      width: 8,
      series: own("EventsGivenUp", "OutboxStuck", "SubscriptionsEnded"),
    },
  ],
  [
    {
      title: "Canary: runs that ended",
      width: 12,
      period: 3600,
      series: own("CanaryRuns"),
    },
    {
      title: "Canary: broken links",
      width: 12,
      period: 3600,
      series: own(
        ...(["CanaryWebhookBroken", "CanarySignatureBroken", "CanaryQueueBroken", "CanaryLedgerBroken"] as const),
        ...(["CanaryDecisionBroken", "CanaryKeyBroken", "CanaryRightsBroken", "CanaryRateBroken"] as const),
        ...(["CanaryLiveBroken", "CanaryDisableUnlisted", "CanaryEnableBroken", "CanaryEnableListed"] as const),
      ),
    },
  ],
];
