import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { MAX_REQUEST_BYTES, readOperatorRequest } from "../../../lib/aws/http-api/operator-request.ts";
import { type OperatorDeps, respondToOperator } from "../../../lib/aws/http-api/operator-response.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { traced, withTrace } from "../../../lib/core/trace.ts";
import type { Caller } from "../../../lib/operator/caller.ts";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import "../../support/runs.ts";

const SAMPLE = JSON.parse(readFileSync(join(import.meta.dirname, "../../../events/operator.json"), "utf8"));
const SECRET: string = SAMPLE.headers["x-offair-gateway"];
const ALICE = "arn:aws:iam::123456789012:user/alice";

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => {}));
afterEach(() => void jest.restoreAllMocks());

interface Change {
  readonly headers?: Record<string, unknown> | undefined;
  readonly routeKey?: string;
  readonly userArn?: unknown;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function eventOf({ headers = {}, routeKey = "POST /operator", userArn = ALICE, ...rest }: Change = {}) {
  const { requestContext } = SAMPLE;
  const authorizer = { iam: { ...requestContext.authorizer.iam, userArn } };
  return {
    ...{ ...SAMPLE, ...rest },
    headers: { ...SAMPLE.headers, ...headers },
    requestContext: { ...requestContext, routeKey, authorizer },
  };
}

const read = (change: Change = {}, secret = SECRET) => readOperatorRequest(eventOf(change), secret);
const asked = { action: "list", reason: "INC-881" };

describe("a request through the gateway", () => {
  it("is what its body asks for, on the word of the ARN that the gateway states", () => {
    const caller = { kind: "gateway", arn: ALICE, mayBreakGlass: false };
    expect(read()).toEqual({ kind: "asked", event: asked, caller });
  });

  it("may break the glass where it came by the route that is there for it, and by no other", () => {
    const mayBreakGlass = (change: Change) => {
      const request = read(change);
      return request.kind === "asked" && request.caller.kind === "gateway" && request.caller.mayBreakGlass;
    };
    expect(mayBreakGlass({ routeKey: "POST /operator/break-glass" })).toBe(true);
    expect(mayBreakGlass({ routeKey: "POST /operator" })).toBe(false);
    expect(mayBreakGlass({ body: JSON.stringify({ ...asked, routeKey: "POST /operator/break-glass" }) })).toBe(false);
    const pathOnly = { ...eventOf(), routeKey: "POST /operator/break-glass", rawPath: "/operator/break-glass" };
    expect(readOperatorRequest(pathOnly, SECRET)).toMatchObject({ caller: { mayBreakGlass: false } });
  });

  it.each([
    ["a user in a path", "arn:aws:iam::123456789012:user/ops/berlin/alice"],
    ["a role's session", "arn:aws:sts::123456789012:assumed-role/operators/alice@example.com"],
    ["another partition", "arn:aws-us-gov:iam::123456789012:user/alice"],
  ])("may come from %s", (_, userArn) => {
    expect(read({ userArn })).toMatchObject({ kind: "asked", caller: { arn: userArn } });
  });

  it.each([
    ["the account's root", "arn:aws:iam::123456789012:root"],
    ["a federated user, whose name anybody may choose", "arn:aws:sts::123456789012:federated-user/bob"],
    ["a role without a session", "arn:aws:iam::123456789012:role/operators"],
    ["a line break", `${ALICE}\nbob`],
    ["a right-to-left mark", `${ALICE}\u202eecila`],
    ["a name that is no ARN", "alice"],
  ])("is refused from %s: that is not one person", (_, userArn) => {
    expect(read({ userArn })).toMatchObject({ kind: "refused", message: expect.stringContaining("is not one person") });
  });

  it.each([
    ["no caller", { userArn: null }],
    ["an empty caller", { userArn: "" }],
    ["another route", { routeKey: "POST /reports/{source}" }],
    ["the route for whatever has none", { routeKey: "$default" }],
  ])("is refused with %s", (_, change: Change) => {
    expect(read(change)).toMatchObject({ kind: "refused", message: expect.stringContaining("has no caller") });
  });

  it("has its body as it was sent, in base64 too", () => {
    const text = JSON.stringify({ ...asked, reason: "房間 <img onerror> =HYPERLINK( \u202e" });
    const encoded = Buffer.from(text).toString("base64");
    expect(read({ body: text })).toMatchObject({ event: JSON.parse(text) });
    expect(read({ body: encoded, isBase64Encoded: true })).toMatchObject({ event: JSON.parse(text) });
  });

  it.each([
    ["nothing", { body: "" }, "is not JSON"],
    ["half of it", { body: '{"action":' }, "is not JSON"],
    ["what is not UTF-8", { body: Buffer.from([0x22, 0xff, 0x22]).toString("base64"), isBase64Encoded: true }, "UTF-8"],
    ["too much", { body: JSON.stringify("x".repeat(MAX_REQUEST_BYTES)) }, "larger than"],
    ["too much in few characters", { body: JSON.stringify("房".repeat(MAX_REQUEST_BYTES / 3)) }, "larger than"],
  ])("is refused with a body of %s", (_, change: Change, message) => {
    expect(read(change)).toMatchObject({ kind: "refused", message: expect.stringContaining(message) });
  });
});

describe("an event that only looks as if it came through the gateway", () => {
  const forged = { kind: "refused", message: expect.stringContaining("did not come through the gateway") };

  it.each([
    ["no header", { headers: { "x-offair-gateway": undefined } }],
    ["an empty header", { headers: { "x-offair-gateway": "" } }],
    ["another secret", { headers: { "x-offair-gateway": SECRET.replace("g", "h") } }],
    ["the secret and more", { headers: { "x-offair-gateway": `${SECRET},${SECRET}` } }],
    ["the beginning of the secret", { headers: { "x-offair-gateway": SECRET.slice(0, -1) } }],
    ["a list", { headers: { "x-offair-gateway": [SECRET] } }],
    [
      "the header in capitals, as the gateway never writes it",
      {
        headers: { "x-offair-gateway": undefined, "X-Offair-Gateway": SECRET },
      },
    ],
  ])("is refused with %s", (_, change: Change) => {
    expect(read(change)).toEqual(forged);
  });

  it("is refused whatever else is in it, and nothing of it is told", () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom("requestContext", "version"), fc.jsonValue(), (event, key, value) => {
        expect(readOperatorRequest({ ...event, [key]: value }, SECRET)).toEqual(forged);
      }),
    );
  });
});

