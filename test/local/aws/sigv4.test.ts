import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type SignedRequest, verifySigV4 } from "../../../local/aws/sigv4.ts";
import { runs } from "../../support/runs.ts";

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const NOTHING = new Uint8Array();

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, its four worked examples. */
const s3Example = (more: Partial<SignedRequest>, names: string, signature: string): SignedRequest => ({
  method: "GET",
  path: "/",
  query: "",
  body: NOTHING,
  ...more,
  headers: {
    Host: "examplebucket.s3.amazonaws.com",
    "x-amz-content-sha256": EMPTY_SHA256,
    "x-amz-date": "20130524T000000Z",
    ...more.headers,
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${signature}`,
  },
});
const S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const S3_NOW = new Date("2013-05-24T00:00:00Z");
const range = () =>
  s3Example(
    { path: "/test.txt", headers: { Range: "bytes=0-9" } },
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );

describe("the worked examples of the S3 documentation", () => {
  it.each([
    ["GET with a range", range()],
    [
      "PUT with a body",
      s3Example(
        {
          method: "PUT",
          path: "/test$file.text",
          body: Buffer.from("Welcome to Amazon S3."),
          headers: {
            Date: "Fri, 24 May 2013 00:00:00 GMT",
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
            "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
          },
        },
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      ),
    ],
    [
      "GET with a parameter that has no value",
      s3Example(
        { query: "lifecycle" },
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
      ),
    ],
    [
      "GET with parameters out of order",
      s3Example(
        { query: "prefix=J&max-keys=2" },
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
      ),
    ],
  ])("accepts %s", (_, request) => {
    expect(verifySigV4(request, () => S3_SECRET, { now: S3_NOW, service: "s3" })).toEqual({
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      region: "us-east-1",
      service: "s3",
    });
  });
});

/** From the AWS Signature Version 4 test suite: get-vanilla, and the paths that normalise to its own. */
const VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
describe("the published test suite", () => {
  it.each([["/"], ["/./"], ["//"], ["/example/.."], ["/example1/example2/../.."]])("accepts the path %s", (path) => {
    const Authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${VANILLA}`;
    const headers = { Host: "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z", Authorization };
    const request = { method: "GET", path, query: "", headers, body: NOTHING };
    const secretOf = (id: string) => (id === "AKIDEXAMPLE" ? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" : undefined);
    expect(verifySigV4(request, secretOf, { now: new Date("2015-08-30T12:36:00Z") }).service).toBe("service");
  });
});

describe("what is refused", () => {
  const refused = (request: SignedRequest, now = S3_NOW, service = "s3", secret: string | undefined = S3_SECRET) => {
    try {
      verifySigV4(request, (id) => (id.startsWith("AKIA") ? secret : undefined), { now, service });
    } catch (error) {
      return error;
    }
  };
  const withHeader = (name: string, value: string | undefined): SignedRequest => {
    const request = range();
    return { ...request, headers: { ...request.headers, [name]: value } };
  };
  const authorization = String(range().headers.Authorization);

  it.each([
    ["missing", withHeader("Authorization", undefined)],
    ["malformed", withHeader("Authorization", "Bearer token")],
    ["malformed", withHeader("Authorization", authorization.slice(0, -1))],
    ["malformed", withHeader("x-amz-date", "yesterday")],
    ["malformed", withHeader("x-amz-date", undefined)],
    ["malformed", { ...range(), path: "/%" }],
    ["scope", withHeader("x-amz-date", "20130525T000000Z")],
    ["unknown-key", withHeader("Authorization", authorization.replace("AKIA", "ASIA"))],
    ["unsigned-header", withHeader("x-amz-security-token", "token")],
    ["unsigned-header", withHeader("Authorization", authorization.replace("host;", ""))],
    ["mismatch", withHeader("Range", "bytes=0-99")],
    ["mismatch", withHeader("x-amz-date", "20130524T000001Z")],
    ["mismatch", withHeader("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
    ["mismatch", { ...range(), method: "DELETE" }],
    ["mismatch", { ...range(), path: "/test.tx" }],
    ["mismatch", { ...range(), query: "versionId=1" }],
    ["payload", { ...range(), body: Buffer.from("other") }],
  ])("%s, case %#", (fault, request) => {
    expect(refused(request)).toMatchObject({ name: "SigV4Error", fault });
  });

  it("a request signed for another service, with another secret, or more than fifteen minutes away", () => {
    expect(refused(range(), S3_NOW, "execute-api")).toMatchObject({ fault: "scope" });
    expect(refused(range(), S3_NOW, "s3", "other")).toMatchObject({ fault: "mismatch" });
    expect(refused(range(), new Date("2013-05-24T00:15:00.001Z"))).toMatchObject({ fault: "skewed" });
    expect(refused(range(), new Date("2013-05-23T23:44:59.999Z"))).toMatchObject({ fault: "skewed" });
    expect(refused(range(), new Date("2013-05-24T00:15:00Z"))).toBeUndefined();
  });
});

describe("the SDK's own signer", () => {
  const now = new Date("2026-11-21T03:15:00Z");
  const credentials = { accessKeyId: "AKIDOPERATOR", secretAccessKey: "its secret", sessionToken: "its token" };
  const { config } = new SecretsManagerClient({ region: "eu-central-1", credentials });
  const signerOf = (service: string) =>
    config.signer({ name: "sigv4", signingName: service, signingRegion: "eu-central-1", properties: {} });

  const text = fc.string({ unit: "binary", maxLength: 8 }).filter((one) => one.isWellFormed());
  const request = fc.record({
    segments: fc.array(text, { maxLength: 4 }),
    query: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
    header: fc.string({ unit: fc.constantFrom("a", "Z", " ", "\t", ",", "=", "é"), maxLength: 12 }),
    body: fc.string({ unit: "binary-ascii", maxLength: 20 }),
  });

  it("agrees on any path, query, header and body", async () => {
    const signer = await signerOf("execute-api");
    await fc.assert(
      fc.asyncProperty(request, async ({ segments, query, header, body }) => {
        const path = `/${segments.map(encodeURIComponent).join("/")}`;
        const headers = { host: "127.0.0.1:3000", "x-note": header };
        const toSign = { method: "POST", protocol: "http:", hostname: "127.0.0.1", path, query, headers, body };
        const signed = await signer.sign(toSign, { signingDate: now });
        const sent = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
        const received = {
          method: "POST",
          path,
          query: sent.join("&"),
          headers: signed.headers,
          body: Buffer.from(body),
        };
        const secretOf = (id: string) => (id === credentials.accessKeyId ? credentials.secretAccessKey : undefined);
        expect(verifySigV4(received, secretOf, { now, service: "execute-api" })).toEqual({
          accessKeyId: credentials.accessKeyId,
          region: "eu-central-1",
          service: "execute-api",
        });
      }),
      { numRuns: runs(500) },
    );
  });
});
