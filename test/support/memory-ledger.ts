/**
 * The ledger in memory: the port of lib/ledger/ledger.ts, told as plainly as it can be. test/aws/dynamodb/ledger-model.integration.test.ts holds the one on
 * DynamoDB against it, answer by answer, so that what is found out with this one in thousands of runs is true of the other.
 */
import { isDeepStrictEqual } from "node:util";
import type { CanaryNotes } from "../../lib/canary/canary-run.ts";
import { definedOnly } from "../../lib/core/defined-only.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { LATEST_LOCK_MS, LOCK_MS } from "../../lib/core/timeouts.ts";
import {
  type CaseChange,
  decideCase,
  endReview,
  followVerdict,
  markAlarms,
  type Refusal,
} from "../../lib/decisions/cases.ts";
import {
  isForReview,
  type ReportRecord,
  type ReviewRecord,
  type UntranslatedRecord,
  type Verdict,
} from "../../lib/decisions/report-record.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { RequestRecord, RequestStore } from "../../lib/ledger/request-store.ts";
import { isRetainedAttempt } from "../../lib/orders/attempts.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import type { Attempt, Order } from "../../lib/orders/order.ts";
import type { IndexedOrder } from "../../lib/orders/order-index.ts";
import type { Placement } from "../../lib/orders/order-store.ts";
import type { BatchResult } from "../../lib/plans/batch-result.ts";
import type { PlanState, PlanText } from "../../lib/plans/plan.ts";
import type { ReadCases } from "../../lib/precision/past-case.ts";
import type { ReporterStore } from "../../lib/precision/reporter-store.ts";
import type { RecentReport } from "../../lib/reports/recent-report.ts";
import { type LiveStreams, NOTHING_TAKEN, type Taken } from "../../lib/safeguards/action-limits.ts";
import type { ModeRecord } from "../../lib/safeguards/mode.ts";
import type { ListModeChanges } from "../../lib/safeguards/stores.ts";
import { casesOf, createMemoryReporters } from "./memory-figures.ts";

/** A change of the mode or of a frozen source, as it stays. */
export interface ModeChange {
  readonly kind: "mode" | "freeze" | "sample";
  readonly source?: string;
  readonly changedAt: string;
  readonly changedBy: string;
  readonly reason: string;
}

interface Stored {
  reports: Map<string, ReportRecord>;
  untranslated: Map<string, UntranslatedRecord>;
  /** By stream. */
  sightings: Map<string, RecentReport[]>;
  /** By stream, oldest first: the order numbered n stands at n - 1. */
  orders: Map<string, Order[]>;
  /** By stream and number of the order: the key of the first appeal. */
  appeals: Map<string, string>;
  locks: Map<string, { holder: string; until: number }>;
  operatorOrders: Map<string, OperatorOrder[]>;
  /** By order id. */
  index: Map<string, IndexedOrder>;
  /** By order id, as the next two. */
  plans: Map<string, PlanText>;
  planStates: Map<string, PlanState>;
  /** By index as well. */
  batchResults: Map<string, Map<number, BatchResult>>;
  mode: ModeRecord;
  modeChanges: ModeChange[];
  requests: Map<string, RequestRecord & { answer?: string }>;
  taken: Taken;
  /** By person. */
  alone: Map<string, Taken>;
  live: LiveStreams | undefined;
}

export interface MemoryLedger extends Ledger, RequestStore {
  readonly listModeChanges: ListModeChanges;
  readonly readCases: ReadCases;
  readonly reporters: ReporterStore;
  /** Another one that holds the same, and goes its own way from here. */
  copy(): MemoryLedger;
  /** All that it holds but the requests; two ledgers that hold the same have the same. */
  dump(): string;
  /** As an audit does. */
  writeLiveStreams(liveStreams: LiveStreams): Promise<void>;
  /** What the worker noted of a run of the canary. */
  readNotes(id: string): Promise<CanaryNotes>;
  /** Oldest first. */
  modeChanges(): ModeChange[];
  /** As nobody may: what is stored of a plan is another text now. */
  alterPlan(orderId: string, alter: (plan: PlanText) => PlanText): void;
}

