/** Reports and messages from their decision over their end to the verdicts of people. */
import fc from "fast-check";
import { definedOnly } from "../../lib/core/defined-only.ts";
import { decideCase, markAlarms, reopenCase } from "../../lib/decisions/cases.ts";
import { acts, type Decision } from "../../lib/decisions/decision.ts";
import {
  isAppeal,
  type ReportOutcome,
  type ReportRecord,
  type ReviewRecord,
  type UntranslatedRecord,
} from "../../lib/decisions/report-record.ts";
import {
  ALICE,
  arbitraryStream,
  at,
  BOB,
  category,
  type Life,
  lifeOf,
  maybe,
  ORDER_ID,
  PRIVATE,
  policyHash,
  START_MS,
} from "./arbitrary-items.ts";

const republish = maybe(fc.constant({ after: 1, times: 2, startedAt: at(-3) }));
const decision: fc.Arbitrary<Decision> = fc
  .record({
    action: fc.constantFrom(
      "ignore" as const,
      "review" as const,
      "refuse" as const,
      "pause" as const,
      "disable" as const,
    ),
    because: fc.constantFrom("no-rule", "rule", "weak-grade"),
    rule: fc.constant("severe"),
    republish,
  })
  .map(
    (value) =>
      definedOnly({ ...value, ...(value.action === "disable" && { resumeTime: "2026-11-28T12:00:00Z" }) }) as Decision,
  );

/** No rule decides on an appeal. */
const isForAppeals = ({ action, republish: again }: Decision): boolean =>
  (action === "review" || action === "refuse") && !again;

const appealedOrder = {
  ...{ number: 3, action: "disable" as const, reason: `${PRIVATE} was seen`, placedAt: at(-60) },
  ...{ by: PRIVATE, decidedBy: [`${PRIVATE} decided`] },
};

/** Decided, and not ended. */
export const reportRecord: fc.Arbitrary<ReportRecord> = fc
  .record({
    ...{ stream: arbitraryStream, category, decision, id: fc.nat(1_000), sampled: maybe(fc.constant(0.1)) },
    appeal: maybe(fc.constant({ number: 3 })),
  })
  .map(({ stream, category: reported, decision: decided, id, sampled, appeal }) =>
    definedOnly({
      key: `vendor#msg_${id}`,
      report: {
        ...{ source: "vendor", id: `msg_${id}`, occurredAt: at(-5), receivedAt: at(-1), stream, category: reported },
        ...{ reason: `${PRIVATE} saw it`, evidence: [{ url: `https://example.com/${PRIVATE}` }] },
        ...{ reporterHash: PRIVATE.padEnd(32, "0").slice(0, 32), bodySha256: "0".repeat(64) },
        ...(appeal && isForAppeals(decided) && { appeal }),
      },
      appealed: appeal && isForAppeals(decided) && decided.action === "review" ? appealedOrder : undefined,
      decision: decided,
      facts: { workedAt: at(0), orders: [] },
      grade: "A" as const,
      decidedAt: at(0),
      mode: "enforce" as const,
      policy: policyHash,
      sampled: acts(decided) ? sampled : undefined,
    }),
  );

const WITHOUT_ORDER = { ignore: "ignored", review: "review", refuse: "refused" } as const;

interface End {
  readonly outcome: ReportOutcome;
  readonly orderNumber?: number;
}

/** How a decision that acts ends. The first two are written with it. */
const actedEnd: fc.Arbitrary<End> = fc.oneof(
  fc.constantFrom<End>({ outcome: "held" }, { outcome: "observed" }, { outcome: "ignored" }, { outcome: "review" }),
  fc
    .constantFrom<ReportOutcome>(
      ...(["accepted", "verified", "unverified", "unknown", "failed", "superseded", "refused"] as const),
      ...(["held", "observed", "review"] as const),
    )
    .map((outcome): End => ({ outcome, orderNumber: 4 })),
);

