/**
 * Builds the ledger's view of streams from exported events. An item is exported again after each change, so the latest line of an item is
 * its state. From the orders of a stream follow the periods in which it should have been off.
 */

import { isSameTime } from "../../archive/clock-tolerance.ts";
import type {
  EventLine,
  Expected,
  OperatorOrderLine,
  PastOrderLine,
  PlanStateLine,
  ReportLine,
} from "../../archive/line-schemas.ts";
import { effectAt } from "../../archive/order-effect.ts";
import { nameOf, type Stream, streamKey } from "../../core/stream.ts";
import { isRowOf } from "../../orders/order-history.ts";
import { CLOCKS_MS, createCoverage } from "./ledger-coverage.ts";

/** Where a line was read. */
export interface ReadFrom {
  /** The archive object. */
  readonly object: string;
  /** Number of the chain entry; a line of a later entry replaces one of an earlier entry. */
  readonly entry: number;
}

/** An exported line with its source. */
export interface Filed<T> extends ReadFrom {
  readonly line: T;
}

export interface LedgerPeriod {
  readonly stream: Stream;
  /** Number of the order. */
  readonly number: number;
  /** Absent if only the list of expected disables contains the order. */
  readonly order?: Filed<PastOrderLine>;
  readonly expected?: Filed<Expected>;
  /** When Live was called. */
  readonly from: string;
  readonly until: string;
  readonly untilBy: "resume-time" | "enabled" | "replaced";
  /** The order that ended the period. */
  readonly endedBy?: Filed<PastOrderLine>;
  /** An order that should have ended the period earlier, with an outcome that is unknown or not known yet. */
  readonly maybeEndedBy?: Filed<PastOrderLine>;
}

export type MadeBy = Pick<LedgerPeriod, "number" | "order" | "expected">;

export type LedgerView = ReturnType<typeof createLedgerView>;

/** Outcomes of a disable after which the stream was off, or may have been. */
const DISABLES = new Set([undefined, "verified", "unverified", "unknown"]);
/** Outcomes of an enable after which the stream was enabled again. */
const ENABLES = new Set(["verified", "unverified"]);

export function createLedgerView() {
  const orders = new Map<string, Map<number, Filed<PastOrderLine>>>();
  const expectations = new Map<string, Map<number, Filed<Expected>>>();
  const reports = new Map<string, Filed<ReportLine>>();
  const operatorOrders = new Map<string, Filed<OperatorOrderLine>>();
  const plans = new Map<string, Filed<{ readonly orderId: string }>>();
  const planStates = new Map<string, Filed<PlanStateLine>>();
  const coverage = createCoverage();

  function addEvent(event: EventLine, from: ReadFrom): void {
    if (event.kind === "order") {
      keepLatest(ofStream(orders, event.order.stream), event.order.number, { line: event.order, ...from });
    } else if (event.kind === "report") {
      keepLatest(reports, event.report.key, { line: event.report, ...from });
    } else if (event.kind === "operator-order") {
      const { orderId, index } = event.operatorOrder;
      keepLatest(operatorOrders, `operator#${orderId}#${index}`, { line: event.operatorOrder, ...from });
    } else if (event.kind === "plan") {
      keepLatest(plans, event.plan.orderId, { line: event.plan, ...from });
    } else if (event.kind === "plan-state") {
      keepLatest(planStates, event.planState.orderId, { line: event.planState, ...from });
    }
  }

  return {
    addEvents(from: ReadFrom, events: Iterable<EventLine>): void {
      for (const event of events) addEvent(event, from);
    },
    /** Adds the disables that were in force at the beginning of the day. */
    addExpected(from: ReadFrom, expected: Iterable<Expected>): void {
      for (const line of expected) keepLatest(ofStream(expectations, line), line.number, { line, ...from });
    },
    /** Adds the time that an export covers, after all its lines were read. */
    addWindow: coverage.add,
    isComplete: coverage.isComplete,
    neededUntil: coverage.neededUntil,
    reachesBack: coverage.reachesBack,
    knownUntil: coverage.knownUntil,
    /** The order of before the moment that a listed row is of, whatever became of the order; by `streamKey`. */
    madeBy(key: string, resumeTime: string | null, ms: number): MadeBy | undefined {
      const isBefore = (at: string) => Date.parse(at) <= ms + CLOCKS_MS;
      const known = [...(orders.get(key)?.values() ?? [])].filter(({ line }) => isBefore(line.placedAt));
      const newest = known.sort((a, b) => b.line.number - a.line.number);
      const order = newest.find(({ line }) => isRowOf({ resumeTime }, line));
      if (order) return { number: order.line.number, order };
      const expected = [...(expectations.get(key)?.values() ?? [])];
      const same = expected.find(({ line }) => isSameTime(line.resumeTime, resumeTime));
      return same && { number: same.line.number, expected: same };
    },
    /** The newest enable that Live was called for between the two moments, whatever became of it; by `streamKey`. */
    enableBetween: (key: string, fromMs: number, untilMs: number): Filed<PastOrderLine> | undefined =>
      [...(orders.get(key)?.values() ?? [])]
        .filter(
          ({ line }) =>
            line.action === "enable" &&
            (ENABLES.has(line.outcome ?? "") || wasCalled(line)) &&
            Date.parse(line.endedAt ?? line.placedAt) >= fromMs - CLOCKS_MS &&
            Date.parse(effectAt(line)) <= untilMs + CLOCKS_MS,
        )
        .toSorted((a, b) => b.line.number - a.line.number)[0],
    isEnabled: ({ line }: Filed<PastOrderLine>): boolean => ENABLES.has(line.outcome ?? ""),
    /** The newest state of every order that was read. */
    orders: (): Filed<PastOrderLine>[] => [...orders.values()].flatMap((each) => [...each.values()]),
    planStates: (): Iterable<Filed<PlanStateLine>> => planStates.values(),
    order: (stream: Stream, number: number) => orders.get(streamKey(stream))?.get(number),
    report: (key: string) => reports.get(key),
    reports: (): Iterable<Filed<ReportLine>> => reports.values(),
    operatorOrder: (cause: string) => operatorOrders.get(cause),
    /** By the order id of the batch. */
    plan: (orderId: string) => plans.get(orderId),
    planState: (orderId: string) => planStates.get(orderId),
    /** By `streamKey`: the periods of each stream, in order of time. */
    periods: (): ReadonlyMap<string, readonly LedgerPeriod[]> =>
      new Map(
        [...new Set([...orders.keys(), ...expectations.keys()])].map((key) => [
          key,
          periodsOf(orders.get(key) ?? new Map(), expectations.get(key) ?? new Map()),
        ]),
      ),
  };
}

