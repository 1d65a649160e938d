import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import type { SourceRequest } from "../../lib/sources/source.ts";
import { standard } from "../../lib/sources/standard.ts";
import { NOON } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";
import { SECRET, secretOf, signed, signedBytes } from "./signed.ts";

const BODY = '{"stream":{"stream":"комната-42 🎥"},"score":0.9}';
const later = (seconds: number, milliseconds = 0) => new Date(NOON.getTime() + seconds * SECOND_MS + milliseconds);

/** The code and check of a refusal, or what was proven. */
function verdict(request: SourceRequest, secrets = [SECRET], now = NOON) {
  try {
    return standard.verify(request, secrets, now);
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    return error.details.check ?? error.code;
  }
}
const withHeader = (name: string, value: string | undefined): SourceRequest =>
  signed(BODY, { headers: { [name]: value } });
const signatureOf = ({ headers }: SourceRequest): string => headers["webhook-signature"] ?? "";

describe("a signed request", () => {
  it("is proven when the reference library signed it", () => {
    expect(verdict(signed(BODY, { id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W" }))).toEqual({
      id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    });
  });

  it("is proven with an empty body, and with bytes that are no text", () => {
    expect(verdict(signed(""))).toEqual({ id: "msg_1" });
    expect(verdict(signedBytes(Uint8Array.of(0xff, 0x00, 0xfe)))).toEqual({ id: "msg_1" });
  });

  it.each([1, 2, 3])("is proven by any of %i secrets", (count) => {
    const secrets = [11, 22, 33].slice(0, count).map((fill) => secretOf(fill));
    for (const secret of secrets) expect(verdict(signed(BODY, { secret }), secrets)).toEqual({ id: "msg_1" });
  });

  it("is proven by one fitting signature among several, in any place and of several versions", () => {
    const fitting = signatureOf(signed(BODY));
    const other = signatureOf(signed(BODY, { secret: secretOf(1) }));
    for (const list of [
      [fitting, other],
      [other, fitting],
      ["v1a,AAAA", other, "v2,BBBB", fitting],
      ["", fitting],
    ]) {
      expect(verdict(withHeader("webhook-signature", list.join(" ")))).toEqual({ id: "msg_1" });
    }
  });
});

describe("the headers of Svix, which signs as the standard does,", () => {
  const NAMES = ["id", "timestamp", "signature"] as const;
  const branded = (request = signed(BODY)): SourceRequest => ({
    ...request,
    headers: Object.fromEntries(NAMES.map((name) => [`svix-${name}`, request.headers[`webhook-${name}`]])),
  });
  const withAlso = (headers: SourceRequest["headers"]): SourceRequest => ({
    ...signed(BODY),
    headers: { ...signed(BODY).headers, ...headers },
  });

  it("prove a request in place of the standard's own", () => {
    expect(verdict(branded())).toEqual({ id: "msg_1" });
    expect(verdict(branded(signed(BODY, { secret: secretOf(1) })))).toBe("svix-signature");
    expect(verdict(branded(), [SECRET], later(301))).toBe("svix-timestamp");
    expect(verdict({ ...branded(), body: Buffer.from(`${BODY} `) })).toBe("svix-signature");
  });

  it.each(NAMES)("are needed all three: without svix-%s nothing of the other set takes its place", (name) => {
    const some = { ...branded().headers, [`svix-${name}`]: undefined };
    expect(verdict({ ...signed(BODY), headers: some })).toBe(`svix-${name}`);
    const filled = { ...some, [`webhook-${name}`]: signed(BODY).headers[`webhook-${name}`] };
    expect(verdict({ ...signed(BODY), headers: filled })).toEqual(expect.any(String));
  });

  it.each(NAMES)("beside the standard's own have to be the same: another svix-%s is refused", (name) => {
    expect(verdict(withAlso(branded().headers))).toEqual({ id: "msg_1" });
    const others = branded(signed(BODY, { id: "msg_2", at: later(1), secret: secretOf(1) })).headers;
    expect(verdict(withAlso({ ...branded().headers, [`svix-${name}`]: others[`svix-${name}`] }))).toBe("webhook-id");
    expect(verdict(withAlso({ [`svix-${name}`]: branded().headers[`svix-${name}`] }))).toBe("webhook-id");
  });
});

/** One request with one bit of one of its signed parts turned over; header bytes are read as HTTP has them, as Latin-1. */
function flipBit(request: SourceRequest, part: Part, bit: number): SourceRequest {
  const flipped = Uint8Array.from(partOf(request, part));
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  if (part === "body") return { ...request, body: flipped };
  return { ...request, headers: { ...request.headers, [part]: Buffer.from(flipped).toString("latin1") } };
}
const PARTS = ["body", "webhook-id", "webhook-timestamp", "webhook-signature"] as const;
type Part = (typeof PARTS)[number];
const partOf = ({ body, headers }: SourceRequest, part: Part): Uint8Array =>
  part === "body" ? body : Buffer.from(headers[part] ?? "", "latin1");

describe("any single-bit change is refused (invariant 1)", () => {
  it.each(PARTS)("of the %s: every bit of a small request", (part) => {
    const request = signed(BODY);
    const bits = partOf(request, part).length * 8;
    expect(bits).toBeGreaterThan(0);
    const accepted = Array.from({ length: bits }, (_, bit) => bit).filter(
      (bit) => typeof verdict(flipBit(request, part, bit)) !== "string",
    );
    expect(accepted).toEqual([]);
  });

  it("of any part of a request with any body and id, which is proven without it", () => {
    const id = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        id,
        fc.constantFrom(...PARTS),
        fc.nat(),
        (body, id, part, pick) => {
          const request = signedBytes(body, { id });
          expect(verdict(request)).toEqual({ id });
          const bits = partOf(request, part).length * 8;
          fc.pre(bits > 0);
          expect(["webhook-id", "webhook-timestamp", "webhook-signature"]).toContain(
            verdict(flipBit(request, part, pick % bits)),
          );
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  it("of the secret: every bit of the key", () => {
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    for (let bit = 0; bit < key.length * 8; bit++) {
      const other = Buffer.from(key);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verdict(signed(BODY), [`whsec_${other.toString("base64")}`])).toBe("webhook-signature");
    }
  });
});

describe("a request is refused, with the check that failed,", () => {
  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s, or with an empty one", (name) => {
    expect(verdict(withHeader(name, undefined))).toBe(name);
    expect(verdict(withHeader(name, ""))).toBe(name);
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])(
    "when %s came twice, as the gateway joins them",
    (name) => {
      const value = signed(BODY).headers[name];
      expect(typeof verdict(withHeader(name, `${value},${value}`))).toBe("string");
    },
  );

  it.each(["a b", "a\n", "ü", "a".repeat(257), "\u0000"])("with the id %j, signed or not", (id) => {
    expect(verdict(signed(BODY, { id }))).toBe("webhook-id");
  });

  it.each([
    ["another secret", signatureOf(signed(BODY, { secret: secretOf(0xa8) }))],
    ["another body", signatureOf(signed(`${BODY} `))],
    ["another id", signatureOf(signed(BODY, { id: "msg_2" }))],
    ["another second", signatureOf(signed(BODY, { at: later(1) }))],
  ])("when the signature is of %s", (_, signature) => {
    expect(verdict(withHeader("webhook-signature", signature))).toBe("webhook-signature");
  });

  it("when id and timestamp are cut differently from what was signed together", () => {
    const { headers } = signed(BODY, { id: `form.${NOON.getTime() / SECOND_MS}.x` });
    const moved = {
      query: {},
      body: Buffer.from(`x.${headers["webhook-timestamp"]}.${BODY} `),
      headers: { ...headers, "webhook-id": "form" },
    };
    expect(verdict(moved)).toBe("webhook-signature");
  });

  // An id whose signature holds "+" or "/", so that the other alphabet spells it differently.
  const ids = Array.from({ length: 100 }, (_, index) => `msg_${index}`);
  const id = ids.find((each) => /[+/]/.test(signatureOf(signed(BODY, { id: each })).slice(3))) ?? "";
  const fitting = signatureOf(signed(BODY, { id })).slice("v1,".length);
  const withSignature = (signature: string) => signed(BODY, { id, headers: { "webhook-signature": signature } });
  const lastChar = fitting.at(-2) ?? "";
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const spellings: [string, string][] = [
    ["without padding", fitting.slice(0, -1)],
    ["with more padding", `${fitting}=`],
    ["with padding bits set", `${fitting.slice(0, -2)}${ALPHABET[ALPHABET.indexOf(lastChar) + 1]}=`],
    ["in the url-safe alphabet", fitting.replaceAll("+", "-").replaceAll("/", "_")],
    ["with a tab after it", `${fitting}\t`],
    ["with a line break inside", `${fitting.slice(0, 20)}\n${fitting.slice(20)}`],
  ];
  it("but not with the one spelling that was sent", () => {
    expect(verdict(withSignature(`v1,${fitting}`))).toEqual({ id });
  });

  it.each(spellings)("when the very bytes of the signature are spelt %s", (_, spelling) => {
    expect(Buffer.from(spelling, "base64")).toEqual(Buffer.from(fitting, "base64"));
    expect(spelling).not.toBe(fitting);
    expect(verdict(withSignature(`v1,${spelling}`))).toBe("webhook-signature");
  });

  it.each(["V1,", "v1", "v1:", "v1a,", "v2,", "v1, ", "", "v11,"])("when the version is spelt %j", (version) => {
    expect(verdict(withSignature(`${version}${fitting}`))).toBe("webhook-signature");
  });

  it("when there are more signatures than a rotation can need", () => {
    const many = Array(20).fill(`v1,${fitting}`).join(" ");
    expect(verdict(withSignature(many))).toBe("webhook-signature");
  });
});

describe("the timestamp", () => {
  it.each([-300, -1, 0, 1, 300])("may be %i s away", (seconds) => {
    expect(verdict(signed(BODY, { at: later(seconds) }))).toEqual({ id: "msg_1" });
  });

  it.each([-301, 301, -86_400, 86_400 * 365])("may not be %i s away", (seconds) => {
    expect(verdict(signed(BODY, { at: later(seconds) }))).toBe("webhook-timestamp");
  });

  it("is compared in whole seconds, as the reference libraries do", () => {
    expect(verdict(signed(BODY), [SECRET], later(300, 999))).toEqual({ id: "msg_1" });
    expect(verdict(signed(BODY), [SECRET], later(301))).toBe("webhook-timestamp");
  });

  const now = String(NOON.getTime() / SECOND_MS);
  it.each([
    `${now}.0`,
    `${now}e0`,
    `+${now}`,
    `-${now}`,
    ` ${now}`,
    `${now}\n`,
    "0x6",
    "NaN",
    "soon",
    "9".repeat(400),
    `${now}000`,
  ])("is refused when it is %j, whatever the signature", (timestamp) => {
    expect(verdict(withHeader("webhook-timestamp", timestamp))).toBe("webhook-timestamp");
  });
});

describe("a stored secret that is not as documented is our fault, not the sender's", () => {
  it.each([
    ["too short", secretOf(1, 23)],
    ["too long", secretOf(1, 65)],
    ["empty", "whsec_"],
    ["without base64", "whsec_hunter2hunter2hunter2hunter2hunter2!"],
    ["with a space in it", `${SECRET.slice(0, 20)} ${SECRET.slice(20)}`],
    ["with a line break after it", `${SECRET}\n`],
    ["in the url-safe alphabet", `whsec_${Buffer.alloc(32, 0xfb).toString("base64url")}`],
    ["an asymmetric key", SECRET.replace("whsec_", "whpk_")],
  ])("%s", (_, secret) => {
    expect(verdict(signed(BODY), [secret])).toBe("ERR_SECRET");
    expect(verdict(signed(BODY), [SECRET, secret])).toBe("ERR_SECRET");
  });

  it.each([24, 64])("of %i bytes it is as documented", (length) => {
    const secret = secretOf(5, length);
    expect(verdict(signed(BODY, { secret }), [secret])).toEqual({ id: "msg_1" });
  });

  it("is not quoted in the error", () => {
    const secret = "whsec_hunter2hunter2hunter2hunter2hunter2!";
    expect(() => standard.verify(signed(BODY), [secret], NOON)).toThrow(expect.not.stringContaining("hunter2"));
    expect(() => standard.verify(signed(BODY), [secret], NOON)).toThrow("base64");
  });
});
