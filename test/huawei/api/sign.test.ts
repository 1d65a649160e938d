import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  formatSdkDate,
  type SignableRequest,
  sign,
  signature,
  stringToSign,
} from "../../../lib/huawei/api/sign.ts";
import { runs } from "../../support/runs.ts";
import { vectors } from "../vectors.ts";

const withinBmp = (text: string): string => text.replace(/[\u{10000}-\u{10ffff}]/gu, "中");

describe("published vectors", () => {
  it.each(vectors)("$name ($category) is signed as the guide says", (vector) => {
    expect(canonicalQuery(vector.query)).toBe(vector.canonicalQuery);
    expect(canonicalRequest(vector)).toBe(vector.canonicalRequest);
    expect(stringToSign(vector.sdkDate, vector.canonicalRequest)).toBe(vector.stringToSign);
    expect(vector.authorization.endsWith(`Signature=${signature(vector.sk, vector.stringToSign)}`)).toBe(true);
    expect(sign(vector, vector)).toEqual({
      canonicalRequest: vector.canonicalRequest,
      stringToSign: vector.stringToSign,
      authorization: vector.authorization,
    });
  });

  it("signs without content-type as the signers that leave it out", () => {
    const cases = vectors.filter((vector) => vector.authorizationWithoutContentType !== undefined);
    expect(cases.length).toBeGreaterThan(10);
    for (const vector of cases) {
      const { "content-type": _, ...headers } = vector.headers;
      expect(sign({ ...vector, headers }, vector).authorization).toBe(vector.authorizationWithoutContentType);
    }
  });
});

describe("single steps", () => {
  it("sorts names outside the BMP after U+E000–U+FFFF, by code point and not by UTF-16 unit", () => {
    expect(
      canonicalQuery([
        ["😀", ""],
        ["\u{ffff}", ""],
        ["\u{e000}", ""],
        ["퟿", ""],
      ]),
    ).toBe("%ED%9F%BF=&%EE%80%80=&%EF%BF%BF=&%F0%9F%98%80=");
  });

  it("sorts by any code points as a sort of whole code points does", () => {
    const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)); // UTF-8 keeps their order
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 8 }), (names) => {
        const sorted = canonicalQuery(names.map((name) => [name, ""] as const));
        expect(sorted.split("&").map((pair) => decodeURIComponent(pair.slice(0, -1)))).toEqual(
          names.length === 0 ? [""] : [...names].sort(byCodePoint),
        );
      }),
    );
  });

  it.each(["\ud83d", "a\udc00b", "\ude00\ud83d"])("refuses half of a surrogate pair in path and query: %j", (half) => {
    const refusal = expect.objectContaining({ code: "ERR_LIVE_REJECTED" });
    expect(() => canonicalQuery([["stream_name", half]])).toThrow(refusal);
    expect(() => canonicalPath(`/${half}`)).toThrow(refusal);
  });

  it("refuses to sign without X-Sdk-Date", () => {
    const request = { method: "GET", path: "/", query: [], headers: { host: "h" }, body: "" };
    expect(() => sign(request, { ak: "a", sk: "s" })).toThrow(expect.objectContaining({ code: "ERR_LIVE_REJECTED" }));
  });

  it("signs the same bytes given as text and as a Buffer alike", () => {
    const request = {
      method: "POST",
      path: "/",
      query: [],
      headers: { "x-sdk-date": "20260422T080000Z" },
      body: "直播",
    };
    expect(canonicalRequest({ ...request, body: Buffer.from("直播") })).toBe(canonicalRequest(request));
  });

  it("writes the date without dashes, colons and milliseconds", () => {
    expect(formatSdkDate(new Date("2026-04-22T08:00:00.987Z"))).toBe("20260422T080000Z");
  });
});

describe("the official Node signer", () => {
  const { AKSKSigner } = createRequire(import.meta.url)("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js");

  function officialAuthorization(
    { method, path, query, headers, body }: SignableRequest,
    key: { ak: string; sk: string },
  ) {
    const queryParams: Record<string, string[]> = Object.create(null); // so that "toString" is a name as any other
    for (const [name, value] of query) queryParams[name] = [...(queryParams[name] ?? []), value];
    const endpoint = `https://${headers.host}${path}`;
    const data = body === "" ? undefined : JSON.parse(String(body)); // it serialises by itself, with JSON.stringify as we do
    const signer = AKSKSigner.sign(
      { method, endpoint, queryParams, data, headers },
      { getAk: () => key.ak, getSk: () => key.sk },
    );
    return signer.Authorization;
  }

  const RESERVED = [..." !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u0000\t\n\u007f"];
  const text = fc.oneof(
    fc.string({ unit: "binary" }), // any code point but surrogates
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(...RESERVED) }),
    fc.string({
      unit: fc.oneof(fc.constantFrom(...RESERVED), fc.constantFrom("a", "Z", "0", "é", "直", "😀", "\ufeff")),
    }),
  );

  const headers = fc.record(
    {
      host: fc.constantFrom("live.cn-north-4.myhuaweicloud.com", "live.ap-southeast-3.myhuaweicloud.com:8443"),
      "X-Sdk-Date": fc.constantFrom("20260422T080000Z", "20191115T033655Z"),
      "content-type": fc.constant("application/json"),
      "X-Project-Id": fc.constant("0123456789abcdef0123456789abcdef"),
      // §5.2 row 1: it does not trim, so values neither begin nor end with white space
      "X-Security-Token": fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
    },
    { requiredKeys: ["host", "X-Sdk-Date"] },
  );

  const stream = fc.record({ domain: text, app_name: text, stream_name: text });
  const write = fc.record({
    method: fc.constantFrom("POST", "PUT"),
    path: fc.constantFrom(
      "/v1/0123456789abcdef0123456789abcdef/stream/blocks",
      "/v1/p/stream/block-once/",
      "/v1/a:b@c,d;e=f&g$h+i",
    ),
    query: fc.constant([]),
    headers,
    body: stream.map((names) => JSON.stringify(names)),
  });
  const read = fc.record({
    method: fc.constantFrom("GET", "DELETE"),
    // §5.2 row 2: it encodes a path of other characters twice, so the path is plain; Live's paths all are
    path: fc.constantFrom("/v1/0123456789abcdef0123456789abcdef/stream/blocks", "/v1/p/realtime/streams"),
    query: fc.oneof(
      stream.map((names) => Object.entries(names)),
      // §5.2 row 5: it sorts UTF-16 units, so names and repeated values from beyond the BMP stay out of the sort
      fc.array(fc.tuple(text.map(withinBmp), text.map(withinBmp)), { maxLength: 6 }),
    ),
    headers,
    body: fc.constant(""),
  });

  it("agrees on 3,000 requests with any Unicode and any reserved characters", () => {
    const key = fc.record({ ak: fc.stringMatching(/^[A-Z0-9]{20}$/), sk: fc.stringMatching(/^[A-Za-z0-9]{40}$/) });
    fc.assert(
      fc.property(fc.oneof(write, read), key, (request, pair) => {
        expect(sign(request, pair).authorization).toBe(officialAuthorization(request, pair));
      }),
      { numRuns: runs(3_000) },
    );
  });
});