describe("the incident function's answer", () => {
  const DONE: OperatorResponse = { ok: true, results: [], errors: [] };
  const REFUSED: OperatorResponse = { ok: false, results: [], errors: [{ pointer: "/reason", message: "is missing" }] };

  function deps(answer: OperatorResponse, readGatewaySecret = async () => SECRET) {
    const seen: [unknown, Caller][] = [];
    const handle: OperatorDeps["handle"] = async (event, caller) => {
      seen.push([event, caller]);
      return answer;
    };
    return { seen, deps: { readGatewaySecret, handle } };
  }
  async function answered(event: unknown, world: ReturnType<typeof deps>) {
    const answer = await respondToOperator(event, world.deps);
    if (!("statusCode" in answer)) throw new Error("not an HTTP response");
    return { status: answer.statusCode, ...JSON.parse(answer.body) };
  }

  it("to a direct invocation is the answer itself, and nobody is proven", async () => {
    const world = deps(DONE, () => Promise.reject(new Error("not asked for")));
    expect(await respondToOperator({ ...asked, requestedBy: "ana" }, world.deps)).toBe(DONE);
    expect(world.seen).toEqual([[{ ...asked, requestedBy: "ana" }, { kind: "direct" }]]);
  });

  it.each([[null], ["text"], [[]], [{}], [{ headers: { "x-offair-gateway": SECRET } }]])(
    "to %j, which is no HTTP event, is that of a direct invocation",
    async (event) => {
      const world = deps(REFUSED);
      expect(await respondToOperator(event, world.deps)).toBe(REFUSED);
      expect(world.seen).toEqual([[event, { kind: "direct" }]]);
    },
  );

  it("to the gateway is a JSON body that nobody keeps", async () => {
    const world = deps(DONE);
    expect(await respondToOperator(eventOf(), world.deps)).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify(DONE),
    });
  });

  it("that is not final is a 503 with Retry-After", async () => {
    const world = deps({ ...REFUSED, retryAfterSeconds: 3 });
    expect(await respondToOperator(eventOf(), world.deps)).toMatchObject({
      statusCode: 503,
      headers: { "retry-after": "3", "content-type": "application/json" },
      body: JSON.stringify({ ...REFUSED, retryAfterSeconds: 3 }),
    });
  });

  it.each([
    ["something was done", DONE, 200],
    ["nothing was done, for it was refused", REFUSED, 422],
    ["every stream was refused", { ok: false, results: [{ ...stream("a"), outcome: "refused" }], errors: [] }, 422],
    [
      "all was looked at, and something is not well",
      { ok: false, results: [], errors: [], checks: [{ name: "mode", state: "failed", says: "" }] },
      200,
    ],
    [
      "a part was sent back to the queue",
      { ok: false, results: [], errors: [{ pointer: "", message: "" }], redriven: [{ id: "1", reason: "" }] },
      200,
    ],
    [
      "one stream of two failed",
      {
        ok: false,
        results: [
          { ...stream("a"), outcome: "verified" },
          { ...stream("b"), outcome: "failed" },
        ],
        errors: [],
      },
      200,
    ],
  ] satisfies [string, OperatorResponse, number][])("where %s", async (_, answer, status) => {
    expect(await answered(eventOf(), deps(answer))).toEqual({ status, ...answer });
  });

  it("to a forged event is a refusal, and nothing is handled", async () => {
    const world = deps(DONE);
    const event = eventOf({ headers: { "x-offair-gateway": "a".repeat(64) } });
    expect(await answered(event, world)).toMatchObject({
      status: 422,
      ok: false,
      errors: [{ pointer: "", message: expect.stringContaining("did not come through the gateway") }],
    });
    expect(world.seen).toEqual([]);
  });

  it.each([
    ["cannot be read", () => Promise.reject(new OffairError("ERR_SECRET", "the secret x cannot be read"))],
    ["is what a secret is before anybody put a value", async () => "{}"],
    ["is empty", async () => ""],
  ])("while the gateway's secret %s is 503, and nothing is handled", async (_, readGatewaySecret) => {
    const world = deps(DONE, readGatewaySecret);
    for (const header of [SECRET, "{}", ""]) {
      expect(await answered(eventOf({ headers: { "x-offair-gateway": header } }), world)).toMatchObject({
        status: 503,
      });
    }
    expect(world.seen).toEqual([]);
  });

  it("that Lambda could not give back says so", async () => {
    const results = Array.from({ length: 5_000 }, (_, index) => stream(`${index}"`.padEnd(700, '"')));
    expect(await answered(eventOf(), deps({ ok: true, results, errors: [] }))).toMatchObject({
      status: 422,
      errors: [{ message: expect.stringContaining("longer than 6 MB") }],
    });
  });

  function stream(name: string) {
    return { stream: { domain: "push.example.com", app: "live", stream: name } };
  }
});

