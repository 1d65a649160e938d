import { describe, expect, it } from "@jest/globals";
import { signedHeaders } from "../../../cli/operator/sign.ts";
import { startGateway } from "../../../local/stack/gateway.ts";
import { decodedPath, httpApiEvent, httpApiResponse, matchRoute } from "../../../local/stack/http-api.ts";

const context = {
  accountId: "000000000000",
  apiId: "local",
  domainName: "local.execute-api.eu-central-1.amazonaws.com",
  requestId: "JKJaXmPLvHcESHA=",
  now: new Date("2020-03-12T19:03:58.390Z"),
};

function eventOf({
  target = "/reports/standard",
  headers = [],
  body = "",
}: {
  target?: string;
  headers?: string[];
  body?: string | Buffer;
}) {
  const request = { method: "POST", target, rawHeaders: headers, body: Buffer.from(body), sourceIp: "127.0.0.1" };
  return httpApiEvent(request, "POST /reports/{source}", { source: "standard" }, context);
}

describe("the event", () => {
  it("has the shape of payload format 2.0", () => {
    const event = eventOf({
      headers: ["User-Agent", "sender/1", "Content-Type", "application/json"],
      body: '{"a":"ü"}',
    });
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /reports/{source}",
      rawPath: "/reports/standard",
      rawQueryString: "",
      headers: {
        "user-agent": "sender/1",
        "content-type": "application/json",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-5e6a879e-/),
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
      },
      requestContext: {
        accountId: "000000000000",
        apiId: "local",
        domainName: "local.execute-api.eu-central-1.amazonaws.com",
        domainPrefix: "local",
        http: {
          method: "POST",
          path: "/reports/standard",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "sender/1",
        },
        requestId: "JKJaXmPLvHcESHA=",
        routeKey: "POST /reports/{source}",
        stage: "$default",
        time: "12/Mar/2020:19:03:58 +0000",
        timeEpoch: 1584039838390,
      },
      pathParameters: { source: "standard" },
      body: '{"a":"ü"}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ["application/json", false],
    ["Application/JSON; charset=utf-8", false],
    ["text/plain", false],
    ["text/csv;header=present", false],
    ["application/xml", false],
    ["application/javascript", false],
    ["application/x-www-form-urlencoded", true],
    ["application/vnd.api+json", true],
    ["application/json-seq", true],
    ["application/octet-stream", true],
    ["", true],
  ])("with content type %p has its body in base64: %p", (contentType, isBase64Encoded) => {
    const event = eventOf({ headers: contentType ? ["Content-Type", contentType] : [], body: "body" });
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? "Ym9keQ==" : "body" });
  });

  it("has no body when there was none", () => {
    expect(eventOf({})).not.toHaveProperty("body");
    expect(eventOf({}).isBase64Encoded).toBe(false);
  });

  it("joins a repeated header with commas in the order received, keeps cookies apart, and drops what is the connection's", () => {
    const event = eventOf({
      headers: [
        "Webhook-Signature",
        "v1,a",
        "webhook-signature",
        "v1,b",
        "Cookie",
        "a=1; b=2",
        "Connection",
        "keep-alive",
        "Constructor",
        "x",
      ],
    });
    expect(event.headers).toMatchObject({ "webhook-signature": "v1,a,v1,b", constructor: "x" });
    expect(event.headers).not.toHaveProperty("connection");
    expect(event.headers).not.toHaveProperty("cookie");
    expect(event).toMatchObject({ cookies: ["a=1", "b=2"] });
  });
});

describe("parameter mapping", () => {
  it("puts its value in place of whatever the client sent, in every spelling", () => {
    const request = {
      ...{ method: "POST", target: "/operator", body: Buffer.from(""), sourceIp: "127.0.0.1" },
      rawHeaders: ["X-Offair-Gateway", "guess", "x-offair-gateway", "another"],
    };
    const mapped = { ...context, overwriteHeaders: { "x-offair-gateway": "secret" } };
    const { headers } = httpApiEvent(request, "POST /operator", {}, mapped);
    expect(headers).toMatchObject({ "x-offair-gateway": "secret" });
  });
});

