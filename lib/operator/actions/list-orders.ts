/** `plans`: what operators made, newest first: plans, batches, and requests of up to ten streams, each with its state. */
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { IndexedOrder } from "../../orders/order-index.ts";
import { nameOf } from "../../safeguards/identity.ts";
import { placeOf } from "../contract/order-rows.ts";
import type { EventOf } from "../contract/request.ts";
import { done } from "../contract/response.ts";
import type { OperatorResponse, OrderRow } from "../contract/response-schema.ts";
import type { BatchDeps } from "./deps.ts";
import { readOrderRow } from "./order-row.ts";

/** Entries of the index that one request reads: about ten thousand would fit into the time of a request. */
const MAX_LOOKED_AT = 2_000;

/** Concurrent rows. Each costs up to about fifteen reads, and a batch of 5,000 streams five pages of results. */
const CONCURRENCY = 5;

type ListRequest = EventOf<"plans">;

export async function listOrders(event: ListRequest, deps: BatchDeps): Promise<OperatorResponse> {
  const rows: OrderRow[] = [];
  let looked = 0;
  let last: IndexedOrder | undefined;
  for await (const page of pagesOf(event, deps)) {
    const wanted: IndexedOrder[] = [];
    let isOver = false;
    for (const each of page) {
      if (event.since !== undefined && each.madeAt < event.since) {
        isOver = true;
        break;
      }
      if (event.by === undefined || isBy(each, event.by)) wanted.push(each);
    }
    for (let start = 0; start < wanted.length; start += CONCURRENCY) {
      const some = wanted.slice(start, start + CONCURRENCY);
      const read = await mapConcurrently(some, CONCURRENCY, (each) => readOrderRow(each, deps));
      for (const [index, row] of read.entries()) {
        if (row && rows.length === event.limit) return answer(rows, last);
        last = some[index];
        if (row) rows.push(row);
      }
    }
    looked += page.length;
    if (isOver) break;
    last = page.at(-1) ?? last;
    if (looked >= MAX_LOOKED_AT) return answer(rows, last);
  }
  return answer(rows);
}

async function* pagesOf({ prefix, limit, after }: ListRequest, { ledger }: BatchDeps) {
  if (prefix === undefined) yield* ledger.orderPages(after === undefined ? undefined : placeOf(after));
  else yield (await ledger.ordersByPrefix(prefix, limit)).toSorted((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
}

/** @param by - an ARN or a claimed name, or the name at the end of an ARN. */
const isBy = ({ requestedBy }: IndexedOrder, by: string): boolean =>
  requestedBy === by || nameOf(requestedBy) === by.toLowerCase();

/** @param last - where this page ended; absent if nothing is left. */
const answer = (orders: readonly OrderRow[], last?: IndexedOrder): OperatorResponse =>
  done({ orders, ...(last && { next: `${last.madeAt} ${last.orderId}` }) });