const step = fc.constantFrom("urgent", "half", "nearly", "missed", "approve", "reject", "reopen", "reopen");

/** What people and the clock do to a case, by the functions that the ledger writes by. */
function caseStates(record: ReviewRecord, steps: readonly string[]): ReviewRecord[] {
  const states: ReviewRecord[] = [];
  let current = record;
  for (const [place, each] of steps.entries()) {
    const now = new Date(START_MS + (100 + place) * 1_000);
    const by = place % 2 === 0 ? ALICE : BOB;
    const remark = { by, at: now.toISOString(), reason: `${PRIVATE} wrote` };
    const queued = current.verdict && current.review === "open" ? { ...current, review: undefined } : current;
    const clock = { review: "open" as const, openedAt: now.toISOString(), dueAt: at(5_000 + place) };
    const verdict = each === "approve" ? "approved" : "rejected";
    const change =
      each === "reopen"
        ? reopenCase(queued as ReviewRecord, remark, clock)
        : each === "approve" || each === "reject"
          ? decideCase(
              current,
              {
                ...remark,
                verdict,
                ...(each === "approve" && { orderId: ORDER_ID, action: isAppeal(current) ? "enable" : "pause" }),
              },
              now,
            )
          : markAlarms(current, current, { [each]: now.toISOString() });
    if ("refusal" in change) continue;
    current = definedOnly({ ...(each === "reopen" ? queued : current), ...change.state }) as ReviewRecord;
    states.push(current);
  }
  return states;
}

const steps = fc.array(step, { maxLength: 8 });

export const reportLife: fc.Arbitrary<Life> = fc
  .record({
    record: reportRecord,
    end: actedEnd,
    laterOutcome: maybe(fc.constant("verified" as const)),
    steps,
    isUrgent: fc.boolean(),
  })
  .map((story) => {
    const { record } = story;
    const { action } = record.decision;
    const end: End = acts(record.decision)
      ? story.end
      : { outcome: WITHOUT_ORDER[action as keyof typeof WITHOUT_ORDER] };
    const isAtOnce =
      !acts(record.decision) || (end.orderNumber === undefined && ["held", "observed"].includes(end.outcome));
    const endedAt = isAtOnce ? record.decidedAt : at(20);
    const isCarriedOut = ["accepted", "verified", "unverified", "unknown", "observed"].includes(end.outcome);
    const waits = end.outcome === "held" || end.outcome === "review" || (record.sampled !== undefined && isCarriedOut);
    const clock = {
      review: "open" as const,
      openedAt: endedAt,
      dueAt: at(4_000),
      ...(story.isUrgent && { urgent: true as const }),
    };
    const ended: ReportRecord = { ...record, ...end, closedAt: endedAt, because: "limit-total", ...(waits && clock) };
    const states: ReviewRecord[] = isAtOnce ? [ended] : [record, ended];
    if (story.laterOutcome && end.outcome === "accepted") states.push({ ...ended, outcome: story.laterOutcome });
    if (waits) states.push(...caseStates(states.at(-1) ?? ended, story.steps));
    return lifeOf(states.map((report) => ({ kind: "report" as const, report: report as ReportRecord })));
  });

export const untranslatedLife: fc.Arbitrary<Life> = fc.record({ id: fc.nat(9), steps }).map(({ id, steps: taken }) => {
  const record: UntranslatedRecord = {
    key: `vendor#msg_${id}`,
    untranslated: {
      ...{ source: "vendor", id: `msg_${id}`, receivedAt: at(0), bodySha256: "0".repeat(64) },
      issues: [{ pointer: `/${PRIVATE}`, message: `is ${PRIVATE}` }],
    },
    ...{ decidedAt: at(0), outcome: "review", because: "untranslatable" },
    ...{ review: "open", openedAt: at(0), dueAt: at(4_000) },
  };
  const states = [record, ...(caseStates(record, taken) as UntranslatedRecord[])];
  return lifeOf(states.map((untranslated) => ({ kind: "untranslated" as const, untranslated })));
});
