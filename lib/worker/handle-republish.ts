/**
 * Handles a callback of Live about a push. The start of a push of a stream that is to be off the air is a re-publish: the worker acts again at
 * once. The end of a push may prove an earlier pause. Otherwise nothing is written.
 */
import { OffairError } from "../core/errors.ts";
import { isTooOld } from "../decisions/decide.ts";
import { cameBack } from "../decisions/republish.ts";
import type { Order } from "../orders/order.ts";
import { isInProgress, withoutCanary } from "../orders/order-history.ts";
import type { Publish } from "../queue/message.ts";
import { reportKey } from "../reports/report.ts";
import { actAgain } from "./act-again.ts";
import { summary } from "./act-on-decision.ts";
import type { HandleDeps, Handled } from "./handler.ts";
import { learnFromCallback } from "./update-pause.ts";

/** @throws OffairError `ERR_BUSY` while an order of the stream is in progress; other retryable errors return the message to the queue. */
export async function handleRepublish(publish: Publish, deps: HandleDeps): Promise<Handled> {
  const { ledger, now, policy } = deps;
  const { source, id, stream, receivedAt, bodySha256 } = publish;
  const mode = await ledger.readMode(); // throws if unreadable, so nothing acts
  const orders = withoutCanary(await ledger.recentOrders(stream));
  const before = orders.length === 0 ? undefined : await ledger.readReport(reportKey(publish));
  if (before?.outcome) return { ...summary(before), repeated: true };
  if (!before) {
    refuseWhileInProgress(publish, orders, deps);
    await learnFromCallback("began", publish, orders, deps);
  }
  const seen = { source, id, stream, occurredAt: receivedAt, receivedAt, bodySha256 };
  const compare = (latest: readonly Order[]) => cameBack(latest, publish, now(), policy);
  return actAgain({ seen, mode, orders, before, compare }, deps);
}

/** @throws OffairError as `handleRepublish` does. */
export async function handlePublishDone(publish: Publish, deps: HandleDeps): Promise<Handled> {
  const key = reportKey(publish);
  const orders = withoutCanary(await deps.ledger.recentOrders(publish.stream));
  refuseWhileInProgress(publish, orders, deps);
  const proved = await learnFromCallback("ended", publish, orders, deps);
  const [orderNumber] = proved;
  return orderNumber === undefined
    ? { key, outcome: "ignored", because: "no-pause" }
    : { key, outcome: "verified", because: "publish-done", orderNumber, repeated: true };
}

/** What the callback means depends on how the order in progress ends. Orders of every kind count. */
function refuseWhileInProgress(publish: Publish, orders: readonly Order[], { now, policy }: HandleDeps): void {
  const { stream, receivedAt } = publish;
  const isLate = isTooOld({ occurredAt: receivedAt, receivedAt }, now(), policy);
  if (isLate || !isInProgress(orders, now(), { action: "pause", because: "republish" })) return;
  throw new OffairError("ERR_BUSY", "another order of the stream is in progress", { stream });
}
