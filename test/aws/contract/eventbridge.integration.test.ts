/** What notify relies on of EventBridge. */
import { randomUUID } from "node:crypto";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { createSendToBus } from "../../../lib/aws/eventbridge.ts";
import type { LoggedEvent } from "../../../lib/events/event.ts";
import { useEventBuses } from "../../support/event-buses.ts";
import { clientSettings, describeOurs, itExcept, itOurs } from "../../support/implementation.ts";

const buses = useEventBuses();
let bus: string;
beforeEach(async () => {
  bus = `offair-${randomUUID()}`;
  await buses.current.create(bus);
});
const RULES = "https://docs.aws.amazon.com/eventbridge/latest/APIReference";

const entry = (change: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
  ...{ EventBusName: bus, Source: "offair", DetailType: "stream.paused", Detail: '{"id":"order-1"}' },
  ...change,
});
const put = (...Entries: PutEventsRequestEntry[]) => buses.current.client.send(new PutEventsCommand({ Entries }));
const EVENT_ID = { EventId: expect.any(String) };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
describe("PutEvents", () => {
  it("answers each event with an id of its own", async () => {
    const { FailedEntryCount, Entries = [] } = await put(entry(), entry());
    expect([FailedEntryCount, Entries]).toEqual([0, [EVENT_ID, EVENT_ID]]);
    expect(Entries[0]?.EventId).not.toBe(Entries[1]?.EventId);
  });

  it("takes the other events of a request if one is malformed", async () => {
    const { FailedEntryCount, Entries } = await put(entry({ Detail: "{" }), entry());
    expect([FailedEntryCount, Entries]).toEqual([
      1,
      [{ ErrorCode: "MalformedDetail", ErrorMessage: expect.any(String) }, EVENT_ID],
    ]);
  });

  it.each<[string, PutEventsRequestEntry]>([
    ["source", { Source: undefined }],
    ["detail type", { DetailType: undefined }],
    ["detail", { Detail: undefined }],
  ])("needs the %s of each event", async (_, change) => {
    const { Entries } = await put(entry(change), entry());
    expect(Entries).toEqual([{ ErrorCode: "InvalidArgument", ErrorMessage: expect.any(String) }, EVENT_ID]);
  });

  it("takes ten events at most", async () => {
    const many = (count: number) => Array.from({ length: count }, () => entry());
    await expect(put(...many(10))).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put(...many(11))).rejects.toMatchObject({ name: "ValidationException" });
  });

  itExcept({ moto: `it takes it. ${RULES}/API_PutEvents.html` })("takes one event at least", async () => {
    await expect(put()).rejects.toMatchObject({ name: "ValidationException" });
  });

  itExcept({ moto: `it takes it. ${RULES}/API_PutEventsRequestEntry.html` })(
    "takes a detail type of 128 characters at most",
    async () => {
      const { Entries } = await put(entry({ DetailType: "x".repeat(128) }), entry({ DetailType: "x".repeat(129) }));
      expect(Entries).toEqual([EVENT_ID, { ErrorCode: "InvalidArgument", ErrorMessage: expect.any(String) }]);
    },
  );

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
  itExcept({ moto: `it takes it. ${RULES}/API_PutEvents.html` })("takes an event of 256 KB at most", async () => {
    const sized = (bytes: number) => {
      const others = "offair".length + "stream.paused".length + '{"a":""}'.length;
      return entry({ Detail: `{"a":"${"x".repeat(bytes - others)}"}` });
    };
    const { Entries } = await put(sized(262_144), sized(262_145));
    expect(Entries).toEqual([EVENT_ID, { ErrorCode: "InvalidArgument", ErrorMessage: expect.any(String) }]);
  });
});

