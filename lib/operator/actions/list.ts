/** What is off right now, as Live says it, each row with the order that holds it off, as the ledger says it. */

import { mapConcurrently } from "../../core/map-concurrently.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import type { DisabledRow, ListDisabled, StreamFilter } from "../../orders/live-lists.ts";
import { latestEffectiveOrder } from "../../orders/order-history.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { type OrderSummary, summarise } from "../../orders/order-summary.ts";

export interface OffList {
  readonly rows: readonly { stream: Stream; resumeTime: string | null; order: OrderSummary | null }[];
  /** What Live says it has, an ingest domain each. */
  readonly totals: Readonly<Record<string, number>>;
  /** More is off than one answer holds. */
  readonly truncated: boolean;
}

/** An answer stays far below what Lambda can return (6 MB), with every name as long as it can be. */
const MAX_ROWS = 1_000;

/** Reads of the ledger at a time. */
const CONCURRENCY = 20;

export async function listOff(
  domains: readonly string[],
  filter: StreamFilter,
  { ledger, listDisabled, now }: { ledger: OrderStore; listDisabled: ListDisabled; now: () => Date },
): Promise<OffList> {
  const found = new Map<string, DisabledRow>(); // an entry that moves between pages comes twice
  const totals: Record<string, number> = {};
  for (const domain of domains) {
    totals[domain] = 0;
    for await (const { total, rows } of listDisabled(domain, filter)) {
      totals[domain] = Math.max(totals[domain] ?? 0, total);
      for (const row of rows) if (isAskedFor(row, filter)) found.set(streamKey(row), row);
      if (found.size > MAX_ROWS) break;
    }
  }
  const shown = [...found.values()].slice(0, MAX_ROWS);
  const rows = await mapConcurrently(shown, CONCURRENCY, (row) => explainRow(row, ledger, now()));
  return { rows, totals, truncated: found.size > MAX_ROWS };
}

/** Whether Live filters names exactly is not documented. */
const isAskedFor = (row: DisabledRow, { app, stream }: StreamFilter): boolean =>
  (app === undefined || row.app === app) && (stream === undefined || row.stream === stream);

/** Not just the latest disable: one that failed or was lifted again is not why the stream is off now. */
async function explainRow({ resumeTime, ...stream }: DisabledRow, ledger: OrderStore, now: Date) {
  const order = latestEffectiveOrder(await ledger.recentOrders(stream));
  const explains = order?.action === "disable" && Date.parse(order.resumeTime ?? "") > now.getTime();
  return { stream, resumeTime, order: explains ? summarise(order) : null };
}
