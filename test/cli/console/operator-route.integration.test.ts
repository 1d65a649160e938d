/** What the page asks of the deployment, and what becomes of it when the deployment, the network or the credentials do not play along. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { CredentialsError } from "../../../cli/terminal/aws-credentials.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { useGateway, WELL } from "../gateway.ts";
import { useConsole } from "./console-world.ts";

const gateway = useGateway();
const { accessKeyId, secretAccessKey } = OPERATORS.alice;

/** What the AWS credentials are, from now on. */
let provide: (anew: boolean) => { accessKeyId: string; secretAccessKey: string } = () => OPERATORS.alice;
const world = useConsole(() => ({
  deps: {
    env: { OFFAIR_URL: gateway.url, AWS_REGION: "local" },
    credentials: async ({ anew = false } = {}) => provide(anew),
  },
}));

const status = { action: "status", reason: "console" };
const disable = () => ({
  id: randomUUID(),
  action: "disable",
  reason: "INC-881",
  dryRun: false,
  streams: [{ domain: "push.example.com", app: "live", stream: "room-42" }],
});
async function ask(body: unknown, isPoll = false) {
  return world.post("/api/operator", body, await world.open(), { isPoll });
}

it("sends a request as the operator, and passes the answer on", async () => {
  gateway.answer(() => ({ ...WELL, mode: { mode: "enforce" } }));
  const answer = await ask(status);
  expect(answer).toMatchObject({
    status: 200,
    json: { answer: { ok: true, mode: { mode: "enforce" } }, isTaken: true },
  });
  expect(answer.json.aheadMs).toEqual(expect.any(Number));
  expect(gateway.received).toMatchObject([{ route: "/operator", arn: OPERATORS.alice.arn, event: status }]);
  expect(answer.text).not.toContain(secretAccessKey);
});

it("sends the id of the page with every attempt, so that a request whose answer was lost is carried out once", async () => {
  const event = disable();
  gateway.answer((_, count) => (count < 3 ? "cut" : WELL));
  expect(await ask(event)).toMatchObject({ status: 200, json: { isTaken: true } });
  expect(gateway.received.map(({ id }) => id)).toEqual([event.id, event.id, event.id]);
  expect(world.printed()).toBe("");
});

it("says that nothing was done if the deployment refuses", async () => {
  gateway.answer(() => ({ ok: false, results: [], errors: [{ pointer: "/streams/0", message: "is protected" }] }));
  expect(await ask(disable())).toMatchObject({ status: 200, json: { isTaken: false, answer: { ok: false } } });
});

describe("a request that is not sent at all:", () => {
  it.each<[string, object]>([
    ["no action", {}],
    ["an action that does not exist", { ...status, action: "destroy" }],
    ["a field that does not exist", { ...status, evil: true }],
    ["no reason", { action: "status" }],
    ["a change without an id", { ...disable(), id: undefined }],
    ["another caller", { ...status, requestedBy: "arn:aws:iam::1:user/bob" }],
    ["break-glass", { ...planned("apply"), breakGlass: true }],
    ["a stream that is no stream", { ...disable(), streams: [null] }],
    ["a text for streams", { ...disable(), streams: "room-42" }],
    ["a prototype", JSON.parse('{"__proto__":{"action":"status"},"constructor":1}')],
  ])("%s", async (_, body) => {
    expect(await ask(body)).toMatchObject({ status: 400, json: { error: { kind: "invalid" } } });
    expect(gateway.received).toEqual([]);
  });
});

function planned(action: string) {
  return { id: randomUUID(), action, reason: "x", orderId: `op-${randomUUID()}`, planSha256: "0".repeat(64) };
}

it("passes a plan on that is applied without break-glass", async () => {
  expect(await ask(planned("apply"))).toMatchObject({ status: 200 });
  expect(await ask({ ...planned("apply"), breakGlass: false })).toMatchObject({ status: 200 });
});

