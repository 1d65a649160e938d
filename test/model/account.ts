/**
 * What may be true of the ledger and of Live, whatever was delivered, answered, crashed and waited for in between: a plain account that
 * shares no rule with the code. It is shown every call as it leaves, looks at the ledger between two steps, and again when all is done.
 */
import { isDeepStrictEqual } from "node:util";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";
import { SEND_WINDOW_MS } from "../../lib/core/timeouts.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorCause } from "../../lib/orders/operator-order.ts";
import type { Order } from "../../lib/orders/order.ts";
import type { Publish } from "../../lib/queue/message.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import type { Call, ModelLive } from "../support/model-live.ts";
import type { ModelCallback } from "../support/model-pushes.ts";
import { checkPushes, type Delivered } from "./pushes-account.ts";
import type { Sender } from "./world.ts";

export interface Account {
  /** A sender was told that this report is taken. */
  accepted(report: Report): void;
  /** Live was told that this is taken: somebody pushes the stream. */
  published(publish: Publish): void;
  /** The same of a push that there was, or that it is over. */
  calledBack(callback: ModelCallback, publish: Publish): void;
  /** An operator asks for this. */
  asked(order: OperatorOrder): void;
  /** It is on its way. */
  sent(order: OperatorOrder): void;
  /** An operator plans this, an order a stream. */
  planned(orders: readonly OperatorOrder[]): void;
  /** From here on all of them are wanted. */
  applied(orderId: string, appliedAt: string): void;
  /** A call leaves; the ledger is as the provider would find it. */
  leaves(call: Call, sender: Sender): Promise<void>;
  unforeseen(failure: unknown): void;
  neverDone(letter: string): void;
  /** Between two steps. */
  look(): Promise<void>;
  /** When everything is delivered. */
  close(): Promise<void>;
  /** What was found to be wrong. */
  readonly broken: readonly string[];
}

const MAX_AGE_MS = 10 * MINUTE_MS;
const PAUSE_REPEAT_MS = 2 * MINUTE_MS;
const ALL = 1_000;

const isInScope = ({ domain, app }: Stream): boolean => domain === "push.example.com" && app === "live";
const undoesOf = ({ authority }: Pick<Order, "authority">): string | undefined =>
  authority.kind === "operator" ? authority.undoes : undefined;
const changesState = ({ action }: Order): boolean => action !== "pause";
const NEVER = "9999-01-01T00:00:00Z";
const wasTurnedDown = ({ outcome }: Order): boolean => outcome === "failed" || outcome === "refused";
const cameToNothing = (order: Order): boolean => wasTurnedDown(order) || order.outcome === "superseded";

interface AccountDeps {
  readonly ledger: Ledger;
  readonly live: ModelLive;
  readonly now: () => Date;
  readonly actionsAnHour: number;
}

