/** What the actions of an operator use. Each action names the parts that it needs. */
import type { MetricName } from "../../core/metrics.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ListDisabled, ListOnline } from "../../orders/live-lists.ts";
import type { Action } from "../../orders/order.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Message } from "../../queue/message.ts";
import type { Priority } from "../../queue/priority.ts";
import type { ListModeChanges } from "../../safeguards/stores.ts";
import type { RequestAttempt } from "./attempt.ts";

/** Calls a minute that the worker may send to Live. */
export type WritesAMinute = Readonly<Record<Action, number>>;

export interface ActionDeps {
  readonly attempt: RequestAttempt;
  readonly ledger: Ledger;
  readonly policy: Policy;
  /** SHA-256 of the policy that runs now. The worker stores it with every decision. */
  readonly policyHash: string;
  readonly listDisabled: ListDisabled;
  /** Lists one domain. Throws if the list cannot be read completely in time. */
  readonly listOnline: ListOnline;
  readonly listModeChanges: ListModeChanges;
  readonly enqueue: (queue: Priority, message: Message) => Promise<void>;
  readonly writesAMinute: WritesAMinute;
  readonly emitMetrics: (values: Partial<Record<MetricName, number>>) => void;
  /** Counts the verdict that the report has now for its reporter's record. */
  readonly countForReporter: (report: string) => Promise<void>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** How long a response waits for the outcomes of its orders. */
  readonly waitMs: number;
}

export type Uses<Part extends keyof ActionDeps> = Pick<ActionDeps, Part>;

/** Of the actions that show the progress of a batch. */
export type BatchDeps = Uses<"ledger" | "now" | "writesAMinute">;
