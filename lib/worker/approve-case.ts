/**
 * Gives a case its approval before its order is placed, if the order is of a plan that approves cases. Whether the case still waits, and
 * whether nobody else holds it, is a condition of that write: otherwise the order is refused, and the case stays as it is.
 */
import { definedOnly } from "../core/defined-only.ts";
import { type OperatorOrder, operatorCause } from "../orders/operator-order.ts";
import type { HandleDeps } from "./handler.ts";

/** @returns why the order is refused: `case-ended`, `case-held`, `case-second-opinion`, `case-not-in-review`. */
export async function approveCase(request: OperatorOrder, { ledger, now }: HandleDeps): Promise<string | undefined> {
  const { approves, orderId, action, resumeTime, reason, requestedBy: by, requestedAt: at, stream } = request;
  if (approves === undefined || action === "enable") return undefined;
  const cause = operatorCause(request);
  // An order that was placed was allowed or refused then, also if the case was changed since.
  const placed = (await ledger.recentOrders(stream)).some(({ authority }) => authority.cause === cause);
  if (placed) return undefined;
  const approval = definedOnly({ verdict: "approved" as const, by, at, reason, orderId, action, resumeTime });
  const stored = await ledger.writeVerdict(approves, approval, now);
  if ("because" in stored) return `case-${stored.because}`;
  return stored.orderId === orderId ? undefined : "case-ended";
}
