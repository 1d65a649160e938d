/** Requests to a ledger as fast-check makes them up: about few streams, reports and orders, so that they meet. */
import * as fc from "fast-check";
import type { Stream } from "../../../lib/core/stream.ts";
import type { ReportOutcome, ReportRecord, UntranslatedRecord, Verdict } from "../../../lib/decisions/report-record.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../../lib/orders/operator-order.ts";
import type { Attempt, Order, OrderDraft, OrderEnd } from "../../../lib/orders/order.ts";
import type { BatchResult } from "../../../lib/plans/batch-result.ts";
import type { Applied, PlanText } from "../../../lib/plans/plan.ts";
import type { RecentReport } from "../../../lib/reports/recent-report.ts";
import { type Report, reportKey } from "../../../lib/reports/report.ts";
import { NOON } from "../../support/fixtures.ts";
import "../../support/runs.ts";

/** What a story is about: few enough that requests meet. */
export interface Cast {
  readonly streams: readonly [Stream, Stream];
  readonly reports: readonly [Report, Report];
  /** Of a message that nobody could translate. */
  readonly untranslated: string;
  readonly orderIds: readonly string[];
  /** Orders as somebody has read them, perhaps long ago. */
  readonly known: Order[];
}

/** A request as data, so that both ledgers get the same. */
export interface Request {
  readonly told: string;
  readonly of: (ledger: Ledger, cast: Cast) => Promise<unknown>;
}

export const request = (told: string, of: Request["of"]): Request => ({ told, of });
export const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();

const which = fc.constantFrom(0, 0, 0, 1) as fc.Arbitrary<0 | 1>;
const cause = fc.constantFrom("a", "b", "c", "d");
const momentMs = fc.constantFrom(0, 1, 60_000);
const holder = fc.constantFrom("first", "second");
const pick = fc.nat({ max: 5 });

const draft = (stream: Stream, cause: string, ms: number): OrderDraft => ({
  ...{ stream, action: "pause", reason: `for ${cause}`, placedAt: at(ms) },
  authority: { kind: "rule", cause, source: "standard", rule: "harmful", policy: "hash" },
});
const record = (report: Report, rule: string, ms: number, outcome: ReportOutcome | undefined): ReportRecord => ({
  ...{ key: reportKey(report), report, decision: { action: "pause", rule, because: "rule" } },
  ...{ facts: { workedAt: at(ms), orders: [] }, grade: "A", decidedAt: at(ms), mode: "enforce", policy: "hash" },
  ...(outcome !== undefined && { outcome, because: "limit-total", closedAt: at(ms), openedAt: at(ms), dueAt: at(ms) }),
});
const untranslated = ({ untranslated: key }: Cast, message: string): UntranslatedRecord => ({
  key,
  untranslated: {
    ...{ source: "huawei-push", id: "1", receivedAt: at(0), bodySha256: "0".repeat(64) },
    issues: [{ pointer: "/event", message }],
  },
  ...{ decidedAt: at(2), openedAt: at(2), dueAt: at(2), outcome: "review", because: "untranslatable" },
});

/** Of one report, of the other, or of what nobody could translate. */
export const keyOf = ({ reports, untranslated }: Cast, which: 0 | 1 | 2): string =>
  which === 2 ? untranslated : reportKey(reports[which]);
const sighting = (who: string, ms: number): RecentReport => ({
  ...{
    key: `standard#${who}${ms}`,
    source: "standard",
    category: "weapons",
    receivedAt: at(ms),
    expiresAt: at(ms + 1_500),
  },
  reporterHash: who.repeat(32),
});
const frozenBy = (changedBy: string) => ({ changedAt: at(0), changedBy, reason: "model" });
const operatorOrder = ({ streams, orderIds }: Cast, id: 0 | 1, index: number, reason: string): OperatorOrder => ({
  ...{ orderId: orderIds[id] ?? "", index, stream: streams[0], action: "enable", reason, requestedBy: "ana" },
  ...{ requestedAt: at(0), overridesRulesUntil: at(1) },
});

/** An order as it stood when somebody read it; without one, an order that nobody placed. */
const knownOrder = ({ known, streams }: Cast, pick: number): Order =>
  known[pick % Math.max(1, known.length)] ?? { ...draft(streams[0], "nobody", 0), number: 1, attempts: [] };

