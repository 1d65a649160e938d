/** `pause`, `disable`, `enable`: stores and queues the orders of one person, and waits a while for the worker to carry them out. */

import { definedOnly } from "../../core/defined-only.ts";
import type { Issue } from "../../core/issues.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { DOCUMENTED_CHARACTERS, hasDocumentedName, type Stream } from "../../core/stream.ts";
import { HOUR_MS, resumeTimeAfter } from "../../core/time.ts";
import { type OperatorOrder, operatorCause, operatorDraft } from "../../orders/operator-order.ts";
import type { Action } from "../../orders/order.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { NOTHING_LOOKED_AT, type OffNow } from "../../plans/disabled-now.ts";
import { inScope, isProtected, type Policy } from "../../policy/policy.ts";
import { includingEarlier, reserveSolo, soloApprovalReasons } from "../../safeguards/two-person-rule.ts";
import { MAX_STREAMS } from "../contract/limits.ts";
import type { ChangeEvent } from "../contract/request.ts";
import { allWell, codeOf, refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse, Result } from "../contract/response-schema.ts";
import type { RequestAttempt } from "./attempt.ts";
import { type EndsDeps, readEnds, refusalToShorten, withPreviousEnd } from "./current-ends.ts";
import type { Uses } from "./deps.ts";
import { withLive } from "./live-now.ts";

export type OrderDeps = Uses<"attempt" | "ledger" | "policy" | "enqueue" | "now" | "sleep" | "waitMs">;

const POLL_MS = 250;

/** Why the stream cannot be ordered without a plan. The worker checks scope and protection again. */
export function refusalForProtected(stream: Stream, action: Action, policy: Policy): string | undefined {
  if (!inScope(stream, policy)) return "is outside the configured ingest domains and apps";
  if (action === "enable" || !isProtected(stream, policy)) return undefined;
  return "is protected: make a plan with overrideProtected; a second person approves it";
}

/** Live confirms a disable of any name, so a mistake would look like a success. A stream that is disabled already has its name. */
function refusalForName(stream: Stream, event: ChangeEvent): string | undefined {
  if (event.action === "enable" || event.undocumentedNames || hasDocumentedName(stream)) return undefined;
  return UNDOCUMENTED_NAME;
}

const UNDOCUMENTED_NAME = `has characters that Live does not document (it documents ${DOCUMENTED_CHARACTERS}): look at the name, and if it is right, repeat with undocumentedNames (offair: --undocumented-names)`;

export async function orderStreams(
  event: ChangeEvent,
  deps: OrderDeps & EndsDeps & Uses<"listOnline">,
): Promise<OperatorResponse> {
  const orders = draftOrders(event, deps.attempt, deps.policy);
  const stored = await storedBefore(deps);
  // Checked and counted before they were stored. They are sent as they were stored, because the policy may have changed since.
  if (stored.length > 0)
    return sendAll(
      orders.map((each) => stored.find(({ index }) => index === each.index) ?? each),
      NOTHING_LOOKED_AT,
      deps,
    );
  const issues = event.streams.flatMap((stream, index) => {
    const message = refusalForProtected(stream, event.action, deps.policy) ?? refusalForName(stream, event);
    return message === undefined ? [] : [{ pointer: `/streams/${index}`, message }];
  });
  if (issues.length > 0) return refused(issues);
  const { action, requestedBy, streams } = event;
  const off = action === "disable" ? await readEnds(streams, deps) : NOTHING_LOOKED_AT;
  const shortened = event.dryRun || ("shorten" in event && event.shorten) ? [] : shortenedBy(orders, off);
  if (shortened.length > 0) return refused(shortened);
  const wanted = { requestedBy, action, count: streams.length, always: MAX_STREAMS };
  const reasons = await (event.dryRun ? soloApprovalReasons : reserveSolo)(wanted, deps);
  if (reasons.length > 0) return refusedAt("", tooMuch(requestedBy, reasons, deps.policy));
  if (!event.dryRun) return sendAll(orders, off, deps);
  const results = orders.map((each) => withPreviousEnd(planned(each), off));
  if (action === "enable") return { ok: true, dryRun: true, results, errors: [] };
  return { ok: true, dryRun: true, results: await withLive(results, deps), errors: [], ...knownOf(off) };
}

/** The orders of an interrupted attempt. */
const storedBefore = async ({ attempt, ledger }: OrderDeps): Promise<readonly OperatorOrder[]> =>
  attempt.isRepeated ? ledger.listOperatorOrders(attempt.orderId) : [];

const knownOf = ({ isWhole }: OffNow) => (isWhole ? {} : { alreadyOffKnown: false });

