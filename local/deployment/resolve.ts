/** The values of a resource's properties at the time of an operation: intrinsic functions and dynamic references. */
import { resolveIntrinsics, type Scope } from "../stack/template.ts";
import { type Account, ResourceFault } from "./account.ts";
import type { StackRecord } from "./stack-record.ts";

export function resolveProperties(value: unknown, stack: StackRecord, account: Account, at: string): unknown {
  return dynamicReferences(resolveIntrinsics(value, scopeOf(stack, account), at), account);
}

/** The attributes that offair's template reads, for every resource. */
function scopeOf(stack: StackRecord, { id, region }: Account): Scope {
  const resources = [...stack.resources].map(([logicalId, { id: ref, name, type }]) => {
    const service = type.split("::")[1]?.toLowerCase() ?? "";
    const arn = ref.startsWith("arn:") ? ref : `arn:aws:${service}:${region}:${id}:${name}`;
    const attributes = { Arn: arn, Id: ref, QueueName: name, QueueUrl: ref, TopicName: name, TopicArn: arn };
    return [logicalId, { ref, attributes }] as const;
  });
  return {
    resources: new Map(resources),
    pseudo: {
      ...{ "AWS::AccountId": id, "AWS::Region": region, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com" },
      ...{ "AWS::StackName": stack.name, "AWS::StackId": stack.id },
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html */
const SSM = /\{\{resolve:ssm:([^:}]+)(?::(\d+))?\}\}/g;

function dynamicReferences(value: unknown, account: Account): unknown {
  if (Array.isArray(value)) return value.map((item) => dynamicReferences(item, account));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dynamicReferences(item, account)]));
  if (typeof value !== "string") return value;
  return value.replace(SSM, (_, name: string, version: string | undefined) => {
    const values = account.parameters.get(name)?.values ?? [];
    const found = version === undefined ? values.at(-1) : values[Number(version) - 1];
    if (found === undefined) throw new ResourceFault(`Parameters: [ssm:${name}] cannot be found.`);
    return found;
  });
}
