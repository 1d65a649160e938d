/** Requests to a ledger as fast-check makes them up: about few streams, reports and orders, so that they meet. */
import * as fc from "fast-check";
import { operatorDraft } from "../../lib/moderation/handle.ts";
import type { Ledger, OperatorOrder, OrderEnd, ReportRecord } from "../../lib/moderation/ledger.ts";
import type { Attempt, Order, OrderDraft } from "../../lib/moderation/order.ts";
import { type Report, reportKey } from "../../lib/moderation/report.ts";
import type { Stream } from "../../lib/stream.ts";
import { NOON, weaponsReport } from "../support/fixtures.ts";

/** What a story is about: few enough that requests meet. */
export interface Cast {
  readonly streams: readonly [Stream, Stream];
  readonly reports: readonly Report[];
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
const record = (report: Report, rule: string): ReportRecord => ({
  ...{ key: reportKey(report), report, decision: { action: "pause", rule, because: "rule" } },
  ...{ decidedAt: at(0), mode: "enforce", policy: "hash" },
});
const operatorOrder = ({ streams, orderIds }: Cast, id: 0 | 1, index: number, reason: string): OperatorOrder => ({
  ...{ orderId: orderIds[id] ?? "", index, stream: streams[0], action: "enable", reason, requestedBy: "ana" },
  ...{ requestedAt: at(0), outranksRulesUntil: at(1) },
});

/** An order as it stood when somebody read it; without one, an order that nobody placed. */
const knownOrder = ({ known, streams }: Cast, pick: number): Order =>
  known[pick % Math.max(1, known.length)] ?? { ...draft(streams[0], "nobody", 0), number: 1, attempts: [] };

const end: fc.Arbitrary<OrderEnd> = fc.record({
  outcome: fc.constantFrom("accepted", "failed", "superseded"),
  endedAt: momentMs.map(at),
});
const result = fc.constantFrom<Attempt["result"]>("sent", "unknown", "not-done");
const show = (value: unknown) => JSON.stringify(value);

export const requests: fc.Arbitrary<Request> = fc.oneof(
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
        ledger.placeOrder(draft(streams[stream], cause, 0), (orders) => orders.length > atMost),
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
    .tuple(pick, momentMs, result, fc.option(end, { nil: undefined }))
    .map(([order, ms, result, end]) =>
      request(`end attempt of ${order} begun after ${ms} ms: ${result} ${show(end)}`, (ledger, cast) =>
        ledger.endAttempt(knownOrder(cast, order), { at: at(ms), result }, end),
      ),
    ),
  fc
    .tuple(pick, end)
    .map(([order, end]) =>
      request(`end ${order}: ${show(end)}`, (ledger, cast) => ledger.endOrder(knownOrder(cast, order), end)),
    ),
  fc.tuple(which, fc.constantFrom("harmful", "severe")).map(([report, rule]) =>
    request(`decide on ${report} by ${rule}`, async (ledger, { reports }) => {
      const { key, decision } = await ledger.recordDecision(record(reports[report] ?? weaponsReport(), rule));
      return { key, decision };
    }),
  ),
  fc
    .tuple(which, fc.constantFrom("accepted" as const, "failed" as const), fc.boolean())
    .map(([report, outcome, known]) =>
      request(`close ${report}: ${outcome}`, (ledger, { reports }) =>
        ledger.closeReport(reportKey(reports[report] ?? weaponsReport()), {
          ...{ outcome, closedAt: at(0) },
          ...(known && { orderNumber: 1 }),
        }),
      ),
    ),
  which.map((report) =>
    request(`read report ${report}`, (ledger, { reports }) =>
      ledger.readReport(reportKey(reports[report] ?? weaponsReport())),
    ),
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
  fc.constant(request("read the mode", (ledger) => ledger.readMode())),
);
