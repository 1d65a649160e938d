/**
 * What the ledger says of streams, put together from its exports: an item is exported after every change, and its last line is what became
 * of it. Out of the orders of a stream come the periods in which it was to be off.
 */

import type { Expected } from "../../archive/expected-disable.ts";
import type {
  EventLine,
  OperatorOrderLine,
  PastOrderLine,
  PlanStateLine,
  ReportLine,
} from "../../archive/line-schemas.ts";
import { streamKey } from "../../core/stream.ts";

/** With the object of the archive that holds it. */
export interface Filed<T> {
  readonly line: T;
  readonly object: string;
  /** Number of the manifest: a later one knows better. */
  readonly entry: number;
}

export interface Period {
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string };
  readonly number: number;
  /** Absent where only the list of what is expected tells of it. */
  readonly order?: Filed<PastOrderLine>;
  readonly expected?: Filed<Expected>;
  /** When Live was asked for it. */
  readonly from: string;
  readonly until: string;
  readonly untilBy: "resume-time" | "enabled" | "replaced";
  /** The order that ended it. */
  readonly endedBy?: Filed<PastOrderLine>;
  /** Nobody can say whether Live did what was to end it earlier. */
  readonly maybeEndedBy?: Filed<PastOrderLine>;
}

export interface LedgerView {
  addEvents(from: { readonly object: string; readonly entry: number }, events: Iterable<EventLine>): void;
  /** Disables in force when the day began. */
  addExpected(from: { readonly object: string; readonly entry: number }, expected: Iterable<Expected>): void;
  order(stream: Period["stream"], number: number): Filed<PastOrderLine> | undefined;
  report(key: string): Filed<ReportLine> | undefined;
  operatorOrder(cause: string): Filed<OperatorOrderLine> | undefined;
  /** By order id: of a batch, whose orders were asked for by a plan. */
  plan(orderId: string): Filed<{ readonly orderId: string }> | undefined;
  planState(orderId: string): Filed<PlanStateLine> | undefined;
  /** Of each stream, in the order of time. */
  periods(): ReadonlyMap<string, readonly Period[]>;
}

const TAKES_OFF = new Set([undefined, "verified", "unverified", "unknown"]);
const LETS_ON = new Set(["verified", "unverified"]);

export function createLedgerView(): LedgerView {
  const orders = new Map<string, Map<number, Filed<PastOrderLine>>>();
  const expectations = new Map<string, Map<number, Filed<Expected>>>();
  const reports = new Map<string, Filed<ReportLine>>();
  const operatorOrders = new Map<string, Filed<OperatorOrderLine>>();
  const plans = new Map<string, Filed<{ readonly orderId: string }>>();
  const planStates = new Map<string, Filed<PlanStateLine>>();

  const numbersOf = (key: string): number[] =>
    [...new Set([...(orders.get(key)?.keys() ?? []), ...(expectations.get(key)?.keys() ?? [])])].sort((a, b) => a - b);

  function periodsOf(key: string): Period[] {
    const periods: Period[] = [];
    for (const number of numbersOf(key)) {
      const order = orders.get(key)?.get(number);
      const begun = beginning(number, order, expectations.get(key)?.get(number));
      if (begun) {
        endLast(periods, begun.from, "replaced", order);
        periods.push(begun);
      } else if (order?.line.action === "enable") {
        if (LETS_ON.has(order.line.outcome ?? ""))
          endLast(periods, order.line.endedAt ?? effectAt(order.line), "enabled", order);
        else if (order.line.outcome === "unknown") mayHaveEnded(periods, order);
      }
    }
    return periods;
  }

  return {
    addEvents(from, events) {
      for (const event of events) {
        if (event.kind === "order") {
          const key = streamKey(event.order.stream);
          if (!orders.has(key)) orders.set(key, new Map());
          keep(orders.get(key), event.order.number, { line: event.order, ...from });
        } else if (event.kind === "report") {
          keep(reports, event.report.key, { line: event.report, ...from });
        } else if (event.kind === "operator-order") {
          const { orderId, index } = event.operatorOrder;
          keep(operatorOrders, `operator#${orderId}#${index}`, { line: event.operatorOrder, ...from });
        } else if (event.kind === "plan") {
          keep(plans, event.plan.orderId, { line: event.plan, ...from });
        } else if (event.kind === "plan-state") {
          keep(planStates, event.planState.orderId, { line: event.planState, ...from });
        }
      }
    },
    addExpected(from, expected) {
      for (const line of expected) {
        const key = streamKey(line);
        if (!expectations.has(key)) expectations.set(key, new Map());
        keep(expectations.get(key), line.number, { line, ...from });
      }
    },
    order: (stream, number) => orders.get(streamKey(stream))?.get(number),
    report: (key) => reports.get(key),
    operatorOrder: (cause) => operatorOrders.get(cause),
    plan: (orderId) => plans.get(orderId),
    planState: (orderId) => planStates.get(orderId),
    periods: () =>
      new Map([...new Set([...orders.keys(), ...expectations.keys()])].map((key) => [key, periodsOf(key)] as const)),
  };
}

/** Objects are read in any order; of one object the later line is the later state. */
function keep<K, T>(all: Map<K, Filed<T>> | undefined, key: K, filed: Filed<T>): void {
  const there = all?.get(key);
  if (!there || there.entry <= filed.entry) all?.set(key, filed);
}

function beginning(
  number: number,
  order: Filed<PastOrderLine> | undefined,
  expected: Filed<Expected> | undefined,
): Period | undefined {
  const known = { number, untilBy: "resume-time" as const, ...(expected && { expected }) };
  // What was exported while it waited to be sent is older than the list that tells how it ended.
  if (!order || (expected && order.line.outcome === undefined)) {
    if (!expected) return undefined;
    const { domain, app, stream, placedAt, resumeTime } = expected.line;
    return { ...known, stream: { domain, app, stream }, from: placedAt, until: resumeTime };
  }
  const { line } = order;
  if (line.action !== "disable" || line.resumeTime === undefined || !TAKES_OFF.has(line.outcome)) return undefined;
  if (line.outcome === undefined && line.attempts.length === 0 && line.sendingSince === undefined) return undefined; // nothing was sent
  return { ...known, stream: line.stream, order, from: effectAt(line), until: line.resumeTime };
}

/** Before the call: the stream was off from then on, or a moment later. */
const effectAt = ({ attempts, sendingSince, endedAt, placedAt }: PastOrderLine): string =>
  attempts.find(({ result }) => result !== "not-done")?.at ?? sendingSince ?? endedAt ?? placedAt;

function endLast(
  periods: Period[],
  at: string,
  untilBy: Period["untilBy"],
  by: Filed<PastOrderLine> | undefined,
): void {
  const last = periods.at(-1);
  if (!last || Date.parse(last.until) <= Date.parse(at)) return; // it was over by itself
  periods[periods.length - 1] = { ...last, until: at, untilBy, ...(by && { endedBy: by }) };
}

function mayHaveEnded(periods: Period[], by: Filed<PastOrderLine>): void {
  const last = periods.at(-1);
  if (last && Date.parse(last.until) > Date.parse(effectAt(by.line)))
    periods[periods.length - 1] = { ...last, maybeEndedBy: by };
}