describe("a hostile or broken answer is no answer:", () => {
  it.each([
    ["HTML", "<script>alert(1)</script>"],
    ["another schema", '{"ok":"yes","results":"<img src=x onerror=alert(1)>","errors":null}'],
    ["no JSON", "\u0000\u0001\u0002"],
    ["a list", "[]"],
    ["nothing", ""],
    ["more than 8 MiB", `{"ok":true,"results":[],"errors":[],"x":"${"a".repeat(8 << 20)}"}`],
    ["deep nesting", `${"[".repeat(100_000)}`],
  ])("%s", async (_, body) => {
    gateway.answer(() => ({ status: 200, body }));
    const answer = await ask(status);
    expect(answer).toMatchObject({ status: 504, json: { error: { kind: "unanswered", maybeDone: false } } });
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.text).not.toMatch(/<|alert/);
    expect(answer.text.length).toBeLessThan(1_000);
    expect(world.printed()).toBe("");
  });

  it("a redirect to another host is not followed", async () => {
    gateway.answer(() => ({ status: 302, body: "" }));
    expect(await ask(status)).toMatchObject({ json: { error: { kind: "unanswered", maybeDone: false } } });
    expect(gateway.received).toHaveLength(1);
  });

  it("a name in it stays a text", async () => {
    const message = '</script><img src=x onerror="alert(1)">\u202e';
    gateway.answer(() => ({ ok: false, results: [], errors: [{ pointer: "", message }] }));
    expect((await ask(status)).json).toMatchObject({ answer: { errors: [{ message }] } });
  });
});

describe("no answer", () => {
  it("to a change says whether it may have been carried out, and how to look", async () => {
    const event = disable();
    gateway.answer(() => "cut");
    const lost = await ask(event);
    expect(lost).toMatchObject({ status: 504, json: { error: { kind: "unanswered", maybeDone: true } } });
    expect(lost.json.error?.message).toContain(event.id);
    gateway.answer(() => 429);
    expect(await ask(event)).toMatchObject({ json: { error: { kind: "unanswered", maybeDone: false } } });
  });

  it("is waited for as long as a person waits, and less if nobody does", async () => {
    const waited: number[] = [];
    const timeout = AbortSignal.timeout;
    AbortSignal.timeout = (ms) => {
      waited.push(ms);
      return timeout.call(AbortSignal, ms > 30_000 ? ms : 0);
    };
    try {
      const unanswered = { status: 504, json: { error: { kind: "unanswered", maybeDone: false } } };
      const read = await ask(status);
      expect(read).toMatchObject(unanswered);
      expect(read.json.error?.message).toBe("offair does not answer within 20 seconds");
      expect(await ask(status, true)).toMatchObject(unanswered);
      expect(waited.filter((ms) => ms < 30_000)).toEqual([20_000, 8_000]);
      expect(await ask(disable())).toMatchObject({ status: 200 });
      expect(waited.filter((ms) => ms < 30_000)).toHaveLength(2);
    } finally {
      AbortSignal.timeout = timeout;
    }
  });
});

describe("AWS credentials", () => {
  it("that expire are named with what renews them, and the same session goes on afterwards", async () => {
    const token = await world.open();
    const asked = () => world.post("/api/operator", status, token);
    expect(await asked()).toMatchObject({ status: 200 });
    provide = () => {
      throw new CredentialsError("there are no AWS credentials (Token is expired): after aws sso login");
    };
    const refused = await asked();
    expect(refused).toMatchObject({ status: 403, json: { error: { kind: "credentials" } } });
    expect(refused.json.error?.message).toContain("aws sso login");
    provide = () => ({ accessKeyId, secretAccessKey });
    expect(await asked()).toMatchObject({ status: 200 });
  });

  it("that AWS refuses are read again for the next request: those of a file do not say when they expire", async () => {
    let isRenewed = false;
    const token = await world.open();
    const asked = () => world.post("/api/operator", status, token);
    provide = (anew) => ({ accessKeyId, secretAccessKey: anew && isRenewed ? secretAccessKey : "expired" });
    expect(await asked()).toMatchObject({ status: 403, json: { error: { kind: "credentials" } } });
    expect(await asked()).toMatchObject({ status: 403, json: { error: { kind: "credentials" } } });
    isRenewed = true;
    expect(await asked()).toMatchObject({ status: 200 });
  });
});
