/** The resources of the template that run locally, each parsed once. Roles, policies and log groups matter only on AWS. */
import * as z from "zod";
import { resolveIntrinsics, type Scope, type Template } from "./template.ts";

const text = z.string().min(1);
/** CloudFormation also accepts numbers as text. */
const integer = z.coerce.number().int();

export const functionSchema = z.object({
  FunctionName: text,
  Handler: text,
  Timeout: integer.default(3),
  MemorySize: integer.default(128),
  Code: z.object({ S3Key: text }),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()) }).default({ Variables: {} }),
  LoggingConfig: z.object({ LogFormat: z.enum(["JSON", "Text"]).default("Text") }).default({ LogFormat: "Text" }),
  ReservedConcurrentExecutions: integer.optional(),
});

export const queueSchema = z.object({
  QueueName: text.optional(),
  FifoQueue: z.literal(false).optional(), // FIFO queues would need another mapping
  VisibilityTimeout: integer.default(30),
  DelaySeconds: integer.optional(),
  MessageRetentionPeriod: integer.optional(),
  ReceiveMessageWaitTimeSeconds: integer.optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: text, maxReceiveCount: integer }).optional(),
});

export const topicSchema = z.object({ TopicName: text });
/** An empty endpoint means no subscription. */
export const subscriptionSchema = z.object({ TopicArn: text, Protocol: text, Endpoint: z.string() });

const keySchema = z.array(z.object({ AttributeName: text, KeyType: z.enum(["HASH", "RANGE"]) }));
export const tableSchema = z.object({
  TableName: text.optional(),
  AttributeDefinitions: z.array(z.object({ AttributeName: text, AttributeType: z.enum(["S", "N", "B"]) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: text,
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
          NonKeyAttributes: z.array(text).optional(),
        }),
      }),
    )
    .optional(),
});

export const bucketSchema = z.object({
  BucketName: text.optional(),
  VersioningConfiguration: z.object({ Status: z.enum(["Enabled", "Suspended"]) }).optional(),
});

const oneOrMore = z.union([text, z.array(text)]).transform((value) => [value].flat());
export const bucketPolicySchema = z.object({
  Bucket: text,
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({ Effect: z.enum(["Allow", "Deny"]), Action: oneOrMore, Condition: z.unknown().optional() }),
    ),
  }),
});

export const secretSchema = z.object({
  Name: text,
  SecretString: z.string().optional(),
  /** A random value. Only letters and digits are implemented. */
  GenerateSecretString: z
    .strictObject({
      PasswordLength: integer.min(1).max(4096).default(32),
      ExcludePunctuation: z.literal(true),
      /** Instead of the value alone: a JSON object with the value under this key. */
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: text.optional(),
    })
    .optional(),
});

export const mappingSchema = z.object({
  EventSourceArn: text,
  FunctionName: text,
  BatchSize: integer.min(1).max(10).default(10),
  MaximumBatchingWindowInSeconds: z.literal(0).optional(), // a batching window is not implemented
  FilterCriteria: z.undefined({ error: "filters are not implemented" }).optional(),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: integer.min(2) }).optional(),
});

export const integrationSchema = z.object({
  IntegrationUri: text,
  PayloadFormatVersion: z.literal("2.0"),
  TimeoutInMillis: integer.max(30_000).default(30_000),
  RequestParameters: z
    .record(z.string().regex(/^overwrite:header\.[a-z0-9-]+$/, "only headers can be overwritten"), text)
    .default({}),
});

export const routeSchema = z.object({
  RouteKey: text,
  Target: text,
  AuthorizationType: z.enum(["NONE", "AWS_IAM"], { error: "only IAM authorisation is implemented" }).default("NONE"),
});

export const scheduleSchema = z.object({
  Name: text.optional(),
  ScheduleExpression: text,
  Target: z.object({ Arn: text, Input: z.string().default("{}") }),
});

/** Every resource of a type: `[logical id, properties]`, in the template's order. Only the properties in `schema` are resolved. */
export function resourcesOf<Shape extends z.ZodRawShape>(
  template: Template,
  type: string,
  schema: z.ZodObject<Shape>,
  scope: Scope,
): [id: string, properties: z.infer<z.ZodObject<Shape>>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => {
      const wanted = Object.entries(Properties).filter(([name]) => Object.hasOwn(schema.shape, name));
      const { success, data, error } = schema.safeParse(resolveIntrinsics(Object.fromEntries(wanted), scope, id));
      if (!success) throw new Error(`${id} (${type}) cannot run locally: ${z.prettifyError(error)}`);
      return [id, data];
    });
}
