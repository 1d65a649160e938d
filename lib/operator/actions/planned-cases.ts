/** The cases of a plan of verdicts, as people see them, and what became of the rejections that it gives. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { whyNotDecide } from "../../decisions/cases.ts";
import type { ReviewRecord, Verdict } from "../../decisions/report-record.ts";
import { readPlannedCases } from "../../plans/load-plan.ts";
import type { Applied, OperatorPlan, PlannedStream } from "../../plans/plan.ts";
import type { BatchProgress, LeftOutCase, PlannedCase } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

/** Concurrent reads or writes of the ledger. */
const CONCURRENCY = 25;

export function plannedCase(record: ReviewRecord): PlannedCase {
  const { key: report, dueAt } = record;
  if ("untranslated" in record) return definedOnly({ report, source: record.untranslated.source, dueAt });
  const { source, stream, category, score } = record.report;
  return definedOnly({ report, source, stream, category, score, rule: record.decision.rule, dueAt });
}

/** The cases of a stored plan of verdicts. */
export async function readCasesOf(
  plan: OperatorPlan,
  streams: readonly PlannedStream[],
  { ledger }: Uses<"ledger">,
): Promise<PlannedCase[]> {
  const keys =
    plan.action === "reject" ? await readPlannedCases(plan, ledger) : streams.flatMap(({ report }) => report ?? []);
  const records = await mapConcurrently(keys, CONCURRENCY, (key) => ledger.readReview(key));
  return records.flatMap((record) => (record ? [plannedCase(record)] : []));
}

const rejectionOf = ({ requestedBy: by, reason, orderId }: OperatorPlan, { appliedAt: at }: Applied): Verdict => ({
  verdict: "rejected",
  ...{ by, at, reason, orderId },
});

/**
 * Rejects every case of an applied plan that still waits and that nobody else holds. Repeated, it goes on where it was interrupted: a
 * verdict that was given stays, and one that was taken back is not given again.
 */
export async function rejectCases(
  plan: OperatorPlan,
  applied: Applied,
  { ledger, now, countForReporter }: Uses<"ledger" | "now" | "countForReporter">,
): Promise<void> {
  const rejection = rejectionOf(plan, applied);
  const keys = await readPlannedCases(plan, ledger);
  await mapConcurrently(keys, CONCURRENCY, async (key) => {
    const verdict = await ledger.writeVerdict(key, rejection, now);
    if ("orderId" in verdict && verdict.orderId === plan.orderId) await countForReporter(key);
  });
}

/** What an applied plan of rejections did, by the cases themselves. */
export async function rejectionResults(
  plan: OperatorPlan,
  { ledger, now }: Uses<"ledger" | "now">,
): Promise<Pick<BatchProgress, "outcomes" | "leftOut">> {
  const keys = await readPlannedCases(plan, ledger);
  const records = await mapConcurrently(keys, CONCURRENCY, (key) => ledger.readReview(key));
  const isOwn = (record: ReviewRecord | undefined) =>
    [record?.verdict, ...(record?.earlierVerdicts ?? [])].some((each) => each?.orderId === plan.orderId);
  const leftOut = keys.flatMap((key, index) => {
    const record = records[index];
    return isOwn(record) ? [] : [leftOutCase(key, record, plan.requestedBy, now())];
  });
  const rejected = keys.length - leftOut.length;
  return { outcomes: definedOnly({ rejected, "left-out": leftOut.length || undefined }), leftOut };
}

/** Why a person gives this case no verdict. `open`: nothing is in the way any more. */
export function leftOutCase(key: string, record: ReviewRecord | undefined, person: string, now: Date): LeftOutCase {
  const refusal = record ? whyNotDecide(record, person, now) : undefined;
  if (!record || refusal?.because === "not-in-review") return { report: key, because: "ended" };
  if (refusal?.because === "ended") return { report: key, because: "ended", by: refusal.verdict.by };
  if (refusal?.because === "held") return { report: key, because: "held", by: refusal.by, until: refusal.until };
  return { report: key, because: refusal?.because === "second-opinion" ? "second-opinion" : "open" };
}
