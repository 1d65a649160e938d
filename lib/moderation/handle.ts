/** One message of a lane: a report is decided on and its order carried out, or an operator's order is read and carried out. */
import { OffairError } from "../errors.ts";
import { logWarn } from "../log.ts";
import { MINUTE_MS } from "../time.ts";
import { type CarryOutDeps, carryOut, unreadable } from "./carry-out.ts";
import {
  type ActingDecision,
  ALREADY_DISABLED,
  acts,
  type Decision,
  decide,
  type Facts,
  isTooOld,
  yields,
} from "./decide.ts";
import type { Ledger, Mode, OperatorOrder, OrderEnd, ReportOutcome, ReportRecord } from "./ledger.ts";
import type { Message } from "./message.ts";
import { disableInForce, isUnderWay, type OrderDraft } from "./order.ts";
import { inScope, type Policy } from "./policy.ts";
import { type Report, reportKey } from "./report.ts";

export interface HandleDeps extends CarryOutDeps {
  readonly ledger: Ledger;
  readonly policy: Policy;
  /** SHA-256 of the policy, written with every decision. */
  readonly policyHash: string;
}

/** What a message came to, for the log. */
export interface Handled {
  readonly key: string;
  readonly outcome: ReportOutcome;
  readonly because?: string;
  readonly orderNumber?: number;
  /** It had ended in an earlier delivery. */
  readonly repeated?: boolean;
  /** From the receipt of the report to its end, where that took a stream off; with the reading back. */
  readonly timeToOffMs?: number;
}

/** @throws OffairError: the message goes back to the queue. */
export async function handle(message: Message, deps: HandleDeps): Promise<Handled[]> {
  if (message.kind === "order") return [await handleOperatorOrder(message, deps)];
  const handled: Handled[] = [];
  const failures: unknown[] = [];
  for (const report of message.reports) {
    // One after the other, for two may name the same stream; and each one, for a report must not wait for another's fault.
    await handleReport(report, deps).then(
      (each) => handled.push(each),
      (failure) => failures.push(failure),
    );
  }
  // What may work later decides for the message: laid to rest for another's sake, it would never be tried again.
  if (failures.length > 0) throw failures.find(mayWorkLater) ?? failures[0];
  return handled;
}

const mayWorkLater = (failure: unknown): boolean => !(failure instanceof OffairError) || failure.retryable;

async function handleReport(report: Report, deps: HandleDeps): Promise<Handled> {
  const key = reportKey(report);
  const { mode } = await deps.ledger.readMode(); // unreadable: thrown, so nothing acts
  const before = await deps.ledger.readReport(key);
  if (before && before.report.bodySha256 !== report.bodySha256) logWarn("report.id-used-again", { key });
  if (before?.outcome) return { ...summary(before), repeated: true };
  const record = before ?? (await recordDecision(report, mode, deps));
  if (record.outcome) return summary(record);
  const ended = await actOn(record, mode, deps);
  const tookOff = ended.outcome === "accepted" || ended.outcome === "verified" || ended.outcome === "unverified";
  const timeToOffMs = deps.now().getTime() - Date.parse(report.receivedAt);
  return { ...summary(ended), ...(tookOff && { timeToOffMs }) };
}

async function recordDecision(report: Report, mode: Mode, deps: HandleDeps): Promise<ReportRecord> {
  const { ledger, policy, policyHash } = deps;
  const facts = await gatherFacts(report, deps);
  const decision = decide(report, facts, policy);
  const decidedAt = facts.workedAt.toISOString();
  const record = { key: reportKey(report), report, decision, decidedAt, mode, policy: policyHash };
  if (acts(decision)) {
    const end = { outcome: "observed", because: "observed", closedAt: decidedAt } as const;
    return ledger.recordDecision(mode === "observe" ? { ...record, ...end } : record);
  }
  const outcome = OUTCOME_WITHOUT_ORDER[decision.action];
  return ledger.recordDecision({ ...record, outcome, because: decision.because, closedAt: decidedAt });
}

/** What the decision rests on. Where it would be to leave the stream alone because it is off, Live itself is asked. */
async function gatherFacts(report: Report, { ledger, live, now, policy }: HandleDeps): Promise<Facts> {
  const workedAt = now();
  const facts = { workedAt, orders: await ledger.recentOrders(report.stream) };
  const decision = decide(report, facts, policy);
  if (acts(decision) && isUnderWay(facts.orders, workedAt, decision)) {
    throw new OffairError("ERR_BUSY", "another order of the stream is under way", { stream: report.stream });
  }
  if (decision.because !== ALREADY_DISABLED) return facts;
  const isListed = (await live.findDisabled(report.stream).catch(unreadable)) !== undefined;
  return isListed ? facts : { ...facts, lifted: disableInForce(facts.orders, workedAt)?.number };
}

const OUTCOME_WITHOUT_ORDER = { ignore: "ignored", review: "review", refuse: "refused" } as const;

