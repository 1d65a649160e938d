/** One message of a queue, whatever its kind. */
import type { Message } from "../queue/message.ts";
import { reportKey } from "../reports/report.ts";
import type { Untranslated } from "../reports/untranslated.ts";
import { handleBatch } from "./expand-batch.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { handleRepair } from "./handle-repair.ts";
import { handleReport } from "./handle-report.ts";
import { handleRepublish } from "./handle-republish.ts";
import { type HandleDeps, type Handled, mostRetryable } from "./handler.ts";

/** @throws OffairError: the message goes back to the queue. */
export async function handle(message: Message, deps: HandleDeps): Promise<Handled[]> {
  switch (message.kind) {
    case "order":
      return [await handleOperatorOrder(message, deps)];
    case "batch":
      return [await handleBatch(message, deps)];
    case "publish":
      return [await handleRepublish(message.publish, deps)];
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
  if (failures.length > 0) throw mostRetryable(failures);
  return handled;
}

/** Nothing can be decided, and a person has to see it: what was harmful enough to be sent must not be lost on a changed format. */
async function handleUntranslated(untranslated: Untranslated, { ledger, now }: HandleDeps): Promise<Handled> {
  const key = reportKey(untranslated);
  const decidedAt = now().toISOString();
  await ledger.recordUntranslated({ key, untranslated, decidedAt, outcome: "review", because: "untranslatable" });
  return { key, outcome: "review", because: "untranslatable" };
}
