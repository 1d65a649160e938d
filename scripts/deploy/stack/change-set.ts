/** Creates a change set, waits until CloudFormation has computed it, and executes it. */
import {
  type ChangeSetType,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ExecuteChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import { FailedError } from "../../../cli/terminal/errors.ts";
import type { Adopted } from "./adoption.ts";
import { type Change, sortChanges, toChange } from "./changes.ts";
import type { Clients } from "./clients.ts";

export interface NewChangeSet {
  readonly stackName: string;
  readonly type: ChangeSetType;
  /** Names are unique within a stack. */
  readonly name: string;
  /** Up to 51,200 bytes can be sent as text, more only as an address in S3. */
  readonly template: { readonly TemplateBody: string } | { readonly TemplateURL: string };
  readonly stage: string;
  readonly adopted?: readonly Adopted[];
}

export interface ChangeSet {
  readonly id: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: ChangeSetType;
  /** Empty if the template changes nothing. */
  readonly changes: readonly Change[];
}

/** As in the framework, so that both may update the same stack. */
const CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] as const;

const POLL_MS = 2_000;

type Sleep = (ms: number) => Promise<void>;

/** @throws FailedError if CloudFormation cannot compute it. */
export async function createChangeSet(
  { cloudFormation }: Clients,
  { stackName, type, name, template, stage, adopted = [] }: NewChangeSet,
  sleep: Sleep,
): Promise<ChangeSet> {
  const { Id: id = "", StackId: stackId = "" } = await cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: name,
      ChangeSetType: type,
      ...template,
      Capabilities: [...CAPABILITIES],
      Tags: [{ Key: "STAGE", Value: stage }],
      ...(adopted.length > 0 && {
        ResourcesToImport: adopted.map(({ id: LogicalResourceId, type: ResourceType, identifier }) => ({
          LogicalResourceId,
          ResourceType,
          ResourceIdentifier: identifier,
        })),
      }),
    }),
  );
  const described = await waitFor(cloudFormation, id, sleep);
  const result = { id, stackId, stackName, type };
  if (described.Status !== "FAILED") return { ...result, changes: sortChanges(await allChanges(cloudFormation, id)) };
  const { StatusReason: reason = "" } = described;
  await cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
  // The documented texts of an empty change set; there is no code for it.
  if (/didn't contain changes|No updates are to be performed/.test(reason)) return { ...result, changes: [] };
  throw new FailedError(`CloudFormation cannot create the change set: ${reason}`);
}

async function waitFor(
  client: Clients["cloudFormation"],
  id: string,
  sleep: Sleep,
): Promise<DescribeChangeSetCommandOutput> {
  for (;;) {
    const described = await client.send(new DescribeChangeSetCommand({ ChangeSetName: id }));
    if (!/_(PENDING|IN_PROGRESS)$/.test(described.Status ?? "")) return described;
    await sleep(POLL_MS);
  }
}

async function allChanges(client: Clients["cloudFormation"], id: string): Promise<Change[]> {
  const changes: Change[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeChangeSetCommand({ ChangeSetName: id, ...(NextToken !== undefined && { NextToken }) }),
    );
    for (const { ResourceChange } of page.Changes ?? []) if (ResourceChange) changes.push(toChange(ResourceChange));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return changes;
}

export const deleteChangeSet = async ({ cloudFormation }: Clients, { id }: ChangeSet): Promise<void> => {
  await cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
};

/**
 * Starts the execution; `followStack` waits for its end.
 *
 * @param token - marks the events of this execution.
 */
export async function executeChangeSet(
  { cloudFormation }: Clients,
  { id, type }: ChangeSet,
  token: string,
): Promise<void> {
  await cloudFormation.send(
    new ExecuteChangeSetCommand({
      ChangeSetName: id,
      ClientRequestToken: token,
      // Otherwise a failed creation would leave a secret behind, whose name is in use at the next deployment.
      ...(type !== "IMPORT" && { RetainExceptOnCreate: true }),
    }),
  );
}
