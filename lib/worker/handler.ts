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
  /** SHA-256 of the policy, written with every decision. */
  readonly policyHash: string;
  readonly appliedPlans: AppliedPlans;
  /** When it resolves, all of them are on the queue; when it rejects, some may be. */
  readonly enqueue: (queue: Priority, messages: readonly Message[]) => Promise<void>;
}

/** What a message came to, for the log. */
export interface Handled {
  readonly key: string;
  /** `ordered`: of a batch, its orders are on the queue. */
  readonly outcome: ReportOutcome | "ordered";
  readonly because?: string;
  readonly orderNumber?: number;
  /** It had ended in an earlier delivery. */
  readonly repeated?: boolean;
  /** The stream had come back, for the so many-th time. */
  readonly republish?: number;
  /** An audit had asked for it. */
  readonly repaired?: true;
  /** From the receipt of the report to its end, where that took a stream off; with the reading back. */
  readonly timeToOffMs?: number;
}

/**
 * Which of several failures decides for their message. What may work later, for laid to rest for another's sake it would never be tried
 * again; and before a fault of ours, which is given up after some deliveries (lib/aws/sqs/partial-batch.ts).
 */
export const mostRetryable = (failures: readonly unknown[]): unknown =>
  failures.find((failure) => failure instanceof OffairError && failure.retryable) ??
  failures.find((failure) => !(failure instanceof OffairError)) ??
  failures[0];
