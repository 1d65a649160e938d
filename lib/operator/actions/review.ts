/** `review`: lists the reports that wait for a person: held by a limit or a freeze, sent to review by a rule, or untranslatable. */

import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { type ActingDecision, acts } from "../../decisions/decision.ts";
import type { ReviewRecord } from "../../decisions/report-record.ts";
import type { ReviewStore } from "../../decisions/report-store.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse, ReviewRow } from "../contract/response-schema.ts";

const PAGE = 100;

export async function listReviews(
  { after }: Pick<EventOf<"review">, "after">,
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
    .filter(({ verdict }) => verdict?.verdict !== "rejected")
    .map((record) => reviewRow(record, now()));
  return { ok: true, results: [], errors: [], reviews, ...(next !== undefined && { next }) };
}

export function reviewRow(record: ReviewRecord, now: Date): ReviewRow {
  if ("untranslated" in record) {
    const { source, receivedAt, issues } = record.untranslated;
    const { key, outcome, because, verdict } = record;
    const ageMinutes = minutesSince([receivedAt], now);
    const clock = clockOf(record, now);
    return { key, source, receivedAt, ageMinutes, ...clock, outcome, because, issues, ...(verdict && { verdict }) };
  }
  const { key, report, decision, grade, outcome, verdict, because = decision.because } = record;
  const { source, stream, category, score, occurredAt, receivedAt } = report;
  return definedOnly({
    key,
    source,
    grade,
    stream,
    category,
    score,
    occurredAt,
    receivedAt,
    ageMinutes: minutesSince([occurredAt, receivedAt], now),
    ...clockOf(record, now),
    outcome,
    because,
    rule: decision.rule,
    decision: acts(decision) ? whatWasAsked(decision) : undefined,
    verdict,
  });
}

const clockOf = ({ dueAt, urgent }: Pick<ReviewRecord, "dueAt" | "urgent">, now: Date) =>
  definedOnly({
    dueAt,
    minutesLeft: dueAt === undefined ? undefined : Math.floor((Date.parse(dueAt) - now.getTime()) / MINUTE_MS),
    urgent,
  });

const whatWasAsked = (decision: ActingDecision) => ({
  action: decision.action,
  because: decision.because,
  ...(decision.action === "disable" && { resumeTime: decision.resumeTime }),
});

const minutesSince = (instants: readonly string[], now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - Math.min(...instants.map((at) => Date.parse(at)))) / MINUTE_MS));
