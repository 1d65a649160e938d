/** A person's own hands: what is off, take off, put on again, which mode. Every change is an order that the worker carries out. */
import { OffairError } from "../errors.ts";
import { type Fault, faultsOf } from "../faults.ts";
import { describeError, logInfo, logWarn } from "../log.ts";
import type { Stream } from "../stream.ts";
import { HOUR_MS, resumeTimeAfter } from "../time.ts";
import { operatorCause, operatorDraft } from "./handle.ts";
import { type ChangeEvent, type IncidentEvent, incidentEventSchema } from "./incident-event.ts";
import { type ListDisabled, listOff } from "./incident-list.ts";
import type { Ledger, ModeRecord, OperatorOrder } from "./ledger.ts";
import type { Lane, Message } from "./message.ts";
import type { Outcome } from "./order.ts";
import { type OrderSummary, summarise } from "./order-summary.ts";
import { ingestDomains, inScope, type Policy } from "./policy.ts";

export interface IncidentDeps {
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly listDisabled: ListDisabled;
  readonly enqueue: (lane: Lane, message: Message) => Promise<void>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newOrderId: () => string;
  /** How long an answer waits for the outcomes. */
  readonly waitMs: number;
}

/** `planned`: a dry run. `ordered`: on its way; ask `status` with the order id. */
type ResultOutcome = Outcome | "planned" | "ordered";

interface Result {
  readonly stream: Stream;
  readonly outcome?: ResultOutcome;
  readonly orderNumber?: number;
  readonly resumeTime?: string | null;
  readonly requestId?: string;
  readonly error?: string;
  /** On whose word, and why: from the ledger; null where it knows nothing of this stream being off. */
  readonly order?: OrderSummary | null;
  readonly orders?: readonly OrderSummary[];
}

export interface IncidentAnswer {
  readonly ok: boolean;
  readonly results: readonly Result[];
  readonly errors: readonly Fault[];
  readonly orderId?: string;
  readonly dryRun?: boolean;
  readonly mode?: ModeRecord;
  /** What Live says it has, an ingest domain each. */
  readonly totals?: Readonly<Record<string, number>>;
  /** More is off than one answer holds. */
  readonly truncated?: boolean;
}

const POLL_MS = 250;

/** What the person asked for is not so, or not known to be so. */
const CAME_TO_NOTHING: ReadonlySet<ResultOutcome> = new Set(["failed", "refused", "unknown", "superseded", "parked"]);

/** An event may be wrong in more places than an answer can list. */
const MAX_FAULTS = 100;

/** Never throws: a person at the other end gets an answer that says what is wrong and that nothing was sent. */
export async function handleIncident(event: unknown, deps: IncidentDeps): Promise<IncidentAnswer> {
  const { data, error } = incidentEventSchema.safeParse(event);
  if (error) return refused(faultsOf(error).slice(0, MAX_FAULTS));
  try {
    logInfo("incident.asked", { action: data.action, requestedBy: data.requestedBy, reason: data.reason });
    return await answer(data, deps);
  } catch (failure) {
    logWarn("incident.failed", describeError(failure));
    const message =
      failure instanceof OffairError ? `${failure.code}: ${failure.message}` : "something unforeseen failed";
    return refused([{ pointer: "", message }]);
  }
}

const refused = (errors: readonly Fault[]): IncidentAnswer => ({ ok: false, results: [], errors });

function answer(event: IncidentEvent, deps: IncidentDeps): Promise<IncidentAnswer> | IncidentAnswer {
  switch (event.action) {
    case "list":
      return list(event, deps);
    case "mode":
      return changeMode(event, deps);
    case "status":
      return status(event, deps);
    default:
      return order(event, deps);
  }
}

async function list(
  { domain, app, stream }: Extract<IncidentEvent, { action: "list" }>,
  { ledger, policy, listDisabled, now }: IncidentDeps,
): Promise<IncidentAnswer> {
  const domains = ingestDomains(policy);
  if (domain !== undefined && !domains.includes(domain)) {
    return refused([{ pointer: "/domain", message: "is not an ingest domain in scope" }]);
  }
  const asked = domain === undefined ? domains : [domain];
  const { rows, totals, truncated } = await listOff(asked, { app, stream }, { ledger, listDisabled, now });
  return { ok: true, results: rows, errors: [], totals, ...(truncated && { truncated }) };
}

async function changeMode(
  { mode, reason, requestedBy, dryRun }: Extract<IncidentEvent, { action: "mode" }>,
  { ledger, now }: IncidentDeps,
): Promise<IncidentAnswer> {
  if (mode !== undefined && !dryRun) {
    await ledger.writeMode({ mode, reason, changedBy: requestedBy, changedAt: now().toISOString() });
  }
  return { ok: true, results: [], errors: [], mode: await ledger.readMode(), dryRun };
}

