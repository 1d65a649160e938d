import { setImmediate } from "node:timers/promises";
import { describe, expect, it, jest } from "@jest/globals";
import { logWarn } from "../../lib/core/log.ts";
import { traced, withTrace } from "../../lib/core/trace.ts";

describe("a trace id", () => {
  it("is known to everything that its task awaits, and to no other task that runs meanwhile", async () => {
    const task = async () => {
      await setImmediate();
      return traced();
    };
    expect(await Promise.all([withTrace("a", task), withTrace("b", task), task()])).toEqual([
      { traceId: "a" },
      { traceId: "b" },
      {},
    ]);
  });

  it("stays the caller's, if a message has none of its own", () => {
    expect(withTrace("a", () => withTrace(undefined, traced))).toEqual({ traceId: "a" });
    expect(withTrace("a", () => withTrace("b", traced))).toEqual({ traceId: "b" });
  });

  it("is in each line of the log", () => {
    const warn = jest.spyOn(console, "warn").mockClear();
    withTrace("a", () => logWarn("order.not-confirmed", { number: 1 }));
    logWarn("order.not-confirmed", { number: 2 });
    expect(warn.mock.calls).toEqual([
      [{ event: "order.not-confirmed", traceId: "a", number: 1 }],
      [{ event: "order.not-confirmed", number: 2 }],
    ]);
  });
});
