import { describe, expect, it } from "@jest/globals";
import { InvocationRefused, throttled } from "../../../local/lambda/invocation-refused.ts";
import { fire, type ScheduleTarget } from "../../../local/stack/schedule.ts";

const SLOT = new Date("2026-11-21T22:00:00Z");
const forbidden = () =>
  new InvocationRefused(403, "AccessDeniedException", "not authorized to perform lambda:InvokeFunction");
const busy = () => throttled("ConcurrentInvocationLimitExceeded");

/** Fires a schedule whose target refuses as told, one error for each attempt, and then accepts. */
async function fireWith(errors: Error[], changes: Partial<ScheduleTarget> = {}) {
  const metrics: string[] = [];
  const waits: number[] = [];
  const inputs: unknown[] = [];
  const dead: unknown[] = [];
  const target: ScheduleTarget = {
    ...{
      name: "audit",
      group: "offair-test",
      input: '{"slot":"<aws.scheduler.scheduled-time>","try":"<aws.scheduler.attempt-number>"}',
    },
    ...{ maximumRetryAttempts: 10, maximumEventAgeSeconds: 3_600 },
    accept(event) {
      inputs.push(event);
      const error = errors.shift();
      if (error) throw error;
      return { ended: Promise.resolve("audited") };
    },
    deadLetter: async (input) => void dead.push(input),
    ...changes,
  };
  const outcome = await fire(target, SLOT, {
    ...{ region: "eu-central-1", accountId: "000000000000" },
    onMetric({ namespace, name, dimensions }) {
      expect([namespace, dimensions]).toEqual(["AWS/Scheduler", { ScheduleGroup: "offair-test" }]);
      metrics.push(name);
    },
    wait: async (ms) => void waits.push(ms / 1_000),
  }).catch(String);
  return { outcome, metrics, waits, inputs, dead };
}

describe("a schedule", () => {
  it("invokes its target with its input, and returns the function's response", async () => {
    const { outcome, metrics, inputs } = await fireWith([]);
    expect(outcome).toBe("audited");
    expect(metrics).toEqual(["InvocationAttemptCount"]);
    expect(inputs).toEqual([{ slot: "2026-11-21T22:00:00Z", try: "1" }]);
  });

  it("repeats a throttled call with growing waits", async () => {
    const { outcome, metrics, waits, inputs } = await fireWith([busy(), busy()]);
    expect(outcome).toBe("audited");
    expect(waits).toEqual([1, 2]);
    expect(metrics.filter((name) => name.startsWith("TargetError"))).toEqual([
      ...["TargetErrorCount", "TargetErrorThrottledCount", "TargetErrorCount", "TargetErrorThrottledCount"],
    ]);
    expect(inputs.at(-1)).toEqual({ slot: "2026-11-21T22:00:00Z", try: "3" });
  });

  it.each([
    ["all attempts", { maximumRetryAttempts: 2 }, 3],
    ["its time", { maximumEventAgeSeconds: 6 }, 3],
  ])("sends its input to the dead-letter queue after %s", async (_, changes, attempts) => {
    const { outcome, metrics, dead } = await fireWith(Array.from({ length: 9 }, busy), changes);
    expect(outcome).toContain("Rate Exceeded.");
    expect(metrics.filter((name) => name === "TargetErrorCount")).toHaveLength(attempts);
    expect(metrics).toEqual(expect.arrayContaining(["InvocationDroppedCount", "InvocationsSentToDeadLetterCount"]));
    expect(dead).toEqual([{ slot: "2026-11-21T22:00:00Z", try: "3" }]);
  });

  it("does not repeat a call that would fail again", async () => {
    const { outcome, metrics, waits, dead } = await fireWith([forbidden()]);
    expect(outcome).toContain("not authorized");
    expect([waits, dead.length]).toEqual([[], 1]);
    expect(metrics).toEqual(["InvocationAttemptCount", "TargetErrorCount", "InvocationsSentToDeadLetterCount"]);
  });
});