async function status(
  { orderId, streams }: Extract<IncidentEvent, { action: "status" }>,
  { ledger }: IncidentDeps,
): Promise<IncidentAnswer> {
  const results: Result[] = [];
  if (orderId !== undefined) {
    const orders = await ledger.listOperatorOrders(orderId);
    if (orders.length === 0) return refused([{ pointer: "/orderId", message: "there is no such order" }]);
    for (const each of orders) results.push(await resultOf(each, ledger));
  }
  for (const stream of streams ?? []) {
    results.push({ stream, orders: (await ledger.recentOrders(stream, 10)).map(summarise) });
  }
  return { ok: true, results, errors: [], mode: await ledger.readMode(), ...(orderId !== undefined && { orderId }) };
}

async function order(event: ChangeEvent, deps: IncidentDeps): Promise<IncidentAnswer> {
  const { policy, ledger, now } = deps;
  const outside = event.streams.flatMap((stream, index) => (inScope(stream, policy) ? [] : [index]));
  if (outside.length > 0) {
    const message = "is outside the configured ingest domains and apps";
    return refused(outside.map((index) => ({ pointer: `/streams/${index}`, message })));
  }
  const orderId = deps.newOrderId();
  const orders = draftOrders(event, orderId, now(), policy);
  if (event.dryRun) {
    const results = orders.map(({ stream, resumeTime }) => ({
      stream,
      outcome: "planned" as const,
      ...(resumeTime !== undefined && { resumeTime }),
    }));
    return { ok: true, dryRun: true, results, errors: [] };
  }
  await ledger.writeOperatorOrders(orders);
  const failures = new Map<number, string>();
  await Promise.all(
    orders.map(async (each) => {
      // On the queue first: what is numbered is newer than every rule's order, so it must be certain to be carried out.
      try {
        await deps.enqueue("live", { kind: "order", orderId, index: each.index });
      } catch (failure) {
        failures.set(each.index, codeOf(failure));
        return;
      }
      // Now, so that orders are numbered as they were asked for; if that fails, the worker does it.
      await ledger.placeOrder(operatorDraft(each)).catch((failure) => {
        logWarn("incident.not-numbered", { orderId, index: each.index, ...describeError(failure) });
      });
    }),
  );
  const results = await waitFor(orders, failures, deps);
  const ok = !results.some(({ outcome }) => outcome !== undefined && CAME_TO_NOTHING.has(outcome));
  return { ok, dryRun: false, orderId, results, errors: [] };
}

const codeOf = (failure: unknown): string => (failure instanceof OffairError ? failure.code : "ERR_UNFORESEEN");

function draftOrders(event: ChangeEvent, orderId: string, now: Date, policy: Policy): OperatorOrder[] {
  const requestedAt = now.toISOString();
  const outranksRulesUntil = new Date(now.getTime() + policy.operatorOutranksHours * HOUR_MS).toISOString();
  return event.streams.map((stream, index) => ({
    orderId,
    index,
    stream,
    action: event.action,
    ...(event.action === "disable" && { resumeTime: resumeTimeAfter(now, event.hours) }),
    reason: event.reason,
    requestedBy: event.requestedBy,
    requestedAt,
    outranksRulesUntil,
  }));
}

async function waitFor(
  orders: readonly OperatorOrder[],
  failures: ReadonlyMap<number, string>,
  { ledger, now, sleep, waitMs }: IncidentDeps,
): Promise<Result[]> {
  const until = now().getTime() + waitMs;
  for (;;) {
    const results = await Promise.all(
      orders.map(async (each): Promise<Result> => {
        const { stream, index } = each;
        const error = failures.get(index);
        if (error !== undefined) return { stream, outcome: "failed", error };
        // From here on an answer without the order id and what became of every stream would be worse than an incomplete one.
        return resultOf(each, ledger).catch((failure) => ({ stream, outcome: "ordered", error: codeOf(failure) }));
      }),
    );
    if (results.every(({ outcome }) => outcome !== "ordered") || now().getTime() >= until) return results;
    await sleep(POLL_MS);
  }
}

async function resultOf(request: OperatorOrder, ledger: Ledger): Promise<Result> {
  const { stream } = request;
  const placed = (await ledger.recentOrders(stream)).find(
    ({ authority }) => authority.cause === operatorCause(request),
  );
  if (!placed) return { stream, outcome: "ordered" };
  const { outcome = "ordered", number, requestId, error, resumeTime } = placed;
  return {
    stream,
    outcome,
    orderNumber: number,
    ...(resumeTime !== undefined && { resumeTime }),
    ...(requestId !== undefined && { requestId }),
    ...(error !== undefined && { error }),
  };
}
