/** The ledger operations of the delivery of events, counted on the stand-in: what they cost is in docs/adr/0030. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, expect, it, jest } from "@jest/globals";
import { createNotifyStore } from "../../lib/aws/dynamodb/notify/notify-store.ts";
import { markAt } from "../../lib/aws/dynamodb/notify/outbox-marks.ts";
import { byTime } from "../../lib/aws/dynamodb/time-index.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { EVENT_TYPES } from "../../lib/events/types/event-types.ts";
import type { NotifyDeps } from "../../lib/notify/run.ts";
import { createNotify } from "../../lib/notify/sweep.ts";
import { NOON } from "../support/fixtures.ts";
import { TABLE, useTable } from "../support/table.ts";
import { keyOf, type Written } from "../support/written-items.ts";
import { AT, anOrder, aReport } from "./notify-items.ts";

const table = useTable();

beforeEach(() => {
  for (const method of ["info"] as const) jest.spyOn(console, method).mockImplementation(() => {});
});

async function put(item: Extract<Written, { kind: "order" | "report" }>) {
  const key = keyOf(item);
  const attributes = item.kind === "order" ? item.order : item.report;
  const Item = { ...key, ...attributes, ...byTime(NOON), ...markAt(NOON) };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
  return key;
}

/** A report that disabled its stream, and its order; or one that was ignored. */
async function written(isIgnored = false) {
  const report = aReport({ closedAt: AT });
  if (isIgnored) {
    const decision = { action: "ignore", because: "no-rule" } as const;
    return [await put({ kind: "report", report: { ...report, decision, outcome: "ignored" } })];
  }
  const { stream } = report.report;
  const authority = { kind: "rule", cause: report.key, source: "standard", rule: "r", policy: "p" } as const;
  const order = anOrder(stream, 1, { action: "disable", resumeTime: "2027-01-01T00:00:00Z", authority });
  return [
    await put({ kind: "report", report: { ...report, outcome: "verified", orderNumber: 1 } }),
    await put({ kind: "order", order: { ...order, outcome: "verified" } }),
  ];
}

async function count(work: () => Promise<unknown>): Promise<string[]> {
  table.current.requests.length = 0;
  await work();
  return table.current.requests.map(({ command, input }) =>
    [
      command.replace("Command", ""),
      JSON.stringify(input.Key ?? input.ExpressionAttributeValues ?? input.Item).slice(0, 90),
    ].join(" "),
  );
}

function environment(subscribers: NotifyDeps["subscribers"]) {
  const store = createNotifyStore(table.current.dynamo, TABLE);
  const send = async () => ({ result: "delivered", tookMs: 1 }) as const;
  let holders = 0;
  const now = () => new Date();
  return createNotify({
    ...{ store, eventsOf, subscribers, send, now },
    random: Math.random,
    holder: () => `h${++holders}`,
  });
}

it.each([
  ["with only the bus", {}],
  ["with a subscriber", { shop: { events: EVENT_TYPES } }],
])("%s", async (what, subscribers) => {
  const notify = environment(subscribers);
  await notify.sweep();
  await notify.handleKeys(await written());
  const out: string[] = [what];
  const show = (name: string, requests: string[]) =>
    out.push(`${name}: ${requests.length}`, ...requests.map((r) => `   ${r}`));
  const keys = await written();
  show("disabling", await count(() => notify.handleKeys(keys)));
  show("again", await count(() => notify.handleKeys(keys)));
  const ignored = await written(true);
  show("ignored", await count(() => notify.handleKeys(ignored)));
  show("idle sweep", await count(() => notify.sweep()));
  process.stdout.write(`${out.join("\n")}\n`);
  expect(1).toBe(1);
});
