import { expect, it, jest } from "@jest/globals";
import { handleInvocation } from "../../lib/notify/handle-invocation.ts";
import { metricsOf } from "../../lib/notify/notify-metrics.ts";
import type { Tally } from "../../lib/notify/run.ts";
import { QUICK, SWEEP } from "../../lib/notify/sweep.ts";
import { SWEEP as SWEEP_MESSAGE } from "../../lib/notify/wake-message.ts";
import { NOON } from "../support/fixtures.ts";

jest.spyOn(console, "warn").mockImplementation(() => {});

const tally: Tally = { published: 0, delivered: 0, failed: 0, givenUp: 0, ended: 0, stuck: 0 };
const key = (pk: string) => JSON.stringify({ version: 1, keys: [{ pk, sk: "REPORT" }] });

async function invoke(bodies?: readonly string[], broken?: string) {
  const done: string[] = [];
  const note = (what: string) => async () => {
    done.push(what);
    if (what === broken) throw new Error(`${what} failed`);
    return tally;
  };
  const end = handleInvocation(bodies, {
    notify: { handleKeys: (keys) => note(keys.map(({ pk }) => pk).join(" "))(), sweep: note("sweep") },
    wakeSweeps: async () => void (await note("wake")()),
    publishKeys: async () => void (await note("keys")()),
    report: () => done.push("reported"),
  });
  return {
    done,
    failure: await end.then(
      () => undefined,
      (error: Error) => error.message,
    ),
  };
}

it("handles the keys of all messages together, and sweeps once for any number of sweeps", async () => {
  const { done } = await invoke([key("a"), SWEEP_MESSAGE, key("b"), SWEEP_MESSAGE]);
  expect(done).toEqual(["a b", "sweep", "reported", "reported"]);
});

it("sends the wake-ups of the next sweeps only when the schedule invokes it, and before it sweeps", async () => {
  expect((await invoke()).done).toEqual(["wake", "keys", "sweep", "reported"]);
  expect((await invoke([SWEEP_MESSAGE])).done).toEqual(["sweep", "reported"]);
});

it("ignores a message that it cannot read, and does the rest", async () => {
  expect(await invoke(["{}", "no JSON", key("a")])).toEqual({ done: ["a", "reported"], failure: undefined });
});

it("does everything else before it fails", async () => {
  expect(await invoke(undefined, "wake")).toEqual({
    done: ["wake", "keys", "sweep", "reported"],
    failure: "wake failed",
  });
});

it("reports the age of the oldest event, and the other counts only if there are any", () => {
  expect(metricsOf(tally, NOON)).toEqual({ OldestUndelivered: 0 });
  const oldestAt = new Date(NOON.getTime() - 90_000).toISOString();
  expect(metricsOf({ ...tally, delivered: 2, ended: 1, oldestAt }, NOON)).toEqual({
    ...{ EventsDelivered: 2, SubscriptionsEnded: 1, OldestUndelivered: 90 },
  });
});

it("ends within the function's timeout of 60 seconds", () => {
  for (const { totalMs, timeoutMs } of [QUICK, SWEEP]) expect(totalMs + timeoutMs).toBeLessThanOrEqual(50_000);
});
