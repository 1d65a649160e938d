/** `list`: the streams that Live has disabled now, each with the order in the ledger that disabled it. */

import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { streamKey } from "../../core/stream.ts";
import { matchesGlob } from "../../core/stream-name.ts";
import { addUnreadable, type DisabledRow, type StreamFilter, type UnreadableRows } from "../../orders/live-lists.ts";
import { isRowOf, latestEffectiveOrder } from "../../orders/order-history.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { ingestDomains } from "../../policy/policy.ts";
import { summarise } from "../contract/order-summary.ts";
import type { EventOf } from "../contract/request.ts";
import { done, refusedAt } from "../contract/response.ts";
import type { OperatorResponse, Result } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

/** Keeps a response far below the 6 MB that Lambda can return, even if every name is as long as possible. */
const MAX_ROWS = 1_000;

/** Concurrent reads of the ledger. */
const CONCURRENCY = 20;

export async function listOff(
  { domain: named, app, stream, name }: EventOf<"list">,
  { ledger, policy, listDisabled, now }: Uses<"ledger" | "policy" | "listDisabled" | "now">,
): Promise<OperatorResponse> {
  const domains = ingestDomains(policy);
  if (named !== undefined && !domains.includes(named)) {
    return refusedAt("/domain", `is not an ingest domain in scope: ${domains.join(", ")}`);
  }
  const filter = { app, stream }; // Live's: it knows no pattern
  const found = new Map<string, DisabledRow>(); // an entry that moves between pages is listed twice
  const totals: Record<string, number> = {};
  let unreadable: UnreadableRows | undefined;
  for (const domain of named === undefined ? domains : [named]) {
    const listed = new Set<string>();
    for await (const { total, rows, unreadable: unread } of listDisabled(domain, filter)) {
      if (total !== undefined) totals[domain] = Math.max(totals[domain] ?? 0, total);
      unreadable = addUnreadable(unreadable, domain, unread);
      for (const row of rows) {
        if (!matches(row, filter)) continue;
        listed.add(streamKey(row));
        if (name === undefined || matchesGlob(row.stream, name)) found.set(streamKey(row), row);
      }
      if (found.size > MAX_ROWS) break;
    }
    // A total below the number of rows counts only a page.
    if ((totals[domain] ?? 0) < listed.size) delete totals[domain];
  }
  const shown = [...found.values()].slice(0, MAX_ROWS);
  const results = await mapConcurrently(shown, CONCURRENCY, (row) => resultOf(row, ledger, now()));
  const truncated = found.size > MAX_ROWS || undefined;
  return done(definedOnly({ results, totals, unreadable, truncated }));
}

/** Live does not document whether it compares names exactly. */
const matches = (row: DisabledRow, { app, stream }: StreamFilter): boolean =>
  (app === undefined || row.app === app) && (stream === undefined || row.stream === stream);

/**
 * The latest effective order explains the row; otherwise the order whose resume time the row has, although the order failed, is over, or was
 * followed by an enable.
 */
async function resultOf({ resumeTime, ...stream }: DisabledRow, ledger: OrderStore, now: Date): Promise<Result> {
  const orders = await ledger.recentOrders(stream);
  const latest = latestEffectiveOrder(orders);
  const isInForce = latest?.action === "disable" && Date.parse(latest.resumeTime ?? "") > now.getTime();
  const order = isInForce ? latest : orders.find((each) => isRowOf({ resumeTime }, each));
  return { stream, resumeTime, order: order ? summarise(order) : null };
}
