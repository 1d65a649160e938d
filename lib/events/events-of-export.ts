/**
 * The events of exported ledger records, with the ids that `eventsOf` derives from the ledger. An export has neither the notices of audits nor
 * the states of access keys, so `stream.expiring`, `audit.drift` and `key.blocked` are missing. The results of a batch are read from its orders.
 */
import { groupBy } from "../core/group-by.ts";
import { parseJson } from "../core/parse-json.ts";
import { streamKey } from "../core/stream.ts";
import type { ReportRecord } from "../decisions/report-record.ts";
import type { LedgerEvent } from "../ledger/export-event.ts";
import { operatorCause } from "../orders/operator-order.ts";
import { type Order, reportOf } from "../orders/order.ts";
import type { BatchResult } from "../plans/batch-result.ts";
import { type OperatorPlan, planSchema } from "../plans/plan.ts";
import { SUPERSEDED_BY_NEWER } from "../plans/undo.ts";
import type { OffairEvent } from "./event.ts";
import { eventsOf } from "./events-of.ts";
import type { LedgerItem } from "./ledger-item.ts";

/** Earlier orders of a stream that the previous state follows from: as many as the ledger reads at once. */
const EARLIER = 50;

/**
 * @param lines - of the exports, in the order of `at`: an item is exported again after each change, and its last line counts.
 * @returns the events in the order of their times. An order whose report is in an earlier export has no category.
 */
export function eventsOfExport(lines: Iterable<LedgerEvent>): OffairEvent[] {
  const events = itemsOf([...latestLines(lines).values()]).flatMap(eventsOf);
  return events
    .map((event) => ({ event, ms: Date.parse(event.time) }))
    .sort((one, other) => one.ms - other.ms) // stable: events of one item keep their order
    .map(({ event }) => event);
}

/** The last line of each item. */
function latestLines(lines: Iterable<LedgerEvent>): ReadonlyMap<string, LedgerEvent> {
  const latest = new Map<string, LedgerEvent>();
  for (const line of lines) latest.set(`${line.kind} ${keyOf(line)}`, line);
  return latest;
}

function keyOf(line: LedgerEvent): string {
  switch (line.kind) {
    case "report":
      return line.report.key;
    case "untranslated":
      return line.untranslated.key;
    case "order":
      return `${streamKey(line.order.stream)} ${line.order.number}`;
    case "operator-order":
      return operatorCause(line.operatorOrder);
    case "plan":
      return line.plan.orderId;
    case "plan-state":
      return line.planState.orderId;
    case "change":
      return JSON.stringify(line.change);
  }
}

function itemsOf(lines: readonly LedgerEvent[]): LedgerItem[] {
  const orders = lines.flatMap((line) => (line.kind === "order" ? [line.order] : []));
  const reports = new Map(lines.flatMap((line) => (line.kind === "report" ? [[line.report.key, line.report]] : [])));
  const plans = new Map(lines.flatMap((line) => (line.kind === "plan" ? planOf(line.plan) : [])));
  const results = resultsOf(orders);
  const others = lines.flatMap((line): LedgerItem[] => {
    switch (line.kind) {
      case "report":
        return [{ kind: "report", report: line.report }];
      case "untranslated":
        return [{ kind: "untranslated", untranslated: line.untranslated }];
      case "change":
        return [{ kind: "change", change: line.change }];
      case "plan-state": {
        const { orderId, ...state } = line.planState;
        const plan = plans.get(orderId);
        return plan ? [{ kind: "plan-state", plan, state, results: results.get(orderId) ?? [] }] : [];
      }
      default:
        return [];
    }
  });
  const made = [...plans.values()].map((plan): LedgerItem => ({ kind: "plan", plan }));
  return [...ordersWith(orders, reports), ...made, ...others];
}

function ordersWith(orders: readonly Order[], reports: ReadonlyMap<string, ReportRecord>): LedgerItem[] {
  const byStream = groupBy(orders, ({ stream }) => streamKey(stream));
  return [...byStream.values()].flatMap((ofStream) => {
    const newestFirst = ofStream.toSorted((one, other) => other.number - one.number);
    return newestFirst.map((order, index): LedgerItem => {
      const report = reports.get(reportOf(order) ?? "");
      const earlier = newestFirst.slice(index + 1, index + 1 + EARLIER);
      return { kind: "order", order, earlier, ...(report && { report }) };
    });
  });
}

/** Nothing for a plan that cannot be read: nobody can verify what it was. */
function planOf({ orderId, head }: { readonly orderId: string; readonly head: string }): [string, OperatorPlan][] {
  const { data: plan } = planSchema.safeParse(parseJson(head));
  return plan?.orderId === orderId ? [[orderId, plan]] : [];
}

/** The results of the batches' streams, as the worker writes them. */
function resultsOf(orders: readonly Order[]): ReadonlyMap<string, BatchResult[]> {
  const results = new Map<string, BatchResult[]>();
  for (const { authority, outcome, error, endedAt, placedAt, number } of orders) {
    if (authority.kind !== "operator" || authority.republish || authority.repairs || !outcome) continue;
    const [, orderId = "", index] = /^operator#(.*)#(\d+)$/.exec(authority.cause) ?? [];
    if (index === undefined) continue;
    const isCancelled = outcome === "refused" && error === "cancelled";
    const isSuperseded = outcome === "refused" && error === SUPERSEDED_BY_NEWER;
    const result: BatchResult = {
      index: Number(index),
      outcome: isCancelled ? "cancelled" : isSuperseded ? "superseded" : outcome,
      endedAt: endedAt ?? placedAt,
      orderNumber: number,
    };
    const ofBatch = results.get(orderId);
    if (ofBatch) ofBatch.push(result);
    else results.set(orderId, [result]);
  }
  return results;
}
