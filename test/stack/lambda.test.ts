import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createRandom } from "../../local/kit/random.ts";
import { createConcurrency } from "../../local/lambda/concurrency.ts";
import { createFunction, type FunctionOptions, type LambdaFunction } from "../../local/lambda/function.ts";
import { lineageId } from "../../local/lambda/lineage.ts";
import { createReaper } from "../../local/lambda/reaper.ts";
import type { ServiceMetric } from "../../local/lambda/service-metric.ts";
import type { FunctionSettings, LogLine } from "../../local/lambda/settings.ts";

const taskRoot = fileURLToPath(new URL("../local/fixtures/task", import.meta.url));
const reaper = createReaper();
const started: LambdaFunction[] = [];

function start(handler: string, settings: Partial<FunctionSettings> = {}, options: Partial<FunctionOptions> = {}) {
  const fn = createFunction(
    {
      name: "offair-test-function",
      handler: handler.includes(".") ? handler : `handlers.${handler}`,
      taskRoot,
      timeoutSeconds: 20,
      memoryMb: 256,
      logFormat: "JSON",
      region: "eu-central-1",
      arn: "arn:aws:lambda:eu-central-1:000000000000:function:offair-test-function",
      environment: { OWN: "setting" },
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      ...settings,
    },
    {
      reaper,
      freeze: true,
      onLog: () => {},
      onMetric: () => {},
      maxEnvironments: 4,
      concurrency: createConcurrency(4, "ConcurrentInvocationLimitExceeded"),
      recursiveLoop: "Terminate",
      recycleProbability: 0,
      random: createRandom(1),
      ...options,
    },
  );
  started.push(fn);
  return fn;
}

const fault = (errorType: string, errorMessage: unknown) => ({
  fault: expect.objectContaining({ errorType, errorMessage }),
});

afterAll(async () => {
  await Promise.all(started.map((fn) => fn.close()));
  reaper.close();
});

describe("an invocation", () => {
  it("hands the event over and answers what the handler returns, warm the second time", async () => {
    const fn = start("echo");
    expect(await fn.invoke({ stream: "房间-42" })).toEqual({ event: { stream: "房间-42" }, invocations: 1 });
    expect(await fn.invoke(null)).toEqual({ event: null, invocations: 2 });
  });

  it("answers null for a handler that returns nothing", async () => {
    expect(await start("nothing").invoke({})).toBeNull();
  });

  it("gives the context, and no environment but the function's own and Lambda's", async () => {
    process.env.OFFAIR_PARENT_ONLY = "must not be inherited";
    const answer = await start("context").invoke({}, "a5b2");
    expect(answer).toMatchObject({
      awsRequestId: "a5b2",
      functionName: "offair-test-function",
      memoryLimitInMB: "256",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:offair-test-function",
      environment: { OWN: "setting", AWS_REGION: "eu-central-1", TZ: ":UTC", LAMBDA_TASK_ROOT: taskRoot },
    });
    expect(answer).not.toHaveProperty("environment.OFFAIR_PARENT_ONLY");
    expect(answer).not.toHaveProperty("environment.HOME");
    expect((answer as { remainingMs: number }).remainingMs).toBeLessThanOrEqual(20_000);
  });

  it("refuses a payload over 6 MB", async () => {
    await expect(start("echo").invoke("x".repeat(6 * 1024 * 1024))).rejects.toMatchObject({
      ...{ status: 413, code: "RequestTooLargeException" },
    });
  });
});

