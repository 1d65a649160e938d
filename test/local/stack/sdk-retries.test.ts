import { expect, it } from "@jest/globals";
import { throttled } from "../../../local/lambda/invocation-refused.ts";
import { withSdkRetries } from "../../../local/stack/sdk-retries.ts";

const busy = () => throttled("ConcurrentInvocationLimitExceeded");

async function send(errors: Error[]) {
  const waits: number[] = [];
  const outcome = await withSdkRetries(
    async () => {
      const error = errors.shift();
      if (error) throw error;
      return "sent";
    },
    { random: () => 1, wait: async (ms) => void waits.push(ms) },
  ).catch(String);
  return { outcome, waits };
}

it("sends a throttled call three times, with growing waits, and no other call again", async () => {
  expect(await send([busy(), busy()])).toEqual({ outcome: "sent", waits: [500, 1_000] });
  expect(await send([busy(), busy(), busy()])).toEqual({
    outcome: expect.stringContaining("Rate Exceeded."),
    waits: [500, 1_000],
  });
  expect(await send([new Error("boom")])).toEqual({ outcome: "Error: boom", waits: [] });
});
