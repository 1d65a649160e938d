import { describe, expect, it } from "@jest/globals";
import type { ErrorCode } from "../../../lib/core/errors.ts";
import { classify, EXPLANATIONS, type Refusal } from "../../../lib/huawei/api/error-codes.ts";

const codeOf = (refusal: Partial<Refusal>): ErrorCode =>
  classify({ method: "POST", status: 400, ...refusal }).errorCode;

/** Status and code as documented, by what becomes of the call. */
const DOCUMENTED: Partial<Record<ErrorCode, string[]>> = {
  ERR_LIVE_REJECTED: [
    ...["001", "004", "009", "011", "012", "013"].map((last) => `400 LIVE.100011${last}`),
    ...["003", "014", "015"].map((last) => `401 LIVE.100011${last}`),
    "403 LIVE.100011001", // seen on DELETE of a missing domain
    "403 LIVE.103011016",
    ...["020", "022", "024", "025", "026", "027"].map((last) => `400 LIVE.103011${last}`),
    ...["404 0101", "404 0103", "500 0103", "400 0104", "500 0104", "400 0105", "500 0105", "400 0106"].map(gateway),
    ...["400 0201", "413 0201", "414 0201", "494 0201", "400 0204", "403 0302", "401 0303", "403 0304", "401 0305"].map(
      gateway,
    ),
    ...["403 0306", "403 0310", "401 0311", "403 0401", "403 0402", "403 0404", "405 0501", "405 0502"].map(gateway),
    ...["400 0602", "400 0607", "400 1009", "403 0802"].map(gateway),
  ],
  ERR_LIVE_UNAVAILABLE: [
    "400 LIVE.100011006",
    "400 LIVE.100011008",
    "400 LIVE.100011022",
    "400 LIVE.103011021",
    ...["100011000", "100011005", "103011017", "103011023", "103011028"].map((code) => `500 LIVE.${code}`),
    ...["500 0201", "500 0601", "500 0605", "500 0606", "500 0608", "500 0609", "500 0611", "500 0612", "500 0705"].map(
      gateway,
    ),
    gateway("503 0613"),
  ],
  ERR_LIVE_UNKNOWN: ["502 0201", "504 0201", "502 0610"].map(gateway),
  ERR_LIVE_THROTTLED: ["500 LIVE.100011007", gateway("429 0308")],
  ERR_LIVE_SIGNATURE: ["401 LIVE.100011002", gateway("401 0301"), gateway("401 0307")],
  ERR_LIVE_EXISTS: ["400 LIVE.103011018"],
  ERR_LIVE_NOT_FOUND: ["404 LIVE.103011019", "400 LIVE.103011019"],
};

function gateway(statusAndNumber: string): string {
  return statusAndNumber.replace(" ", " APIGW.");
}

const cases = Object.entries(DOCUMENTED).flatMap(([errorCode, all]) =>
  all.map((statusAndCode) => {
    const [status, code = ""] = statusAndCode.split(" ");
    return { errorCode, status: Number(status), code };
  }),
);

describe("what an answer to a write means", () => {
  it.each(cases)("$status $code is $errorCode", ({ errorCode, status, code }) => {
    expect(codeOf({ status, code })).toBe(errorCode);
    expect(codeOf({ status, code: code.replace("APIGW.", "APIG.") })).toBe(errorCode);
  });

  it("is documented here for every code of the tables, and for no other", () => {
    expect([...new Set(cases.map(({ code }) => code))].sort()).toEqual(EXPLANATIONS.map(([code]) => code).sort());
  });

  it.each([
    [499, "ERR_LIVE_REJECTED"],
    [401, "ERR_LIVE_REJECTED"],
    [408, "ERR_LIVE_UNAVAILABLE"],
    [429, "ERR_LIVE_THROTTLED"],
    [500, "ERR_LIVE_UNAVAILABLE"],
    [502, "ERR_LIVE_UNKNOWN"],
    [504, "ERR_LIVE_UNKNOWN"],
    [599, "ERR_LIVE_UNAVAILABLE"],
  ])("an unknown code is read by its status: %d is %s", (status, errorCode) => {
    expect(codeOf({ status, code: "LIVE.1" })).toBe(errorCode);
    expect(codeOf({ status, code: "toString" })).toBe(errorCode);
    expect(codeOf({ status, code: "APIGW.100011001" })).toBe(errorCode);
  });

  it("a 401 without any code is taken for a failed signature, lest a sixth one locks the key", () => {
    expect(classify({ method: "POST", status: 401 })).toMatchObject({
      errorCode: "ERR_LIVE_SIGNATURE",
      credentials: "identity",
    });
  });
});

it("a read is unavailable where a write is unknown", () => {
  expect(codeOf({ method: "GET", status: 502, code: "APIGW.0610" })).toBe("ERR_LIVE_UNAVAILABLE");
  expect(codeOf({ method: "GET", status: 504 })).toBe("ERR_LIVE_UNAVAILABLE");
});

it.each([
  ["verify aksk signature fail, canonicalRequest:GET|/|", "identity"],
  ["verify aksk signature fail", "identity"],
  ["calc aksk signature fail: signature expired, signature time:1,server time:2", "clock"],
  ["AK access failed to reach the limit,forbidden", "identity"],
  ["Get secretKey failed,ak:A1,err:ak not exist", "identity"],
  ["a text nobody has seen", "identity"],
  ["decrypt token fail", "token"],
  ["token expires", "token"],
])("APIGW.0301 %j is about the %s", (text, credentials) => {
  expect(classify({ method: "GET", status: 401, code: "APIGW.0301", text }).credentials).toBe(credentials);
});
