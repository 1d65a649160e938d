/**
 * Secrets are planted everywhere they can be: keys, URLs, reports, and receivers and a bus that send back whatever they get. The whole delivery runs
 * over real sockets, and none of the secrets is found in a log, a metric, the ledger, an event, or an answer to an operator.
 */
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, beforeEach, expect, it, jest } from "@jest/globals";
import { eventsText, subscribersText } from "../../cli/events/render.ts";
import { createSendToBus } from "../../lib/aws/eventbridge.ts";
import { emitMetrics } from "../../lib/core/metrics.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import { toCloudEvent } from "../../lib/events/cloud-event.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { BUS } from "../../lib/events/types/bus.ts";
import { EVENT_TYPES } from "../../lib/events/types/event-types.ts";
import { metricsOf } from "../../lib/notify/notify-metrics.ts";
import { createNotify } from "../../lib/notify/sweep.ts";
import { judgeSubscriber } from "../../lib/operator/doctor/check-events.ts";
import { readSubscriptions } from "../../lib/operator/events/list-subscribers.ts";
import { parseEventsKeys } from "../../lib/webhooks/events-keys.ts";
import { createPostEvent } from "../../lib/webhooks/post-event.ts";
import { createSendWebhook } from "../../lib/webhooks/send-webhook.ts";
import { type Behaviour, type Loopback, startLoopback } from "../huawei/loopback.ts";
import { NOON, someStream, weaponsReport } from "../support/fixtures.ts";
import { createMemoryNotifyStore } from "../support/memory-notify-store.ts";
import { anOrder, aReport } from "./notify-items.ts";

/** Found in any notation that a leak could have. */
const planted = (name: string): string => `PLANTED${name}`.padEnd(32, "0");
const ofSecret = `whsec_${Buffer.from(planted("Secret")).toString("base64")}`;

let receiver: Loopback;
beforeAll(async () => {
  receiver = await startLoopback();
});
afterAll(() => receiver?.close());

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  for (const method of ["log", "info", "warn", "error"] as const)
    jest.spyOn(console, method).mockImplementation((...args) => void printed.push(JSON.stringify(args)));
  jest.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});

/** Sends back what it got, in every part of an answer. */
const echo =
  (status: number): Behaviour =>
  (response, { target, headers, body }) => {
    const all = { target, ...headers };
    response.writeHead(status, String(headers["webhook-signature"]).replace(/[^\w,+/= ]/g, ""), {
      ...{
        location: `http://127.0.0.1${target}`,
        "www-authenticate": `x ${JSON.stringify(all)}`,
        "retry-after": target,
      },
    });
    response.end(JSON.stringify(all) + String(body));
  };
const breakOff: Behaviour = (response, { target, headers }) => {
  response.socket?.end(`${target} ${JSON.stringify(headers)}\r\n\r\n`);
};

