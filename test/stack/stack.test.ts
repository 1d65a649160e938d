import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { LogLine } from "../../local/lambda/settings.ts";
import { type Stack, type StackOptions, startStack } from "../../local/stack/stack.ts";

const fixture = (path: string) => fileURLToPath(new URL(`../local/fixtures/${path}`, import.meta.url));
const options: StackOptions = {
  templatePath: fixture("template.json"),
  taskRoot: fixture("task"),
  ports: { gateway: 0 },
  liveEndpoint: "http://127.0.0.1:9",
  projectId: "0123456789abcdef0123456789abcdef",
  secretsValues: { "offair/test/secret": '{"ak":"local"}' },
  visibilitySeconds: 1,
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack(options);
});
afterAll(() => stack?.close());

/** Receives until `count` messages are there; a message is only taken once. */
async function receive(queueUrl: string | undefined, count: number): Promise<(string | undefined)[]> {
  const bodies: (string | undefined)[] = [];
  while (bodies.length < count) {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5, VisibilityTimeout: 60 });
    const { Messages = [] } = await stack.clients.sqs.send(command);
    bodies.push(...Messages.map(({ Body }) => Body));
  }
  return bodies;
}

describe("a function", () => {
  it("reaches every service through unmodified clients, told where by its environment alone", async () => {
    expect(await stack.invoke("clients", {})).toEqual({
      object: "stored",
      version: "string",
      refused: "AccessDenied",
      SecretString: '{"ak":"local"}',
      hour: "22",
      LIVE_ENDPOINT: "http://127.0.0.1:9",
      HUAWEI_PROJECT_ID: "0123456789abcdef0123456789abcdef",
    });
    expect(await receive(stack.queues.Other, 1)).toEqual(["sent"]);
    expect(Buffer.from(stack.storage.read(stack.bucket, "a/b=c.txt") ?? "").toString()).toBe("stored");
  });

  it("is started by its schedule with the slot as its input", async () => {
    const slot = new Date("2026-11-21T22:00:00Z");
    expect(await stack.runSchedule(slot, "echo")).toMatchObject({ slot: "2026-11-21T22:00:00Z" });
  });

  it("that does not exist is an error that names it", async () => {
    await expect(stack.invoke("nobody", {})).rejects.toThrow("there is no function nobody");
  });

  it("writes its errors to the log", async () => {
    const lines: LogLine[] = [];
    const stop = stack.onLog((line) => lines.push(line));
    await expect(stack.invoke("broken", {})).rejects.toThrow("LEDGER_TABLE is missing");
    while (lines.length === 0) await new Promise(setImmediate);
    stop();
    expect(lines[0]).toMatchObject({ functionName: "offair-test-broken", line: expect.stringContaining("Init Error") });
  });
});

describe("a queue with a mapping", () => {
  it("keeps only what the function reports as failed, and moves that to the dead letters after its last delivery", async () => {
    const Entries = ["good", "poison", "fine"].map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await stack.clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: stack.queues.Queue, Entries }));
    expect(await receive(stack.queues.DeadLetters, 1)).toEqual(["poison"]);
  });

  it("goes on after the function's environments were killed", async () => {
    await stack.kill("worker");
    await stack.clients.sqs.send(new SendMessageCommand({ QueueUrl: stack.queues.Queue, MessageBody: "poison" }));
    expect(await receive(stack.queues.DeadLetters, 1)).toEqual(["poison"]);
  });
});

