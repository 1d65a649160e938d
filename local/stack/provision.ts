/** Creates the queues, the topic, the table, the bucket and the secrets that the template describes. */
import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { alphanumeric } from "../kit/random.ts";
import type { Engines } from "./aws-engines.ts";
import {
  bucketPolicySchema,
  bucketSchema,
  queueSchema,
  resourcesOf,
  secretSchema,
  subscriptionSchema,
  tableSchema,
  topicSchema,
} from "./resources.ts";
import type { Physical, Scope, Template } from "./template.ts";

/** The account id of fauxqs and of the stand-ins for S3 and Secrets Manager. */
export const ACCOUNT_ID = "000000000000";

/** The id of the HTTP API. */
export const API_ID = "local";

/** The bucket for the zips of a deployment. The local stack does not create it. */
const DEPLOYMENT_BUCKET = "ServerlessDeploymentBucket";

export interface ProvisionOptions {
  readonly region: string;
  readonly stackName: string;
  /** Replaces the visibility timeout of every queue. */
  readonly visibilitySeconds?: number | undefined;
  /** By name. Replaces the template's values, and may add further secrets. */
  readonly secretsValues: Readonly<Record<string, string>>;
}

export interface Provisioned {
  readonly scope: Scope;
  /** By logical id. */
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, string>>;
  readonly buckets: Readonly<Record<string, string>>;
  readonly topics: Readonly<Record<string, string>>;
  readonly eventBuses: Readonly<Record<string, string>>;
}

export async function provision(template: Template, engines: Engines, options: ProvisionOptions): Promise<Provisioned> {
  const resources = new Map<string, Physical>();
  const scope = { resources, pseudo: pseudoParameters(options) };
  // All names are determined before anything is created, so that resources may refer to each other in any order.
  const names = nameResources(template, scope, options.stackName);
  for (const [id, physical] of physicalResources(names, engines.sqsUrl, options.region)) resources.set(id, physical);
  for (const [id, arn] of createSecrets(template, scope, engines, options.secretsValues)) {
    resources.set(id, { ref: arn, attributes: { Id: arn } });
  }
  createBuckets(template, scope, engines, names.buckets);
  for (const name of names.eventBuses.values()) engines.eventBuses.createBus(name);
  await Promise.all([
    createQueues(template, scope, engines, names.queues, options.visibilitySeconds),
    createTables(template, scope, engines, names.tables),
    createTopics(template, scope, engines),
  ]);
  const urls = [...names.queues].map(([id]) => [id, resources.get(id)?.ref]);
  return {
    scope,
    queueUrls: Object.fromEntries(urls),
    tables: Object.fromEntries(names.tables),
    eventBuses: Object.fromEntries(names.eventBuses),
    topics: Object.fromEntries([...names.topics].map(([id]) => [id, resources.get(id)?.ref ?? ""])),
    buckets: Object.fromEntries([...names.buckets].filter(([id]) => id !== DEPLOYMENT_BUCKET)),
  };
}

const pseudoParameters = ({ region, stackName }: ProvisionOptions) => ({
  "AWS::Region": region,
  "AWS::AccountId": ACCOUNT_ID,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::StackName": stackName,
  "AWS::StackId": `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${stackName}/local`,
});

type Names = ReadonlyMap<string, string>;

/** A resource without a name is called `STACK-LOGICALID`; CloudFormation adds a random suffix. */
function nameResources(template: Template, scope: Scope, stackName: string) {
  const nameEach = (type: string, property: string): Names =>
    new Map(
      resourcesOf(template, type, z.object({ [property]: z.string().optional() }), scope).map(([id, properties]) => [
        id,
        properties[property] ?? `${stackName}-${id}`,
      ]),
    );
  const buckets = nameEach("AWS::S3::Bucket", "BucketName");
  return {
    roles: nameEach("AWS::IAM::Role", "RoleName"),
    functions: nameEach("AWS::Lambda::Function", "FunctionName"),
    queues: nameEach("AWS::SQS::Queue", "QueueName"),
    topics: nameEach("AWS::SNS::Topic", "TopicName"),
    tables: nameEach("AWS::DynamoDB::Table", "TableName"),
    scheduleGroups: nameEach("AWS::Scheduler::ScheduleGroup", "Name"),
    logGroups: nameEach("AWS::Logs::LogGroup", "LogGroupName"),
    keys: nameEach("AWS::KMS::Key", "KeyId"),
    eventBuses: nameEach("AWS::Events::EventBus", "Name"),
    apis: nameEach("AWS::ApiGatewayV2::Api", "ApiId"),
    buckets: new Map([...buckets].map(([id, name]) => [id, name.toLowerCase()])), // bucket names are in lower case
    integrations: new Map(
      resourcesOf(template, "AWS::ApiGatewayV2::Integration", z.object({}), scope).map(([id]) => [id, id]),
    ),
  };
}

