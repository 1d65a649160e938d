/** Prints the events of one operation on a stack, a line each, until the operation has ended. */
import { DescribeStackEventsCommand, type StackEvent } from "@aws-sdk/client-cloudformation";
import type { Out } from "../../../cli/terminal/output.ts";
import type { Clients } from "./clients.ts";

const POLL_MS = 5_000;

export interface Followed {
  /** As in `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly reason: string;
  /** The failures of resources, oldest first: the first one is the cause, and the later ones follow from it. */
  readonly failures: readonly string[];
}

export interface Operation {
  /** The id and not the name: a deleted stack is found by its id only. */
  readonly stackId: string;
  readonly token: string;
}

export async function followStack(
  { cloudFormation }: Clients,
  operation: Operation,
  { out, sleep }: { readonly out: Out; readonly sleep: (ms: number) => Promise<void> },
): Promise<Followed> {
  const seen = new Set<string>();
  const failures: string[] = [];
  for (;;) {
    for (const event of await newEvents(cloudFormation, operation, seen)) {
      const line = eventLine(event);
      if (isStackItself(event, operation)) {
        const { ResourceStatus: status = "", ResourceStatusReason: reason = "" } = event;
        if (!status.endsWith("_IN_PROGRESS")) return { status, reason, failures };
        out.progress(status);
      } else if (event.ResourceStatus?.endsWith("_FAILED")) {
        failures.push(line);
        out.say(`  ${out.paint("red", line)}`);
      } else if (event.ResourceStatus?.endsWith("_IN_PROGRESS")) {
        out.progress(line);
      } else {
        out.say(`  ${line}`);
      }
    }
    await sleep(POLL_MS);
  }
}

/** Events come newest first, in pages. @returns the events that were not seen, oldest first. */
async function newEvents(
  client: Clients["cloudFormation"],
  { stackId, token }: Operation,
  seen: Set<string>,
): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeStackEventsCommand({ StackName: stackId, ...(NextToken !== undefined && { NextToken }) }),
    );
    const ofOperation = (page.StackEvents ?? []).filter(({ ClientRequestToken }) => ClientRequestToken === token);
    const unseen = ofOperation.filter(({ EventId = "" }) => !seen.has(EventId));
    for (const { EventId = "" } of unseen) seen.add(EventId);
    events.push(...unseen);
    const isRestOld = unseen.length < (page.StackEvents?.length ?? 0);
    NextToken = isRestOld ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return events.reverse();
}

const isStackItself = ({ PhysicalResourceId }: StackEvent, { stackId }: Operation): boolean =>
  PhysicalResourceId === stackId;

function eventLine({ ResourceStatus, ResourceType = "", LogicalResourceId, ResourceStatusReason }: StackEvent): string {
  const reason = ResourceStatusReason === undefined || ResourceStatusReason === "" ? "" : `: ${ResourceStatusReason}`;
  return `${ResourceStatus} ${ResourceType.replace(/^AWS::/, "")} ${LogicalResourceId}${reason}`;
}
