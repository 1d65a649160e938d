/** Reads the orders of a stream that are in the outbox, each with the orders before it and its report. Reads are strongly consistent. */
import * as z from "zod";
import { mapConcurrently } from "../../../core/map-concurrently.ts";
import { knownStreamSchema } from "../../../core/stream.ts";
import type { ReportRecord } from "../../../decisions/report-record.ts";
import type { LedgerItem } from "../../../events/ledger-item.ts";
import type { ItemKey } from "../../../notify/stores.ts";
import { type Order, reportOf } from "../../../orders/order.ts";
import { type Item, type LedgerTable, parseItem, unwrap } from "../table.ts";
import { isInOutbox } from "./outbox-marks.ts";

/** One query reads them all, as a rule: no more orders wait, and the state before the oldest of them is among these too. */
const PAGE = 50;
const READS_AT_ONCE = 10;

const orderSchema = z.looseObject({
  number: z.number().int().min(1),
  stream: knownStreamSchema,
  action: z.enum(["pause", "disable", "enable"]),
  placedAt: z.iso.datetime(),
  authority: z.looseObject({ kind: z.enum(["rule", "operator"]), cause: z.string() }),
});

interface Found {
  readonly item: Item;
  readonly order: Order;
}

const ORDER_KEY = /^ORDER#\d{10}$/;

export const isOrderKey = ({ pk, sk }: ItemKey): boolean => /^STREAM#[0-9a-f]{64}$/.test(pk) && ORDER_KEY.test(sk);

/** @returns the orders in the outbox, by number; empty if the asked one is not among them. @throws OffairError `ERR_LEDGER` */
export async function readOrders(
  asked: ItemKey,
  table: LedgerTable,
): Promise<{ readonly item: Item; readonly ledgerItem: LedgerItem }[]> {
  const found = await newestOrders(asked, table);
  const isAsked = ({ item }: Found): boolean => item.sk === asked.sk && isInOutbox(item);
  if (!found.some(isAsked)) return [];
  const waiting = found.flatMap(({ item, order }, index) =>
    isInOutbox(item) ? [{ item, order, earlier: found.slice(index + 1).map((each) => each.order) }] : [],
  );
  return mapConcurrently(waiting.toReversed(), READS_AT_ONCE, async ({ item, order, earlier }) => {
    const cause = reportOf(order);
    const report = cause === undefined ? undefined : await table.get({ pk: `REPORT#${cause}`, sk: "REPORT" });
    return {
      item,
      ledgerItem: { kind: "order", order, earlier, ...(report && { report: unwrap<ReportRecord>(report) }) },
    };
  });
}

/** The newest orders, newest first: back to the asked one, and to one that does not wait. */
async function newestOrders(asked: ItemKey, table: LedgerTable): Promise<Found[]> {
  const found: Found[] = [];
  for await (const items of table.pages(asked.pk, "ORDER#", PAGE, false)) {
    for (const item of items) {
      // One that is altered stops only its own events: the state before the others is then unknown.
      if (item.sk === asked.sk) parseItem(orderSchema, item, "an order");
      else if (!orderSchema.safeParse(item).success) continue;
      found.push({ item, order: unwrap<Order>(item) });
    }
    const oldest = items.at(-1);
    if (!oldest || (String(oldest.sk) <= asked.sk && !isInOutbox(oldest))) break;
  }
  return found;
}
