import { expect, it } from "@jest/globals";
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
