import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createHmacSha256 } from "../../lib/core/sha256.ts";

const expected = (key: Uint8Array, encoding: "hex" | "base64", ...parts: (string | Uint8Array)[]): string => {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
};

describe("createHmacSha256", () => {
  it("returns the code of RFC 4231, test case 2", () => {
    expect(createHmacSha256(Buffer.from("Jefe"))("hex", "what do ya want for nothing?")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  it("agrees with createHmac for keys and messages of every length, one after another", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.array(fc.tuple(text, bytes), { minLength: 1, maxLength: 4 }), (key, messages) => {
        const hmac = createHmacSha256(key);
        for (const [said, more] of messages) {
          expect(hmac("base64", said, more)).toBe(expected(key, "base64", said, more));
          expect(hmac("hex", said)).toBe(expected(key, "hex", said));
        }
      }),
    );
  });

  it.each([63, 64, 65])("hashes only a key that is longer than a block: %d bytes", (length) => {
    const key = Buffer.alloc(length, 7);
    expect(createHmacSha256(key)("hex", "text")).toBe(expected(key, "hex", "text"));
  });

  it.each([4_031, 4_032, 4_033, 262_144])("agrees for a body of %d bytes", (length) => {
    const key = Buffer.from("a key");
    const body = Buffer.alloc(length, "x");
    expect(createHmacSha256(key)("hex", "é", body)).toBe(expected(key, "hex", "é", body));
  });
});
