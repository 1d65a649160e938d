/**
 * A person's own hands: what is off, take off, put on again, what waits, why, which mode. Every change at Live is an order that the
 * worker carries out.
 */
import { OffairError } from "../errors.ts";
import { faultsOf } from "../faults.ts";
import { describeError, logInfo, logWarn } from "../log.ts";
import { type IncidentAnswer, type Result, refused } from "./incident-answer.ts";
import { type IncidentEvent, incidentEventSchema } from "./incident-event.ts";
import { explainClaim, explainReport } from "./incident-explain.ts";
import { type ListDisabled, listOff } from "./incident-list.ts";
import { changeMode } from "./incident-mode.ts";
import { type OrderDeps, orderStreams, resultOf } from "./incident-order.ts";
import { listReviews } from "./incident-review.ts";
import { giveVerdict } from "./incident-verdict.ts";
import { summarise } from "./order-summary.ts";
import { ingestDomains } from "./policy.ts";

export type { IncidentAnswer } from "./incident-answer.ts";

export interface IncidentDeps extends OrderDeps {
  /** SHA-256 of the policy, as the worker writes it with every decision. */
  readonly policyHash: string;
  readonly listDisabled: ListDisabled;
}

/** Never throws: a person at the other end gets an answer that says what is wrong and that nothing was sent. */
export async function handleIncident(event: unknown, deps: IncidentDeps): Promise<IncidentAnswer> {
  const { data, error } = incidentEventSchema.safeParse(event);
  if (error) return refused(faultsOf(error));
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

async function answer(event: IncidentEvent, deps: IncidentDeps): Promise<IncidentAnswer> {
  switch (event.action) {
    case "list":
      return list(event, deps);
    case "mode":
      return changeMode(event, deps);
    case "status":
      return status(event, deps);
    case "review": {
      const { report, verdict } = event;
      if (report === undefined || verdict === undefined) return listReviews(event, deps);
      return giveVerdict({ ...event, report, verdict }, deps);
    }
    case "explain": {
      const { report, claim } = event;
      if (claim !== undefined) return explainClaim(claim, deps);
      return report === undefined ? refused([NOTHING_NAMED]) : explainReport(report, deps);
    }
    default:
      return orderStreams(event, deps);
  }
}

const NOTHING_NAMED = { pointer: "/report", message: "must be named, or else a claim" };

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
