/** Handles one message of a queue by its kind. */
import { CANARY_SOURCE } from "../core/canary.ts";
import { traced } from "../core/trace.ts";
import { reviewClock } from "../decisions/review-clock.ts";
import type { Message } from "../queue/message.ts";
import { type Report, reportKey } from "../reports/report.ts";
import type { Untranslated } from "../reports/untranslated.ts";
import { handleBatch } from "./expand-batch.ts";
import { handleAppeal, isAppeal } from "./handle-appeal.ts";
import { handleCanaryEnable, handleCanaryReport } from "./handle-canary.ts";
import { handleOperatorOrder } from "./handle-operator-order.ts";
import { handlePauseCheck } from "./handle-pause-check.ts";
import { handleRepair } from "./handle-repair.ts";
import { handleReport } from "./handle-report.ts";
import { handlePublishDone, handleRepublish } from "./handle-republish.ts";
import { type HandleDeps, type Handled, mostRetryable } from "./handler.ts";

/** @throws OffairError: if it is retryable, the message goes back to the queue; otherwise to the dead-letter queue. */
export async function handle(message: Message, deps: HandleDeps): Promise<Handled[]> {
  switch (message.kind) {
    case "order":
      return [await handleOperatorOrder(message, deps)];
    case "batch":
      return [await handleBatch(message, deps)];
    case "publish":
      return [await handleRepublish(message.publish, deps)];
    case "publish-done":
      return [await handlePublishDone(message.publish, deps)];
    case "pause-check":
      return [await handlePauseCheck(message, deps)];
    case "repair":
      return [await handleRepair(message.repair, deps)];
    case "canary-enable":
      return [await handleCanaryEnable(message, deps)];
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
    // In sequence, because two reports may name the same stream; and all of them, so that one failure does not hold up the others.
    await handleOne(report, deps).then(
      (each) => handled.push(each),
      (failure) => failures.push(failure),
    );
  }
  if (failures.length > 0) throw mostRetryable(failures);
  return handled;
}

function handleOne(report: Report, deps: HandleDeps): Promise<Handled> {
  if (isAppeal(report)) return handleAppeal(report, deps);
  return report.source === CANARY_SOURCE ? handleCanaryReport(report, deps, handleReport) : handleReport(report, deps);
}

/** Holds a message that could not be translated for review, so that no report is lost when a source changes its format. */
async function handleUntranslated(untranslated: Untranslated, { ledger, now, policy }: HandleDeps): Promise<Handled> {
  const key = reportKey(untranslated);
  const at = now();
  await ledger.recordUntranslated({
    key,
    untranslated,
    decidedAt: at.toISOString(),
    ...reviewClock({ untranslated }, at, policy),
    ...traced(),
    outcome: "review",
    because: "untranslatable",
  });
  return { key, outcome: "review", because: "untranslatable" };
}
