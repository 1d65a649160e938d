/** Invariants 1 to 3: only valid reports are accepted, and no accepted report is lost. */
import * as z from "zod";
import { isDeadLetter } from "../collect.ts";
import type { Evidence } from "../evidence.ts";
import { result } from "../scorecard.ts";
import { orderName } from "../stream-checks.ts";
import type { Check, Facts } from "./facts.ts";
import { OUTSIDE } from "./script-writer.ts";

export const nobodyUnproven: Check = ({ posts }, { reports }) => {
  const forged = posts.filter(({ signedWith }) => signedWith === "foreignSource");
  return result(1, "no unauthenticated report is accepted", `${forged.length} forged posts`, [
    ...forged
      .filter(({ status }) => status !== 401)
      .map(({ id, status }) => `${id}: a forged report was answered ${status}`),
    ...forged.filter(({ id }) => reports.has(id)).map(({ id }) => `${id}: a forged report is in the ledger`),
  ]);
};

export const scope: Check = ({ posts, calls }, { accepted }) => {
  const outside = posts.filter(({ stream }) => stream.domain === OUTSIDE.domain);
  return result(2, "streams out of scope are not changed", `${outside.length} posts`, [
    ...outside.filter(({ id }) => accepted.has(id)).map(({ id }) => `${id}: accepted, though out of scope`),
    ...calls
      .filter(({ stream }) => stream.domain === OUTSIDE.domain)
      .map(({ seq }) => `call ${seq}: to a stream out of scope`),
  ]);
};

const queuedSchema = z.object({ reports: z.array(z.object({ id: z.string() })).default([]) });

/** Ids of the accepted reports that have no outcome and are in none of these messages. */
function unaccounted({ accepted, reports }: Facts, messages: Evidence["messages"]): string[] {
  const queued = messages.flatMap(({ body }) => queuedSchema.parse(JSON.parse(body)).reports.map(({ id }) => id));
  const known = new Set(queued);
  return [...accepted].filter((id) => !known.has(id) && !reports.get(id)?.some(({ outcome }) => outcome !== undefined));
}

export const nothingLost: Check = ({ messages, invocations }, facts) => {
  const { accepted, operatorOrders, orders } = facts;
  const causes = new Set(orders.map(({ authority }) => authority.cause));
  const isRefused = (orderId: string) =>
    invocations.some(({ text }) => text.includes(orderId) && text.includes('"outcome":"failed"'));
  const dropped = operatorOrders.filter(
    ({ orderId, index }) => !causes.has(`operator#${orderId}#${index}`) && !isRefused(orderId),
  );
  return result(3, "nothing accepted is lost", `${accepted.size} reports, ${operatorOrders.length} orders`, [
    ...unaccounted(facts, messages).map(
      (id) => `${id}: accepted, but neither has an outcome in the ledger nor is on a queue`,
    ),
    ...dropped.map(({ orderId, index }) => `${orderId} ${index}: the operator's order was never placed`),
  ]);
};

export const everythingEnds: Check = ({ messages, run }, facts) => {
  const { accepted, orders } = facts;
  const queued = messages.filter((message) => !isDeadLetter(message));
  const silent = messages.filter((message) => isDeadLetter(message) && message.attributes.reason === undefined);
  const open = orders.filter(({ outcome }) => outcome === undefined);
  return result(3, "everything accepted has ended", `${accepted.size} reports, ${orders.length} orders`, [
    ...unaccounted(facts, messages.filter(isDeadLetter)).map((id) => `${id}: has no outcome`),
    ...open.map((order) => `${orderName(order)}: has no outcome`),
    ...queued.map(({ queue, body }) => `still on ${queue}: ${body.slice(0, 120)}`),
    ...silent.map(({ queue, body }) => `on ${queue} without a reason: ${body.slice(0, 120)}`),
    ...(run.drained ? [] : ["the queues were not empty before the time limit"]),
  ]);
};