const end: fc.Arbitrary<OrderEnd> = fc.record({
  outcome: fc.constantFrom("accepted", "failed", "superseded"),
  endedAt: momentMs.map(at),
});
const result = fc.constantFrom<Attempt["result"]>("sent", "unknown", "not-done");
const waiting = fc.record({
  waiting: fc.record({
    error: fc.constantFrom("APIGW.0308", "ERR_LIVE_SIGNATURE"),
    message: fc.constantFrom("throttled", "blocked"),
    since: momentMs.map(at),
  }),
});
const show = (value: unknown) => JSON.stringify(value);

const outcome = fc.constantFrom<ReportOutcome>("accepted", "failed", "review", "held");
const inReview = fc.constantFrom(0, 0, 1, 2) as fc.Arbitrary<0 | 1 | 2>;

/** Those of this story: the table holds others as well. */
export async function openReviews(ledger: Ledger, cast: Cast) {
  const { records } = await ledger.openReviews(1_000);
  const keys = new Set([0, 1, 2].map((which) => keyOf(cast, which as 0 | 1 | 2)));
  return records.filter(({ key }) => keys.has(key));
}

const person = fc.constantFrom("ana", "ben");
const planText = (head: string): PlanText => ({ head, parts: ["first", `second of ${head}`] });
const someApplied = (appliedBy: string): Applied => ({
  ...{ appliedBy, appliedAt: at(0), reason: "model", planSha256: "0".repeat(64), overridesRulesUntil: at(1) },
  ...(appliedBy === "ana" ? { approvedBy: "ben" } : { breakGlass: true }),
});
const batchOutcome = fc.constantFrom<BatchResult["outcome"]>("verified", "cancelled");

const planRequests: fc.Arbitrary<Request> = fc.oneof(
  fc
    .tuple(which, fc.constantFrom("a head", "another head"))
    .map(([id, head]) =>
      request(`write plan ${id}: ${head}`, (ledger, { orderIds }) =>
        ledger.writePlan(orderIds[id] ?? "", planText(head)),
      ),
    ),
  which.map((id) =>
    request(`read plan ${id}`, async (ledger, { orderIds }) => {
      const orderId = orderIds[id] ?? "";
      const head = await ledger.readPlanHead(orderId);
      if (head === undefined) return "there is none"; // nobody looks at the parts before
      return [head, await ledger.readPlanPart(orderId, 1), await ledger.readPlanPart(orderId, 2)];
    }),
  ),
  which.map((id) =>
    request(`read the state of plan ${id}`, (ledger, { orderIds }) => ledger.readPlanState(orderIds[id] ?? "")),
  ),
  fc
    .tuple(which, person)
    .map(([id, approvedBy]) =>
      request(`${approvedBy} approves plan ${id}`, (ledger, { orderIds }) =>
        ledger.approvePlan(orderIds[id] ?? "", { approvedBy, approvedAt: at(0), reason: "model", planSha256: "0" }),
      ),
    ),
  fc
    .tuple(which, person)
    .map(([id, appliedBy]) =>
      request(`${appliedBy} applies plan ${id}`, (ledger, { orderIds }) =>
        ledger.applyPlan(orderIds[id] ?? "", someApplied(appliedBy)),
      ),
    ),
  fc
    .tuple(which, person)
    .map(([id, cancelledBy]) =>
      request(`${cancelledBy} cancels plan ${id}`, (ledger, { orderIds }) =>
        ledger.cancelPlan(orderIds[id] ?? "", { cancelledBy, cancelledAt: at(0), reason: "model" }),
      ),
    ),
  fc
    .tuple(which, person)
    .map(([id, askedBy]) =>
      request(`${askedBy} undoes plan ${id}`, (ledger, { orderIds }) =>
        ledger.addUndo(orderIds[id] ?? "", { askedBy, askedAt: at(0) }),
      ),
    ),
  fc
    .tuple(which, fc.nat({ max: 1 }), batchOutcome, fc.constantFrom(1, 2))
    .map(([id, index, outcome, orderNumber]) =>
      request(`result ${index} of plan ${id}: ${outcome} of order ${orderNumber}`, (ledger, { orderIds }) =>
        ledger.writeBatchResult(orderIds[id] ?? "", { index, outcome, endedAt: at(0), orderNumber }),
      ),
    ),
  which.map((id) =>
    request(`read the results of plan ${id}`, (ledger, { orderIds }) => ledger.listBatchResults(orderIds[id] ?? "")),
  ),
);

