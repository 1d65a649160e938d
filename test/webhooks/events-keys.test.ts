import { describe, expect, it } from "@jest/globals";
import { parseEventsKeys, publicKeysDocument, updateEntries } from "../../lib/webhooks/events-keys.ts";

const NOON = new Date("2026-11-21T12:00:00Z");
const LATER = new Date("2026-11-22T12:00:00Z");
const TEXT = "Qm3kfT8wZ0x7Lr2NvBhY5sDjP9aCeGuI";
const KEY = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
const keysOf = (current: string, previous?: string) => parseEventsKeys(JSON.stringify({ current, previous }));

describe("the events key", () => {
  it("is made from the text that a deployment generates, and is the same each time", () => {
    const [key] = keysOf(TEXT);
    expect(key?.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(key?.id).toMatch(/^[0-9a-f]{16}$/);
    expect(keysOf(TEXT)[0]?.publicKey).toBe(key?.publicKey);
    expect(keysOf(`${TEXT}x`)[0]?.publicKey).not.toBe(key?.publicKey);
  });

  it("has a previous one during a rotation", () => {
    expect(keysOf(TEXT, KEY).map(({ publicKey }) => publicKey)).toEqual(
      [TEXT, KEY].map((text) => keysOf(text)[0]?.publicKey),
    );
  });

  it.each([
    ["not JSON", "whsk_hunter2"],
    ["not stored yet", "{}"],
    ["too short", JSON.stringify({ current: "hunter2" })],
    ["31 bytes", JSON.stringify({ current: `whsk_${Buffer.alloc(31).toString("base64")}` })],
    [
      "64 bytes, as other libraries write it",
      JSON.stringify({ current: `whsk_${Buffer.alloc(64).toString("base64")}` }),
    ],
    ["not base64", JSON.stringify({ current: `whsk_hunter2${"*".repeat(40)}` })],
    ["wrong in its previous key", JSON.stringify({ current: TEXT, previous: "hunter2" })],
  ])("is refused if it is %s, and no error quotes it", (_, secret) => {
    expect(() => parseEventsKeys(secret)).toThrow(expect.objectContaining({ code: "ERR_SECRET" }));
    expect(() => parseEventsKeys(secret)).not.toThrow(/hunter2/);
  });
});

describe("the public keys", () => {
  it("are those that sign now, each since it signed first", () => {
    const first = updateEntries([], keysOf(TEXT), NOON);
    const rotated = updateEntries(first, keysOf(KEY, TEXT), LATER);
    const [old, fresh] = [keysOf(TEXT)[0], keysOf(KEY)[0]];
    expect(publicKeysDocument(rotated)).toEqual({
      keys: [
        { id: fresh?.id, alg: "ed25519", publicKey: fresh?.publicKey, since: LATER.toISOString() },
        { id: old?.id, alg: "ed25519", publicKey: old?.publicKey, since: NOON.toISOString() },
      ],
    });
    expect(updateEntries(rotated, keysOf(KEY), LATER)).toHaveLength(1);
  });

  it("are not stored again while they stay the same", () => {
    const known = updateEntries([], keysOf(TEXT), NOON);
    expect(updateEntries(known, keysOf(TEXT), LATER)).toBe(known);
  });

  it("hold nothing private", () => {
    expect(JSON.stringify(publicKeysDocument(updateEntries([], keysOf(KEY), NOON)))).not.toContain(KEY.slice(5, 20));
  });
});
