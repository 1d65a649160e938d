/**
 * Handles the canary: its report as any other, and afterwards the message that enables its stream again. Notes how each ended or why it
 * failed, where the canary function reads it.
 */
import type { CanaryStep } from "../canary/canary-run.ts";
import { CANARY_SOURCE, isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { OffairError } from "../core/errors.ts";
import { describeError, logWarn } from "../core/log.ts";
import { checkBeforeSending, type Stage } from "../decisions/check-before-sending.ts";
import { executeOrder } from "../orders/execute-order.ts";
import type { Order, OrderDraft } from "../orders/order.ts";
import { isRowOf, latestEffectiveOrder } from "../orders/order-history.ts";
import { canaryStream } from "../policy/policy.ts";
import { type Report, reportKey } from "../reports/report.ts";
import type { HandleDeps, Handled } from "./handler.ts";

/** @throws what `handle` throws, after the failure was noted. */
async function noted(id: string, step: CanaryStep, deps: HandleDeps, handle: () => Promise<Handled>): Promise<Handled> {
  const startedAt = deps.now().toISOString();
  const note = (end: { outcome?: string; because?: string | undefined; error?: string; message?: string }) =>
    deps.ledger.noteCanary(id, step, definedOnly({ startedAt, endedAt: deps.now().toISOString(), ...end }));
  try {
    const handled = await handle();
    await note({ outcome: handled.outcome, because: handled.because });
    return handled;
  } catch (failure) {
    const { code, message } = failure instanceof OffairError ? failure : { code: "ERR_INTERNAL", message: "" };
    await note({ error: code, message: message.slice(0, 400) }).catch((error) => {
      logWarn("canary.not-noted", describeError(error));
    });
    throw failure;
  }
}

/** @param handle - as for any other report. */
export const handleCanaryReport = (
  report: Report,
  deps: HandleDeps,
  handle: (report: Report, deps: HandleDeps) => Promise<Handled>,
): Promise<Handled> => noted(report.id, "disable", deps, () => handle(report, deps));

/**
 * Enables the canary's stream again. The message is no authority: it can only undo the disable of this number if that is the canary's and
 * the newest order, and only what that order put into Live's list, so that a stream which somebody else took off the air stays off.
 *
 * @throws OffairError a retryable one: the message is delivered again, and the order that was placed is then found.
 */
export async function handleCanaryEnable({ number }: { readonly number: number }, deps: HandleDeps): Promise<Handled> {
  const { ledger, live, now, policy } = deps;
  const stream = canaryStream(policy);
  const mode = await ledger.readMode(); // throws if unreadable, so nothing acts
  const disable = (await ledger.recentOrders(stream)).find((order) => order.number === number);
  const cause = disable?.authority.cause ?? "";
  if (!disable || !isOfCanary(cause)) return { key: reportKey({ source: CANARY_SOURCE, id: "" }), ...NOT_OFF };
  const check = (stage: Stage) =>
    checkBeforeSending(stage, { stream, sources: [CANARY_SOURCE] }, { mode, policy, now: now() });
  return noted(cause.slice(CANARY_SOURCE.length + 1), "enable", deps, async () => {
    const refusal = check("placing");
    if (refusal) return { key: cause, outcome: "refused", because: refusal };
    const { placed } = await ledger.placeOrder(draft(disable, now()), (orders) =>
      latestEffectiveOrder(orders)?.number === number ? undefined : { skip: NOT_OFF },
    );
    if (!placed) return { key: cause, ...NOT_OFF };
    const { outcome = "unknown", error } = await executeOrder(placed, deps, async () => {
      const row = await live.findDisabled(stream);
      return check("sending") ?? (row && !isRowOf(row, disable) ? NOT_OFF.because : undefined);
    });
    return definedOnly({ key: cause, outcome, because: error, orderNumber: placed.number });
  });
}

/** Another order came after the canary's, or somebody disabled the stream at Live, or the message was delivered before. */
const NOT_OFF = { outcome: "ignored", because: "not-off-by-the-canary" } as const;

const draft = ({ stream, authority, number }: Order, now: Date): OrderDraft => ({
  stream,
  action: "enable",
  reason: `canary: order ${number} has arrived`,
  placedAt: now.toISOString(),
  authority: { ...authority, cause: `${authority.cause}#enable` },
});
