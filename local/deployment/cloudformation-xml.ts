/** The records of CloudFormation's stand-in as its responses show them. */
import type { ComputedChange } from "./change-set.ts";
import type { XmlValue } from "./query-protocol.ts";
import type { ChangeSetRecord, StackEvent, StackRecord } from "./stack-record.ts";

export const stackXml = (stack: StackRecord): XmlValue => ({
  ...{ StackId: stack.id, StackName: stack.name, StackStatus: stack.status, StackStatusReason: stack.statusReason },
  EnableTerminationProtection: stack.isProtected ?? false,
  CreationTime: stack.createdAt.toISOString(),
  Outputs: [...stack.outputs].map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  Tags: [...stack.tags].map(([Key, Value]) => ({ Key, Value })),
});

export const eventXml = ({ id, name }: StackRecord, event: StackEvent): XmlValue => ({
  ...{ StackId: id, StackName: name, EventId: event.id, Timestamp: event.at.toISOString() },
  ...{ LogicalResourceId: event.logicalId, PhysicalResourceId: event.physicalId, ResourceType: event.type },
  ...{ ResourceStatus: event.status, ResourceStatusReason: event.reason, ClientRequestToken: event.token },
});

export const changeSetXml = (
  stack: StackRecord,
  { id, name, status, statusReason }: ChangeSetRecord,
  page: { readonly changes: readonly ComputedChange[]; readonly next: string | undefined },
): XmlValue => ({
  ...{ ChangeSetId: id, ChangeSetName: name, StackId: stack.id, StackName: stack.name },
  ...{ Status: status, StatusReason: statusReason, NextToken: page.next },
  Changes: page.changes.map((change) => ({
    Type: "Resource",
    ResourceChange: {
      ...{ Action: change.action, LogicalResourceId: change.id, ResourceType: change.type },
      PhysicalResourceId: stack.resources.get(change.id)?.id,
      ...{ Replacement: change.replacement, PolicyAction: change.policyAction },
      Scope: [...new Set(change.details.map(({ attribute }) => attribute))],
      Details: change.details.map(({ attribute, name: property, recreation, evaluation, cause }) => ({
        Target: { Attribute: attribute, Name: property, RequiresRecreation: recreation },
        Evaluation: evaluation,
        ChangeSource: cause === undefined ? "DirectModification" : "ResourceReference",
        CausingEntity: cause,
      })),
    },
  })),
});
