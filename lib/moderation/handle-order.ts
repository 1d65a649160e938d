/** An operator's order: read from where only the incident function writes, numbered, and carried out. */
import { OffairError } from "../errors.ts";
import { MINUTE_MS } from "../time.ts";
import { carryOut } from "./carry-out.ts";
import type { HandleDeps, Handled } from "./handle.ts";
import type { OperatorOrder } from "./ledger.ts";
import type { Message } from "./message.ts";
import type { OrderDraft } from "./order.ts";
import { inScope, isProtected, type Policy } from "./policy.ts";

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
    ...(request.approves !== undefined && { approves: request.approves }),
  },
});

/** Why nobody may have this done, whoever asks; a protected stream takes a second person. */
function forbidden(request: OperatorOrder, policy: Policy): "out-of-scope" | "protected-stream" | undefined {
  const { stream, action, requestedBy, overrideProtected } = request;
  if (!inScope(stream, policy)) return "out-of-scope";
  if (action === "enable" || !isProtected(stream, policy)) return undefined;
  return overrideProtected && overrideProtected.approvedBy !== requestedBy ? undefined : "protected-stream";
}

/** Held up for days, or brought back from the dead letters: by then somebody else may push under that name. */
function staleness({ action, requestedAt, outranksRulesUntil }: OperatorOrder, { now, policy }: HandleDeps) {
  const pauseMeantUntilMs = Date.parse(requestedAt) + policy.maxReportAgeMinutes * MINUTE_MS;
  const meantUntilMs = action === "pause" ? pauseMeantUntilMs : Date.parse(outranksRulesUntil);
  return now().getTime() > meantUntilMs ? "too-old" : undefined;
}

/** The message only names the order: what to do stands where nobody but the incident function can write. */
export async function handleOperatorOrder(
  { orderId, index }: Extract<Message, { kind: "order" }>,
  deps: HandleDeps,
): Promise<Handled> {
  await deps.ledger.readMode(); // an operator's order acts in either mode, but not while the mode cannot be read
  const request = await deps.ledger.readOperatorOrder(orderId, index);
  if (!request) throw new OffairError("ERR_MESSAGE_INVALID", `no operator placed the order ${orderId} ${index}`);
  const key = operatorCause(request);
  const order = await deps.ledger.placeOrder(operatorDraft(request));
  if (!order) throw new OffairError("ERR_LEDGER", "the order could not be numbered", { stream: request.stream });
  const because = forbidden(request, deps.policy);
  if (because !== undefined) {
    await deps.ledger.endOrder(order, { outcome: "refused", error: because, endedAt: deps.now().toISOString() });
    return { key, outcome: "refused", because, orderNumber: order.number };
  }
  // The ledger's own copy of what the operator asked for, not what stands in the stream's history, is what is done.
  const { stream, action, resumeTime } = request;
  const asked = { ...order, stream, action, ...(resumeTime !== undefined && { resumeTime }) };
  const { outcome, number, error } = await carryOut(asked, deps, () => staleness(request, deps));
  return { key, outcome: outcome ?? "unknown", orderNumber: number, ...(error !== undefined && { because: error }) };
}
