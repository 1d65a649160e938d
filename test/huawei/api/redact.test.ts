import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { redact } from "../../../lib/huawei/api/redact.ts";
import { runs } from "../../support/runs.ts";

const AK = "AccessKeyExample0001";
const SK = "SecretKeyExample0123456789abcdefghijklmn";
const SECRETS = [AK, SK];

describe("the text of an error", () => {
  it.each([
    ["Invalid request parameter: stream_name", "Invalid request parameter: stream_name"],
    ["  two\r\nlines\u202e\u001b[31m ", "two\ufffd\ufffdlines\ufffd\ufffd[31m"],
    ["名称无效", "名称无效"],
    ["policy user over ratelimit,limit:300,time:1 minute", "policy user over ratelimit,limit:300,time:1 minute"],
    ["x".repeat(300), "x".repeat(200)],
    [`a${"😀".repeat(300)}`, `a${"😀".repeat(199)}`],
    ["half \ud83d", "half \ufffd"],
  ])("is one line of at most 200 characters: %j", (text, shown) => {
    expect(redact(text, SECRETS)).toBe(shown);
  });

  it.each(["", " \n ", "…", "-- !"])("is nothing where there is nothing to read: %j", (text) => {
    expect(redact(text, SECRETS)).toBeUndefined();
  });

  it.each([
    ["the whole of it", `ak:${AK},err:ak not exist`, "ak:[removed],err:ak not exist"],
    ["its beginning, where the text was cut", `failed,ak:${AK.slice(0, 9)}`, "failed,ak:[removed]"],
    ["its end", `…${SK.slice(-10)} is wrong`, "…[removed] is wrong"],
    ["it in capitals", `key ${AK.toUpperCase()}`, "key [removed]"],
    ["two of them", `${AK}:${SK}`, "[removed]:[removed]"],
  ])("loses a secret: %s", (_, text, shown) => {
    expect(redact(text, SECRETS)).toBe(shown);
  });

  it.each([
    "verify aksk signature fail, canonicalRequest:POST|/v1/0123/stream/block-once/||host:a|x-security-token:b||host|c",
    "verify aksk signature fail, POST\n/v1/0123\nhost:a",
    "verify aksk signature fail, Authorization: SDK-HMAC-SHA256 Access=a",
    "verify aksk signature fail, stringToSign:SDK-HMAC-SHA256|20260422T080000Z|a",
    "verify aksk signature fail, V11-HMAC-SHA256 Credential=a",
    "verify aksk signature fail, Signature=0123",
    "verify aksk signature fail, X-Auth-Token: 0123",
  ])("ends where the request is echoed: %s", (text) => {
    expect(redact(text, [])).toBe("verify aksk signature fail,…");
  });

  it.each([
    "no such stream: room-1?auth_key=1700000000-0-0-0123",
    "no such stream: room-1?txSecret=0123&txTime=6553F100",
    'no such stream: {"secret": "0123"}',
    "no such stream: password: 0123",
    "no such stream: &token=0123",
  ])("ends where a key is named: %s", (text) => {
    expect(redact(text, [])).toMatch(/^no such stream:[^0-9=]*(room-1\?)?…$/);
  });

  it("keeps what the gateway says of a header that is missing", () => {
    const text = "Incorrect IAM authentication information: x-auth-token not found";
    expect(redact(text, [], { anyToken: true })).toBe(text);
  });

  it("loses the token of somebody else where it is about credentials", () => {
    const text = `decrypt token fail MIIabc${"0".repeat(40)}`;
    expect(redact(text, [], { anyToken: true })).toBe("decrypt token fail [removed]");
    expect(redact("signature time:20260422T080000Z,server time:20260422T081600Z", [], { anyToken: true })).toBe(
      "signature time:20260422T080000Z,server time:20260422T081600Z",
    );
  });

  it("never has eight characters of a secret in a row, whatever surrounds them", () => {
    const part = fc
      .constantFrom(...SECRETS)
      .chain((secret) => fc.nat(secret.length - 8).chain((from) => fc.constant(secret.slice(from))));
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 20 })), { maxLength: 8 }), (pieces) => {
        const shown = redact(pieces.join(""), SECRETS) ?? "";
        for (const secret of SECRETS) {
          for (let at = 0; at + 8 <= secret.length; at++) expect(shown).not.toContain(secret.slice(at, at + 8));
        }
        expect([...shown].length).toBeLessThanOrEqual(200);
      }),
      { numRuns: runs(100) },
    );
  });
});
