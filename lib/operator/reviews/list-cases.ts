/** `review`: lists the cases: reports held by a limit or a freeze, sent to review by a rule, or untranslatable. */
import { OffairError } from "../../core/errors.ts";
import type { ReviewRecord } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { CaseSelector } from "../../plans/case-selector.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { reviewRow } from "./review-row.ts";

const PAGE = 100;

export async function listCases(
  { after, ...criteria }: Pick<EventOf<"review">, "after" | keyof CaseSelector>,
  { ledger, now }: { readonly ledger: ReviewStore; readonly now: () => Date },
): Promise<OperatorResponse> {
  const page = await ledger.openReviews(PAGE, after).catch((failure: unknown) => {
    if (failure instanceof OffairError && failure.code === "ERR_EVENT_INVALID") return undefined;
    throw failure;
  });
  if (!page) return refused([{ pointer: "/after", message: "is not the `next` of an earlier response" }]);
  const { records, next } = page;
  // The index of the ledger lags behind: it may still list a report that was rejected.
  const reviews = records
    .filter((record) => record.verdict?.verdict !== "rejected" && isSelected(record, criteria))
    .map((record) => reviewRow(record, now()));
  return { ok: true, results: [], errors: [], reviews, ...(next !== undefined && { next }) };
}

/** Whether the case matches every criterion. An untranslated message has no rule and no category. */
export function isSelected(record: ReviewRecord, { source, rule, category, before }: CaseSelector): boolean {
  const isReport = "report" in record;
  const { source: from, receivedAt } = isReport ? record.report : record.untranslated;
  return (
    (source === undefined || from === source) &&
    (rule === undefined || (isReport && record.decision.rule === rule)) &&
    (category === undefined || (isReport && record.report.category === category)) &&
    (before === undefined || Date.parse(receivedAt) < Date.parse(before))
  );
}