function* physicalResources(
  names: ReturnType<typeof nameResources>,
  sqsUrl: string,
  region: string,
): Generator<[string, Physical]> {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${ACCOUNT_ID}:${rest}`;
  for (const [id, name] of names.functions) {
    yield [id, { ref: name, attributes: { Arn: arn("lambda", `function:${name}`) } }];
  }
  for (const [id, name] of names.queues) {
    // The SDK sends to the URL's host and ignores its endpoint, so the URL has the local server's host; fauxqs reads only its path.
    const url = `${sqsUrl}/${ACCOUNT_ID}/${name}`;
    yield [id, { ref: url, attributes: { Arn: arn("sqs", name), QueueName: name, QueueUrl: url } }];
  }
  for (const [id, name] of names.topics) yield [id, { ref: arn("sns", name), attributes: { TopicName: name } }];
  for (const [id, name] of names.tables) {
    yield [id, { ref: name, attributes: { Arn: arn("dynamodb", `table/${name}`) } }];
  }
  for (const [id, name] of names.buckets) yield [id, { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }];
  for (const [id, name] of names.roles) {
    yield [id, { ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}` } }];
  }
  for (const [id, name] of names.scheduleGroups) yield [id, { ref: name, attributes: {} }];
  for (const [id, name] of names.logGroups) {
    yield [id, { ref: name, attributes: { Arn: arn("logs", `log-group:${name}:*`) } }];
  }
  for (const [id, name] of names.keys) yield [id, { ref: name, attributes: { Arn: arn("kms", `key/${name}`) } }];
  for (const [id, name] of names.eventBuses) {
    yield [id, { ref: name, attributes: { Arn: arn("events", `event-bus/${name}`), Name: name } }];
  }
  for (const [id] of names.apis) yield [id, { ref: API_ID, attributes: {} }];
  for (const [id] of names.integrations) yield [id, { ref: id, attributes: {} }];
}

function createSecrets(
  template: Template,
  scope: Scope,
  { secrets }: Engines,
  values: ProvisionOptions["secretsValues"],
): [id: string, arn: string][] {
  const described = resourcesOf(template, "AWS::SecretsManager::Secret", secretSchema, scope);
  for (const [name, value] of Object.entries(values)) secrets.put(name, value);
  return described.map(([id, { Name, SecretString = "{}", GenerateSecretString }]) => {
    const initial = GenerateSecretString ? generated(GenerateSecretString) : SecretString;
    return [id, secrets.put(Name, values[Name] ?? initial)];
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
function generated({
  PasswordLength,
  SecretStringTemplate = "{}",
  GenerateStringKey,
}: NonNullable<z.infer<typeof secretSchema>["GenerateSecretString"]>): string {
  const value = alphanumeric(PasswordLength);
  if (GenerateStringKey === undefined) return value;
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: value });
}

function createBuckets(template: Template, scope: Scope, { storage }: Engines, names: Names) {
  const policies = resourcesOf(template, "AWS::S3::BucketPolicy", bucketPolicySchema, scope);
  for (const [id, properties] of resourcesOf(template, "AWS::S3::Bucket", bucketSchema, scope)) {
    const name = names.get(id);
    if (name === undefined || id === DEPLOYMENT_BUCKET) continue;
    const denied = policies
      .filter(([, { Bucket }]) => Bucket === name)
      .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement)
      .filter(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)
      .flatMap(({ Action }) => Action);
    storage.createBucket(name, {
      versioned: properties.VersioningConfiguration?.Status === "Enabled",
      denyDelete: denied.includes("s3:DeleteObject"),
    });
  }
}

async function createQueues(
  template: Template,
  scope: Scope,
  { clients }: Engines,
  names: Names,
  visibilitySeconds: number | undefined,
): Promise<void> {
  const queues = resourcesOf(template, "AWS::SQS::Queue", queueSchema, scope);
  await Promise.all(
    queues.map(async ([id, { QueueName: _, FifoQueue: __, RedrivePolicy, VisibilityTimeout, ...rest }]) => {
      const attributes = {
        ...rest,
        VisibilityTimeout: visibilitySeconds ?? VisibilityTimeout,
        ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
      };
      const Attributes = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
      await clients.sqs.send(new CreateQueueCommand({ QueueName: names.get(id), Attributes }));
    }),
  );
}

async function createTopics(template: Template, scope: Scope, { clients }: Engines): Promise<void> {
  for (const [, { TopicName }] of resourcesOf(template, "AWS::SNS::Topic", topicSchema, scope)) {
    await clients.sns.send(new CreateTopicCommand({ Name: TopicName }));
  }
  for (const [, subscription] of resourcesOf(template, "AWS::SNS::Subscription", subscriptionSchema, scope)) {
    if (subscription.Endpoint !== "") await clients.sns.send(new SubscribeCommand(subscription));
  }
}

async function createTables(template: Template, scope: Scope, { clients }: Engines, names: Names): Promise<void> {
  const tables = resourcesOf(template, "AWS::DynamoDB::Table", tableSchema, scope);
  await Promise.all(
    tables.map(async ([id, { TableName: _, ...definition }]) => {
      const TableName = names.get(id);
      await clients.dynamo.send(new CreateTableCommand({ ...definition, TableName, BillingMode: "PAY_PER_REQUEST" }));
      await waitUntilTableExists(
        { client: clients.dynamo, maxWaitTime: 5, minDelay: 0.01, maxDelay: 0.1 },
        { TableName },
      );
    }),
  );
}
