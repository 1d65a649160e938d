/** The requests to the ledger that the delivery of events makes, counted on the stand-in. */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it, jest } from "@jest/globals";
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

for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});

async function put(item: Extract<Written, { kind: "order" | "report" }>) {
  const key = keyOf(item);
  const attributes = item.kind === "order" ? item.order : item.report;
  const Item = { ...key, ...attributes, ...byTime(NOON), ...markAt(NOON) };
  await table.current.documents.send(new PutCommand({ TableName: TABLE, Item }));
  return key;
}

/** What the worker has written when it wakes `notify` for a report that disabled its stream: three events. */
async function disabling() {
  const report = aReport({ closedAt: AT, outcome: "verified", orderNumber: 1 });
  const authority = { kind: "rule", cause: report.key, source: "standard", rule: "r", policy: "p" } as const;
  const change = { action: "disable", resumeTime: "2027-01-01T00:00:00Z", outcome: "verified", authority } as const;
  const order = anOrder(report.report.stream, 1, change);
  return [await put({ kind: "report", report }), await put({ kind: "order", order })];
}
async function ignored() {
  const decision = { action: "ignore", because: "no-rule" } as const;
  return [await put({ kind: "report", report: aReport({ decision, outcome: "ignored" }) })];
}

/** `Query EVENT`, sorted: what is done at the same time has no order. */
async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
  table.current.requests.length = 0;
  await work();
  return table.current.requests
    .map(({ command, input }) => {
      const [, partition] = /"(?:pk|:pk|:open)":\{"S":"(\w+)/.exec(JSON.stringify(input)) ?? [];
      return `${command.replace(/(Item)?Command/, "")} ${partition}`;
    })
    .sort();
}

describe.each([
  ["the bus", {}, 1],
  ["the bus and one subscriber", { shop: { events: EVENT_TYPES } }, 2],
] as const)("with %s", (_who, subscribers: NotifyDeps["subscribers"], names) => {
  async function environment() {
    // All subscribers are new together: nobody has published without knowing one of them.
    for (const name of ["bus", "shop"])
      await table.current.documents.send(
        new DeleteCommand({ TableName: TABLE, Key: { pk: "SUBSCRIBER#ALL", sk: `STATE#${name}` } }),
      );
    const clock = { atMs: Date.now() };
    const sent: string[] = [];
    const notify = createNotify({
      ...{ store: createNotifyStore(table.current.dynamo, TABLE), eventsOf, subscribers, random: Math.random },
      send: async (name, { type }) => {
        sent.push(`${name} ${type}`);
        return { result: "delivered", tookMs: 1 };
      },
      now: () => new Date(clock.atMs),
      holder: () => `${Math.random()}`,
    });
    await notify.handleKeys(await ignored()); // the subscribers have started
    sent.length = 0;
    return { notify, sent, clock };
  }
  const written = Array<string>(names).fill("Update EVENT");

  it("a report that disables its stream needs a few, and the stream's event is sent first", async () => {
    const { notify, sent } = await environment();
    const keys = await disabling();
    expect(await requestsOf(() => notify.handleKeys(keys))).toEqual([
      ...["Get REPORT", "Put EVENT", "Query EVENT", "Query STREAM", "Query SUBSCRIBER"],
      ...written,
      ...["Update REPORT", "Update STREAM"],
    ]);
    expect(sent.filter((line) => line.startsWith("bus"))).toEqual([
      ...["bus stream.disabled", "bus report.decided", "bus report.decided"],
    ]);
  });

  it("a report that is ignored needs fewer", async () => {
    const { notify } = await environment();
    const keys = await ignored();
    expect(await requestsOf(() => notify.handleKeys(keys))).toEqual([
      ...["Get REPORT", "Put EVENT", "Query EVENT", "Query SUBSCRIBER"],
      ...written,
      "Update REPORT",
    ]);
  });

  it("a message that comes again only reads its items", async () => {
    const { notify } = await environment();
    const keys = await disabling();
    await notify.handleKeys(keys);
    expect(await requestsOf(() => notify.handleKeys(keys))).toEqual(["Get REPORT", "Query STREAM"]);
  });

  it("a sweep that finds nothing makes two, and none if one was a few seconds before", async () => {
    const { notify, clock } = await environment();
    expect(await requestsOf(() => notify.sweep())).toEqual(["Query SUBSCRIBER", "Query open"]);
    clock.atMs += 4_000;
    expect(await requestsOf(() => notify.sweep())).toEqual([]);
    clock.atMs += 1_000;
    expect(await requestsOf(() => notify.sweep())).toHaveLength(2);
  });
});
