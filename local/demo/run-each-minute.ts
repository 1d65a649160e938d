/** Fires the schedules of the clock and of the delivery of events while the stack is up: now and every minute, as deployed. */
import { setInterval as every } from "node:timers/promises";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Stack } from "../stack/stack.ts";

const FUNCTIONS = ["clock", "notify"] as const;

/** Until the signal. A failure is in the function's log. */
export async function runEachMinute(stack: Stack, signal: AbortSignal): Promise<void> {
  const fire = () => {
    for (const name of FUNCTIONS) void stack.runSchedule(new Date(), name).catch(() => {});
  };
  fire();
  try {
    for await (const _ of every(MINUTE_MS, undefined, { signal })) fire();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
