import { describe, expect, it } from "@jest/globals";
import { type AsyncQueueOptions, createAsyncQueue } from "../../../local/lambda/async-queue.ts";
import { FunctionError } from "../../../local/lambda/function-error.ts";
import { throttled } from "../../../local/lambda/invocation-refused.ts";
import type { FunctionSettings } from "../../../local/lambda/settings.ts";

const START = Date.parse("2026-11-21T22:00:00Z");
const failed = () => new FunctionError({ errorType: "OffairError", errorMessage: "Live is down" });
const busy = () => throttled("ReservedFunctionConcurrentInvocationLimitExceeded");

/** A queue whose function fails as told, one result for each attempt; then it answers "done". The clock moves only by waits. */
function queueOf(results: (Error | "done")[], options: Partial<AsyncQueueOptions> = {}) {
  let now = START;
  const waits: number[] = [];
  const records: object[] = [];
  const metrics: [name: string, value: number][] = [];
  const { accept } = createAsyncQueue({
    fn: {
      settings: {
        name: "offair-test-audit",
        arn: "arn:aws:lambda:eu-central-1:000000000000:function:audit",
      } as FunctionSettings,
      async invoke() {
        const result = results.length > 1 ? results.shift() : results[0];
        if (result instanceof Error) throw result;
        return result;
      },
    },
    maximumEventAgeSeconds: 3_600,
    maximumRetryAttempts: 2,
    onFailure: async (record) => void records.push(record),
    onMetric: ({ name, value }) => void metrics.push([name, value]),
    now: () => now,
    async wait(ms) {
      waits.push(ms / 1_000);
      now += ms;
    },
    ...options,
  });
  const counted = (wanted: string) => metrics.flatMap(([name, value]) => (name === wanted ? [value] : []));
  return { run: () => accept({ slot: "2026-11-21T22:00:00Z" }, "r1").ended, waits, records, counted };
}

describe("an asynchronous invocation", () => {
  it("that succeeds is made once", async () => {
    const { run, waits, counted } = queueOf(["done"]);
    expect(await run()).toBe("done");
    expect([waits, counted("AsyncEventsReceived"), counted("AsyncEventAge")]).toEqual([[], [1], [0]]);
  });

  it("that fails is repeated after one minute and after two, and the age of its event grows", async () => {
    const { run, waits, counted } = queueOf([failed(), failed(), "done"]);
    expect(await run()).toBe("done");
    expect(waits).toEqual([60, 120]);
    expect(counted("AsyncEventAge")).toEqual([0, 60_000, 180_000]);
    expect(counted("AsyncEventsDropped")).toEqual([]);
  });

  it("that fails three times is given up, and its event goes to the destination with the reason", async () => {
    const { run, records, counted } = queueOf([failed()]);
    await expect(run()).rejects.toThrow("Live is down");
    expect(counted("AsyncEventsDropped")).toEqual([1]);
    expect(records).toEqual([
      {
        version: "1.0",
        timestamp: "2026-11-21T22:03:00.000Z",
        requestContext: {
          requestId: "r1",
          functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:audit:$LATEST",
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { slot: "2026-11-21T22:00:00Z" },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: { errorType: "OffairError", errorMessage: "Live is down" },
      },
    ]);
  });

  it("that is throttled is repeated with growing waits of up to five minutes, however often, until it is too old", async () => {
    const { run, waits, records, counted } = queueOf([busy()]);
    await expect(run()).rejects.toThrow("Rate Exceeded.");
    expect(waits.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(3_600);
    expect(records).toMatchObject([{ requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 0 } }]);
    expect(records[0]).not.toHaveProperty("responseContext");
    expect(counted("AsyncEventsDropped")).toEqual([1]);
  });

  it("does not count refusals as attempts of the function", async () => {
    const { run, waits } = queueOf([busy(), failed(), busy(), failed(), "done"]);
    expect(await run()).toBe("done");
    expect(waits).toEqual([1, 60, 2, 120]);
  });

  it("counts the whole waits in the event's age, also where they are shortened", async () => {
    const { run, counted } = queueOf([failed(), failed(), "done"], { wait: async () => {}, now: () => START });
    await run();
    expect(counted("AsyncEventAge")).toEqual([0, 60_000, 180_000]);
  });

  it("reports a destination that did not accept the record, and a missing one", async () => {
    const refused = queueOf([failed()], { onFailure: () => Promise.reject(new Error("no such queue")) });
    await expect(refused.run()).rejects.toThrow("Live is down");
    expect(refused.counted("DestinationDeliveryFailures")).toEqual([1]);
    const none = queueOf([failed()], { onFailure: undefined });
    await expect(none.run()).rejects.toThrow("Live is down");
    expect(none.counted("AsyncEventsDropped")).toEqual([1]);
  });

  it("with a payload over 1 MB is refused", () => {
    const { accept } = createAsyncQueue({
      fn: { settings: {} as FunctionSettings, invoke: async () => undefined },
      ...{ maximumEventAgeSeconds: 60, maximumRetryAttempts: 0, onMetric: () => {}, now: () => START },
      wait: async () => {},
    });
    expect(() => accept("x".repeat(1_024 * 1_024), "r1")).toThrow(
      expect.objectContaining({ status: 413, code: "RequestTooLargeException" }),
    );
  });
});
