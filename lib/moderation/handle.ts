/** One message of a lane: a report is decided on and its order carried out, or an operator's order is read and carried out. */
import { OffairError } from "../errors.ts";
import { type CarryOutDeps, carryOut } from "./carry-out.ts";
import { type ActingDecision, acts, type Decision, decide, isTooOld, yields } from "./decide.ts";
import type { Ledger, Mode, OperatorOrder, ReportOutcome, ReportRecord } from "./ledger.ts";
import type { Message } from "./message.ts";
import type { OrderDraft } from "./order.ts";
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
}

/** @throws OffairError: the message goes back to the queue. */
export async function handle(message: Message, deps: HandleDeps): Promise<Handled[]> {
  if (message.kind === "order") return [await handleOperatorOrder(message, deps)];
  const handled: Handled[] = [];
  for (const report of message.reports) handled.push(await handleReport(report, deps)); // two may name the same stream
  return handled;
}

async function handleReport(report: Report, deps: HandleDeps): Promise<Handled> {
  const key = reportKey(report);
  const { mode } = await deps.ledger.readMode(); // unreadable: thrown, so nothing acts
  const record = (await deps.ledger.readReport(key)) ?? (await recordDecision(report, mode, deps));
  if (record.outcome) return summary(record);
  return summary(await actOn(record, mode, deps));
}

async function recordDecision(report: Report, mode: Mode, deps: HandleDeps): Promise<ReportRecord> {
  const { ledger, now, policy, policyHash } = deps;
  const workedAt = now();
  const decision = decide(report, { workedAt, orders: await ledger.recentOrders(report.stream) }, policy);
  const decidedAt = workedAt.toISOString();
  const record = { key: reportKey(report), report, decision, decidedAt, mode, policy: policyHash };
  if (acts(decision)) return ledger.recordDecision(record);
  const outcome = OUTCOME_WITHOUT_ORDER[decision.action];
  return ledger.recordDecision({ ...record, outcome, because: decision.because, closedAt: decidedAt });
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
  const vetoed = veto();
  if (vetoed !== undefined && !(await isPlaced(record, ledger))) {
    return close(record, { outcome: OUTCOME_OF_VETO[vetoed], because: vetoed }, deps);
  }
  let instead: Decision | undefined;
  const order = await ledger.placeOrder(draftOf(record, decision, deps), (orders) => {
    instead = yields(decision, { workedAt: now(), orders });
    return instead !== undefined;
  });
  if (!order) {
    const outcome = instead?.action === "review" ? "review" : "ignored";
    return close(record, { outcome, because: instead?.because ?? "yielded" }, deps);
  }
  const { outcome = "unknown", error, number } = await carryOut(order, deps, veto);
  // An order of a rule that was not carried out while it could be is over, and a person looks at the report.
  const because = outcome === "refused" ? (error ?? "refused") : undefined;
  const reportOutcome = because === undefined ? outcome : because === "out-of-scope" ? "refused" : "review";
  return close(record, { outcome: reportOutcome, orderNumber: number, ...(because && { because }) }, deps);
}

/** Why a decision that acts does so no more. */
type Veto = keyof typeof OUTCOME_OF_VETO;
const OUTCOME_OF_VETO = { observed: "observed", "out-of-scope": "refused", "too-old": "review" } as const;

const isPlaced = async ({ key, report }: ReportRecord, ledger: Ledger): Promise<boolean> =>
  (await ledger.recentOrders(report.stream)).some(({ authority }) => authority.cause === key);

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

/** The message only names the order: what to do stands where nobody but the incident function can write. */
async function handleOperatorOrder(
  { orderId, index }: Extract<Message, { kind: "order" }>,
  deps: HandleDeps,
): Promise<Handled> {
  await deps.ledger.readMode(); // an operator's order acts in either mode, but not while the mode cannot be read
  const request = await deps.ledger.readOperatorOrder(orderId, index);
  if (!request) throw new OffairError("ERR_MESSAGE_INVALID", `no operator placed the order ${orderId} ${index}`);
  const key = operatorCause(request);
  if (!inScope(request.stream, deps.policy)) return { key, outcome: "refused", because: "out-of-scope" };
  const order = await deps.ledger.placeOrder(operatorDraft(request));
  if (!order) throw new OffairError("ERR_LEDGER", "the order could not be numbered", { stream: request.stream });
  // The ledger's own copy of what the operator asked for, not what stands in the stream's history, is what is done.
  const { stream, action, resumeTime } = request;
  const asked = { ...order, stream, action, ...(resumeTime !== undefined && { resumeTime }) };
  const { outcome, number } = await carryOut(asked, deps);
  return { key, outcome: outcome ?? "unknown", orderNumber: number };
}