describe("a failing function", () => {
  it.each([
    ["fails", "RangeError", "score out of range"],
    ["failsWithText", "string", "no error object"],
    ["circular", "Runtime.MarshalError", expect.stringContaining("circular")],
  ])("reports its own error to the caller: %s", async (handler, errorType, errorMessage) => {
    await expect(start(handler).invoke({})).rejects.toMatchObject(fault(errorType, errorMessage));
  });

  it.each([
    ["broken.handler", "OffairError", "LEDGER_TABLE is missing"],
    ["missing.handler", "Runtime.ImportModuleError", expect.stringContaining("Cannot find module")],
    ["handlers.absent", "Runtime.HandlerNotFound", "handlers.absent is undefined or not exported"],
    ["handlers.notAFunction", "Runtime.HandlerNotFound", "handlers.notAFunction is not a function"],
    ["handlers.callback", "Runtime.CallbackHandlerDeprecated", expect.any(String)],
  ])("reports an init error to the caller, every time: %s", async (handler, errorType, errorMessage) => {
    const fn = start(handler);
    await expect(fn.invoke({})).rejects.toMatchObject(fault(errorType, errorMessage));
    await expect(fn.invoke({})).rejects.toMatchObject(fault(errorType, errorMessage));
  });

  it("is killed at its time-out, and its log says so", async () => {
    const lines: string[] = [];
    const fn = start("hangs", { timeoutSeconds: 1 }, { onLog: ({ line }) => lines.push(line) });
    await expect(fn.invoke({}, "r1")).rejects.toMatchObject(
      fault("Sandbox.Timedout", "RequestId: r1 Error: Task timed out after 1.00 seconds"),
    );
    expect(lines).toEqual([
      "RequestId: r1 Error: Task timed out after 1.00 seconds",
      expect.stringMatching(/^\{.*"type":"platform.report".*"requestId":"r1","status":"timeout"/),
    ]);
  });

  it("reports the death of its process", async () => {
    await expect(start("exits").invoke({}, "r2")).rejects.toMatchObject(
      fault("Runtime.ExitError", "RequestId: r2 Error: Runtime exited with error: exit status 3"),
    );
  });

  it("dies of a rejection that nobody observed", async () => {
    await expect(start("rejectsUnobserved").invoke({})).rejects.toMatchObject(
      fault("Runtime.UnhandledPromiseRejection", "nobody looked"),
    );
  });

  it("dies when it wants more memory than it has", async () => {
    await expect(start("hoards", { memoryMb: 64 }).invoke({})).rejects.toMatchObject(
      fault("Runtime.ExitError", expect.stringContaining("signal: aborted")),
    );
  });

  it("starts afresh after it was killed in the middle", async () => {
    const running = Promise.withResolvers<void>();
    const fn = start("hangsIfTold", {}, { onLog: () => running.resolve() });
    const outcome = expect(fn.invoke({ hang: true })).rejects.toMatchObject(
      fault("Runtime.ExitError", expect.stringContaining("signal: killed")),
    );
    await running.promise;
    expect(await fn.kill()).toBe(1);
    await outcome;
    expect(await fn.invoke({})).toBe("answered");
  });
});

describe("an environment", () => {
  it("is frozen between invocations: a timer left behind does not fire", async () => {
    const fn = start("ticking");
    const { pid } = (await fn.invoke({})) as { pid: number };
    await untilState(pid, "T");
    await new Promise((resolve) => setTimeout(resolve, 200));
    // A timer that was due while frozen fires once at the thaw, never forty times.
    expect(((await fn.invoke({})) as { ticks: number }).ticks).toBeLessThan(10);
  });

  it("runs on between invocations when told not to freeze", async () => {
    const fn = start("ticking", {}, { freeze: false });
    await fn.invoke({});
    let ticks = 0;
    while (ticks < 10) ({ ticks } = (await fn.invoke({})) as { ticks: number });
    expect(ticks).toBeGreaterThanOrEqual(10);
  });

  it("is recycled by chance, and the next invocation is cold", async () => {
    const fn = start("echo", {}, { recycleProbability: 1 });
    expect(await fn.invoke(1)).toMatchObject({ invocations: 1 });
    expect(await fn.invoke(2)).toMatchObject({ invocations: 1 });
  });

  it("serves one invocation at a time; callers wait for a process if the machine runs no more", async () => {
    const fn = start("echo", {}, { maxEnvironments: 1 });
    const answers = await Promise.all([1, 2, 3, 4].map((event) => fn.invoke(event)));
    expect(answers.map((answer) => (answer as { invocations: number }).invocations).sort()).toEqual([1, 2, 3, 4]);
  });
});

describe("concurrency", () => {
  it("refuses an invocation above the function's own, at once, and counts it; a place is free again after each end", async () => {
    const metrics: ServiceMetric[] = [];
    const concurrency = createConcurrency(1, "ReservedFunctionConcurrentInvocationLimitExceeded");
    const fn = start("failsIfTold", {}, { concurrency, onMetric: (metric) => metrics.push(metric) });
    for (const fail of [false, true, false]) {
      const first = fn.invoke({ fail });
      await expect(fn.invoke({})).rejects.toMatchObject({
        ...{ status: 429, code: "TooManyRequestsException", message: "Rate Exceeded." },
        reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      });
      await first.catch(() => {});
    }
    const FunctionName = "offair-test-function";
    const throttle = { namespace: "AWS/Lambda", name: "Throttles", dimensions: { FunctionName }, value: 1 };
    expect(metrics).toEqual([throttle, throttle, throttle]);
  });
});

describe("a chain of requests", () => {
  const Lineage = (id: string, before: number) => `Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=${id}:${before}`;

  it("is in the header that the clients of the SDK send, and grows with each invocation", async () => {
    const fn = start("traced");
    const id = lineageId(fn.settings.arn);
    expect(await fn.invoke({}, "r1", "Root=1-5759e988-bd862e3fe1be46a994272793")).toBe(Lineage(id, 0));
    expect(await fn.invoke({}, "r2", Lineage(id, 0))).toBe(Lineage(id, 1));
    expect(await fn.invoke({}, "r3")).toMatch(new RegExp(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Lineage=${id}:0$`));
  });

  it("ends with the 17th invocation, which is refused and counted, unless the function allows loops", async () => {
    const metrics: ServiceMetric[] = [];
    const onMetric = (metric: ServiceMetric) => metrics.push(metric);
    const id = lineageId("arn:aws:lambda:eu-central-1:000000000000:function:offair-test-function");
    const fn = start("echo", {}, { onMetric });
    await fn.invoke({}, "r15", Lineage(id, 14));
    await expect(fn.invoke({}, "r16", Lineage(id, 15))).rejects.toMatchObject({ code: "RecursiveInvocationException" });
    expect(metrics).toMatchObject([{ name: "RecursiveInvocationsDropped", value: 1 }]);
    await start("echo", {}, { onMetric, recursiveLoop: "Allow" }).invoke({}, "r16", Lineage(id, 15));
    expect(metrics).toHaveLength(1);
  });
});

describe("the end of the stack", () => {
  it("leaves no process behind, frozen or not, even when its own process is killed", async () => {
    const parent = spawn(process.execPath, [fileURLToPath(new URL("../local/fixtures/parent.ts", import.meta.url))], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const pids: number[] = JSON.parse(line);
    expect(pids.map(state)).toEqual(["T", expect.stringMatching(/[RS]/)]);
    parent.kill("SIGKILL");
    while (pids.some(isAlive)) await new Promise(setImmediate);
  });
});

describe("logs", () => {
  it("are captured line by line with function and request, in Lambda's JSON format", async () => {
    const lines: LogLine[] = [];
    const fn = start("logs", {}, { onLog: (line) => lines.push(line) });
    await fn.invoke({}, "r3");
    while (lines.length < 4) await new Promise(setImmediate);
    expect(lines.map(({ record, line }) => record?.message ?? line)).toEqual([
      { step: "one" },
      "step 2",
      expect.stringContaining("failed TypeError: boom"),
      "plain",
    ]);
    expect(lines[2]?.record).toMatchObject({ level: "ERROR", errorType: "TypeError", errorMessage: "boom" });
    expect(
      lines
        .slice(0, 3)
        .every(({ requestId, functionName }) => `${functionName}/${requestId}` === "offair-test-function/r3"),
    ).toBe(true);
  });
});

/** The state letter of /proc/PID/stat: T is stopped, Z has ended and waits to be collected. */
function state(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "")[0];
}

function isAlive(pid: number): boolean {
  try {
    return state(pid) !== "Z";
  } catch {
    return false;
  }
}

/** Freezing follows the answer; this waits for it. */
async function untilState(pid: number, letter: string) {
  while (state(pid) !== letter) await new Promise(setImmediate);
}
