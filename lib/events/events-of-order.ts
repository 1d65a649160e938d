/**
 * The events of an order. A disable and an enable have one outcome, so they have one event. Of a pause more may become known later: Live
 * accepted it or gave no answer (first event), then a callback or the statistics say what became of the push (second event). A callback may
 * also show that another push was running than the one that was proven to be over: that event replaces the one before, whose push cannot be
 * read any more. The ids differ by the push, which only ever becomes a later one (lib/orders/push-identity.ts).
 */
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import { type Authority, type Order, originalReason, reportOf } from "../orders/order.ts";
import type { DataOf } from "./catalogue.ts";
import type { OffairEvent } from "./event.ts";
import type { LedgerItem } from "./ledger-item.ts";
import { cut, REASON_MAX } from "./limit-text.ts";
import { hashInId, makeEvent, orderInId } from "./make-event.ts";
import { type Effect, effectOf, previousState } from "./previous-state.ts";
import { republishData } from "./republish-data.ts";

type OrderItem = Extract<LedgerItem, { kind: "order" }>;

export function eventsOfOrder(item: OrderItem): OffairEvent[] {
  const { authority } = item.order;
  if (isOfCanary(authority.cause) || isOfCanary(authority.repairs?.cause ?? "")) return [];
  return [...republished(item), ...stagesOf(item.order).flatMap((stage) => effect(item, stage))];
}

/** What was known of the effect at one time. */
interface Stage {
  readonly outcome: Effect;
  readonly at: string;
  /** Ends the id. */
  readonly name: string;
  readonly proof?: Order["proof"];
}

function stagesOf(order: Order): Stage[] {
  const { action, attempts, push, proof, placedAt, endedAt = placedAt } = order;
  const outcome = effectOf(order);
  if (!outcome) return [];
  if (action !== "pause") return [{ outcome, at: endedAt, name: outcome }];
  const first = attempts.some(({ result }) => result === "sent") ? "accepted" : "unknown";
  const stages: Stage[] = [{ outcome: first, at: endedAt, name: first }];
  if (outcome !== first || push || proof) {
    const name = push ? `${outcome}-${hashInId(push.startedAt)}` : outcome;
    stages.push({ ...definedOnly({ outcome, at: proof?.at ?? endedAt, name, proof }) });
  }
  return stages;
}

function effect({ order, earlier, report }: OrderItem, { outcome, at, name, proof }: Stage): OffairEvent[] {
  const { stream, action, resumeTime, number, placedAt, endedAt = placedAt, authority } = order;
  const { republish, repairs } = authority;
  const data = definedOnly({
    stream: nameOf(stream),
    outcome,
    order: number,
    placedAt,
    endedAt,
    decidedBy: decidedBy(authority),
    category: report?.report.category,
    report: reportOf(order),
    reason: reasonOf(order),
    previous: previousState(order, earlier),
    republish: republish && republishData(republish),
    repairs: repairs && { of: repairs.of, why: repairs.why },
  });
  const made = { id: `order-${orderInId(stream, number)}-${name}`, time: at, stream };
  if (action === "pause")
    return [makeEvent("stream.paused", { ...made, data: definedOnly({ action, ...data, proof }) })];
  if (action === "enable") return [makeEvent("stream.enabled", { ...made, data: { action, ...data } })];
  // Live accepts no disable without a resume time.
  return resumeTime === undefined
    ? []
    : [makeEvent("stream.disabled", { ...made, data: { action, until: resumeTime, ...data } })];
}

function decidedBy(authority: Authority): DataOf<"stream.paused">["decidedBy"] {
  if (authority.kind === "rule") {
    const { kind, rule, source, policy } = authority;
    return { kind, rule, source, policy };
  }
  const { kind, requestedBy: person, orderId, approvedBy, breakGlass, undoes, reverses } = authority;
  return definedOnly({ kind, person, orderId, approvedBy, breakGlass, undoes, reverses });
}

/**
 * What the operator wrote. Not of an order that approves a case, because people describe the report there; and not of an undo that keeps a
 * stream off, because its reason quotes another order's. A rule's order has no words of a person.
 */
function reasonOf(order: Order): string | undefined {
  const { authority, action } = order;
  if (authority.kind === "rule" || authority.approves !== undefined) return undefined;
  if (authority.undoes !== undefined && action !== "enable") return undefined;
  const prefixed = authority.repairs ? "repairs" : "republish";
  return cut(originalReason(order, prefixed), REASON_MAX) || undefined;
}

/** At once when the order is placed, whatever comes of it: the stream is on the air. */
function republished({ order, report }: OrderItem): OffairEvent[] {
  const { stream, number, action, authority, placedAt } = order;
  const { republish } = authority;
  if (!republish || action === "enable") return [];
  const data = definedOnly({
    stream: nameOf(stream),
    ...republishData(republish),
    report: authority.cause,
    category: report?.report.category,
    action,
    order: number,
  });
  return [
    makeEvent("stream.republished", { id: `republish-${orderInId(stream, number)}`, time: placedAt, stream, data }),
  ];
}
