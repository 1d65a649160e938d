import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isSignedBy, openEnvelope, PAYLOAD_TYPE, pae, sealEnvelope } from "../../lib/archive/dsse.ts";
import { keyOf } from "../support/chain.ts";
import "../support/runs.ts";

const payload = Buffer.from('{"number":1}');
const sealed = sealEnvelope(payload, [keyOf(1)]);
const spelled = (change: object): Buffer =>
  Buffer.from(`${JSON.stringify({ ...JSON.parse(sealed.toString()), ...change })}\n`);

it("signs what DSSE's specification shows", () => {
  expect(pae("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
});

it("longer than any manifest is not even parsed", () => {
  const long = sealEnvelope(Buffer.alloc(4 * 1_024 * 1_024), [keyOf(1)]);
  expect(() => openEnvelope(long)).toThrow("too large for a manifest");
});

it("counts bytes, not characters", () => {
  expect(pae("é", Buffer.from("✓")).toString()).toBe("DSSEv1 2 é 3 ✓");
});

it("is a DSSE envelope of one line, whose key id is the hash of the public key", () => {
  expect(JSON.parse(sealed.toString())).toEqual({
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures: [{ keyid: keyOf(1).id, sig: expect.stringMatching(/^[\w+/]{86}==$/) }],
  });
  expect(sealed.toString().split("\n")).toEqual([expect.any(String), ""]);
});

it("is the same bytes for the same payload and keys, so that a repeat can be told from another's", () => {
  expect(sealEnvelope(payload, [keyOf(1)])).toEqual(sealed);
});

it("gives back any payload, and the signature of each key fits it and no other", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const envelope = openEnvelope(sealEnvelope(bytes, [keyOf(1), keyOf(2)]));
      expect(envelope.payload.equals(bytes)).toBe(true);
      expect([1, 2, 3].map((seed) => isSignedBy(envelope, keyOf(seed)))).toEqual([true, true, false]);
      expect(isSignedBy({ ...envelope, payload: Buffer.concat([bytes, Buffer.of(0)]) }, keyOf(1))).toBe(false);
    }),
  );
});

it("a signature of one key under the name of another fits neither", () => {
  const signature = { keyid: keyOf(2).id, sig: openEnvelope(sealed).signatures[0]?.sig ?? "" };
  const envelope = openEnvelope(spelled({ signatures: [signature] }));
  expect([1, 2].map((seed) => isSignedBy(envelope, keyOf(seed)))).toEqual([false, false]);
});

describe("is read in one spelling only:", () => {
  const { signatures } = JSON.parse(sealed.toString());
  const text = sealed.toString();
  it.each([
    ["no bytes", Buffer.alloc(0)],
    ["no JSON", sealed.subarray(0, 40)],
    ["no envelope", Buffer.from("[]\n")],
    ["another type", spelled({ payloadType: "application/json" })],
    ["without a signature", spelled({ signatures: [] })],
    ["three signatures", spelled({ signatures: [...signatures, ...signatures, ...signatures] })],
    ["a member more", spelled({ publicKey: "mine" })],
    ["a member more in a signature", spelled({ signatures: [{ ...signatures[0], cert: "mine" }] })],
    ["a member twice", Buffer.from(text.replace("{", '{"payload":"e30=",'))],
    ["a blank more", Buffer.from(text.replace(":", ": "))],
    ["an escape", Buffer.from(text.replace("payloadType", "p\\u0061yloadType"))],
    ["a line more", Buffer.from(`${text}\n`)],
    ["a line end less", Buffer.from(text.trimEnd())],
    ["a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["base64 without padding", spelled({ payload: Buffer.from("{}").toString("base64url") })],
    ["base64 with bits left over", spelled({ payload: "e31=" })],
    ["a signature with bits left over", Buffer.from(text.replace(/.==/, (end) => (end === "B==" ? "C==" : "B==")))],
  ])("%s", (_, bytes) => {
    expect(bytes.equals(sealed)).toBe(false);
    expect(() => openEnvelope(bytes)).toThrow(expect.objectContaining({ code: "ERR_ARCHIVE" }));
  });
});