export function createAccount({ ledger, live, now, actionsAnHour }: AccountDeps): Account {
  const reports = new Map<string, Report>();
  const publishes = new Map<string, Publish>();
  /** In the order of their arrival. */
  const delivered: Delivered[] = [];
  const requests = new Map<string, OperatorOrder>();
  const promised = new Set<string>();
  /** Causes of the orders that follow from Live's statistics. */
  const statistics = new Set<string>();
  /** By order id: its orders, and when it was applied. */
  const batches = new Map<string, { readonly orders: readonly OperatorOrder[]; appliedAt?: string }>();
  const streams = new Map<string, Stream>();
  const records = new Map<string, ReportRecord>();
  const orders = new Map<string, Order[]>();
  /** Calls by order, each with the attempt it belongs to. */
  const callsOf = new Map<string, { attempt: number; call: Call }[]>();
  const broken: string[] = [];
  const must = (holds: boolean, what: string): void => void (holds || broken.push(what));
  const oldestFirst = async (stream: Stream) => (await ledger.recentOrders(stream, ALL)).reverse();
  const idOf = ({ stream, number }: Pick<Order, "stream" | "number">) => `${stream.stream} ${number}`;

  /** When the first call of each order of a rule left. */
  const began = new Map<string, number>();

  /** A return is no action more: its stream was taken off before. */
  function checkLimit(id: string, order: Order): void {
    if (order.authority.kind === "operator" || order.authority.republish || began.has(idOf(order))) return;
    began.set(idOf(order), now().getTime());
    const inTheHour = [...began.values()].filter((at) => now().getTime() - at < HOUR_MS - MAX_AGE_MS).length;
    must(inTheHour <= actionsAnHour, `${id} is action ${inTheHour} within the hour`);
  }

  async function leaves(call: Call, { name, mode, frozen, intent, cancelled }: Sender): Promise<void> {
    const { stream, write } = call;
    const id = `${name}: ${write} of ${stream.stream} at ${call.sentAt.toISOString()}`;
    must(isInScope(stream) && stream.stream !== "*", `${id} is out of scope`);
    must(
      !live.calls.some((other) => other.state === "under way" && streamKey(other.stream) === streamKey(stream)),
      `${id} leaves while another call of the stream is under way`,
    );
    const history = await oldestFirst(stream);
    const order = history.find(({ number }) => number === intent?.number);
    if (!order || !intent || streamKey(intent.stream) !== streamKey(stream)) {
      return void broken.push(`${id} leaves without an intent`);
    }
    must(order.sendingSince !== undefined && order.outcome === undefined, `${id}: its order is over, or has no intent`);
    // A disable of a stream that is disabled already, and on the air, cuts its push.
    const isCutOfDisable = write === "pause" && order.action === "disable" && order.authority.republish !== undefined;
    must(
      isCutOfDisable || order.action === (write === "update" ? "disable" : write),
      `${id}: its order asks for ${order.action}`,
    );
    must(isCutOfDisable || order.resumeTime === call.resumeTime, `${id}: its order asks for another resume time`);
    const newer = history.filter((each) => each.number > order.number && (changesState(each) || !changesState(order)));
    must(
      newer.every(({ outcome, attempts, sendingSince }) =>
        outcome === undefined ? attempts.length === 0 && !sendingSince : outcome === "refused",
      ),
      `${id}: a newer order was carried out already`,
    );
    checkRepeat(id, order, call);
    const { authority } = order;
    if (authority.kind === "operator" && !authority.republish) {
      must(!cancelled.has(authority.orderId), `${id}: it has read that this is cancelled`);
      const of = batches.get(authority.orderId);
      return must(of === undefined || of.appliedAt !== undefined, `${id}: nobody applied its plan`);
    }
    const publish = publishes.get(authority.cause);
    const isOfPublish = authority.republish !== undefined && !authority.republish.wentOn;
    must((publish !== undefined) === isOfPublish, `${id}: nobody pushed ${authority.cause}`);
    const wentOn = authority.republish?.wentOn && (await ledger.readReport(authority.cause))?.report;
    const report =
      reports.get(authority.cause) ?? wentOn ?? (publish && { ...publish, occurredAt: publish.receivedAt });
    if (!report) return void broken.push(`${id}: nobody reported ${authority.cause}`);
    must(mode === "enforce", `${id} acts while rules only observe`);
    const isFrozen = authority.kind === "rule" && frozen?.includes(authority.source);
    must(!isFrozen, `${id} acts on the word of a frozen source`);
    checkLimit(id, order);
    must(authority.kind === "operator" || !stream.stream.includes("*"), `${id} acts on a name with a wildcard`);
    const ageMs = now().getTime() - Date.parse(report.occurredAt);
    must(ageMs <= MAX_AGE_MS + SEND_WINDOW_MS, `${id} acts on a report ${ageMs / MINUTE_MS} minutes old`);
  }

  /** A call may come after others of its order only if those did nothing, or it is on record that nobody knows. */
  function checkRepeat(id: string, order: Order, call: Call): void {
    const calls = callsOf.get(idOf(order)) ?? [];
    const attempt = order.attempts.length;
    for (const earlier of calls) {
      const { state, write } = earlier.call;
      const isUpdateAfterExists = write === "disable" && call.write === "update" && state === "had none";
      const isCutAfterExists = order.action === "disable" && call.write === "pause" && write !== "pause";
      if (earlier.attempt >= attempt) must(isUpdateAfterExists || isCutAfterExists, `${id}: two calls of one attempt`);
      else {
        const result = order.attempts[earlier.attempt]?.result;
        must(
          result === "unknown" || (result === "not-done" && state === "had none"),
          `${id} repeats a call that ${state} and is on record as ${result}`,
        );
      }
    }
    const unknown = order.attempts.filter(({ result }) => result === "unknown");
    if (order.action === "pause" && unknown[0]) {
      must(unknown.length <= 2, `${id} pauses for the ${unknown.length + 1}th time`);
      const sinceMs = now().getTime() - Date.parse(unknown[0].at);
      must(sinceMs <= PAUSE_REPEAT_MS + SEND_WINDOW_MS, `${id} repeats a pause after ${sinceMs} ms`);
    }
    callsOf.set(idOf(order), [...calls, { attempt, call }]);
  }

  async function look(): Promise<void> {
    for (const [, stream] of streams) {
      for (const { authority } of await oldestFirst(stream)) {
        if (authority.republish?.wentOn) statistics.add(authority.cause);
      }
    }
    for (const key of [...reports.keys(), ...publishes.keys(), ...statistics]) {
      const record = await ledger.readReport(key);
      const before = records.get(key);
      if (before) {
        const { decision, decidedAt, mode, policy, report } = before;
        must(
          isDeepStrictEqual({ ...record, decision, decidedAt, mode, policy, report }, { ...record }),
          `${key} is decided again`,
        );
        if (before.outcome) must(endsAlike(before, record), `${key} has another outcome`);
      }
      if (record) records.set(key, record);
    }
    for (const [key, stream] of streams) {
      const before = orders.get(key) ?? [];
      const found = await oldestFirst(stream);
      must(
        found.every(({ number }, index) => number === index + 1),
        `${key}: the orders are not numbered 1, 2, 3`,
      );
      must(
        new Set(found.map(({ authority }) => authority.cause)).size === found.length,
        `${key}: two orders of one cause`,
      );
      must(found.length >= before.length, `${key}: an order is gone`);
      for (const [index, order] of before.entries())
        must(continues(order, found[index]), `${idOf(order)} was rewritten`);
      for (const order of found) {
        must(isAsked(order, found.slice(0, order.number - 1)), `${idOf(order)} is not what was decided or asked for`);
      }
      for (const order of found.slice(before.length)) checkPlaced(order, found.slice(0, order.number - 1));
      orders.set(key, found);
    }
  }

  /** What is written stays; attempts are added, an outcome comes once. */
  function continues(before: Order, order: Order | undefined): boolean {
    if (!order) return false;
    if (before.outcome && isProvable(before)) {
      const { push: _push, proof: _proof, statisticsReadAt: _readAt, ...known } = before;
      const { push: _newPush, proof: _newProof, statisticsReadAt: _newReadAt, outcome = "unknown", ...now } = order;
      return isDeepStrictEqual(now, omitOutcome(known)) && (outcome === before.outcome || PROVEN.has(outcome));
    }
    if (before.outcome) return isDeepStrictEqual(order, before);
    const { stream, action, resumeTime, reason, placedAt, authority } = order;
    const same = { ...before, stream, action, reason, placedAt, authority, ...(resumeTime && { resumeTime }) };
    return (
      isDeepStrictEqual(same, before) &&
      isDeepStrictEqual(order.attempts.slice(0, before.attempts.length), before.attempts)
    );
  }

  /** An undo may leave a stream off until an end that an earlier order asked for. */
  function isAsked({ authority, action, resumeTime }: Order, older: readonly Order[]): boolean {
    const decided = authority.kind === "rule" || authority.republish;
    const wanted = decided ? records.get(authority.cause)?.decision : requests.get(authority.cause);
    const until = wanted && "resumeTime" in wanted ? wanted.resumeTime : undefined;
    if (!decided && undoesOf({ authority }) !== undefined && action === "disable") {
      return older.some((each) => each.resumeTime === resumeTime);
    }
    return wanted?.action === action && until === resumeTime;
  }

  /** A rule leaves alone what a person said about the stream, and what holds it off for longer already. */
  function checkPlaced({ authority, action, resumeTime = "", ...order }: Order, older: readonly Order[]): void {
    if (authority.kind === "operator" || order.outcome === "refused") return; // too late to act: placed, and over at once
    const last = older.findLast((each) => changesState(each) && !cameToNothing(each));
    const until = last?.action === "disable" ? (last.resumeTime ?? "") : NEVER;
    const isOver = Date.parse(until) <= now().getTime();
    const isOutranked =
      last?.authority.kind === "operator" &&
      !isOver &&
      Date.parse(last.authority.overridesRulesUntil) > now().getTime();
    must(!isOutranked, `${idOf(order)}, a rule's, comes after an operator's`);
    const isOff = last?.action === "disable" && last.outcome === "verified" && !isOver;
    // A stream that came back though it was disabled is disabled until the same moment.
    const isEnough = authority.republish ? resumeTime >= until : resumeTime > until;
    // A push that may be the one that the disable cut is cut once more, and the disable stays.
    const isCut = authority.republish !== undefined && action === "pause";
    must(!isOff || isCut || (action === "disable" && isEnough), `${idOf(order)}, a rule's, replaces a disable`);
  }

  async function close(): Promise<void> {
    await look();
    for (const key of [...reports.keys(), ...publishes.keys(), ...statistics]) {
      const record = records.get(key);
      if (publishes.has(key) && !record) continue; // nothing was in force
      must(record?.outcome !== undefined, `${key} was accepted and has no outcome`);
      const order = [...orders.values()].flat().find(({ authority }) => authority.cause === key);
      must(order?.number === record?.orderNumber, `${key} does not know its order`);
      const ended: unknown[] =
        order?.outcome === "refused" ? ["observed", "review", "refused", "held"] : [order?.outcome];
      if (order) must(ended.includes(record?.outcome), `${key} is ${record?.outcome}, its order ${order.outcome}`);
    }
    for (const [cause, { stream }] of requests) {
      const found = orders.get(streamKey(stream))?.some(({ authority }) => authority.cause === cause);
      if (promised.has(cause)) must(found === true, `${cause} was never ordered`);
    }
    for (const [orderId, { orders: planned, appliedAt }] of batches) await checkBatch(orderId, planned, appliedAt);
    // One review of a person for all re-publishes after the same order.
    const reviewed = new Set<string>();
    for (const order of [...orders.values()].flat()) {
      const { cause } = order.authority;
      if (await ledger.readReport(`push#re-publish of ${cause}`)) reviewed.add(cause);
    }
    for (const [key, stream] of streams) {
      const history = orders.get(key) ?? [];
      for (const order of history) checkOutcome(order);
      checkPushes({
        ...{ stream, orders: history, live, delivered, must },
        callsOf: (order) => callsOf.get(idOf(order)) ?? [],
        isRecorded: (publish, off) => records.has(reportKey(publish)) || reviewed.has(off.authority.cause),
      });
      checkState(stream, history);
    }
  }

  /** Every stream of an applied plan has a result, and it is that of its order; of another plan nothing is done. */
  async function checkBatch(orderId: string, planned: readonly OperatorOrder[], appliedAt?: string): Promise<void> {
    const results = new Map((await ledger.listBatchResults(orderId)).map((result) => [result.index, result]));
    const { cancelled } = await ledger.readPlanState(orderId);
    must(results.size === (appliedAt === undefined ? 0 : planned.length), `${orderId} has ${results.size} results`);
    for (const each of planned) {
      const id = `${orderId} ${each.index}`;
      const history = orders.get(streamKey(each.stream)) ?? [];
      const order = history.find(({ authority }) => authority.cause === operatorCause(each));
      const { outcome, orderNumber } = results.get(each.index) ?? {};
      must(order === undefined || appliedAt !== undefined, `${id} was ordered, and nobody applied its plan`);
      must(order !== undefined || appliedAt === undefined, `${id} was never ordered`);
      must(orderNumber === order?.number, `${id} does not know its order`);
      if (outcome === "cancelled") must(cancelled !== undefined, `${id} is cancelled by nobody`);
      if (outcome === "superseded" && order?.outcome === "refused") {
        const isOfUndo = undoesOf(order) !== undefined; // to a batch that came to the stream since the undo was planned
        const isLater = ({ authority, action, placedAt }: Order) =>
          authority.kind === "operator" &&
          !authority.republish &&
          (placedAt > (appliedAt ?? "") || (isOfUndo && action === "disable"));
        must(history.some(isLater), `${id} gave way to nobody`);
      }
      const { error = "" } = order ?? {};
      const instead = order?.outcome === "refused" && ["cancelled", "superseded"].includes(error) ? error : undefined;
      if (order) must(outcome === (instead ?? order.outcome), `${id} is ${outcome}, its order ${order.outcome}`);
    }
  }

  /** An outcome that says that something was done, or was not, is true. */
  function checkOutcome(order: Order): void {
    const { outcome, attempts, sendingSince } = order;
    const calls = (callsOf.get(idOf(order)) ?? []).map(({ call }) => call);
    const hadEffect = calls.some(({ state }) => state === "had its effect");
    const doubtful = sendingSince !== undefined || attempts.some(({ result }) => result === "unknown");
    must(outcome !== undefined, `${idOf(order)} has no outcome`);
    if (outcome === "accepted") must(hadEffect, `${idOf(order)} is accepted and nothing was done`);
    const refused = calls.some(({ failure = "" }) => ["ERR_LIVE_REJECTED", "ERR_LIVE_NOT_FOUND"].includes(failure));
    if (outcome === "failed") must(refused, `${idOf(order)} failed, and Live would have done it`);
    const mayHaveBeen = outcome === "failed" && doubtful; // an earlier attempt, and the last one was turned down
    must(!(cameToNothing(order) && hadEffect) || mayHaveBeen, `${idOf(order)} is ${outcome} and was done`);
  }

  /** Live equals the newest order that changes a stream's state and was not turned down. */
  function checkState(stream: Stream, history: readonly Order[]): void {
    const newest = history.findLast((order) => changesState(order) && !wasTurnedDown(order));
    if (!newest || newest.outcome === "unknown") return; // on record as not known
    const overtaken = history.some((order) => order.number > newest.number && changesState(order));
    if (newest.outcome === "superseded" && overtaken) return; // by one that was turned down afterwards
    const { resumeTime } = newest;
    const wanted = resumeTime !== undefined && Date.parse(resumeTime) > now().getTime() ? resumeTime : undefined;
    const off = live.disabledUntil(stream);
    const isOffForLonger = newest.authority.kind === "rule" && wanted !== undefined && (off ?? "") > wanted;
    must(
      off === wanted || isOffForLonger,
      `${idOf(newest)} wants it off until ${wanted} and is ${newest.outcome}; Live has it off until ${off}`,
    );
  }

  return {
    ...{ leaves, look, close, broken },
    accepted(report) {
      if (!reports.has(reportKey(report))) reports.set(reportKey(report), report);
      streams.set(streamKey(report.stream), report.stream);
    },
    published(publish) {
      publishes.set(reportKey(publish), publish);
      streams.set(streamKey(publish.stream), publish.stream);
    },
    calledBack(callback, publish) {
      delivered.push({ callback, publish });
      streams.set(streamKey(publish.stream), publish.stream);
      if (callback.kind === "publish") publishes.set(reportKey(publish), publish);
    },
    asked(order) {
      requests.set(operatorCause(order), order);
      streams.set(streamKey(order.stream), order.stream);
    },
    sent: (order) => void promised.add(operatorCause(order)),
    planned(orders) {
      for (const order of orders) {
        batches.set(order.orderId, { orders });
        requests.set(operatorCause(order), order);
        streams.set(streamKey(order.stream), order.stream);
      }
    },
    applied(orderId, appliedAt) {
      const batch = batches.get(orderId);
      if (batch) batch.appliedAt = appliedAt;
    },
    unforeseen: (failure) => void broken.push(`unforeseen: ${failure instanceof Error ? failure.stack : failure}`),
    neverDone(letter) {
      // Only what nobody of ours wrote may rest for ever.
      const known =
        letter.includes('"pause-check"') ||
        delivered.some(({ publish }) => letter.includes(publish.id)) ||
        [...reports.values(), ...publishes.values()].some(({ id }) => letter.includes(id)) ||
        [...requests.values()].some(({ orderId }) => letter.includes(orderId));
      must(!known, `never done: ${letter}`);
    },
  };
}

/** More may become known of a pause after its end; of nothing else. */
const isProvable = ({ action, outcome }: Pick<Order, "action" | "outcome">): boolean =>
  action === "pause" && (outcome === "accepted" || outcome === "unknown" || outcome === "verified");
/** `unknown` again, if a later push turns out to have run than the one that is over, and the pause got no answer. */
const PROVEN: ReadonlySet<string> = new Set(["accepted", "verified", "unverified", "unknown"]);
const omitOutcome = <T extends { readonly outcome?: unknown }>({ outcome: _outcome, ...rest }: T) => rest;

function endsAlike(before: ReportRecord, record: ReportRecord | undefined): boolean {
  if (!record || isDeepStrictEqual(record, before)) return record !== undefined;
  const isOfPause = before.decision.action === "pause" && PROVEN.has(record.outcome ?? "");
  return isOfPause && isDeepStrictEqual(omitOutcome(record), omitOutcome(before));
}