describe("the gateway", () => {
  it("starts the route's function and sends its answer", async () => {
    const answer = {
      statusCode: 202,
      headers: { "x-own": 1 },
      cookies: ["a=1", "b=2"],
      body: "ZmFzdA==",
      isBase64Encoded: true,
    };
    const response = await fetch(`${stack.gatewayUrl}/reports/standard`, {
      method: "POST",
      headers: { "x-answer": JSON.stringify(answer) },
      body: "{}",
    });
    expect([response.status, await response.text()]).toEqual([202, "fast"]);
    expect(response.headers.get("x-own")).toBe("1");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it("hands over an event as received: repeated headers joined, the body in base64 unless it is text", async () => {
    const event = await new Promise<string>((resolve, reject) => {
      const sent = request(`${stack.gatewayUrl}/reports/a%20b?x=1&y=%20&x=2`, {
        method: "POST",
        headers: [
          "Host",
          "api.example",
          "X-Twice",
          "1",
          "x-twice",
          "2",
          "Cookie",
          "a=1; b=2",
          "Content-Type",
          "application/cbor",
        ],
      });
      sent.on("response", (response) =>
        response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject),
      );
      sent.on("error", reject).end(Buffer.from([0xff, 0x00]));
    });
    expect(JSON.parse(event)).toMatchObject({
      routeKey: "POST /reports/{source}",
      rawPath: "/reports/a b",
      pathParameters: { source: "a b" },
      rawQueryString: "x=1&y=%20&x=2",
      queryStringParameters: { x: "1,2", y: " " },
      cookies: ["a=1", "b=2"],
      headers: { "x-twice": "1,2" },
      body: "/wA=",
      isBase64Encoded: true,
    });
  });

  it.each([
    ["an unknown path", "/elsewhere", "POST", 404, "Not Found"],
    ["another method", "/reports/standard", "GET", 404, "Not Found"],
    ["a path that cannot be decoded", "/reports/%FF", "POST", 400, "Bad Request"],
  ])("refuses %s", async (_, path, method, status, message) => {
    const response = await fetch(`${stack.gatewayUrl}${path}`, { method });
    expect([response.status, await response.json()]).toEqual([status, { message }]);
  });

  it("refuses a request line and headers of more than 10,240 bytes in total", async () => {
    const long = "x".repeat(10_240);
    const post = async (path: string, headers = {}) =>
      (await fetch(`${stack.gatewayUrl}/reports/${path}`, { method: "POST", headers })).status;
    expect(await post("standard", { "x-long": long })).toBe(431);
    expect(await post(long)).toBe(431);
  });

  it("refuses a body over 10 MB", async () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1);
    const response = await fetch(`${stack.gatewayUrl}/reports/standard`, { method: "POST", body });
    expect([response.status, await response.json()]).toEqual([413, { message: "Request Entity Too Large" }]);
  });
});

describe("Lambda's Invoke call on the same port", () => {
  const invoke = (name: string, body: string, headers = {}) =>
    fetch(`${stack.gatewayUrl}/2015-03-31/functions/${name}/invocations`, { method: "POST", body, headers });

  it.each([
    "echo",
    "offair-test-echo",
    encodeURIComponent("arn:aws:lambda:eu-central-1:000000000000:function:offair-test-echo"),
  ])("answers what the function %s answers", async (name) => {
    const response = await invoke(name, '{"headers":{},"action":"status"}');
    expect(response.headers.get("x-amz-function-error")).toBeNull();
    expect(await response.json()).toEqual({ headers: {}, action: "status" });
  });

  it("tells an error of the function in the body, with status 200 and X-Amz-Function-Error", async () => {
    const response = await invoke("broken", "{}");
    expect([response.status, response.headers.get("x-amz-function-error")]).toEqual([200, "Unhandled"]);
    expect(await response.json()).toMatchObject({ errorType: "OffairError", errorMessage: "LEDGER_TABLE is missing" });
  });

  it("refuses an unknown function and what is not JSON", async () => {
    const unknown = await invoke("nobody", "{}");
    expect([unknown.status, unknown.headers.get("x-amzn-errortype")]).toEqual([404, "ResourceNotFoundException"]);
    const malformed = await invoke("echo", "{");
    expect([malformed.status, malformed.headers.get("x-amzn-errortype")]).toEqual([
      400,
      "InvalidRequestContentException",
    ]);
  });

  it("does not wait for an asynchronous invocation, whose payload has at most 1 MB", async () => {
    const asynchronous = { "x-amz-invocation-type": "Event" };
    expect((await invoke("echo", "{}", asynchronous)).status).toBe(202);
    const tooLarge = await invoke("echo", JSON.stringify("x".repeat(1_024 * 1_024)), asynchronous);
    expect([tooLarge.status, tooLarge.headers.get("x-amzn-errortype")]).toEqual([413, "RequestTooLargeException"]);
  });
});