async function sendAll(orders: readonly OperatorOrder[], off: OffNow, deps: OrderDeps): Promise<OperatorResponse> {
  const { orderId } = deps.attempt;
  const { results } = await send(orders, deps);
  const withEnds = results.map((each) => withPreviousEnd(each, off));
  return { ok: allWell(results), dryRun: false, orderId, results: withEnds, errors: [], ...knownOf(off) };
}

const shortenedBy = (orders: readonly OperatorOrder[], off: OffNow): Issue[] =>
  orders.flatMap(({ stream, resumeTime = "" }, index) => {
    const message = refusalToShorten(stream, resumeTime, off);
    return message === undefined ? [] : [{ pointer: `/streams/${index}`, message }];
  });

const tooMuch = (requestedBy: string, reasons: readonly string[], policy: Policy): string =>
  `exceeds what one person may do (${reasons.join(", ")}), ${includingEarlier(requestedBy, policy)}: make a plan; a second person approves it`;

const planned = ({ stream, resumeTime }: OperatorOrder): Result =>
  definedOnly({ stream, outcome: "planned", resumeTime });

/** Until then, rules do not act on the stream. */
export const overridesRulesUntil = (askedAt: Date, { operatorOverrideHours }: Policy): string =>
  new Date(askedAt.getTime() + operatorOverrideHours * HOUR_MS).toISOString();

function draftOrders(event: ChangeEvent, { orderId, at }: RequestAttempt, policy: Policy): OperatorOrder[] {
  return event.streams.map((stream, index) => ({
    orderId,
    index,
    stream,
    action: event.action,
    ...(event.action === "disable" && { resumeTime: resumeTimeAfter(at, event.hours) }),
    reason: event.reason,
    requestedBy: event.requestedBy,
    requestedAt: at.toISOString(),
    overridesRulesUntil: overridesRulesUntil(at, policy),
  }));
}

/**
 * Sends orders. The same orders may be sent again: each is carried out once.
 *
 * @returns the results in the same order, and the error codes of orders that could not be queued, by index.
 * @throws OffairError `ERR_LEDGER` if they could not be stored: nothing was sent.
 */
export async function send(
  orders: readonly OperatorOrder[],
  deps: OrderDeps,
): Promise<{ readonly results: readonly Result[]; readonly notQueued: ReadonlyMap<number, string> }> {
  for (const { orderId, requestedAt: madeAt, requestedBy } of orders.slice(0, 1))
    await deps.ledger.indexOrder({ orderId, madeAt, requestedBy });
  await deps.ledger.writeOperatorOrders(orders);
  const notQueued = new Map<number, string>();
  await Promise.all(
    orders.map(async (each) => {
      const { orderId, index } = each;
      // Queue first: a numbered order overrides the orders of rules, so it must be certain to be carried out.
      try {
        await deps.enqueue("urgent", { kind: "order", orderId, index });
      } catch (failure) {
        notQueued.set(index, codeOf(failure));
        return;
      }
      if (each.reverses !== undefined) return; // what it does depends on the stream's orders, which the worker reads
      // Numbered here, so that the numbers follow the sequence of requests. If this fails, the worker does it.
      await deps.ledger.placeOrder(operatorDraft(each)).catch((failure) => {
        logWarn("operator.order-not-assigned", { orderId, index, ...describeError(failure) });
      });
    }),
  );
  return { results: await waitFor(orders, notQueued, deps), notQueued };
}

async function waitFor(
  orders: readonly OperatorOrder[],
  notQueued: ReadonlyMap<number, string>,
  { ledger, now, sleep, waitMs }: OrderDeps,
): Promise<Result[]> {
  const until = now().getTime() + waitMs;
  for (;;) {
    const results = await Promise.all(
      orders.map(async (each): Promise<Result> => {
        const { stream, index } = each;
        const error = notQueued.get(index);
        if (error !== undefined) return { stream, outcome: "failed", error };
        // The orders were sent: an incomplete response with the order id is better than an error.
        return resultOf(each, ledger).catch((failure) => ({ stream, outcome: "ordered", error: codeOf(failure) }));
      }),
    );
    if (results.every(({ outcome }) => outcome !== "ordered") || now().getTime() >= until) return results;
    await sleep(POLL_MS);
  }
}

export async function resultOf(request: OperatorOrder, ledger: OrderStore): Promise<Result> {
  const { stream } = request;
  const placed = (await ledger.recentOrders(stream)).find(
    ({ authority }) => authority.cause === operatorCause(request),
  );
  if (!placed) return { stream, outcome: "ordered" };
  const { outcome = "ordered", number, requestId, error, message, waiting, resumeTime } = placed;
  const action = request.reverses === undefined ? undefined : placed.action; // another order may keep the stream off
  return definedOnly({ stream, action, outcome, orderNumber: number, resumeTime, requestId, error, message, waiting });
}