const RECENT = 50;

/** As it comes back from a store: nobody's object but the reader's, and without what is undefined. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** The list with the value at its end, once. */
const withOne = <T>(list: readonly T[] = [], value: T): T[] =>
  list.some((each) => isDeepStrictEqual(each, stored(value))) ? [...list] : [...list, value];

/** The pseudonym of a reporter is kept with a sighting only. */
function withoutReporter<T extends Partial<ReportRecord>>(record: T): T {
  if (!record.report) return record;
  const { reporterHash: _personal, ...report } = record.report;
  return { ...record, report };
}
function reviewOf(key: string, { outcome, dueAt }: Pick<ReportRecord, "outcome" | "dueAt">) {
  if (!isForReview(key, outcome)) return {};
  if (dueAt === undefined) throw new OffairError("ERR_LEDGER", `${key} is held for review without a due time`);
  return { review: "open" } as const;
}

/** Where it stands among those that wait: what is due first comes first. */
const placeOf = (record: ReviewRecord): string =>
  `${record.dueAt} ${"report" in record ? "REPORT" : "UNTRANSLATED"} ${record.key}`;

/** As DynamoDB's TTL has it: whole seconds. */
const wholeSecond = (instant: string): string => new Date(Math.ceil(Date.parse(instant) / 1_000) * 1_000).toISOString();
const reporterOf = ({ source, category, reporterHash }: RecentReport): string =>
  `${source} ${category} ${reporterHash}`;

/** By time first. */
const placed = ({ madeAt, orderId }: Pick<IndexedOrder, "madeAt" | "orderId">): string => `${madeAt} ${orderId}`;

const copyOf = <K, T>(map: ReadonlyMap<K, T>) => new Map([...map].map(([key, value]) => [key, stored(value)]));