async function deliverEverything(behaviour: Behaviour) {
  receiver.received.length = 0;
  receiver.answerWith(behaviour);
  let at = NOON;
  let count = 0;
  const now = () => at;
  const store = createMemoryNotifyStore({ now });
  const url = `http://127.0.0.1:${receiver.endpoint.port}/${planted("Path")}?token=${planted("Query")}`;
  const of = (signature: "v1" | "v1a", secret: string) => ({ url, signature, secret, events: EVENT_TYPES });
  const subscribers = {
    ...{ good: of("v1", "good"), public: of("v1a", "") },
    ...{ wrong: of("v1", "wrong"), broken: of("v1", "broken"), unread: of("v1", "unread") },
  };
  const secrets: Readonly<Record<string, string>> = {
    good: JSON.stringify({ secrets: [ofSecret] }),
    wrong: JSON.stringify({ secrets: [`whsec_${planted("Wrong")}!`], [planted("Name")]: 1 }),
    broken: planted("Broken"),
  };
  const encode = (event: LoggedEvent) => JSON.stringify(toCloudEvent(event, { source: "/offair/test" }));
  const client = {
    send: async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
      throw new Error(`refused ${JSON.stringify(input)} ${planted("Bus")}`);
    },
  } as unknown as EventBridgeClient;
  const sendToBus = createSendToBus({ client, busName: "bus", encode, now });
  const sendWebhook = createSendWebhook({
    ...{ subscribers, encode, now },
    readSecret: async (name) => {
      const value = secrets[name];
      if (value === undefined) throw new Error(`cannot read ${planted("Unread")}`);
      return { value };
    },
    readKeys: async () => parseEventsKeys(JSON.stringify({ current: planted("Key") })),
    post: createPostEvent({ resolve: async () => [], allowLoopback: true, now }),
  });
  const notify = createNotify({
    ...{ store, eventsOf, subscribers, now, random: () => 1, holder: () => `holder-${++count}` },
    send: (name, event, options) => (name === BUS ? sendToBus(event, options) : sendWebhook(name, event, options)),
  });

  const stream = someStream();
  const report = weaponsReport({
    ...{ stream, reason: planted("Reason"), reporterHash: planted("Reporter") },
    evidence: [{ url: `https://cdn.example.com/${planted("Evidence")}` }],
  });
  const verdict = { verdict: "approved", by: "ana", at: NOON.toISOString(), reason: planted("Verdict") } as const;
  const record = aReport({ report, key: `standard#${report.id}`, outcome: "review", verdict });
  const { authority } = anOrder(stream, 1);
  const items = [
    { kind: "report" as const, report: record },
    { kind: "order" as const, order: anOrder(stream, 1, { authority: { ...authority, cause: record.key } }) },
    {
      kind: "untranslated" as const,
      untranslated: {
        key: "vendor#m1",
        untranslated: {
          ...{ source: "vendor", id: "m1", receivedAt: NOON.toISOString(), bodySha256: planted("Body") },
          issues: [{ pointer: `/${planted("Pointer")}`, message: planted("Message") }],
        },
        ...{ decidedAt: NOON.toISOString(), outcome: "review" as const, because: "untranslatable" as const },
        ...{ review: "open" as const, openedAt: NOON.toISOString() },
      },
    },
  ];
  const keys = await Promise.all(items.map((item) => store.write(item)));
  emitMetrics(metricsOf(await notify.handleKeys(keys), at));
  for (let sweeps = 0; sweeps < 14; sweeps++) {
    at = new Date(at.getTime() + 6 * HOUR_MS);
    const tally = await notify.sweep();
    if (tally) emitMetrics(metricsOf(tally, at));
  }

  const rows = await readSubscriptions({ store, subscribers });
  const events = store.orderingKeys().flatMap((key) => store.log(key));
  const deliveries = await Promise.all(
    [BUS, ...Object.keys(subscribers)].flatMap((name) =>
      store.orderingKeys().map((key) => store.readDelivery(key, name)),
    ),
  );
  const out = { columns: 10_000, paint: (_: unknown, text: string) => text };
  const eventRows = events.map((event) => ({
    ...{ event: toCloudEvent(event, { source: "/offair/test" }), loggedAt: event.loggedAt },
    delivery: { state: "failing" as const, problem: deliveries[0]?.failing?.problem ?? "" },
  }));
  return {
    events,
    rows,
    all: JSON.stringify([
      ...[printed, rows, events, deliveries, await store.listSubscribers()],
      ...(await Promise.all(Object.keys(subscribers).map((name) => store.listGivenUp(name, 1_000)))),
      ...rows.map((row) => judgeSubscriber(row, at)),
      ...[
        [...subscribersText(rows, out.paint)],
        [...eventsText(eventRows, { withDelivery: true, isFirst: true }, out)],
      ],
    ]),
  };
}

it.each<[string, Behaviour]>([
  ["takes them", echo(204)],
  ["refuses them", echo(500)],
  ["redirects them", echo(307)],
  ["wants no more", echo(410)],
  ["answers no HTTP", breakOff],
])("a receiver that %s and sends back everything puts no secret anywhere", async (_, behaviour) => {
  const { events, rows, all } = await deliverEverything(behaviour);
  expect(events.length).toBeGreaterThan(4);
  expect(rows.map(({ name }) => name)).toEqual(["bus", "good", "public", "wrong", "broken", "unread"]);
  expect(printed.length).toBeGreaterThan(10);
  const [first] = receiver.received;
  expect(first?.target).toContain(planted("Path")); // it was sent indeed, and would be found
  const signatures = receiver.received.flatMap(({ headers }) =>
    String(headers["webhook-signature"])
      .split(/[ ,]/)
      .filter((part) => !/^v1a?$/.test(part)),
  );
  expect(signatures.length).toBeGreaterThan(1);
  expect(all).not.toMatch(/PLANTED/);
  expect(all).not.toContain(ofSecret.slice("whsec_".length));
  for (const signature of signatures) expect(all).not.toContain(signature);
});