describe("the trace id of a request", () => {
  const ID = "01234567-89ab-4cde-8f01-23456789abcd";
  const done: OperatorResponse = { ok: true, dryRun: false, results: [], errors: [] };

  /** The id under which a request was handled, and its response. */
  async function handled(event: unknown) {
    let traceId: string | undefined;
    const deps: OperatorDeps = {
      readGatewaySecret: async () => SECRET,
      handle: async () => {
        ({ traceId } = traced());
        return done;
      },
    };
    const response = await withTrace("the-invocation", () => respondToOperator(event, deps));
    return { traceId, header: "headers" in response ? response.headers["x-offair-trace"] : undefined };
  }

  it("is its own id, which its sender knows, also in a direct invocation", async () => {
    const body = JSON.stringify({ ...asked, id: ID });
    expect(await handled(eventOf({ body }))).toEqual({ traceId: ID, header: ID });
    expect(await handled({ ...asked, id: ID })).toEqual({ traceId: ID, header: undefined });
  });

  it("is in the header whatever the response is, also if that is too long for Lambda", async () => {
    const deps: OperatorDeps = {
      readGatewaySecret: async () => SECRET,
      handle: async () => ({ ...done, errors: [{ pointer: "", message: "x".repeat(6 * 1024 * 1024) }] }),
    };
    const body = JSON.stringify({ ...asked, id: ID });
    expect(await respondToOperator(eventOf({ body }), deps)).toMatchObject({
      ...{ statusCode: 422, headers: { "x-offair-trace": ID }, body: expect.stringContaining("longer than 6 MB") },
    });
  });

  it("is the invocation's id without one, or with something else in its place", async () => {
    expect(await handled(eventOf())).toEqual({ traceId: "the-invocation", header: "the-invocation" });
    expect(await handled({ ...asked, id: "a\nb" })).toEqual({ traceId: "the-invocation", header: undefined });
  });
});
