import { OffairError } from "../core/errors.ts";
import type { ReportOutcome } from "../decisions/report-record.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ExecuteDeps } from "../orders/execute-order.ts";
import type { AppliedPlans } from "../plans/applied-plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { Message } from "../queue/message.ts";
import type { Priority } from "../queue/priority.ts";

export interface HandleDeps extends ExecuteDeps {
  readonly ledger: Ledger;
  readonly policy: Policy;
  /** SHA-256 of the policy, stored with every decision. */
  readonly policyHash: string;
  readonly appliedPlans: AppliedPlans;
  /** How long after a pause its statistics are read; default: `STATISTICS_AFTER_MS`. */
  readonly statisticsAfterMs?: number;
  /** Queues the messages, to arrive after the delay, by default at once. When it rejects, some of them may be on the queue. */
  readonly enqueue: (queue: Priority, messages: readonly Message[], delaySeconds?: number) => Promise<void>;
  /** Makes the clock look soon, and not only at its next minute. */
  readonly wakeClock: () => Promise<void>;
}

/** The result of one report or order, for the log and the metrics. */
export interface Handled {
  readonly key: string;
  /** Set for a report; not for an operator's order, a callback about a push, or a check. */
  readonly kind?: "report";
  /** `ordered`: the orders of a batch message are on the queue. */
  readonly outcome: ReportOutcome | "ordered";
  readonly because?: string;
  readonly orderNumber?: number;
  /** It ended in an earlier delivery. */
  readonly repeated?: boolean;
  /** For a re-publish: 1 for the first, 2 for the second. */
  readonly republish?: number;
  /** An audit asked for it. */
  readonly repaired?: true;
  /** Milliseconds from the receipt of the report to its end, verification included; only if the stream was taken off the air. */
  readonly timeToOffMs?: number;
}

/**
 * The failure that decides what happens to a message with several. A retryable failure comes first: dead-lettering the message because of
 * another order would drop this one too. Then an internal error, which is given up after some deliveries (lib/aws/sqs/partial-batch.ts).
 */
export const mostRetryable = (failures: readonly unknown[]): unknown =>
  failures.find((failure) => failure instanceof OffairError && failure.retryable) ??
  failures.find((failure) => !(failure instanceof OffairError)) ??
  failures[0];
