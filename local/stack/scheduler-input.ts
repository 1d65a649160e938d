/** The event that EventBridge Scheduler sends to a target: the schedule's input, with its context attributes replaced. */
import { randomUUID } from "node:crypto";

export interface ScheduledTarget {
  readonly name: string;
  /** JSON. */
  readonly input: string;
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function scheduledInput(
  { name, input }: ScheduledTarget,
  scheduledTime: Date,
  region: string,
  accountId: string,
): unknown {
  const attributes: Record<string, string> = {
    "schedule-arn": `arn:aws:scheduler:${region}:${accountId}:schedule/default/${name}`,
    "scheduled-time": `${scheduledTime.toISOString().slice(0, 19)}Z`, // whole seconds
    "execution-id": randomUUID(),
    "attempt-number": "1",
  };
  return JSON.parse(input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, key) => attributes[key] ?? whole));
}
