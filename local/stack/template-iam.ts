/** Reads the roles and the resource policies of the packaged template into the account's IAM, before any function starts. */
import * as z from "zod";
import type { Iam, Role } from "../iam/iam.ts";
import { type Policy, policySchema } from "../iam/policy.ts";
import { resourcesOf, tableSchema } from "./resources.ts";
import type { Scope, Template } from "./template.ts";

const text = z.string().min(1);
const unsupported = z.undefined({ error: "is not implemented by the local stack" }).optional();

const roleSchema = z.object({
  AssumeRolePolicyDocument: policySchema,
  Policies: z.array(z.object({ PolicyName: text, PolicyDocument: policySchema })).default([]),
  ManagedPolicyArns: unsupported,
  PermissionsBoundary: unsupported,
});
const queuePolicySchema = z.object({ Queues: z.array(text), PolicyDocument: policySchema });
const topicPolicySchema = z.object({ Topics: z.array(text), PolicyDocument: policySchema });
const bucketPolicySchema = z.object({ Bucket: text, PolicyDocument: policySchema });
const secretPolicySchema = z.object({ SecretId: text, ResourcePolicy: policySchema });
const keySchema = z.object({ KeyPolicy: policySchema });
const permissionSchema = z.object({
  FunctionName: text,
  Action: text,
  Principal: text,
  SourceArn: text.optional(),
  SourceAccount: text.optional(),
});

/** Every role of the template, by its logical id. */
const rolesOf = (template: Template, scope: Scope): Role[] =>
  resourcesOf(template, "AWS::IAM::Role", roleSchema, scope).map(([id, properties]) => ({
    id,
    name: scope.resources.get(id)?.ref ?? id,
    arn: arnOf(id, scope),
    trust: properties.AssumeRolePolicyDocument,
    policies: Object.fromEntries(
      properties.Policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument]),
    ),
  }));

/** @throws Error for a policy that AWS would not accept or that the local stack cannot evaluate. */
export async function installIam(template: Template, scope: Scope, iam: Iam): Promise<void> {
  for (const role of rolesOf(template, scope)) await iam.putRole(role);
  for (const { arn, policy, action } of resourcePoliciesOf(template, scope)) {
    await iam.putResourcePolicy(arn, policy, action);
  }
}

interface Attached {
  readonly arn: string;
  readonly policy: Policy;
  /** An action on such a resource, to check the policy with. */
  readonly action: string;
}

function resourcePoliciesOf(template: Template, scope: Scope): Attached[] {
  const queues = resourcesOf(template, "AWS::SQS::QueuePolicy", queuePolicySchema, scope);
  const topics = resourcesOf(template, "AWS::SNS::TopicPolicy", topicPolicySchema, scope);
  const buckets = resourcesOf(template, "AWS::S3::BucketPolicy", bucketPolicySchema, scope);
  const secrets = resourcesOf(template, "AWS::SecretsManager::ResourcePolicy", secretPolicySchema, scope);
  const keys = resourcesOf(template, "AWS::KMS::Key", keySchema, scope);
  return [
    ...queues.flatMap(([, { Queues, PolicyDocument: policy }]) =>
      Queues.map((url) => ({ arn: arnOfRef(url, scope), policy, action: "sqs:SendMessage" })),
    ),
    ...topics.flatMap(([, { Topics, PolicyDocument: policy }]) =>
      Topics.map((arn) => ({ arn, policy, action: "sns:Publish" })),
    ),
    ...buckets.map(([, { Bucket, PolicyDocument: policy }]) => {
      return { arn: `arn:aws:s3:::${Bucket}`, policy, action: "s3:ListBucket" };
    }),
    ...secrets.map(([, { SecretId, ResourcePolicy: policy }]) => {
      return { arn: SecretId, policy, action: "secretsmanager:GetSecretValue" };
    }),
    ...keys.map(([id, { KeyPolicy: policy }]) => ({ arn: arnOf(id, scope), policy, action: "kms:Decrypt" })),
    ...functionPolicies(template, scope),
  ];
}

/** The permissions of one function are one policy. */
function functionPolicies(template: Template, scope: Scope): Attached[] {
  const byFunction = new Map<string, Policy["Statement"]>();
  for (const [Sid, permission] of resourcesOf(template, "AWS::Lambda::Permission", permissionSchema, scope)) {
    const { FunctionName: Resource, Action, Principal, SourceArn, SourceAccount } = permission;
    const Condition = {
      ...(SourceArn !== undefined && { ArnLike: { "aws:SourceArn": [SourceArn] } }),
      ...(SourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": [SourceAccount] } }),
    };
    const statement = { Sid, Effect: "Allow" as const, Principal: { Service: [Principal] }, Action: [Action] };
    const statements = byFunction.get(Resource) ?? [];
    byFunction.set(Resource, [...statements, { ...statement, Resource: [Resource], Condition }]);
  }
  return [...byFunction].map(([arn, Statement]) => {
    return { arn, policy: { Version: "2012-10-17", Statement }, action: "lambda:InvokeFunction" };
  });
}

/** The partition key of each table and index: by `TABLE` and by `TABLE/INDEX`. */
export const partitionKeysOf = (template: Template, scope: Scope): ReadonlyMap<string, string> =>
  new Map(
    resourcesOf(template, "AWS::DynamoDB::Table", tableSchema, scope).flatMap(([id, properties]) => {
      const { KeySchema, GlobalSecondaryIndexes = [] } = properties;
      const table = scope.resources.get(id)?.ref ?? id;
      const all = [
        [table, KeySchema] as const,
        ...GlobalSecondaryIndexes.map((index) => [`${table}/${index.IndexName}`, index.KeySchema] as const),
      ];
      return all.map(([path, keys]): [string, string] => [
        path,
        keys.find(({ KeyType }) => KeyType === "HASH")?.AttributeName ?? "",
      ]);
    }),
  );

function arnOf(id: string, { resources }: Scope): string {
  const arn = resources.get(id)?.attributes.Arn;
  if (arn === undefined) throw new Error(`${id} has no local ARN`);
  return arn;
}

/** The ARN of the resource whose `Ref` is this text. */
function arnOfRef(ref: string, { resources }: Scope): string {
  const found = [...resources.values()].find((physical) => physical.ref === ref);
  if (!found?.attributes.Arn) throw new Error(`there is no resource ${ref}`);
  return found.attributes.Arn;
}
