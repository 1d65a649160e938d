/** The events that the ledger implies, derived from its items as they are in the table: not from the log of the events. */
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { readItem } from "../../../lib/aws/dynamodb/notify/read-item.ts";
import { type Item, openTable, unwrap } from "../../../lib/aws/dynamodb/table.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import type { OffairEvent } from "../../../lib/events/event.ts";
import { eventsOf } from "../../../lib/events/events-of.ts";
import { type Order, reportOf } from "../../../lib/orders/order.ts";
import type { Stack } from "../../../local/stack/stack.ts";

export async function eventsOfLedger({ clients: { dynamo }, table: TableName }: Stack): Promise<OffairEvent[]> {
  const items = await scan(dynamo, TableName);
  const table = openTable(dynamo, TableName, () => new Date());
  const orders = items.filter(({ pk, sk }) => String(pk).startsWith("STREAM#") && /^ORDER#\d+$/.test(String(sk)));
  const reports = new Map(items.filter(({ sk }) => sk === "REPORT").map((item) => [String(item.pk), item]));
  const others = await Promise.all(
    items
      .filter(isWhole)
      .map(async ({ pk, sk }) => (await readItem({ pk: String(pk), sk: String(sk) }, table))?.complete()),
  );
  return [
    ...[...Map.groupBy(orders, ({ pk }) => pk).values()].flatMap((ofStream) => eventsOfStream(ofStream, reports)),
    ...others.flatMap((item) => (item ? eventsOf(item) : [])),
  ];
}

/** A key of Live that is not blocked has an item too, and gives no event. */
const isWhole = ({ pk, blocked }: Item): boolean => !String(pk).startsWith("KEY#") || blocked !== undefined;

function eventsOfStream(items: readonly Item[], reports: ReadonlyMap<string, Item>): OffairEvent[] {
  const orders = items.map((item) => unwrap<Order>(item)).toSorted((a, b) => b.number - a.number);
  return orders.flatMap((order, index) => {
    const report = reports.get(`REPORT#${reportOf(order)}`);
    const known = report && { report: unwrap<ReportRecord>(report) };
    return eventsOf({ kind: "order", order, earlier: orders.slice(index + 1), ...known });
  });
}

async function scan(dynamo: Stack["clients"]["dynamo"], TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await dynamo.send(new ScanCommand({ TableName, ...(start && { ExclusiveStartKey: start }) }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}
