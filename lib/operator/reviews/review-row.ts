/** A case as a row of a list: without the words of the report and the notes, which `case` shows. */
import { definedOnly } from "../../core/defined-only.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { holderOf } from "../../decisions/cases.ts";
import { type ActingDecision, acts } from "../../decisions/decision.ts";
import { isSampleCase, type ReviewRecord } from "../../decisions/report-record.ts";
import type { ReviewRow } from "../contract/response-schema.ts";

export function reviewRow(record: ReviewRecord, now: Date): ReviewRow {
  if ("untranslated" in record) {
    const { source, receivedAt, issues } = record.untranslated;
    const { key, outcome, because } = record;
    const ageMinutes = minutesSince([receivedAt], now);
    return { key, source, receivedAt, ageMinutes, outcome, because, issues, ...stateOf(record, now) };
  }
  const { key, report, decision, grade, outcome, because = decision.because } = record;
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
    outcome,
    because,
    rule: decision.rule,
    decision: acts(decision) ? whatWasAsked(decision) : undefined,
    isSample: isSampleCase(record) || undefined,
    appealed: record.appealed && { ...record.appealed, decidedBy: [...record.appealed.decidedBy] },
    ...stateOf(record, now),
  });
}

function stateOf(record: ReviewRecord, now: Date) {
  const { verdict, dueAt, urgent, notes, secondOpinion, review } = record;
  const waits = review === "open" && !verdict;
  return definedOnly({
    verdict,
    dueAt,
    secondsLeft: waits && dueAt !== undefined ? secondsUntil(dueAt, now) : undefined,
    urgent,
    holder: waits ? holderOf(record, now) : undefined,
    noteCount: notes?.length,
    secondOpinion,
  });
}

const secondsUntil = (instant: string, now: Date): number =>
  Math.floor((Date.parse(instant) - now.getTime()) / SECOND_MS);

const whatWasAsked = (decision: ActingDecision) => ({
  action: decision.action,
  because: decision.because,
  ...(decision.action === "disable" && { resumeTime: decision.resumeTime }),
});

export const minutesSince = (instants: readonly string[], now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - Math.min(...instants.map((at) => Date.parse(at)))) / MINUTE_MS));
