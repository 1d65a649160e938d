/** Fires the clock's schedule while the stack is up: every minute, as deployed. */
import { setInterval as every } from "node:timers/promises";
import { MINUTE_MS } from "../../lib/core/time.ts";
import type { Stack } from "../stack/stack.ts";

/** Until the signal. A failure is in the clock's log. */
export async function runClock(stack: Stack, signal: AbortSignal): Promise<void> {
  const sweep = () => stack.runSchedule(new Date(), "clock").catch(() => {});
  try {
    for await (const _ of every(MINUTE_MS, undefined, { signal })) void sweep();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
