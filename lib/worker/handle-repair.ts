/**
 * A repair: an audit says that a disable is missing at Live, or expires soon. Nothing of that is believed. The stream's orders, Live's
 * own list and the policy as it is now say whether there is anything to do; then it is done on the word of the order that it repairs, and
 * within the limits. What is not done now is not lost: the next audit asks again.
 */
import { HOUR_MS, resumeTimeAfter } from "../core/time.ts";
import { executeOrder } from "../orders/execute-order.ts";
import type { Order, OrderDraft } from "../orders/order.ts";
import { disableTaken, expiresSoon } from "../orders/order-history.ts";
import { isWeak } from "../policy/grade.ts";
import { inScope, isProtected, sourceOf } from "../policy/policy.ts";
import type { Repair } from "../queue/message.ts";
import { type Limit, take } from "../safeguards/action-limits.ts";
import { isFrozen, type ModeRecord } from "../safeguards/mode.ts";
import type { HandleDeps, Handled } from "./handler.ts";

type InForce = Order & { readonly resumeTime: string };

/** One order an hour, however often it is asked for: one that failed is tried again by the next audit. */
const causeOf = ({ number, why }: Repair, now: Date): string =>
  `repair#${why}#${number}#${now.toISOString().slice(0, 13)}`;

export async function handleRepair(repair: Repair, deps: HandleDeps): Promise<Handled> {
  const { ledger, live, now, policy } = deps;
  const { stream, number, why } = repair;
  const key = causeOf(repair, now());
  const mode = await ledger.readMode(); // unreadable: thrown, so nothing acts
  const orders = await ledger.recentOrders(stream);
  const placed = orders.find((order) => isOf(repair, key, order));
  if (placed) return carry(placed, mode, deps);
  const inForce = disableTaken(orders, now());
  if (inForce?.number !== number) return { key, outcome: "ignored", because: "not-in-force" };
  if (why === "expiring" && !expiresSoon(inForce, now(), policy.audit.expiringHours)) {
    return { key, outcome: "ignored", because: "not-expiring" };
  }
  const because = refusalReason(inForce, why, mode, deps);
  if (because !== undefined) return { key, outcome: because === "observed" ? "observed" : "refused", because };
  if (why === "missing" && (await live.findDisabled(stream))) return { key, outcome: "ignored", because: "listed" };
  const over = await takePlace(inForce, deps);
  if (over) return { key, outcome: "refused", because: over };
  const order = await ledger.placeOrder(draft(inForce, repair, key, deps), (latest) => {
    return disableTaken(latest, now())?.number !== number;
  });
  return order ? carry(order, mode, deps) : { key, outcome: "ignored", because: "not-in-force" };
}

/** Placed in this hour; or in another one, and not carried out yet. */
const isOf = ({ number, why }: Repair, key: string, { authority, outcome }: Order): boolean =>
  authority.cause === key ||
  (outcome === undefined && authority.repairs?.of === number && authority.repairs.why === why);

/** Why a disable that is in force is not to be repaired, if so. Looked at before an order is placed, and again before it is sent. */
function refusalReason(
  { stream, authority }: Pick<Order, "stream" | "authority">,
  why: Repair["why"],
  mode: ModeRecord,
  { policy }: Pick<HandleDeps, "policy">,
): string | undefined {
  if (!policy.audit.repair[why]) return "not-wanted";
  if (mode.mode === "observe") return "observed";
  if (!inScope(stream, policy)) return "out-of-scope";
  if (isProtected(stream, policy)) return "protected-stream";
  // A person said until when: up to then it holds, and nobody makes it longer for them.
  if (authority.kind === "operator") return why === "expiring" ? "operator-order" : undefined;
  const entry = sourceOf(authority.source, policy);
  if (!entry) return "unknown-source";
  if (isFrozen(authority.source, mode)) return "source-frozen";
  if (isWeak(entry.grade)) return "weak-grade";
  const rule = policy.rules.find(({ id }) => id === authority.rule);
  return rule?.action === "disable" || rule?.action === "pause" ? undefined : "no-rule";
}

/** No source can be called so. */
const OPERATORS = "#operators";

/** Before the order is placed: a worker that dies in between has taken a place for nothing. */
async function takePlace({ authority }: InForce, { ledger, policy, now }: HandleDeps): Promise<Limit | undefined> {
  const source = authority.kind === "rule" ? authority.source : OPERATORS;
  const liveStreams = (await ledger.readLiveStreams())?.count;
  return ledger.changeTaken<Limit | undefined>((taken) => {
    const took = take(taken, { source, now: now(), liveStreams }, policy);
    return "over" in took ? { answer: took.over.limit } : { taken: took.taken, answer: undefined };
  });
}

function draft(inForce: InForce, { number, why }: Repair, key: string, { now, policyHash }: HandleDeps): OrderDraft {
  const { stream, authority, placedAt, resumeTime, reason } = inForce;
  const hours = Math.max(1, Math.round((Date.parse(resumeTime) - Date.parse(placedAt)) / HOUR_MS));
  const again = why === "missing" ? "missing at Live, disabled again" : "about to expire, renewed";
  const first = authority.repairs ? reason.slice(reason.indexOf(": ") + 2) : reason;
  const { cause, placedAt: firstPlacedAt } = authority.repairs ?? { cause: authority.cause, placedAt };
  const { republish: _, ...kept } = authority; // nobody came back: nothing has to be cut once more
  const of = { cause: key, repairs: { of: number, why, cause, placedAt: firstPlacedAt } };
  return {
    ...{ stream, action: "disable", reason: `${again} after order ${number}: ${first}`, placedAt: now().toISOString() },
    resumeTime: why === "missing" ? resumeTime : resumeTimeAfter(now(), hours),
    authority: kept.kind === "rule" ? { ...kept, ...of, policy: policyHash } : { ...kept, ...of },
  };
}

async function carry(order: Order, mode: ModeRecord, deps: HandleDeps): Promise<Handled> {
  const { cause, repairs } = order.authority;
  const ended = await executeOrder(order, deps, () => repairs && refusalReason(order, repairs.why, mode, deps));
  const { outcome = "unknown", error, number } = ended;
  return {
    ...{ key: cause, outcome, orderNumber: number, repaired: true },
    ...(error !== undefined && { because: error }),
    ...(order.outcome !== undefined && { repeated: true }),
  };
}
