import { describe, expect, it } from "@jest/globals";
import { type ErrorCode, OffairError } from "../../../lib/core/errors.ts";
import { createRepeat } from "../../../lib/huawei/api/retry-reads.ts";

/** A read that fails so, one code a time, and then answers; with what was waited between. */
function read(...failures: readonly ErrorCode[]) {
  const [codes, waits]: [ErrorCode[], number[]] = [[...failures], []];
  const repeat = createRepeat({ sleep: async (ms) => void waits.push(ms), random: () => 0 });
  const ask = async (): Promise<string> => {
    const code = codes.shift();
    if (code !== undefined) throw new OffairError(code, "as told");
    return "the page";
  };
  return { waits, left: codes, run: (deadline?: AbortSignal) => repeat(ask, deadline) };
}

it("asks again for what fails for a moment, and waits longer each time", async () => {
  const { run, waits } = read("ERR_LIVE_THROTTLED", "ERR_LIVE_UNAVAILABLE", "ERR_LIVE_THROTTLED");
  expect(await run()).toBe("the page");
  expect(waits).toEqual([125, 250, 500]);
});

it("gives up after five times, with what was said last", async () => {
  const { run, left } = read(...Array<ErrorCode>(4).fill("ERR_LIVE_THROTTLED"), "ERR_LIVE_UNAVAILABLE", "ERR_BUSY");
  await expect(run()).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
  expect(left).toEqual(["ERR_BUSY"]);
});

it("asks again for what is no answer, such as a proxy's page, but not for a redirect", async () => {
  const repeat = createRepeat({ sleep: async () => {}, random: () => 0 });
  for (const [status, reads] of [
    [200, 5],
    [302, 1],
  ] as const) {
    let asked = 0;
    const read = async () => {
      asked += 1;
      throw new OffairError("ERR_LIVE_ANSWER", "no list", { status });
    };
    await expect(repeat(read)).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
    expect(asked).toBe(reads);
  }
});

it.each<ErrorCode>(["ERR_LIVE_SIGNATURE", "ERR_LIVE_REJECTED", "ERR_LIVE_ANSWER"])(
  "does not ask again after %s",
  async (code) => {
    const { run, waits } = read(code);
    await expect(run()).rejects.toMatchObject({ code });
    expect(waits).toEqual([]);
  },
);

it("does not ask again when its time is over", async () => {
  const { run, waits } = read("ERR_LIVE_UNAVAILABLE");
  await expect(run(AbortSignal.abort())).rejects.toMatchObject({ code: "ERR_LIVE_UNAVAILABLE" });
  expect(waits).toEqual([]);
});

describe("a read that its deadline ends", () => {
  const late = new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
  const throttled = new OffairError("ERR_LIVE_THROTTLED", "APIGW.0308 (429)", { status: 429, liveCode: "APIGW.0308" });
  const repeat = createRepeat({ sleep: async () => {}, random: () => 0 });
  /** Fails in turn, and then because the deadline has passed. */
  function failing(controller: AbortController, ...failures: OffairError[]) {
    const left = [...failures];
    return async (): Promise<never> => {
      const next = left.shift();
      if (next) throw next;
      controller.abort();
      throw late;
    };
  }

  it("names the failure before it, with its code", async () => {
    const controller = new AbortController();
    await expect(repeat(failing(controller, throttled), controller.signal)).rejects.toMatchObject({
      code: "ERR_LIVE_THROTTLED",
      message: "APIGW.0308 (429); then the time for this list ended",
      details: { status: 429, liveCode: "APIGW.0308" },
    });
  });

  it("mentions the failure of an earlier page of the same list, and of no other list", async () => {
    const controller = new AbortController();
    let failures = 1;
    await repeat(async () => {
      if (failures-- > 0) throw throttled;
    }, controller.signal);
    await expect(repeat(failing(controller), controller.signal)).rejects.toMatchObject({
      code: "ERR_LIVE_UNAVAILABLE",
      message: "not sent: its deadline has passed; an earlier page: APIGW.0308 (429)",
    });
    const other = new AbortController();
    await expect(repeat(failing(other), other.signal)).rejects.toBe(late);
  });

  it("keeps a refusal that came at the last moment", async () => {
    const controller = new AbortController();
    const denied = new OffairError("ERR_LIVE_REJECTED", "no permission", { status: 403 });
    let reads = 0;
    const read = async () => {
      if (reads++ === 0) throw throttled;
      controller.abort();
      throw denied;
    };
    await expect(repeat(read, controller.signal)).rejects.toBe(denied);
  });
});
