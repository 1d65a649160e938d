import { describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { OffairError } from "../../lib/core/errors.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { parseEventsKeys } from "../../lib/webhooks/events-keys.ts";
import type { EventRequest } from "../../lib/webhooks/post-event.ts";
import { createSendWebhook, type SendWebhookDeps } from "../../lib/webhooks/send-webhook.ts";
import { parseLoopbackSubscribers, subscribersOf } from "../../lib/webhooks/subscriber.ts";
import { policy } from "../support/fixtures.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const event: LoggedEvent = {
  ...{ id: "order-1", type: "stream.paused", time: "2026-11-21T12:00:00Z", orderingKey: "stream.1", data: {} },
  ...{ number: 1, loggedAt: "2026-11-21T12:00:01Z" },
};
const platform = { url: "https://hooks.example.com/offair", events: ["stream.paused"] as const, secret: "platform" };

function sender(change: Partial<SendWebhookDeps> = {}) {
  const sent: EventRequest[] = [];
  const asked: string[] = [];
  const send = createSendWebhook({
    subscribers: {
      platform: { ...platform, signature: "v1", secret: "named" },
      stranger: { ...platform, signature: "v1a" },
    },
    readSecret: async (name) => {
      asked.push(name);
      return { value: JSON.stringify({ secrets: [SECRET] }) };
    },
    readKeys: async () => parseEventsKeys(JSON.stringify({ current: "a".repeat(32) })),
    post: async (request) => {
      sent.push(request);
      return { result: "delivered", tookMs: 1 };
    },
    encode: ({ id }) => JSON.stringify({ id }),
    now: () => new Date(),
    ...change,
  });
  return { sent, asked, send: (name: string) => send(name, event, { attempt: 2, timeoutMs: 1_000 }) };
}

describe("an event for a subscriber", () => {
  it("is signed with the subscriber's secret and sent to its URL", async () => {
    const { send, sent, asked } = sender();
    expect(await send("platform")).toEqual({ result: "delivered", tookMs: 1 });
    expect(asked).toEqual(["named"]);
    const [request] = sent;
    expect(request).toMatchObject({
      ...{ url: platform.url, body: '{"id":"order-1"}', timeoutMs: 1_000 },
      headers: {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": "order-1",
        "offair-attempt": "2",
      },
    });
    expect(new Webhook(SECRET).verify(request?.body ?? "", { ...request?.headers })).toEqual({ id: "order-1" });
  });

  it("is signed with offair's key for v1a, and no secret is read", async () => {
    const { send, sent, asked } = sender();
    await send("stranger");
    expect(sent[0]?.headers["webhook-signature"]).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(asked).toEqual([]);
  });

  it.each<[string, Partial<SendWebhookDeps>, string, string]>([
    [
      "whose secret cannot be read",
      { readSecret: () => Promise.reject(new OffairError("ERR_SECRET", "the secret x cannot be read")) },
      "platform",
      "the secret x cannot be read",
    ],
    [
      "whose secret is not as documented",
      { readSecret: async () => ({ value: "whsec_hunter2" }) },
      "platform",
      "a subscriber's secret is not as documented",
    ],
    [
      "that cannot be encoded",
      {
        encode: () => {
          throw new Error("hunter2");
        },
      },
      "platform",
      "the event could not be encoded or signed",
    ],
    ["that the policy does not name", {}, "constructor", "the policy has no such subscriber"],
  ])("%s is a failure that quotes no secret", async (_, change, name, problem) => {
    const { send, sent } = sender(change);
    const result = await send(name);
    expect(result).toEqual({
      ...{ result: "failed", problem: expect.stringContaining(problem) },
      reached: problem.includes("encoded"),
    });
    expect(JSON.stringify(result)).not.toContain("hunter2");
    expect(sent).toEqual([]);
  });
});

describe("the subscribers", () => {
  it("of the policy have the secret of their name, or the one that they name", () => {
    const entry = { url: platform.url, events: ["stream.paused"] };
    const other = { ...entry, url: "https://other.example.com/", secret: "shared" };
    const parsed = policySchema.parse({ ...policy, subscribers: { platform: entry, other } });
    expect(subscribersOf(parsed)).toEqual({
      platform: { ...entry, signature: "v1", secret: "platform" },
      other: { ...other, signature: "v1" },
    });
  });

  const ledger = "http://127.0.0.1:8000";

  it("of the local stack have a loopback address", () => {
    const url = "http://127.0.0.1:9000/events";
    expect(
      parseLoopbackSubscribers(
        JSON.stringify({ example: { url, events: ["stream.paused"], signature: "v1a" } }),
        ledger,
      ),
    ).toEqual({
      example: { url, events: ["stream.paused"], signature: "v1a", secret: "example" },
    });
    expect(
      parseLoopbackSubscribers(JSON.stringify({ example: { url: "http://[::1]:9000/" } }), ledger).example?.events
        .length,
    ).toBeGreaterThan(10);
  });

  it.each([
    "https://hooks.example.com/",
    "http://localhost/",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://[::ffff:127.0.0.1]/",
    "file:///127.0.0.1",
    "x",
  ])("of the local stack do not have the URL %s", (url) => {
    expect(() => parseLoopbackSubscribers(JSON.stringify({ example: { url } }), ledger)).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG" }),
    );
  });

  it.each([undefined, "", "https://dynamodb.eu-central-1.amazonaws.com", "http://localhost:8000", "https://10.0.0.1"])(
    "of the local stack are refused where the ledger is at %s: a deployed stage has no such subscribers",
    (endpoint) => {
      expect(() => parseLoopbackSubscribers("{}", endpoint)).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
    },
  );
});
