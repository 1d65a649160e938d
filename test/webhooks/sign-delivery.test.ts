/** The signatures, verified by those who did not write them: the packages of Standard Webhooks and Svix, node:crypto, and @noble/ed25519. */
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { verifyAsync } from "@noble/ed25519";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { parseEventsKeys } from "../../lib/webhooks/events-keys.ts";
import { parseSubscriberSecret, signDelivery } from "../../lib/webhooks/sign-delivery.ts";
import { runs } from "../support/runs.ts";

const secretOf = (bytes: Uint8Array): string => `whsec_${Buffer.from(bytes).toString("base64")}`;
const v1 = (...secrets: string[]) => {
  return { signature: "v1" as const, secrets: parseSubscriberSecret(JSON.stringify({ secrets })) };
};
const v1a = (current: string, previous?: string) => {
  return { signature: "v1a" as const, keys: parseEventsKeys(JSON.stringify({ current, previous })) };
};
const now = new Date(); // the packages compare the timestamp with the real time
const anySecret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretOf);
const anyId = fc.stringMatching(/^[A-Za-z0-9._-]{1,256}$/);
const anyBody = fc.json().map((json) => `{"data":${json},"text":"комната-42 🎥"}`);

describe("v1", () => {
  it("is verified by standardwebhooks and by svix, whatever the id, the body and the secret", () => {
    fc.assert(
      fc.property(anySecret, anyId, anyBody, (secret, id, body) => {
        const headers = signDelivery({ id, body, now }, v1(secret));
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
        new SvixWebhook(secret).verify(body, headers); // throws unless the signature fits
      }),
      { numRuns: runs(300) },
    );
  });

  it("is verified with the new and with the previous secret, and with no other one", () => {
    const [fresh, previous, other] = [1, 2, 3].map((fill) => secretOf(Buffer.alloc(24, fill))) as [
      string,
      string,
      string,
    ];
    const headers = signDelivery({ id: "order-1", body: "{}", now }, v1(fresh, previous));
    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const known of [fresh, previous]) expect(new Webhook(known).verify("{}", headers)).toEqual({});
    for (const Verifier of [Webhook, SvixWebhook]) expect(() => new Verifier(other).verify("{}", headers)).toThrow();
  });

  /** https://docs.svix.com/receiving/verifying-payloads/how-manual */
  it("is the documented example", () => {
    const signed = signDelivery(
      { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}', now: new Date(1_614_265_330_000) },
      v1("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    );
    expect(signed).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it.each([
    ["not JSON", "whsec_AAAA"],
    ["of none", '{"secrets":[]}'],
    ["of three", JSON.stringify({ secrets: [1, 2, 3].map((fill) => secretOf(Buffer.alloc(24, fill))) })],
    ["too short", JSON.stringify({ secrets: [secretOf(Buffer.alloc(23, 1))] })],
    ["too long", JSON.stringify({ secrets: [secretOf(Buffer.alloc(65, 1))] })],
    ["not base64", JSON.stringify({ secrets: ["whsec_hunter2hunter2hunter2hunter2hunter2!"] })],
  ])("has no secret that is %s, and no error quotes it", (_, secret) => {
    expect(() => parseSubscriberSecret(secret)).toThrow(expect.objectContaining({ code: "ERR_SECRET" }));
    expect(() => parseSubscriberSecret(secret)).not.toThrow(/hunter2|AAAA/);
  });
});

describe("v1a", () => {
  const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex"); // RFC 8410, section 4
  const rawOf = (publicKey: string) => Buffer.from(publicKey.replace("whpk_", ""), "base64");
  const spkiOf = (raw: Buffer) =>
    createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });
  const anyKey = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((seed) => `whsk_${Buffer.from(seed).toString("base64")}`),
    fc.stringMatching(/^[A-Za-z0-9]{32,64}$/),
  );

  it("is verified by node:crypto and by @noble/ed25519, and neither takes a changed body", async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyId, anyBody, async (key, id, body) => {
        const signer = v1a(key);
        const headers = signDelivery({ id, body, now }, signer);
        const [, base64 = ""] = headers["webhook-signature"]?.split("v1a,") ?? [];
        const signature = Buffer.from(base64, "base64");
        const raw = rawOf(signer.keys[0]?.publicKey ?? "");
        const content = Buffer.from(`${id}.${headers["webhook-timestamp"]}.${body}`);
        expect(verify(null, content, spkiOf(raw), signature)).toBe(true);
        expect(await verifyAsync(signature, content, raw)).toBe(true);
        const changed = Buffer.concat([content, Buffer.from(" ")]);
        expect(verify(null, changed, spkiOf(raw), signature)).toBe(false);
        expect(await verifyAsync(signature, changed, raw)).toBe(false);
      }),
      { numRuns: runs(100) },
    );
  });

  /** https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_asymmetric_test.go, TestAsymmetricWebhookSign */
  it("is the published vector of the reference library", () => {
    const signed = signDelivery(
      { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}', now: new Date(1_614_265_330_000) },
      v1a("whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="),
    );
    expect(signed["webhook-signature"]).toBe(
      "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==",
    );
  });

  it("is made with the current and with the previous key", () => {
    const key = () => `whsk_${randomBytes(32).toString("base64")}`;
    const signer = v1a(key(), key());
    const headers = signDelivery({ id: "order-1", body: "{}", now }, signer);
    const signatures =
      headers["webhook-signature"]?.split(" ").map((each) => Buffer.from(each.slice(4), "base64")) ?? [];
    expect(signatures).toHaveLength(2);
    const content = Buffer.from(`order-1.${headers["webhook-timestamp"]}.{}`);
    signer.keys.forEach(({ publicKey }, index) => {
      expect(verify(null, content, spkiOf(rawOf(publicKey)), signatures[index] ?? Buffer.alloc(0))).toBe(true);
    });
  });
});

it.each(["", "a b", "id\r\nx: y", 'a{"', "é", "a".repeat(257)])("an event cannot have the id %j", (id) => {
  expect(() => signDelivery({ id, body: "{}", now }, v1(secretOf(Buffer.alloc(24))))).toThrow();
});