const event: LoggedEvent = {
  ...{ id: "order-1", type: "stream.paused", time: "2026-11-21T12:00:00Z", orderingKey: "stream.1", data: {} },
  ...{ number: 1, loggedAt: "2026-11-21T12:00:01Z" },
};
const options = { attempt: 1, timeoutMs: 5_000 };
const sendWith = (client: EventBridgeClient, encode = ({ id }: LoggedEvent) => JSON.stringify({ id })) =>
  createSendToBus({ client, busName: bus, encode, now: () => new Date() });

describe("an event that is sent to the bus", () => {
  it("is delivered", async () => {
    expect(await sendWith(buses.current.client)(event, options)).toEqual({
      result: "delivered",
      tookMs: expect.any(Number),
    });
  });

  itOurs("is there once, with its source, type, detail and time", async () => {
    await sendWith(buses.current.client)(event, options);
    expect(buses.current.own.received(bus)).toEqual([
      {
        ...{ id: expect.any(String), bus, source: "offair", detailType: "stream.paused", detail: { id: "order-1" } },
        time: new Date(event.time),
      },
    ]);
  });

  it("has reached the bus if the bus refuses it alone", async () => {
    expect(await sendWith(buses.current.client, () => "{hunter2")(event, options)).toEqual({
      result: "failed",
      problem: "the event bus did not accept the event: MalformedDetail",
      reached: true,
    });
  });

  it("has not reached a bus that does not answer", async () => {
    const nobody = new EventBridgeClient(clientSettings("http://127.0.0.1:9"));
    const result = await sendWith(nobody)(event, options);
    nobody.destroy();
    expect(result).toEqual({ result: "failed", problem: expect.stringMatching(/did not accept/), reached: false });
  });

  it("cannot fail with the text of an error", async () => {
    const encode = () => {
      throw new TypeError("hunter2");
    };
    expect(await sendWith(buses.current.client, encode)(event, options)).toEqual({
      ...{ result: "failed", problem: "the event could not be encoded", reached: true },
    });
  });
});

describeOurs("a fault", () => {
  it.each([
    [{ status: 400, code: "ThrottlingException" }, false],
    [{ status: 500, code: "InternalException" }, false],
    [{ status: 400, code: "AccessDeniedException" }, false],
    [{ status: 400, code: "ValidationException" }, true],
  ])("%j is a failure; reached: %s", async (fault, reached) => {
    buses.current.own.fail("PutEvents", fault);
    const result = await sendWith(buses.current.client)(event, options);
    expect(result).toEqual({ result: "failed", problem: expect.stringContaining(fault.code), reached });
    expect(buses.current.own.received(bus)).toEqual([]);
  });

  it("after its effect makes a repetition with the same detail", async () => {
    buses.current.own.fail("PutEvents", { status: 500, code: "InternalException", afterEffect: true });
    const send = sendWith(buses.current.client);
    expect(await send(event, options)).toMatchObject({ result: "failed" });
    expect(await send(event, options)).toMatchObject({ result: "delivered" });
    expect(buses.current.own.received(bus).map(({ detail }) => detail)).toEqual([{ id: "order-1" }, { id: "order-1" }]);
  });
});

describeOurs("the stand-in", () => {
  it("refuses another key, and another operation", async () => {
    const { url } = buses.current.own;
    const stranger = new EventBridgeClient({
      ...clientSettings(url),
      credentials: { accessKeyId: "other", secretAccessKey: "x" },
    });
    await expect(stranger.send(new PutEventsCommand({ Entries: [entry()] }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    stranger.destroy();
    const own = await fetch(url, { method: "POST", headers: { "x-amz-target": "AWSEvents.ListRules" } });
    expect(await own.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  it("tells a listener of each event, and drops one for a bus that does not exist", async () => {
    const seen: string[] = [];
    const stop = buses.current.own.onEvent(({ bus: of }) => seen.push(of));
    expect(await put(entry({ EventBusName: "gone" }))).toMatchObject({ FailedEntryCount: 0 });
    await put(entry({ EventBusName: `arn:aws:events:eu-central-1:000000000000:event-bus/${bus}` }));
    stop();
    await put(entry());
    expect(seen).toEqual([bus]);
  });
});
