import { createHash, createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import type { Message } from "../../lib/queue/message.ts";
import { createGetStream } from "../../lib/sources/getstream.ts";
import { MAX_BODY_BYTES, receive } from "../../lib/sources/receive.ts";
import { policy } from "../support/fixtures.ts";
import { asReceived, describeSource, type FixtureRequest, readFixture, withValue } from "./contract.ts";

const { source: entry, request, secrets, at } = readFixture("getstream");
const [secret] = secrets;
const now = new Date(at);

/** HMAC of the uncompressed body with the API secret. @see https://getstream.io/moderation/docs/api/webhooks */
const signatureOf = (body: string | Uint8Array, key: string = secret) =>
  createHmac("sha256", key).update(body).digest("hex");
const sign = (given: FixtureRequest, key: string): FixtureRequest =>
  withValue(given, "/headers/x-signature", signatureOf(given.body, key));

describeSource("getstream", sign);

const sample = JSON.parse(request.body);
const categories = { nudity: "nudity", sexual: "nudity", weapons: "weapons", ad: "spam" } as const;
const source = createGetStream({ categories }, policy);
const translate = (change: object) => source.translate({ ...sample, ...change }, asReceived(request), now);
const flag = (change: object = {}) => ({
  type: "ai_video",
  reason: "",
  labels: ["nudity"],
  created_at: "2026-11-21T11:59:57.123456Z",
  ...change,
});
const idsOf = (change: object) => {
  const translation = translate(change);
  return translation.kind === "claims" ? translation.parts?.map((part) => `${translation.id}/${part}`) : translation;
};
const faultsOf = (change: object) => {
  try {
    return translate(change);
  } catch (error) {
    if (error instanceof OffairError && error.code === "ERR_REPORT_INVALID") return error.details.issues;
    throw error;
  }
};

describe("each flag of an item", () => {
  const first = flag();
  const second = flag({ created_at: "2026-11-21T12:00:01Z", type: "user", user_id: "viewer-1", labels: ["weapons"] });

  it("is reported when the item is new, and further ones when it is updated, each by an id of its own", () => {
    const [firstId] = Object(idsOf({ flags: [first] }));
    const [secondId] = Object(idsOf({ type: "review_queue_item.updated", flags: [second] }));
    expect(firstId).toMatch(/^5f8a9c1e-0b1f-4f43-9a61-3d0e6a0b7f11\/[0-9a-f]{32}\/nudity$/);
    expect(secondId).toMatch(/^5f8a9c1e-0b1f-4f43-9a61-3d0e6a0b7f11\/[0-9a-f]{32}\/weapons$/);
    expect(idsOf({ type: "review_queue_item.updated", flags: [second, first] })).toEqual([secondId, firstId]);
    expect(idsOf({ flags: [first, first] })).toEqual([firstId]);
  });

  it("of the same label by somebody else, or later, is another one", () => {
    const ids = [first, { ...first, user_id: "viewer-1" }, { ...first, user_id: "viewer-2" }, { ...second }].map(
      (one) => Object(idsOf({ flags: [one] }))[0],
    );
    expect(new Set(ids).size).toBe(4);
  });

  it("makes one claim a category, which names its labels and the reason that somebody gave", () => {
    expect(
      translate({ flags: [flag({ labels: ["nudity", "sexual", "ad"], reason: "not\u0000 nice" })] }),
    ).toMatchObject({
      claims: [
        { category: "nudity", reason: 'GetStream, flag "ai_video": "nudity", "sexual"; not  nice' },
        { category: "spam", occurredAt: "2026-11-21T11:59:57.123Z" },
      ],
    });
  });

  it("is dated by its receipt where its own time is none", () => {
    expect(translate({ flags: [flag({ created_at: 1_795_262_397 })] })).toMatchObject({
      claims: [{ occurredAt: now.toISOString() }],
    });
  });

  it("with an unknown label is held for review, beside claims for the others", () => {
    const flags = [flag({ labels: ["nudity", "new-kind"] }), flag({ labels: [], type: "user" }), "odd"];
    expect(translate({ flags })).toMatchObject({
      claims: [{ category: "nudity" }],
      unread: {
        part: expect.stringMatching(/^unread-[0-9a-f]{32}$/),
        issues: [
          { pointer: "/flags/0/labels/1", message: '"new-kind" is not among the source\'s categories' },
          { pointer: "/flags/1/labels", message: "has no label" },
          { pointer: "/flags/2/labels", message: "has no label" },
        ],
      },
    });
    expect(faultsOf({ flags: [flag({ labels: ["new-kind"] })] })).toMatchObject([{ pointer: "/flags/0/labels/0" }]);
  });

  it("counts whatever the event that has it is called", () => {
    expect(translate({ type: "review_queue_item.flagged" })).toMatchObject({ claims: [{ category: "nudity" }] });
  });
});

describe("an event without flags", () => {
  const action = { id: "a", type: "mark_reviewed" };
  it.each<[string, object]>([
    ["an action of a moderator", { type: "review_queue_item.updated", flags: [], action }],
    ["one whose flags are null", { type: "review_queue_item.updated", flags: null, action }],
    ["one that leaves flags out", { type: "review_queue_item.updated", flags: undefined, action }],
    ["a check that ended", { type: "moderation_check.completed", flags: undefined }],
    ["a message of a chat", { type: "message.new", flags: undefined }],
  ])("is nothing to report: %s", (_, change) => {
    expect(translate(change)).toEqual({ kind: "nothing" });
  });

  it.each<[string, object, string]>([
    ["a new item", { flags: [] }, "/flags"],
    ["a new item beside an action", { flags: [], action }, "/flags"],
    ["an update without an action", { type: "review_queue_item.updated", flags: [], action: null }, "/flags"],
    ["flags in another shape", { flags: { 0: flag() } }, "/flags"],
    ["more flags than one message can report", { flags: Array(51).fill(flag()) }, "/flags"],
    ["a rule of yours that content met", { type: "moderation_rule.triggered", flags: undefined }, "/flags"],
    ["an event about moderation that no page names", { type: "moderation.flagged", flags: undefined }, "/flags"],
    ["a type in capitals", { type: "Review_Queue_Item.New", flags: undefined }, "/flags"],
    ["an update whose action is a list", { type: "review_queue_item.updated", flags: [], action: [] }, "/flags"],
    ["no type", { type: undefined, flags: undefined }, "/type"],
  ])("is held for review: %s", (_, change, pointer) => {
    expect(faultsOf(change)).toMatchObject([{ pointer }]);
  });
});

it.each<[unknown, string]>([
  [{ ...sample.review_queue_item, entity_id: "room-42" }, "/review_queue_item/entity_id"],
  [{ ...sample.review_queue_item, entity_id: undefined }, "/review_queue_item/entity_id"],
  [{ ...sample.review_queue_item, id: undefined }, "/review_queue_item/id"],
  [undefined, "/review_queue_item/id"],
])("flags of an item that names no stream are held for review: %j", (review_queue_item, pointer) => {
  expect(faultsOf({ review_queue_item })).toMatchObject([{ pointer }]);
});

describe("a compressed body", () => {
  const post = async (body: Uint8Array, signature = signatureOf(request.body)) => {
    const queued: Message[] = [];
    const received = await receive(
      {
        source: "getstream",
        headers: { "x-signature": signature, "content-encoding": "gzip", "content-type": "application/json" },
        query: {},
        body,
      },
      {
        policy: policySchema.parse({ ...policy, sources: { getstream: entry } }),
        readSecret: async () => JSON.stringify({ secrets }),
        enqueue: async (_queue, message) => {
          queued.push(message);
        },
        now: () => now,
      },
    );
    return { received, queued };
  };
  const refusal = (check: string) => ({ code: "ERR_REPORT_SIGNATURE", details: { check } });

  it("is proven by the signature of the uncompressed one, and is the same message", async () => {
    const plain = await post(Buffer.from(request.body));
    const bodySha256 = createHash("sha256").update(request.body).digest("hex");
    expect(plain.queued).toMatchObject([{ reports: [{ category: "nudity", bodySha256 }] }]);
    for (const level of [0, 1, 9]) expect(await post(gzipSync(request.body, { level }))).toEqual(plain);
  });

  it("is not proven by a signature of the compressed bytes, or with one byte changed", async () => {
    const body = gzipSync(request.body);
    await expect(post(body, signatureOf(body))).rejects.toMatchObject(refusal("x-signature"));
    const other = gzipSync(request.body.replace("room-42", "room-43"));
    await expect(post(other)).rejects.toMatchObject(refusal("x-signature"));
  });

  it("that is cut off, damaged or was read as text is refused", async () => {
    const body = gzipSync(request.body);
    for (const broken of [body.subarray(0, 40), body.subarray(0, 2), Buffer.from([...body.subarray(0, 60), 0, 0, 0])]) {
      await expect(post(broken)).rejects.toMatchObject(refusal("content-encoding"));
    }
    await expect(post(Buffer.from(body.toString("utf8")))).rejects.toMatchObject(refusal("content-encoding"));
  });

  it("that grows beyond the limit is refused before the signature is looked at", async () => {
    const started = performance.now();
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(MAX_BODY_BYTES);
    const built = performance.now();
    await expect(post(bomb)).rejects.toMatchObject({ code: "ERR_REPORT_TOO_LARGE" });
    expect(performance.now() - built).toBeLessThan(Math.max(100, (built - started) / 4));
    const largest = Buffer.alloc(MAX_BODY_BYTES, " ");
    await expect(post(gzipSync(largest), signatureOf(largest))).resolves.toMatchObject({
      received: { kind: "untranslated" },
    });
    await expect(post(gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1, " ")))).rejects.toMatchObject({
      code: "ERR_REPORT_TOO_LARGE",
    });
  });
});
