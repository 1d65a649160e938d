import { DescribeStackEventsCommand } from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "@jest/globals";
import type { Out } from "../../../../cli/terminal/output.ts";
import type { Clients } from "../../../../scripts/deploy/stack/clients.ts";
import { followStack } from "../../../../scripts/deploy/stack/follow-stack.ts";

const OPERATION = { stackId: "stack", token: "ours" };
const event = (EventId: string, ResourceStatus: string, ClientRequestToken = "ours") => ({
  ...{ EventId, ResourceStatus, ClientRequestToken },
  ...{ PhysicalResourceId: "stack", LogicalResourceId: "offair-prod", ResourceType: "AWS::CloudFormation::Stack" },
});

/** Answers with one row at each poll, and with the last one from then on. */
function follow(polls: readonly { readonly events: readonly object[]; readonly status: string }[]) {
  let poll = 0;
  const now = () => polls[Math.min(poll, polls.length - 1)];
  const send = async (command: unknown) =>
    command instanceof DescribeStackEventsCommand
      ? { StackEvents: [...(now()?.events ?? [])].reverse() }
      : { Stacks: [{ StackStatus: now()?.status, StackStatusReason: "why" }] };
  const sleep = async () => {
    poll += 1;
    if (poll > 20) throw new Error("it would never end");
  };
  const out = { say() {}, progress() {}, paint: (_: unknown, text: string) => text } as unknown as Out;
  return followStack({ region: "eu-central-1", cloudFormation: { send } } as unknown as Clients, OPERATION, {
    out,
    sleep,
  });
}

describe("an operation whose end has no event of its own", () => {
  const begun = event("1", "UPDATE_IN_PROGRESS");
  const cancelled = event("2", "UPDATE_ROLLBACK_COMPLETE", "Console-CancelUpdateStack-1");

  it("has ended when somebody cancelled it in the console", async () => {
    const events = [begun, cancelled];
    expect(
      await follow([
        { events: [begun], status: "UPDATE_IN_PROGRESS" },
        { events, status: "UPDATE_ROLLBACK_IN_PROGRESS" },
        { events, status: "UPDATE_ROLLBACK_COMPLETE" },
      ]),
    ).toEqual({ status: "UPDATE_ROLLBACK_COMPLETE", reason: "why", failures: [] });
  });

  it("has ended when the empty stack is gone", async () => {
    expect(await follow([{ events: [], status: "DELETE_COMPLETE" }])).toMatchObject({ status: "DELETE_COMPLETE" });
  });

  it("is not taken for one whose last events come a moment later than its state", async () => {
    const failure = { ...event("2", "UPDATE_FAILED"), PhysicalResourceId: "role", LogicalResourceId: "WorkerRole" };
    const events = [begun, failure, event("3", "UPDATE_ROLLBACK_COMPLETE")];
    expect(
      await follow([
        { events: [begun], status: "UPDATE_IN_PROGRESS" },
        { events: [begun], status: "UPDATE_ROLLBACK_COMPLETE" },
        { events, status: "UPDATE_ROLLBACK_COMPLETE" },
      ]),
    ).toMatchObject({ failures: [expect.stringContaining("WorkerRole")] });
  });

  it("has not ended in the state from before it began", async () => {
    const done = event("3", "UPDATE_COMPLETE");
    expect(
      await follow([
        { events: [], status: "UPDATE_ROLLBACK_COMPLETE" },
        { events: [begun], status: "UPDATE_IN_PROGRESS" },
        { events: [begun, done], status: "UPDATE_COMPLETE" },
      ]),
    ).toMatchObject({ status: "UPDATE_COMPLETE" });
  });
});