function ofStream<T>(all: Map<string, Map<number, T>>, stream: Stream): Map<number, T> {
  const key = streamKey(stream);
  const known = all.get(key) ?? new Map<number, T>();
  all.set(key, known);
  return known;
}

/** Objects are read in any order, lines of one object in theirs: of two lines with the same entry the later one is the newer state. */
function keepLatest<K, T>(all: Map<K, Filed<T>>, key: K, filed: Filed<T>): void {
  const known = all.get(key);
  if (!known || known.entry <= filed.entry) all.set(key, filed);
}

function periodsOf(
  orders: ReadonlyMap<number, Filed<PastOrderLine>>,
  expectations: ReadonlyMap<number, Filed<Expected>>,
): LedgerPeriod[] {
  const periods: LedgerPeriod[] = [];
  /** Changes the latest period if it is still running at that time. */
  function change(at: string, by: Partial<LedgerPeriod>): void {
    const last = periods.at(-1);
    if (last && Date.parse(last.until) > Date.parse(at)) periods[periods.length - 1] = { ...last, ...by };
  }
  for (const number of [...new Set([...orders.keys(), ...expectations.keys()])].sort((a, b) => a - b)) {
    const order = orders.get(number);
    const period = periodOf(number, order, expectations.get(number));
    const endedBy = order && { endedBy: order };
    if (period) {
      change(period.from, { until: period.from, untilBy: "replaced", ...endedBy });
      periods.push(period);
    } else if (order?.line.action === "enable") {
      const at = effectAt(order.line);
      const until = order.line.endedAt ?? at;
      if (ENABLES.has(order.line.outcome ?? "")) change(until, { until, untilBy: "enabled", ...endedBy });
      else if (order.line.outcome === "unknown" || isInProgress(order.line)) change(at, { maybeEndedBy: order });
    }
  }
  return periods;
}

/** The period that a disable begins; undefined for any other order, and for a disable without effect. */
function periodOf(
  number: number,
  order: Filed<PastOrderLine> | undefined,
  expected: Filed<Expected> | undefined,
): LedgerPeriod | undefined {
  const known = { number, untilBy: "resume-time" as const, ...(expected && { expected }) };
  // An order that was exported before it was sent is older than the list of expected disables, which has its outcome.
  if (!order || (expected && order.line.outcome === undefined)) {
    if (!expected) return undefined;
    const { placedAt, resumeTime } = expected.line;
    return { ...known, stream: nameOf(expected.line), from: placedAt, until: resumeTime };
  }
  const { line } = order;
  if (line.action !== "disable" || line.resumeTime === undefined || !DISABLES.has(line.outcome)) return undefined;
  const isUnsent = line.outcome === undefined && !wasCalled(line);
  return isUnsent ? undefined : { ...known, stream: line.stream, order, from: effectAt(line), until: line.resumeTime };
}

/** Whether Live was called for the order, or a call was begun. */
const wasCalled = ({ attempts, sendingSince }: PastOrderLine): boolean =>
  attempts.length > 0 || sendingSince !== undefined;

const isInProgress = (line: PastOrderLine): boolean => line.outcome === undefined && wasCalled(line);