/** A decision that acts, perhaps made in an earlier delivery: everything that may have changed since is looked at again. */
async function actOn(record: ReportRecord, mode: Mode, deps: HandleDeps): Promise<ReportRecord> {
  const { ledger, now, policy } = deps;
  const { report, decision } = record;
  if (!acts(decision)) throw new OffairError("ERR_LEDGER", "a decision without an outcome asks for no action");
  const veto = (): Veto | undefined => {
    if (mode === "observe") return "observed";
    if (!inScope(report.stream, policy)) return "out-of-scope";
    return isTooOld(report, now(), policy) ? "too-old" : undefined;
  };
  // Placed though nothing is to be sent, and ended in the same write: another worker with this report then finds it so.
  const vetoed = veto();
  const over: Partial<OrderEnd> = vetoed ? { outcome: "refused", error: vetoed, endedAt: now().toISOString() } : {};
  let instead: Decision | undefined;
  const order = await ledger.placeOrder({ ...draftOf(record, decision, deps), ...over }, (orders) => {
    if (vetoed !== undefined) return false;
    instead = yields(decision, report, { workedAt: now(), orders });
    if (!instead && isUnderWay(orders, now(), decision)) {
      throw new OffairError("ERR_BUSY", "another order of the stream came first", { stream: report.stream });
    }
    return instead !== undefined;
  });
  if (!order) {
    const outcome = instead?.action === "review" ? "review" : "ignored";
    return close(record, { outcome, because: instead?.because ?? "yielded" }, deps);
  }
  const { outcome = "unknown", error, number } = await carryOut(order, deps, veto);
  if (outcome !== "refused") {
    return close(
      record,
      { outcome, orderNumber: number, ...(outcome === "failed" && error && { because: error }) },
      deps,
    );
  }
  // An order of a rule that was not carried out while it could be is over, and a person looks at the report.
  return close(record, { outcome: outcomeOfVeto(error), because: error ?? "refused", orderNumber: number }, deps);
}

/** Why a decision that acts does so no more. */
type Veto = "observed" | "out-of-scope" | "too-old";

const outcomeOfVeto = (error: string | undefined): ReportOutcome =>
  error === "observed" ? "observed" : error === "out-of-scope" ? "refused" : "review";

async function close(
  record: ReportRecord,
  end: Required<Pick<ReportRecord, "outcome">> & Partial<ReportRecord>,
  { ledger, now }: HandleDeps,
): Promise<ReportRecord> {
  const ended = { ...end, closedAt: now().toISOString() };
  await ledger.closeReport(record.key, ended);
  return { ...record, ...ended };
}

const summary = ({ key, outcome, because, orderNumber }: ReportRecord): Handled => ({
  key,
  outcome: outcome ?? "unknown",
  ...(because !== undefined && { because }),
  ...(orderNumber !== undefined && { orderNumber }),
});

function draftOf({ key, report, policy }: ReportRecord, decision: ActingDecision, { now }: HandleDeps): OrderDraft {
  return {
    stream: report.stream,
    action: decision.action,
    ...(decision.action === "disable" && { resumeTime: decision.resumeTime }),
    reason: `${report.category}${report.score === undefined ? "" : ` ${report.score}`} reported by ${report.source}`,
    placedAt: now().toISOString(),
    authority: { kind: "rule", cause: key, source: report.source, rule: decision.rule, policy },
  };
}

/** The idempotency key of one stream's part of an operator's request. */
export const operatorCause = ({ orderId, index }: Pick<OperatorOrder, "orderId" | "index">): string =>
  `operator#${orderId}#${index}`;

export const operatorDraft = (request: OperatorOrder): OrderDraft => ({
  stream: request.stream,
  action: request.action,
  ...(request.resumeTime !== undefined && { resumeTime: request.resumeTime }),
  reason: request.reason,
  placedAt: request.requestedAt,
  authority: {
    kind: "operator",
    cause: operatorCause(request),
    orderId: request.orderId,
    requestedBy: request.requestedBy,
    outranksRulesUntil: request.outranksRulesUntil,
  },
});

/** Held up for days, or brought back from the dead letters: by then somebody else may push under that name. */
function staleness({ action, requestedAt, outranksRulesUntil }: OperatorOrder, { now, policy }: HandleDeps) {
  const pauseMeantUntilMs = Date.parse(requestedAt) + policy.maxReportAgeMinutes * MINUTE_MS;
  const meantUntilMs = action === "pause" ? pauseMeantUntilMs : Date.parse(outranksRulesUntil);
  return now().getTime() > meantUntilMs ? "too-old" : undefined;
}

/** The message only names the order: what to do stands where nobody but the incident function can write. */
async function handleOperatorOrder(
  { orderId, index }: Extract<Message, { kind: "order" }>,
  deps: HandleDeps,
): Promise<Handled> {
  await deps.ledger.readMode(); // an operator's order acts in either mode, but not while the mode cannot be read
  const request = await deps.ledger.readOperatorOrder(orderId, index);
  if (!request) throw new OffairError("ERR_MESSAGE_INVALID", `no operator placed the order ${orderId} ${index}`);
  const key = operatorCause(request);
  const order = await deps.ledger.placeOrder(operatorDraft(request));
  if (!order) throw new OffairError("ERR_LEDGER", "the order could not be numbered", { stream: request.stream });
  if (!inScope(request.stream, deps.policy)) {
    await deps.ledger.endOrder(order, { outcome: "refused", error: "out-of-scope", endedAt: deps.now().toISOString() });
    return { key, outcome: "refused", because: "out-of-scope", orderNumber: order.number };
  }
  // The ledger's own copy of what the operator asked for, not what stands in the stream's history, is what is done.
  const { stream, action, resumeTime } = request;
  const asked = { ...order, stream, action, ...(resumeTime !== undefined && { resumeTime }) };
  const { outcome, number, error } = await carryOut(asked, deps, () => staleness(request, deps));
  return { key, outcome: outcome ?? "unknown", orderNumber: number, ...(error !== undefined && { because: error }) };
}
