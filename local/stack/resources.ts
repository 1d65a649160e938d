/** The resources of the template that run locally, each parsed once; roles and policies in `template-iam.ts`. */
import * as z from "zod";
import { resolveIntrinsics, type Scope, type Template } from "./template.ts";

const text = z.string().min(1);
/** CloudFormation also accepts numbers as text. */
const integer = z.coerce.number().int();

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const ENVIRONMENT_LIMIT_BYTES = 4_096;
/** A function cannot set these, because Lambda does. */
const RESERVED_NAMES = new Set([
  ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"],
  ...["AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
  ...["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API"],
  ...["LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
]);
const environmentSchema = z
  .record(z.string().regex(/^[a-zA-Z]\w+$/), z.coerce.string())
  .refine((all) => !Object.keys(all).some((name) => RESERVED_NAMES.has(name)), "sets a variable that Lambda reserves")
  .refine(
    (all) => Buffer.byteLength(JSON.stringify(all)) <= ENVIRONMENT_LIMIT_BYTES,
    `has more than ${ENVIRONMENT_LIMIT_BYTES} bytes in total`,
  );

export const functionSchema = z.object({
  FunctionName: text,
  Handler: text,
  /** ARN. */
  Role: text,
  Timeout: integer.min(1).max(900).default(3),
  MemorySize: integer.min(128).max(10_240).default(128),
  Code: z.object({ S3Key: text }),
  Environment: z.object({ Variables: environmentSchema }).default({ Variables: {} }),
  LoggingConfig: z.object({ LogFormat: z.enum(["JSON", "Text"]).default("Text") }).default({ LogFormat: "Text" }),
  ReservedConcurrentExecutions: integer.min(0).optional(),
  RecursiveLoop: z.enum(["Allow", "Terminate"]).default("Terminate"),
});

/** Asynchronous invocations: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html */
export const eventInvokeSchema = z.object({
  FunctionName: text,
  MaximumEventAgeInSeconds: integer.min(60).max(21_600).default(21_600),
  MaximumRetryAttempts: integer.min(0).max(2).default(2),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: text }).optional() }).default({}),
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
  BatchSize: integer.min(1).max(10_000).default(10),
  MaximumBatchingWindowInSeconds: integer.min(0).max(300).optional(), // not implemented: a batch leaves at once
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

/** By route key in `RouteSettings`; `DefaultRouteSettings` are of all other routes together. */
const throttleSchema = z.object({ ThrottlingRateLimit: z.coerce.number(), ThrottlingBurstLimit: integer });
export const stageSchema = z.object({
  DefaultRouteSettings: throttleSchema.partial().default({}),
  RouteSettings: z.record(z.string(), throttleSchema).default({}),
});

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const SCHEDULE_INPUT_LIMIT = 262_144;
export const scheduleSchema = z.object({
  Name: text.optional(),
  GroupName: text.default("default"),
  ScheduleExpression: text,
  Target: z.object({
    Arn: text,
    RoleArn: text,
    Input: z.string().max(SCHEDULE_INPUT_LIMIT).default("{}"),
    RetryPolicy: z
      .object({
        MaximumEventAgeInSeconds: integer.min(60).max(86_400).default(86_400),
        MaximumRetryAttempts: integer.min(0).max(185).default(185),
      })
      .prefault({}),
    DeadLetterConfig: z.object({ Arn: text }).optional(),
  }),
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
