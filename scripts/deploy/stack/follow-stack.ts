/** Prints the events of one operation on a stack, a line each, until the operation has ended. */
import { DescribeStackEventsCommand, DescribeStacksCommand, type StackEvent } from "@aws-sdk/client-cloudformation";
import { FailedError } from "../../../cli/terminal/errors.ts";
import type { Out } from "../../../cli/terminal/output.ts";
import type { Clients } from "./clients.ts";
import { errorText } from "./facts.ts";

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

interface Deps {
  readonly out: Out;
  readonly sleep: (ms: number) => Promise<void>;
}

/** @throws FailedError if the end cannot be seen, for instance because the credentials have expired. The operation goes on. */
export async function followStack(clients: Clients, operation: Operation, deps: Deps): Promise<Followed> {
  try {
    return await follow(clients, operation, deps);
  } catch (cause) {
    throw new FailedError(
      `the end cannot be seen (${errorText(cause)}), and CloudFormation goes on. Wait until ` +
        `aws cloudformation describe-stacks --region ${clients.region} --stack-name ${operation.stackId} shows no _IN_PROGRESS, then run the command again`,
      { cause },
    );
  }
}

async function follow({ cloudFormation }: Clients, operation: Operation, { out, sleep }: Deps): Promise<Followed> {
  const seen = new Set<string>();
  const failures: string[] = [];
  let ended: Omit<Followed, "failures"> | undefined;
  for (;;) {
    const events = await newEvents(cloudFormation, operation, seen);
    for (const event of events) {
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
    if (events.length === 0) {
      if (ended) return { ...ended, failures };
      ended = await endWithoutEvent(cloudFormation, operation, seen.size > 0); // an event of it may still come
    }
    await sleep(POLL_MS);
  }
}

/**
 * The end of an operation has no event with its token if somebody cancels it in the console, or if the deleted stack was empty.
 *
 * @param hasBegun - a state from before the operation is not its end.
 */
async function endWithoutEvent(
  client: Clients["cloudFormation"],
  { stackId }: Operation,
  hasBegun: boolean,
): Promise<Omit<Followed, "failures"> | undefined> {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
  const { StackStatus: status = "", StackStatusReason: reason = "" } = stack ?? {};
  const isEnd = status === "DELETE_COMPLETE" || (hasBegun && !status.endsWith("_IN_PROGRESS"));
  return isEnd ? { status, reason } : undefined;
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
