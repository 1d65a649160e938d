import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import * as z from "zod";
import {
  expectedCanonicalRequest,
  parseAuthorization,
  parseSdkDate,
  percentDecode,
  type ReceivedRequest,
  signatureMatches,
} from "../../../local/live/signature.ts";

const vectors = z
  .array(
    z.object({
      ...{ name: z.string(), method: z.string(), path: z.string(), query: z.array(z.tuple([z.string(), z.string()])) },
      ...{ headers: z.record(z.string(), z.string()), body: z.string(), sk: z.string(), sdkDate: z.string() },
      ...{ canonicalRequest: z.string(), authorization: z.string() },
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("../../sign-vectors.json", import.meta.url), "utf8")));

/** As loose as a sender may be: every byte of a part encoded, also those that need not be. */
const encodeAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const receive = ({ method, path, query, headers, body }: (typeof vectors)[number]): ReceivedRequest => {
  const encodedQuery = query.map(([name, value]) => `${encodeAll(name)}=${encodeAll(value)}`).join("&");
  const target = path.split("/").map(encodeAll).join("/") + (encodedQuery && `?${encodedQuery}`);
  return { method, target, headers: Object.entries(headers), body: Buffer.from(body) };
};

describe("the simulator's own check of a signature", () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    "accepts the published vector %s",
    (_name, vector) => {
      const authorization = parseAuthorization(vector.authorization);
      const canonicalRequest = expectedCanonicalRequest(receive(vector), authorization?.signedHeaders ?? []);
      expect(canonicalRequest).toBe(vector.canonicalRequest);
      expect(signatureMatches(authorization?.signature ?? "", vector.sk, vector.sdkDate, canonicalRequest)).toBe(true);
    },
  );

  it("refuses every vector under another key", () => {
    const accepted = vectors.filter(({ authorization, canonicalRequest, sk, sdkDate }) =>
      signatureMatches(parseAuthorization(authorization)?.signature ?? "", `${sk}x`, sdkDate, canonicalRequest),
    );
    expect(accepted).toEqual([]);
  });

  it("takes a plus and a stray percent sign for themselves", () => {
    expect(percentDecode("a+b%20%zz%4").toString()).toBe("a+b %zz%4");
  });

  it("lets the gateway's dropping of headers with an underscore break their signature", () => {
    const request = { method: "GET", target: "/", headers: [["x_note", "1"]] as const, body: Buffer.alloc(0) };
    expect(expectedCanonicalRequest(request, ["x_note"])).toContain("x_note:\n");
  });

  it("reads only the documented form of a date", () => {
    expect(parseSdkDate("20260422T120000Z")).toBe(Date.UTC(2026, 3, 22, 12));
    for (const wrong of [
      "2026-04-22T12:00:00Z",
      "20261322T120000Z",
      "20260230T120000Z",
      "20260422T240000Z",
      "20260422T120000",
      "",
    ]) {
      expect(parseSdkDate(wrong)).toBeUndefined();
    }
  });
});
