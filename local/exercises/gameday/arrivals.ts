/** Invariants 1 to 3: what got in, and that none of it was lost. */
import * as z from "zod";
import { finding } from "../finding.ts";
import { type Check, nameOf } from "./finding.ts";
import { dayOf, type Material } from "./inputs.ts";

export const nobodyUnproven: Check = (material, { sent, reports }) => {
  const statuses = new Map(material.answers.map(({ seq, status }) => [seq, status]));
  const forged = [...sent.values()].flat().filter(({ signedWith }) => signedWith === "foreignSource");
  const broken = forged.flatMap(({ id, seq }) => [
    ...(statuses.get(seq) === 401 ? [] : [`${id}: a forged report was answered ${statuses.get(seq)}`]),
    ...(reports.has(id) ? [`${id}: a forged report is in the ledger`] : []),
  ]);
  return finding(1, "nobody unproven gets in", `${forged.length} forged posts`, broken);
};

export const scope: Check = (material, { sent, accepted }) => {
  const outside = [...sent.values()].flat().filter(({ stream }) => stream.domain === "elsewhere.example.net");
  const calls = material["live-calls"].filter(({ stream }) => stream.domain === "elsewhere.example.net");
  const broken = [
    ...outside.filter(({ id }) => accepted.has(id)).map(({ id }) => `${id}: accepted, though out of scope`),
    ...calls.map(({ seq }) => `call ${seq}: to a stream out of scope`),
  ];
  return finding(2, "streams out of scope are left alone", `${outside.length} posts`, broken);
};

const queuedSchema = z.object({ reports: z.array(z.object({ id: z.string() })).default([]) });

/** Ids of the reports in what rests on a queue. */
const idsOn = (messages: Material["queues"]): Set<string> =>
  new Set(messages.flatMap(({ body }) => queuedSchema.parse(JSON.parse(body)).reports.map(({ id }) => id)));

export const nothingLost: Check = (material, { accepted, reports, operatorItems, streams }) => {
  const [queued, dead] = [idsOn(material.queues), idsOn(material["dead-letters"])];
  const lost = [...accepted].filter(
    (id) => !queued.has(id) && !dead.has(id) && !reports.get(id)?.some(({ outcome }) => outcome !== undefined),
  );
  const causes = new Set([...streams.values()].flatMap(({ orders }) => orders.map(({ authority }) => authority.cause)));
  const dropped = operatorItems.filter(
    ({ orderId, index }) =>
      !causes.has(`operator#${orderId}#${index}`) &&
      !material.answers.some(({ text }) => text.includes(orderId) && text.includes('"outcome":"failed"')),
  );
  return finding(3, "nothing accepted is lost", `${accepted.size} reports, ${operatorItems.length} orders`, [
    ...lost.map((id) => `${id}: accepted, and neither in the ledger with an outcome nor on a queue`),
    ...dropped.map(({ orderId, index }) => `${orderId} ${index}: an operator's order that was never placed`),
  ]);
};

export const everythingEnds: Check = (material, { accepted, reports, streams }) => {
  const dead = idsOn(material["dead-letters"]);
  const open = [...accepted].filter(
    (id) => !dead.has(id) && !reports.get(id)?.some(({ outcome }) => outcome !== undefined),
  );
  const orders = [...streams.values()].flatMap(({ orders }) => orders);
  return finding(3, "everything accepted has ended", `${accepted.size} reports, ${orders.length} orders`, [
    ...open.map((id) => `${id}: has no outcome`),
    ...orders.filter(({ outcome }) => outcome === undefined).map((order) => `${nameOf(order)}: has no outcome`),
    ...material.queues.map(({ queue, body }) => `still on ${queue}: ${body.slice(0, 120)}`),
    ...(dayOf(material).drained ? [] : ["the queues were not empty when the wait was given up"]),
  ]);
};
