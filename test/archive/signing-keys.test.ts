import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { fromSpki, parseAuditKeys, parsePublicKey, publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { keyOf, privateKeyPem, secretOf } from "../support/chain.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pemOf = (text: string) => Buffer.from(text);

describe("the secret", () => {
  it("holds the key in force, and during a rotation the one before as the second", () => {
    expect(parseAuditKeys(secretOf(1))).toEqual({ current: expect.objectContaining({ id: keyOf(1).id }) });
    const { current, previous } = parseAuditKeys(secretOf(2, 1));
    expect([current.id, previous?.id]).toEqual([keyOf(2).id, keyOf(1).id]);
  });

  it.each([
    ["not JSON", privateKeyPem(7)],
    ["of no keys", '{"keys":[]}'],
    ["of three", secretOf(7, 8, 9)],
    ["of other members", JSON.stringify({ privateKey: privateKeyPem(7) })],
    [
      "of no PEM",
      JSON.stringify({ keys: [{ privateKey: "MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH" }] }),
    ],
    ["of half a PEM", JSON.stringify({ keys: [{ privateKey: privateKeyPem(7).slice(0, 60) }] })],
    ["of a public key", JSON.stringify({ keys: [{ privateKey: publicKeyPem(keyOf(7)) }] })],
    [
      "of another algorithm",
      JSON.stringify({ keys: [{ privateKey: rsa.privateKey.export({ format: "pem", type: "pkcs8" }) }] }),
    ],
  ])("%s is refused, and nothing of it is repeated", (_, secret) => {
    let error: unknown;
    try {
      parseAuditKeys(secret);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "ERR_SECRET" });
    expect(inspect(error, { depth: 9 })).not.toMatch(/BwcH|MC4C|BEGIN/);
  });
});

describe("a key file", () => {
  const pem = publicKeyPem(keyOf(1));

  it("is the PEM that was given out, or its DER", () => {
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(parsePublicKey(pemOf(pem)).id).toBe(keyOf(1).id);
    expect(parsePublicKey(pemOf(`\r\n${pem.replaceAll("\n", "\r\n")}\n`)).id).toBe(keyOf(1).id);
    expect(parsePublicKey(keyOf(1).spki).id).toBe(keyOf(1).id);
  });

  it.each([
    ["empty", pemOf("")],
    ["a private key, which should not lie where evidence is checked", pemOf(privateKeyPem(1))],
    ["a private key beside it", pemOf(pem + privateKeyPem(1))],
    ["two keys, of which one would be chosen", pemOf(pem + publicKeyPem(keyOf(2)))],
    ["another algorithm", pemOf(rsa.publicKey.export({ format: "pem", type: "spki" }).toString())],
    ["bytes after it", Buffer.concat([keyOf(1).spki, Buffer.of(0)])],
    ["a secret", pemOf(secretOf(1))],
  ])("is refused: %s", (_, file) => {
    expect(() => parsePublicKey(file)).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
  });

  it("in another encoding would have another id, and is none", () => {
    expect(fromSpki(Buffer.concat([keyOf(1).spki, Buffer.of(0)]))).toBeUndefined();
  });
});