export function createMemoryLedger(
  table: Stored = {
    reports: new Map(),
    untranslated: new Map(),
    sightings: new Map(),
    orders: new Map(),
    appeals: new Map(),
    locks: new Map(),
    operatorOrders: new Map(),
    index: new Map(),
    plans: new Map(),
    planStates: new Map(),
    batchResults: new Map(),
    mode: { mode: "observe" },
    modeChanges: [],
    requests: new Map(),
    taken: NOTHING_TAKEN,
    alone: new Map(),
    live: undefined,
  },
): MemoryLedger {
  const reporters = createMemoryReporters(); // no part of what two ledgers are compared by either
  const notes = new Map<string, CanaryNotes>(); // no evidence, so no part of what two ledgers are compared by
  const ordersOf = (stream: Stream): Order[] => table.orders.get(streamKey(stream)) ?? [];
  const newestFirst = (stream: Stream): Order[] => stored(ordersOf(stream)).reverse();
  /** Changes an order that has no outcome yet, if `only` holds of it. */
  function change({ stream, number }: Order, only: (order: Order) => boolean, to: (order: Order) => Order): boolean {
    const orders = ordersOf(stream);
    const order = orders[number - 1];
    if (!order || order.outcome !== undefined || !only(order)) return false;
    orders[number - 1] = stored(to(order));
    return true;
  }

  return {
    copy: () =>
      createMemoryLedger({
        reports: copyOf(table.reports),
        untranslated: copyOf(table.untranslated),
        sightings: copyOf(table.sightings),
        orders: copyOf(table.orders),
        appeals: copyOf(table.appeals),
        locks: copyOf(table.locks),
        operatorOrders: copyOf(table.operatorOrders),
        index: copyOf(table.index),
        plans: copyOf(table.plans),
        planStates: copyOf(table.planStates),
        batchResults: new Map([...table.batchResults].map(([orderId, results]) => [orderId, copyOf(results)])),
        mode: table.mode,
        modeChanges: [...table.modeChanges],
        requests: copyOf(table.requests),
        taken: table.taken,
        alone: copyOf(table.alone),
        live: table.live,
      }),

    dump: () =>
      JSON.stringify([
        ...[table.reports, table.untranslated, table.sightings, table.orders, table.locks, table.operatorOrders].map(
          (map) => [...map].sort(),
        ),
        ...[table.index, table.plans, table.planStates].map((map) => [...map].sort()),
        [...table.appeals].sort(),
        [...table.batchResults].map(([orderId, results]) => [orderId, [...results].sort()]).sort(),
      ]) + JSON.stringify([table.mode, table.modeChanges, table.taken, [...table.alone].sort(), table.live]),

    async readReport(key) {
      const record = table.reports.get(key);
      return record && stored(record);
    },
    async recordDecision(record) {
      const there =
        table.reports.get(record.key) ?? stored({ ...withoutReporter(record), ...reviewOf(record.key, record) });
      table.reports.set(record.key, there);
      return stored(there);
    },
    async closeReport(key, end) {
      const record = table.reports.get(key);
      if (!record || record.outcome !== undefined) return;
      table.reports.set(key, stored({ ...record, ...withoutReporter(end), ...reviewOf(key, end) }));
    },
    async changeOutcome(key, from, to) {
      const record = table.reports.get(key);
      if (record?.outcome !== from) return false;
      table.reports.set(key, { ...record, outcome: to });
      return true;
    },

    async takeAppeal(stream, orderNumber, key) {
      const id = `${streamKey(stream)} ${orderNumber}`;
      const first = table.appeals.get(id) ?? key;
      table.appeals.set(id, first);
      return first;
    },

    async addOverturn(key, overturn) {
      const record = table.reports.get(key);
      if (record) table.reports.set(key, stored({ ...record, overturns: withOne(record.overturns, overturn) }));
    },
    linkReporter: reporters.linkReporter,
    reporters: reporters.store,
    readCases: async (source, since, until) => casesOf(table.reports.values(), source, since, until),
    async recordUntranslated(record) {
      if (table.untranslated.has(record.key)) return;
      table.untranslated.set(record.key, stored({ ...record, ...reviewOf(record.key, record) }));
    },
    async openReviews(limit, after = "") {
      if (!/^$|^\d{4}-.+Z (REPORT|UNTRANSLATED) ./.test(after)) {
        throw new OffairError("ERR_EVENT_INVALID", "that text is not from the page before");
      }
      const all: ReviewRecord[] = [...table.reports.values(), ...table.untranslated.values()];
      const open = all
        .filter((record) => record.review !== undefined && placeOf(record) > after)
        .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
      const last = open.length > limit ? open[limit - 1] : undefined;
      return { records: stored(open.slice(0, limit)), ...(last && { next: placeOf(last) }) };
    },
    async readCase(waiting) {
      const record = ("report" in waiting ? table.reports : table.untranslated).get(waiting.key);
      return record && stored<ReviewRecord>(record);
    },
    async noteAlarms(read, alarms) {
      const records: Map<string, ReviewRecord> = "report" in read ? table.reports : table.untranslated;
      return "record" in changeIn(records, read.key, (record) => markAlarms(record, read, alarms));
    },
    async readReview(key) {
      const record = caseOf(table, key)?.get(key);
      return record && stored(record);
    },
    changeCase: async (key, change) => changeIn(caseOf(table, key), key, change),
    async writeVerdict(key, verdict, now) {
      const decide = (record: ReviewRecord) => decideCase(record, verdict, now());
      const giveIn = (records: Map<string, ReviewRecord>): Verdict | Refusal => {
        const changed = changeIn(records, key, decide);
        if ("record" in changed) return stored(changed.record.verdict ?? verdict);
        return changed.refusal.because === "ended" ? stored(changed.refusal.verdict) : changed.refusal;
      };
      const given = giveIn(table.reports as Map<string, ReviewRecord>);
      if ("because" in given && given.because === "not-in-review")
        return giveIn(table.untranslated as Map<string, ReviewRecord>);
      if (!("because" in given)) changeIn(table.untranslated, key, (record) => followVerdict(record, given));
      return given;
    },
    async endReview(key, orderId) {
      changeIn<ReviewRecord>(table.reports, key, (record) => endReview(record, orderId));
    },

    async addRecentReport(stream, sighting) {
      const there = table.sightings.get(streamKey(stream)) ?? [];
      const before = there.find((each) => reporterOf(each) === reporterOf(sighting));
      if (before && before.receivedAt >= sighting.receivedAt) return;
      const added = stored({ ...sighting, expiresAt: wholeSecond(sighting.expiresAt) });
      table.sightings.set(streamKey(stream), [...there.filter((each) => each !== before), added]);
    },
    recentReports: async (stream, since) =>
      stored(table.sightings.get(streamKey(stream)) ?? [])
        .filter(({ receivedAt }) => receivedAt >= since)
        .sort((one, other) => (one.key < other.key ? -1 : 1))
        .sort((one, other) => Date.parse(other.receivedAt) - Date.parse(one.receivedAt)),

    async changeTaken(change) {
      const { taken, answer } = change(stored(table.taken));
      if (taken) table.taken = stored(taken);
      return answer;
    },
    async changeSoloUse(person, change) {
      const { taken, answer } = change(stored(table.alone.get(person) ?? NOTHING_TAKEN));
      if (taken) table.alone.set(person, stored(taken));
      return answer;
    },
    readLiveStreams: async () => table.live && { ...table.live },
    async writeLiveStreams(liveStreams) {
      if (!table.live || table.live.countedAt < liveStreams.countedAt) table.live = { ...liveStreams };
    },

    recentOrders: async (stream, limit = RECENT) => newestFirst(stream).slice(0, limit),
    async placeOrder(draft, revise = () => undefined) {
      const orders = newestFirst(draft.stream);
      const placed = orders.find(({ authority }) => authority.cause === draft.authority.cause);
      if (placed) return { placed };
      const revision = revise(orders.slice(0, RECENT)) ?? { change: {} };
      if ("skip" in revision) return { skipped: revision.skip } as Placement<typeof revision.skip>;
      const order: Order = { ...draft, ...revision.change, number: orders.length + 1, attempts: [] };
      table.orders.set(streamKey(draft.stream), [...ordersOf(draft.stream), stored(order)]);
      return { placed: order };
    },

    async lockStream(stream, holder, now) {
      const lock = table.locks.get(streamKey(stream));
      const nowMs = now.getTime();
      if (lock && lock.until >= nowMs && lock.until <= nowMs + LATEST_LOCK_MS && lock.holder !== holder) {
        throw new OffairError("ERR_BUSY", "another worker acts on this stream", { stream });
      }
      table.locks.set(streamKey(stream), { holder, until: now.getTime() + LOCK_MS });
    },
    async unlockStream(stream, holder) {
      if (table.locks.get(streamKey(stream))?.holder === holder) table.locks.delete(streamKey(stream));
    },

    async beginAttempt(order, at) {
      const { sendingSince } = order;
      const lost: Attempt[] = sendingSince === undefined ? [] : [{ at: sendingSince, result: "unknown" }];
      const asWeKnowIt = (there: Order) => there.sendingSince === sendingSince;
      const begin = (there: Order) => ({ ...there, attempts: [...there.attempts, ...lost], sendingSince: at });
      if (!change(order, asWeKnowIt, begin)) {
        throw new OffairError("ERR_BUSY", "another worker executes this order", { stream: order.stream });
      }
      return begin(order);
    },
    async endAttempt(order, attempt, next) {
      return change(
        order,
        (there) => there.sendingSince === attempt.at,
        ({ sendingSince: _over, waiting, ...there }) => ({
          ...there,
          ...(waiting && !(next && "outcome" in next) && { waiting }),
          attempts: isRetainedAttempt(order.attempts, attempt) ? [...there.attempts, attempt] : there.attempts,
          ...next,
        }),
      );
    },
    async setWaiting(order, waiting) {
      change(
        order,
        () => true,
        (there) => ({ ...there, waiting }),
      );
    },
    async updatePause({ stream, number, outcome, push }, { proof, ...known }) {
      const orders = ordersOf(stream);
      const there = orders[number - 1];
      if (!there || there.outcome !== outcome || there.push?.startedAt !== push?.startedAt) return false;
      const { proof: _proof, ...rest } = there;
      orders[number - 1] = stored({ ...rest, ...definedOnly(known), ...(proof && { proof }) });
      return true;
    },
    async beginStatistics({ stream, number }, at) {
      const orders = ordersOf(stream);
      const there = orders[number - 1];
      if (!there || there.statisticsReadAt !== undefined) return false;
      orders[number - 1] = { ...there, statisticsReadAt: at };
      return true;
    },
    async cancelStatistics({ stream, number }) {
      const orders = ordersOf(stream);
      const there = orders[number - 1];
      if (!there) return;
      const { statisticsReadAt: _read, ...rest } = there;
      orders[number - 1] = rest;
    },
    async endOrder(order, end) {
      return change(
        order,
        (there) => there.sendingSince === order.sendingSince && there.attempts.length === order.attempts.length,
        ({ waiting: _over, ...there }) => ({ ...there, ...end }),
      );
    },

    async writeOperatorOrders(orders) {
      for (const order of orders) {
        const there = table.operatorOrders.get(order.orderId) ?? [];
        const same = there.find(({ index }) => index === order.index);
        if (!same) table.operatorOrders.set(order.orderId, [...there, stored(order)]);
        else if (!isDeepStrictEqual(same, stored(order))) {
          throw new OffairError("ERR_LEDGER", `the order ${order.orderId} exists already`);
        }
      }
    },
    async readOperatorOrder(orderId, index) {
      const order = table.operatorOrders.get(orderId)?.find((each) => each.index === index);
      return order && stored(order);
    },
    listOperatorOrders: async (orderId) =>
      stored(table.operatorOrders.get(orderId) ?? []).sort((a, b) => a.index - b.index),

    async indexOrder(order) {
      if (!table.index.has(order.orderId)) table.index.set(order.orderId, stored(order));
    },
    async *orderPages(before) {
      const sorted = [...table.index.values()].sort((a, b) => (placed(a) < placed(b) ? 1 : -1));
      yield stored(before ? sorted.filter((each) => placed(each) < placed(before)) : sorted);
    },
    ordersByPrefix: async (prefix, limit) =>
      stored([...table.index.values()].filter(({ orderId }) => orderId.startsWith(prefix)))
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
        .slice(0, limit),

    async writePlan(orderId, plan) {
      const there = table.plans.get(orderId);
      if (there && !isDeepStrictEqual(there, stored(plan))) {
        throw new OffairError("ERR_LEDGER", `the plan ${orderId} exists already`);
      }
      table.plans.set(orderId, stored(plan));
    },
    readPlanHead: async (orderId) => table.plans.get(orderId)?.head,
    readPlanPart: async (orderId, part) => table.plans.get(orderId)?.parts[part],
    alterPlan(orderId, alter) {
      const plan = table.plans.get(orderId);
      if (plan) table.plans.set(orderId, alter(plan));
    },
    readPlanState: async (orderId) => stored(table.planStates.get(orderId) ?? {}),
    async approvePlan(orderId, approval) {
      const before = table.planStates.get(orderId) ?? {};
      if (before.applied || before.cancelled) return stored(before);
      const state = stored({ approval, ...before });
      table.planStates.set(orderId, state);
      return stored(state);
    },
    async applyPlan(orderId, applied) {
      const state = table.planStates.get(orderId) ?? {};
      if (state.applied) return isDeepStrictEqual(state.applied, stored(applied));
      if (state.cancelled) return false;
      table.planStates.set(orderId, stored({ ...state, applied }));
      return true;
    },
    async cancelPlan(orderId, cancelled) {
      const state = stored({ cancelled, ...table.planStates.get(orderId) });
      table.planStates.set(orderId, state);
      return stored(state);
    },
    async addUndo(orderId, undo) {
      const state = table.planStates.get(orderId) ?? {};
      table.planStates.set(orderId, stored({ ...state, undos: withOne(state.undos, undo) }));
    },
    async addOrderOverturn(orderId, overturn) {
      const state = table.planStates.get(orderId) ?? {};
      table.planStates.set(orderId, stored({ ...state, overturns: withOne(state.overturns, overturn) }));
    },
    async writeBatchResult(orderId, result) {
      const results = table.batchResults.get(orderId) ?? new Map<number, BatchResult>();
      const isNew = !results.has(result.index);
      if (isNew) results.set(result.index, stored(result));
      table.batchResults.set(orderId, results);
      return isNew;
    },
    async changeBatchOutcome(orderId, index, from, to) {
      const result = table.batchResults.get(orderId)?.get(index);
      if (!result || !from.some((each) => each === result.outcome)) return false;
      table.batchResults.get(orderId)?.set(index, { ...result, outcome: to });
      return true;
    },
    listBatchResults: async (orderId) =>
      [...(table.batchResults.get(orderId)?.values() ?? [])].map(stored).sort((a, b) => a.index - b.index),

    async beginRequest(id, record) {
      const there = table.requests.get(id) ?? stored(record);
      table.requests.set(id, there);
      return stored(there);
    },
    async passRequest(id, holder, to) {
      const there = table.requests.get(id);
      if (there?.holder !== holder || there.answer !== undefined) return false;
      table.requests.set(id, { ...there, ...to });
      return true;
    },
    async answerRequest(id, { holder }, answer) {
      const there = table.requests.get(id);
      if (there?.holder !== holder) return false;
      if (there.answer === undefined) table.requests.set(id, { ...there, answer });
      return true;
    },

    readMode: async () => stored(table.mode),
    listModeChanges: async (after) => stored(table.modeChanges.filter(({ changedAt }) => changedAt > after)).reverse(),
    modeChanges: () => stored(table.modeChanges),
    async writeMode({ mode, changedAt, changedBy, reason }) {
      table.modeChanges.push({ kind: "mode", ...{ mode, changedAt, changedBy, reason } });
      const { frozen, sample } = table.mode;
      table.mode = stored({ mode, changedAt, changedBy, reason, ...(frozen && { frozen }), ...(sample && { sample }) });
    },
    async writeSample(sample) {
      table.modeChanges.push({ kind: "sample", ...sample });
      table.mode = stored({ ...table.mode, sample });
    },
    async writeFreeze(source, frozen, change) {
      table.modeChanges.push(stored({ kind: "freeze", ...{ source, frozen }, ...change }));
      const { frozen: before = {}, ...mode } = table.mode;
      const { [source]: _there, ...others } = before;
      const after = frozen ? { ...others, [source]: stored(change) } : others;
      table.mode = { ...mode, ...(Object.keys(after).length > 0 && { frozen: after }) };
    },

    async noteCanary(id, step, note) {
      notes.set(id, { ...notes.get(id), [step]: note });
    },
    readNotes: async (id) => stored(notes.get(id) ?? {}),
  };
}

const isCase = (record: ReviewRecord | undefined): boolean =>
  record?.review !== undefined || record?.verdict !== undefined;

/** Where the case of this key is: that which waits, or else that which has a verdict. */
const caseOf = ({ reports, untranslated }: Stored, key: string): Map<string, ReviewRecord> | undefined => {
  const both: Map<string, ReviewRecord>[] = [
    reports as Map<string, ReviewRecord>,
    untranslated as Map<string, ReviewRecord>,
  ];
  return both.find((each) => each.get(key)?.review) ?? both.find((each) => isCase(each.get(key)));
};

/** All at once, as the one on DynamoDB does by the revision. */
function changeIn<T extends ReviewRecord>(
  records: Map<string, T> | undefined,
  key: string,
  change: (record: ReviewRecord) => CaseChange,
): { readonly record: ReviewRecord } | { readonly refusal: Refusal } {
  const record = records?.get(key);
  if (!records || !record || !isCase(record)) return { refusal: { because: "not-in-review" } };
  const changed = change(stored(record));
  if ("refusal" in changed) return stored(changed);
  const after = stored({ ...record, ...changed.state }) as T;
  records.set(key, after);
  return { record: stored(after) };
}