describe("a route that asks for IAM authorisation", () => {
  const alice = {
    ...{ accessKeyId: "LOCALALICE0000000001", secretAccessKey: "local-key-of-alice" },
    ...{ arn: "arn:aws:iam::000000000000:user/alice", mayCall: ["POST /operator"] },
  };

  it("states who signed, and refuses everybody else without asking the function", async () => {
    const events: unknown[] = [];
    const invoke = async (event: unknown) => ({ statusCode: 200, body: JSON.stringify(events.push(event)) });
    const gateway = await startGateway({
      ...{ port: 0, findFunction: () => undefined, accountId: "000000000000", region: "eu-central-1" },
      routes: ["POST /operator", "POST /operator/break-glass"].map((routeKey) => ({
        ...{
          routeKey,
          timeoutMs: 30_000,
          invoke,
          requiresIam: true,
          overwriteHeaders: { "x-offair-gateway": "secret" },
        },
      })),
      identities: [alice],
      now: () => new Date(),
    });
    const post = async (path: string, identity = alice, body = "{}") => {
      const url = new URL(path, gateway.url);
      const signed = { url, region: "eu-central-1", body: Buffer.from("{}") };
      const headers = await signedHeaders(signed, identity, new Date());
      const response = await fetch(url, { method: "POST", headers, body });
      return [response.status, await response.json()];
    };
    try {
      const forbidden = [403, { message: "Forbidden" }];
      expect(await post("/operator", { ...alice, secretAccessKey: "guess" })).toEqual(forbidden);
      expect(await post("/operator", alice, "[]")).toEqual(forbidden);
      expect(await post("/operator/break-glass")).toEqual(forbidden);
      const unsigned = await fetch(`${gateway.url}/operator`, { method: "POST", body: "{}" });
      expect([unsigned.status, await unsigned.json()]).toEqual(forbidden);
      expect(events).toEqual([]);
      expect(await post("/operator")).toEqual([200, 1]);
      expect(events).toMatchObject([
        {
          routeKey: "POST /operator",
          headers: { "x-offair-gateway": "secret" },
          requestContext: { routeKey: "POST /operator", authorizer: { iam: { userArn: alice.arn } } },
          body: "{}",
        },
      ]);
    } finally {
      await gateway.close();
    }
  });
});

describe("a path", () => {
  it.each([
    ["/reports/a%20b?x=%20", "/reports/a b"],
    ["/reports/a%2Fb", "/reports/a/b"],
    ["/reports/a%252Fb", "/reports/a%2Fb"],
    ["/reports/a%3Fb", "/reports/a"],
    ["/reports/%E6%88%BF", "/reports/房"],
    ["/reports/%E6", undefined],
  ])("%p is decoded once to %p", (target, path) => {
    expect(decodedPath(target)).toBe(path);
  });
});

describe("a route", () => {
  const routes = [
    "$default",
    "ANY /{proxy+}",
    "POST /reports/{source}",
    "POST /reports/test",
    "ANY /reports/{source}",
  ].map((routeKey) => ({ routeKey }));
  const keyOf = (method: string, path: string, among = routes) => matchRoute(among, method, path)?.route.routeKey;

  it.each([
    ["POST", "/reports/test", "POST /reports/test"],
    ["POST", "/reports/standard", "POST /reports/{source}"],
    ["GET", "/reports/standard", "ANY /reports/{source}"],
    ["GET", "/a/b/c", "ANY /{proxy+}"],
    ["GET", "/", "$default"],
  ])("%s %s goes to the most specific: %s", (method, path, expected) => {
    expect(keyOf(method, path)).toBe(expected);
  });

  it.each(["/reports", "/reports/", "/reports/a/b", "/x/reports/a", "/reportsXa"])("does not match %s", (path) => {
    expect(keyOf("POST", path, [{ routeKey: "POST /reports/{source}" }])).toBeUndefined();
  });

  it("tells its parameters", () => {
    const found = matchRoute([{ routeKey: "GET /{first}/{rest+}" }], "GET", "/a/b/c");
    expect(found?.pathParameters).toEqual({ first: "a", rest: "b/c" });
  });
});

describe("the answer", () => {
  const text = (answer: unknown) => {
    const { statusCode, headers, body } = httpApiResponse(answer);
    return [statusCode, Object.fromEntries(headers)["content-type"], body.toString()];
  };

  it.each([
    ["text", "hello", [200, "application/json", "hello"]],
    ["an object without statusCode", { ok: true }, [200, "application/json", '{"ok":true}']],
    ["nothing", null, [200, "application/json", "null"]],
    ["a response without content type", { statusCode: 202, body: "x" }, [202, "text/plain;charset=UTF-8", "x"]],
    [
      "a response in base64",
      { statusCode: 200, body: "aGk=", isBase64Encoded: true },
      [200, "text/plain;charset=UTF-8", "hi"],
    ],
    ["no proper response", { statusCode: "fine" }, [500, "application/json", '{"message":"Internal Server Error"}']],
    [
      "a body that is no text",
      { statusCode: 200, body: {} },
      [500, "application/json", '{"message":"Internal Server Error"}'],
    ],
  ])("of %s is sent as an HTTP API would", (_, answer, expected) => {
    expect(text(answer)).toEqual(expected);
  });

  it("is 500 when the function fails, and 503 when it takes longer than the integration may", async () => {
    const gateway = await startGateway({
      port: 0,
      routes: [
        { routeKey: "GET /fails", timeoutMs: 30_000, invoke: () => Promise.reject(new Error("secret detail")) },
        { routeKey: "GET /hangs", timeoutMs: 1, invoke: () => new Promise(() => {}) },
      ],
      findFunction: () => undefined,
      accountId: "000000000000",
      region: "eu-central-1",
      now: () => new Date(),
    });
    try {
      const fails = await fetch(`${gateway.url}/fails`);
      expect([fails.status, await fails.json()]).toEqual([500, { message: "Internal Server Error" }]);
      const hangs = await fetch(`${gateway.url}/hangs`);
      expect([hangs.status, await hangs.json()]).toEqual([503, { message: "Service Unavailable" }]);
    } finally {
      await gateway.close();
    }
  });
});
