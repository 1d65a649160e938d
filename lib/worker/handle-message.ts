/** One message of a lane, whatever its kind. */
import { OffairError } from "../core/errors.ts";
import type { Ledger, ReportOutcome } from "../ledger/ledger.ts";
import type { CarryOutDeps } from "../orders/execute-order.ts";
import type { AppliedPlans } from "../plans/applied-plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { Lane, Message, Untranslated } from "../queue/message.ts";
import { reportKey } from "../reports/report.ts";
import { handleBatch } from "./expand-batch.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { handleRepair } from "./handle-repair.ts";
import { handleReport } from "./handle-report.ts";
import { handleReturn } from "./handle-republish.ts";

export interface HandleDeps extends CarryOutDeps {
  readonly ledger: Ledger;
  readonly policy: Policy;
  /** SHA-256 of the policy, written with every decision. */
  readonly policyHash: string;
  readonly appliedPlans: AppliedPlans;
  /** When it resolves, all of them are on the lane; when it rejects, some may be. */
  readonly enqueue: (lane: Lane, messages: readonly Message[]) => Promise<void>;
}

/** What a message came to, for the log. */
export interface Handled {
  readonly key: string;
  /** `ordered`: of a batch, its orders are on the lane. */
  readonly outcome: ReportOutcome | "ordered";
  readonly because?: string;
  readonly orderNumber?: number;
  /** It had ended in an earlier delivery. */
  readonly repeated?: boolean;
  /** The stream had come back, for the so many-th time. */
  readonly returned?: number;
  /** An audit had asked for it. */
  readonly repaired?: true;
  /** From the receipt of the report to its end, where that took a stream off; with the reading back. */
  readonly timeToOffMs?: number;
}

/** @throws OffairError: the message goes back to the queue. */
export async function handle(message: Message, deps: HandleDeps): Promise<Handled[]> {
  switch (message.kind) {
    case "order":
      return [await handleOperatorOrder(message, deps)];
    case "batch":
      return [await handleBatch(message, deps)];
    case "publish":
      return [await handleReturn(message.publish, deps)];
    case "repair":
      return [await handleRepair(message.repair, deps)];
    case "untranslated":
      return [await handleUntranslated(message.untranslated, deps)];
    case "reports":
      return handleReports(message, deps);
  }
}

async function handleReports({ reports }: Extract<Message, { kind: "reports" }>, deps: HandleDeps): Promise<Handled[]> {
  const handled: Handled[] = [];
  const failures: unknown[] = [];
  for (const report of reports) {
    // One after the other, for two may name the same stream; and each one, for a report must not wait for another's fault.
    await handleReport(report, deps).then(
      (each) => handled.push(each),
      (failure) => failures.push(failure),
    );
  }
  if (failures.length > 0) throw decisive(failures);
  return handled;
}

/**
 * Which of several failures decides for their message. What may work later, for laid to rest for another's sake it would never be tried
 * again; and before a fault of ours, which is given up after some deliveries (lib/aws/sqs/partial-batch.ts).
 */
export const decisive = (failures: readonly unknown[]): unknown =>
  failures.find((failure) => failure instanceof OffairError && failure.retryable) ??
  failures.find((failure) => !(failure instanceof OffairError)) ??
  failures[0];

/** Nothing can be decided, and a person has to see it: what was harmful enough to be sent must not be lost on a changed format. */
async function handleUntranslated(untranslated: Untranslated, { ledger, now }: HandleDeps): Promise<Handled> {
  const key = reportKey(untranslated);
  const decidedAt = now().toISOString();
  await ledger.recordUntranslated({ key, untranslated, decidedAt, outcome: "review", because: "untranslatable" });
  return { key, outcome: "review", because: "untranslatable" };
}
