/** The event that EventBridge Scheduler sends to a target: the schedule's input, with its context attributes replaced. */
import { randomUUID } from "node:crypto";

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function scheduledInput(
  { name, group, input }: { readonly name: string; readonly group: string; readonly input: string },
  scheduledTime: Date,
  { region, accountId, attempt }: { readonly region: string; readonly accountId: string; readonly attempt: number },
): unknown {
  const attributes: Record<string, string> = {
    "schedule-arn": `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`,
    "scheduled-time": `${scheduledTime.toISOString().slice(0, 19)}Z`, // whole seconds
    "execution-id": randomUUID(),
    "attempt-number": String(attempt),
  };
  return JSON.parse(input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, key) => attributes[key] ?? whole));
}