export const requests: fc.Arbitrary<Request> = fc.oneof(
  { weight: 4, arbitrary: planRequests },
  fc
    .tuple(which, cause, momentMs)
    .map(([stream, cause, ms]) =>
      request(`place ${cause} on ${stream}`, (ledger, { streams }) =>
        ledger.placeOrder(draft(streams[stream], cause, ms)),
      ),
    ),
  fc
    .tuple(which, cause, fc.nat({ max: 2 }))
    .map(([stream, cause, atMost]) =>
      request(`place ${cause} on ${stream} unless more than ${atMost}`, (ledger, { streams }) =>
        ledger.placeOrder(draft(streams[stream], cause, 0), ({ length }) =>
          length > atMost ? { skip: length } : undefined,
        ),
      ),
    ),
  fc
    .tuple(which, cause, fc.nat({ max: 2 }))
    .map(([stream, cause, atMost]) =>
      request(`place ${cause} on ${stream}, refused after more than ${atMost}`, (ledger, { streams }) =>
        ledger.placeOrder(draft(streams[stream], cause, 0), ({ length }) =>
          length > atMost ? { change: { outcome: "refused", endedAt: at(0) } } : undefined,
        ),
      ),
    ),
  fc
    .tuple(which, fc.constantFrom(1, 2, 50))
    .map(([stream, limit]) =>
      request(`read ${limit} orders of ${stream}`, (ledger, { streams }) =>
        ledger.recentOrders(streams[stream], limit),
      ),
    ),
  fc
    .tuple(which, holder, momentMs)
    .map(([stream, holder, ms]) =>
      request(`lock ${stream} for ${holder} after ${ms} ms`, (ledger, { streams }) =>
        ledger.lockStream(streams[stream], holder, new Date(at(ms))),
      ),
    ),
  fc
    .tuple(which, holder)
    .map(([stream, holder]) =>
      request(`unlock ${stream} for ${holder}`, (ledger, { streams }) => ledger.unlockStream(streams[stream], holder)),
    ),
  fc
    .tuple(pick, momentMs)
    .map(([order, ms]) =>
      request(`begin ${order} after ${ms} ms`, (ledger, cast) => ledger.beginAttempt(knownOrder(cast, order), at(ms))),
    ),
  fc
    .tuple(pick, momentMs, result, fc.option(fc.oneof(end, waiting), { nil: undefined }))
    .map(([order, ms, result, next]) =>
      request(`end attempt of ${order} begun after ${ms} ms: ${result} ${show(next)}`, (ledger, cast) =>
        ledger.endAttempt(knownOrder(cast, order), { at: at(ms), result }, next),
      ),
    ),
  fc
    .tuple(pick, waiting)
    .map(([order, next]) =>
      request(`${order} waits: ${show(next)}`, (ledger, cast) =>
        ledger.setWaiting(knownOrder(cast, order), next.waiting),
      ),
    ),
  fc
    .tuple(pick, end)
    .map(([order, end]) =>
      request(`end ${order}: ${show(end)}`, (ledger, cast) => ledger.endOrder(knownOrder(cast, order), end)),
    ),
  fc
    .tuple(which, fc.constantFrom("harmful", "severe"), fc.option(outcome, { nil: undefined }))
    .map(([report, rule, outcome]) =>
      request(`decide on ${report} by ${rule}: ${outcome}`, (ledger, { reports }) =>
        ledger.recordDecision(record(reports[report], rule, report, outcome)),
      ),
    ),
  fc.tuple(which, outcome, fc.boolean()).map(([report, outcome, known]) =>
    request(`close ${report}: ${outcome}`, (ledger, { reports }) =>
      ledger.closeReport(reportKey(reports[report]), {
        ...{ outcome, closedAt: at(0), dueAt: at(report) }, // two cases that are due at once have no order
        ...(known && { orderNumber: 1 }),
      }),
    ),
  ),
  fc
    .constantFrom("must be text", "is missing")
    .map((issue) =>
      request(`record what nobody could translate: ${issue}`, (ledger, cast) =>
        ledger.recordUntranslated(untranslated(cast, issue)),
      ),
    ),
  fc
    .tuple(inReview, fc.constantFrom<Verdict["verdict"]>("approved", "rejected"), fc.constantFrom("ana", "ben"))
    .map(([which, verdict, by]) =>
      request(`${by}'s verdict of ${which}: ${verdict}`, (ledger, cast) =>
        ledger.writeVerdict(
          keyOf(cast, which),
          { verdict, by, at: at(0), reason: "model", orderId: `op-${by}` },
          () => NOON,
        ),
      ),
    ),
  fc
    .tuple(inReview, fc.constantFrom("ana", "ben"))
    .map(([which, by]) =>
      request(`end the review of ${which} for ${by}`, (ledger, cast) =>
        ledger.endReview(keyOf(cast, which), `op-${by}`),
      ),
    ),
  inReview.map((which) =>
    request(`read the review of ${which}`, (ledger, cast) => ledger.readReview(keyOf(cast, which))),
  ),
  fc.constant(request("list what waits for a person", openReviews)),
  fc
    .tuple(which, fc.constantFrom("a", "b"), momentMs)
    .map(([stream, key, ms]) =>
      request(`${key} said something of ${stream} after ${ms} ms`, (ledger, { streams }) =>
        ledger.addRecentReport(streams[stream], sighting(key, ms)),
      ),
    ),
  fc
    .tuple(which, momentMs)
    .map(([stream, ms]) =>
      request(`what was said of ${stream} since ${ms} ms`, (ledger, { streams }) =>
        ledger.recentReports(streams[stream], at(ms)),
      ),
    ),
  fc.tuple(fc.constantFrom("standard", "huawei-push"), fc.nat({ max: 4 })).map(([source, most]) =>
    request(`take one of ${most} for ${source}`, (ledger) =>
      ledger.changeTaken<string | number>(({ slices }) => {
        const counts = slices[0]?.bySource ?? {};
        const used = counts[source] ?? 0;
        if (used >= most) return { answer: `${used} are taken` };
        return {
          taken: { slices: [{ startMs: 0, bySource: { ...counts, [source]: used + 1 } }] },
          answer: used + 1,
        };
      }),
    ),
  ),
  which.map((report) =>
    request(`read report ${report}`, (ledger, { reports }) => ledger.readReport(reportKey(reports[report]))),
  ),
  fc
    .tuple(which, fc.nat({ max: 2 }), fc.constantFrom("INC-881", "INC-882"))
    .map(([id, index, reason]) =>
      request(`an operator writes ${id} ${index}: ${reason}`, (ledger, cast) =>
        ledger.writeOperatorOrders([operatorOrder(cast, id, index, reason)]),
      ),
    ),
  fc.tuple(which, fc.nat({ max: 2 })).map(([id, index]) =>
    request(`number the operator's ${id} ${index}`, async (ledger, { orderIds }) => {
      const order = await ledger.readOperatorOrder(orderIds[id] ?? "", index);
      return order && ledger.placeOrder(operatorDraft(order));
    }),
  ),
  which.map((id) =>
    request(`list the operator's ${id}`, (ledger, { orderIds }) => ledger.listOperatorOrders(orderIds[id] ?? "")),
  ),
  fc
    .constantFrom("observe" as const, "enforce" as const)
    .map((mode) =>
      request(`change the mode to ${mode}`, (ledger) =>
        ledger.writeMode({ mode, changedAt: at(0), changedBy: "ana", reason: "model" }),
      ),
    ),
  fc
    .tuple(fc.constantFrom("standard", "huawei-push"), fc.boolean(), fc.constantFrom("ana", "ben"))
    .map(([source, frozen, by]) =>
      request(`${by} ${frozen ? "freezes" : "lets act"} ${source}`, (ledger) =>
        ledger.writeFreeze(source, frozen, frozenBy(by)),
      ),
    ),
  fc.constant(request("read the mode", (ledger) => ledger.readMode())),
);
