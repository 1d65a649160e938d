/** What would be deployed, held against the rules of the design: the packaged template and bundles. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { copyServiceDefinition, packageService, zipEntries } from "../../build/package.ts";
import type { Bundle } from "../../build/weigh.ts";
import { ANSWERED_PATHS } from "../../lib/aws/dynamodb/answers/answered-reports.ts";
import { GATEWAY_HEADER } from "../../lib/aws/http-api/operator-request.ts";
import { LINKS, METRIC_OF_LINK } from "../../lib/canary/links.ts";
import {
  readAnswerConfig,
  readAuditConfig,
  readCanaryConfig,
  readClockConfig,
  readIncidentConfig,
  readNotifyConfig,
  readRotateConfig,
  readWebhookConfig,
  readWorkerConfig,
} from "../../lib/core/config.ts";
import { type MetricName, WITHOUT_ZEROS } from "../../lib/core/metrics.ts";

const resourceSchema = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const outputSchema = z.object({ Description: z.string(), Value: z.unknown() });
const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Conditions: z.record(z.string(), z.unknown()),
  Outputs: z.record(z.string(), z.unknown()),
});

const oneOrMore = <T extends z.ZodType>(schema: T) => z.union([z.array(schema), schema.transform((one) => [one])]);
const statementSchema = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.union([z.string(), z.record(z.string(), z.unknown())])),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
const policyDocumentSchema = z.object({ Statement: z.array(statementSchema) });
type Statement = z.infer<typeof statementSchema>;

const FUNCTIONS = ["answer", "audit", "canary", "clock", "incident", "notify", "rotate", "webhook", "worker"];
const serviceDir = mkdtempSync(join(tmpdir(), "offair-package-"));
let bundles: Bundle[];
let resources: z.infer<typeof templateSchema>["Resources"];
let conditions: z.infer<typeof templateSchema>["Conditions"];
let outputs: z.infer<typeof templateSchema>["Outputs"];

beforeAll(async () => {
  copyServiceDefinition(serviceDir);
  bundles = await packageService({ stage: "dev", serviceDir });
  const template = join(serviceDir, ".serverless", "cloudformation-template-update-stack.json");
  const parsed = templateSchema.parse(JSON.parse(readFileSync(template, "utf8")));
  ({ Resources: resources, Conditions: conditions, Outputs: outputs } = parsed);
});
afterAll(() => rmSync(serviceDir, { recursive: true, force: true }));

/** Packages with other parameters, and reads the template. */
async function packageWith(...params: string[]): Promise<z.infer<typeof templateSchema>> {
  const other = mkdtempSync(join(tmpdir(), "offair-package-"));
  copyServiceDefinition(other);
  try {
    await packageService({
      ...{ stage: "dev", serviceDir: other },
      frameworkArgs: params.flatMap((param) => ["--param", param]),
    });
    const file = join(other, ".serverless", "cloudformation-template-update-stack.json");
    return templateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
}

function properties(logicalId: string): Record<string, unknown> {
  const resource = resources[logicalId];
  if (!resource) throw new Error(`the template has no ${logicalId}`);
  return resource.Properties;
}
const idsOf = (type: string): string[] =>
  Object.keys(resources).filter((logicalId) => resources[logicalId]?.Type === type);
const lambda = (name: string) => properties(`${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`);
const att = (logicalId: string) => ({ "Fn::GetAtt": [logicalId, "Arn"] });

/** A resource as a person would call it: `UrgentQueue`, `Archive/*`, `secret:offair/dev/sources/*`. */
function nameOf(resource: Statement["Resource"][number]): string {
  if (typeof resource === "string") return resource;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Sub": text } = resource;
  if (typeof Ref === "string") return Ref;
  if (Array.isArray(attribute)) return String(attribute[0]);
  return String(text)
    .replace(/^arn:.*\$\{AWS::AccountId\}:/, "")
    .replace(/\$\{(\w+)\.Arn\}/, "$1");
}

function statementsOfRole(role: string): Statement[] {
  const policies = z.array(z.object({ PolicyDocument: policyDocumentSchema })).parse(properties(role).Policies);
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** Everything a role may do, one line a right: `dynamodb:PutItem Ledger [REPORT#* STREAM#*]`. */
function rightsOf(role: string): string[] {
  return statementsOfRole(role)
    .flatMap(({ Effect, Action, Resource, Condition }) => {
      const keys = Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"];
      const suffix = Array.isArray(keys) ? ` [${keys.join(" ")}]` : "";
      const prefix = Effect === "Allow" ? "" : `${Effect} `;
      return Action.flatMap((action) => Resource.map((on) => `${prefix}${action} ${nameOf(on)}${suffix}`));
    })
    .filter((right) => !right.startsWith("logs:"))
    .sort();
}

/** As text, without the time of packaging. */
const withoutPackage = (resource: unknown): string =>
  JSON.stringify(resource, (key, value) => (key === "S3Key" ? undefined : value));

const statementsOf = (policyId: string): Statement[] =>
  policyDocumentSchema.parse(properties(policyId).PolicyDocument).Statement;

describe("the zips", () => {
  it("are one a function, and each holds its bundle and the map of it", () => {
    const zips = readdirSync(join(serviceDir, ".serverless")).filter((file) => file.endsWith(".zip"));
    expect(zips.sort()).toEqual(FUNCTIONS.map((name) => `${name}.zip`));
    for (const name of FUNCTIONS) {
      const entries = zipEntries(readFileSync(join(serviceDir, ".serverless", `${name}.zip`)));
      expect(entries.sort()).toEqual([`dist/${name}/index.mjs`, `dist/${name}/index.mjs.map`]);
    }
  });

  it("keep the webhook under 340 kB: a sender waits for its cold start", () => {
    expect(bundles.find(({ name }) => name === "webhook")?.bytes).toBeLessThanOrEqual(340_000);
  });

  it("leave out what is never needed on Lambda: credentials of laptops, and the fetch behind node:http", () => {
    for (const { name, bytesByPackage } of bundles) {
      const providers = [...bytesByPackage.keys()].filter((owner) => owner.startsWith("@aws-sdk/credential-provider"));
      expect(providers).toEqual(["@aws-sdk/credential-provider-env"]);
      const code = readFileSync(join(serviceDir, "dist", name, "index.mjs"), "utf8");
      expect(code).not.toMatch(/\bfrom\s*"(node:)?https?"/);
    }
  });
});

describe("every function", () => {
  it.each(FUNCTIONS)("%s runs on Node 24, arm64, under a role of its own that only Lambda may take", (name) => {
    const role = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
    expect(lambda(name)).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Role: att(role) });
    expect(properties(role)).not.toHaveProperty("ManagedPolicyArns");
    expect(properties(role)).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
    });
  });

  it("is stopped in a loop of invocations, except the worker, which sends messages to its own queues", () => {
    const allowed = FUNCTIONS.filter((name) => lambda(name).RecursiveLoop === "Allow");
    expect(allowed).toEqual(["worker"]);
  });

  it.each(FUNCTIONS)("%s logs JSON into its own group, which forgets after a while", (name) => {
    const group = `${name.charAt(0).toUpperCase()}${name.slice(1)}LogGroup`;
    expect(lambda(name)).toMatchObject({ LoggingConfig: { LogFormat: "JSON" } });
    expect(properties(group)).toMatchObject({
      LogGroupName: `/aws/lambda/offair-dev-${name}`,
      RetentionInDays: expect.any(Number),
    });
  });

  it.each([
    ["answer", readAnswerConfig],
    ["audit", readAuditConfig],
    ["canary", readCanaryConfig],
    ["clock", readClockConfig],
    ["incident", readIncidentConfig],
    ["notify", readNotifyConfig],
    ["rotate", readRotateConfig],
    ["webhook", readWebhookConfig],
    ["worker", readWorkerConfig],
  ])("%s is given the settings that it reads", (name, readConfig) => {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(lambda(name).Environment);
    const deployed = Object.entries(Variables).map(([setting, value]) => [
      setting,
      // Known only after deployment: queue URLs, ARNs, and the project id from the parameter store.
      typeof value === "string" && !value.startsWith("{{resolve:")
        ? value
        : setting.endsWith("_URL")
          ? "https://sqs"
          : "id",
    ]);
    expect(() => readConfig(Object.fromEntries(deployed))).not.toThrow();
  });
});

describe("rights", () => {
  it("are a role a function and one for the schedules, and none is shared", () => {
    expect(idsOf("AWS::IAM::Role").sort()).toEqual([
      "AnswerRole",
      "AuditRole",
      "CanaryRole",
      "ClockRole",
      "IncidentRole",
      "NotifyRole",
      "RotateRole",
      "SchedulerRole",
      "WebhookRole",
      "WorkerRole",
    ]);
  });

  it("let the webhook read its sources' secrets and fill the queues; the ledger is out of its reach", () => {
    expect(rightsOf("WebhookRole")).toEqual([
      "secretsmanager:GetSecretValue secret:offair/dev/sources/*",
      "sqs:SendMessage BulkQueue",
      "sqs:SendMessage UrgentQueue",
    ]);
  });

  it("let answer read its sources' secrets, the status of reports and the public keys of events, and write nothing", () => {
    expect(rightsOf("AnswerRole")).toEqual([
      "dynamodb:GetItem Ledger [EVENT#keys]",
      "dynamodb:GetItem Ledger [REPORT#*]",
      "secretsmanager:GetSecretValue secret:offair/dev/sources/*",
    ]);
  });

  it("let answer read no accusation, no facts and nobody's notes: only attributes that the status is made of", () => {
    const [read] = statementsOfRole("AnswerRole").filter(({ Action }) => Action.includes("dynamodb:GetItem"));
    expect(read?.Condition).toMatchObject({
      "ForAllValues:StringEquals": {
        "dynamodb:Attributes": ["pk", "sk", ...new Set(ANSWERED_PATHS.map((path) => path.split(".")[0]))],
      },
      "ForAnyValue:StringEquals": { "dynamodb:Attributes": ["decidedAt"] },
      StringEqualsIfExists: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
    });
  });

  it("let the worker read operators' orders, the mode and the count of live streams, and never write one", () => {
    expect(rightsOf("WorkerRole")).toEqual([
      "dynamodb:GetItem Ledger [REPORT#* OPERATOR#* CONTROL LIMITS AUDIT KEY#worker* RATE#worker*]",
      "dynamodb:PutItem Ledger [REPORT#* STREAM#* BATCH#* LIMITS]",
      "dynamodb:Query Ledger [STREAM#*]",
      "dynamodb:UpdateItem Ledger [REPORT#* STREAM#* BATCH#* CANARY RATE#worker* KEY#worker*]",
      "secretsmanager:GetSecretValue secret:offair/dev/live/worker-*",
      "sqs:ChangeMessageVisibility BulkQueue",
      "sqs:ChangeMessageVisibility UrgentQueue",
      "sqs:DeleteMessage BulkQueue",
      "sqs:DeleteMessage UrgentQueue",
      "sqs:GetQueueAttributes BulkQueue",
      "sqs:GetQueueAttributes UrgentQueue",
      "sqs:ReceiveMessage BulkQueue",
      "sqs:ReceiveMessage UrgentQueue",
      "sqs:SendMessage BulkDeadLetters",
      "sqs:SendMessage BulkQueue",
      "sqs:SendMessage ClockQueue",
      "sqs:SendMessage NotifyQueue",
      "sqs:SendMessage UrgentDeadLetters",
      "sqs:SendMessage UrgentQueue",
    ]);
  });

  it("let the audit add to the archive and read what changed in the ledger and what waits for a person, where it can write no report or order", () => {
    expect(rightsOf("AuditRole")).toEqual([
      "dynamodb:GetItem Ledger [AUDIT KEY#audit*]",
      "dynamodb:PutItem Ledger [AUDIT NOTICE#*]",
      "dynamodb:Query Ledger [STREAM#*]",
      "dynamodb:Query Ledger/index/byTime",
      "dynamodb:Query Ledger/index/inReview",
      "dynamodb:UpdateItem Ledger [AUDIT KEY#audit* RATE#audit*]",
      "s3:GetObject Archive/*",
      "s3:ListBucket Archive",
      "s3:PutObject Archive/*",
      "secretsmanager:GetSecretValue AuditKeySecret",
      "secretsmanager:GetSecretValue secret:offair/dev/live/audit-*",
      "sqs:SendMessage AuditDeadLetters",
      "sqs:SendMessage BulkQueue",
      "sqs:SendMessage NotifyQueue",
    ]);
  });

  it("let incident write orders, verdicts and the mode, with the Huawei user that only reads", () => {
    expect(rightsOf("IncidentRole")).toEqual([
      "dynamodb:GetItem Ledger",
      "dynamodb:PutItem Ledger [OPERATOR#* STREAM#* CONTROL SUBSCRIBER#*]",
      "dynamodb:Query Ledger",
      "dynamodb:Query Ledger/index/byTime",
      "dynamodb:Query Ledger/index/figures",
      "dynamodb:Query Ledger/index/inReview",
      "dynamodb:Query Ledger/index/outbox",
      "dynamodb:UpdateItem Ledger [REPORT#* REPORTER#* OPERATOR#* CONTROL RATE#audit* KEY#audit*]",
      "secretsmanager:GetSecretValue GatewaySecret",
      "secretsmanager:GetSecretValue secret:offair/dev/live/audit-*",
      "sns:ListSubscriptionsByTopic Alerts",
      "sqs:ChangeMessageVisibility BulkDeadLetters",
      "sqs:ChangeMessageVisibility UrgentDeadLetters",
      "sqs:DeleteMessage BulkDeadLetters",
      "sqs:DeleteMessage UrgentDeadLetters",
      "sqs:GetQueueAttributes AuditDeadLetters",
      "sqs:GetQueueAttributes BulkDeadLetters",
      "sqs:GetQueueAttributes BulkQueue",
      "sqs:GetQueueAttributes UrgentDeadLetters",
      "sqs:GetQueueAttributes UrgentQueue",
      "sqs:ReceiveMessage BulkDeadLetters",
      "sqs:ReceiveMessage UrgentDeadLetters",
      "sqs:SendMessage BulkQueue",
      "sqs:SendMessage NotifyQueue",
      "sqs:SendMessage UrgentQueue",
    ]);
  });

  it("let rotate change the secrets of the Huawei users, and write the ledger's records of keys; no report and no order", () => {
    const ofSecrets = ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"];
    expect(rightsOf("RotateRole")).toEqual([
      "dynamodb:GetItem Ledger [ROTATION#* KEY#worker* KEY#audit*]",
      "dynamodb:PutItem Ledger [ROTATION#*]",
      "dynamodb:UpdateItem Ledger [KEY#worker* KEY#audit* RATE#worker* RATE#audit*]",
      ...ofSecrets.flatMap((action) =>
        ["audit", "worker"].map((pool) => `secretsmanager:${action} secret:offair/dev/live/${pool}-*`),
      ),
    ]);
  });

  it("let the canary read its own key and the notes of its runs: no queue, no report, no secret for Live", () => {
    expect(rightsOf("CanaryRole")).toEqual([
      "dynamodb:GetItem Ledger [CANARY]",
      "dynamodb:UpdateItem Ledger [CANARY]",
      "secretsmanager:GetSecretValue secret:offair/dev/sources/canary-??????",
    ]);
  });

  it("let the clock read and mark cases, and alert people: no order, no secret, no queue but its own and that of notify", () => {
    expect(rightsOf("ClockRole")).toEqual([
      "dynamodb:GetItem Ledger [REPORT#*]",
      "dynamodb:Query Ledger/index/inReview",
      "dynamodb:UpdateItem Ledger [REPORT#* CLOCK]",
      "kms:Decrypt AlertsKey",
      "kms:GenerateDataKey AlertsKey",
      "sns:Publish Alerts",
      "sqs:DeleteMessage ClockQueue",
      "sqs:GetQueueAttributes ClockQueue",
      "sqs:ReceiveMessage ClockQueue",
      "sqs:SendMessage NotifyQueue",
    ]);
  });

  it("let notify publish events and record deliveries: nothing of Live, no order, no verdict, no queue but its own", () => {
    expect(rightsOf("NotifyRole")).toEqual([
      "dynamodb:GetItem Ledger [REPORT#* OPERATOR#* CONTROL NOTICE#* KEY#* EVENT#* SUBSCRIBER#*]",
      "dynamodb:PutItem Ledger [EVENT#* SUBSCRIBER#*]",
      "dynamodb:Query Ledger [STREAM#* BATCH#* CONTROL EVENT#* SUBSCRIBER#*]",
      "dynamodb:Query Ledger/index/byTime",
      "dynamodb:Query Ledger/index/outbox",
      "dynamodb:UpdateItem Ledger [EVENT#* SUBSCRIBER#*]",
      "dynamodb:UpdateItem Ledger [STREAM#* REPORT#* OPERATOR#* CONTROL NOTICE#* KEY#*]",
      "events:PutEvents EventBus",
      "secretsmanager:GetSecretValue EventsKeySecret",
      "secretsmanager:GetSecretValue secret:offair/dev/subscribers/*",
      "sqs:DeleteMessage NotifyQueue",
      "sqs:GetQueueAttributes NotifyQueue",
      "sqs:ReceiveMessage NotifyQueue",
      "sqs:SendMessage NotifyQueue",
    ]);
  });

  it("let notify change nothing of another item but that its events are published, and put events of offair only", () => {
    const ofNotify = statementsOfRole("NotifyRole");
    const others = ofNotify.filter(({ Condition }) => JSON.stringify(Condition ?? {}).includes("STREAM#*"));
    const writes = others.filter(({ Action }) => Action.some((action) => !/:(GetItem|Query)$/.test(action)));
    expect(writes.map(({ Action, Condition }) => [Action, Condition?.["ForAllValues:StringEquals"]])).toEqual([
      [["dynamodb:UpdateItem"], { "dynamodb:Attributes": ["pk", "sk", "outbox", "outboxAt", "published"] }],
    ]);
    const puts = ofNotify.filter(({ Action }) => Action.includes("events:PutEvents"));
    expect(puts.map(({ Condition }) => Condition)).toEqual([{ StringEquals: { "events:source": "offair" } }]);
  });

  it("let the schedules start the audit, the check of keys, the canary, the clock and notify, and nothing else", () => {
    expect(rightsOf("SchedulerRole")).toEqual([
      "lambda:InvokeFunction AuditLambdaFunction",
      "lambda:InvokeFunction CanaryLambdaFunction",
      "lambda:InvokeFunction ClockLambdaFunction",
      "lambda:InvokeFunction NotifyLambdaFunction",
      "lambda:InvokeFunction RotateLambdaFunction",
      "sqs:SendMessage AuditDeadLetters",
    ]);
  });

  it.each(FUNCTIONS)("let %s write its own logs, and no one else's", (name) => {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const text = JSON.stringify(properties(`${title}Role`));
    expect(text.match(/\w+LogGroup/g)).toEqual([`${title}LogGroup`]);
    expect(text).toContain('["logs:CreateLogStream","logs:PutLogEvents"]');
  });

  it("let Secrets Manager of this account call rotate, if the stage rotates keys", () => {
    expect(resources.RotatePermission).toMatchObject({
      Condition: "RotationIsOn",
      Properties: {
        ...{ FunctionName: att("RotateLambdaFunction"), Principal: "secretsmanager.amazonaws.com" },
        SourceAccount: { Ref: "AWS::AccountId" },
      },
    });
  });

  it("let only the gateway's own API call the webhook, answer and incident", () => {
    const permissions = idsOf("AWS::Lambda::Permission").sort();
    permissions.splice(permissions.indexOf("RotatePermission"), 1);
    const called = ["Answer", "Incident", "Webhook"];
    expect(permissions).toEqual(called.map((name) => `${name}LambdaPermissionHttpApi`));
    for (const permission of permissions) {
      expect(JSON.stringify(properties(permission).SourceArn)).toContain('{"Ref":"HttpApi"}');
    }
  });
});

describe("the canary", () => {
  it("has a schedule, a key and alarms only if the stage has it, half an hour away from the audit", () => {
    const ofCanary = Object.entries(resources).filter(([, { Condition }]) => Condition === "CanaryIsOn");
    const types = Map.groupBy(ofCanary, ([, { Type }]) => Type);
    expect([...types].map(([type, all]) => [type, all.length]).sort()).toEqual([
      ["AWS::CloudWatch::Alarm", LINKS.length + 1],
      ["AWS::Scheduler::Schedule", 1],
      ["AWS::SecretsManager::Secret", 1],
    ]);
    expect(properties("CanarySchedule")).toMatchObject({
      ScheduleExpression: "cron(30 * * * ? *)",
      Target: { Arn: att("CanaryLambdaFunction"), RoleArn: att("SchedulerRole") },
    });
    expect(lambda("webhook").Environment).toMatchObject({ Variables: { CANARY: "off" } });
  });

  it("has an alarm for each link, by the name of the link", () => {
    const alarms = idsOf("AWS::CloudWatch::Alarm").map(properties);
    for (const [link, metric] of Object.entries(METRIC_OF_LINK)) {
      const own = alarms.filter(({ AlarmName }) => AlarmName === `offair-dev-canary-${link}`);
      expect(own).toEqual([expect.objectContaining({ MetricName: metric })]);
    }
  });
});

describe("the queues", () => {
  it("hide a message for six times as long as the worker may take, so that nobody else gets it meanwhile", () => {
    const timeoutS = Number(lambda("worker").Timeout);
    for (const queue of ["UrgentQueue", "BulkQueue"]) {
      expect(Number(properties(queue).VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeoutS);
    }
  });

  it.each(["Urgent", "Bulk"])("rest what failed five times in a queue of its own for 14 days: %s", (queue) => {
    expect(properties(`${queue}Queue`)).toMatchObject({
      RedrivePolicy: { deadLetterTargetArn: att(`${queue}DeadLetters`), maxReceiveCount: 20 },
    });
    expect(properties(`${queue}DeadLetters`)).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3_600 });
  });

  it("are encrypted, and refuse plain HTTP, dead letters too", () => {
    const queues = idsOf("AWS::SQS::Queue").sort();
    expect(queues).toEqual([
      ...["AuditDeadLetters", "BulkDeadLetters", "BulkQueue", "ClockQueue", "NotifyQueue"],
      ...["UrgentDeadLetters", "UrgentQueue"],
    ]);
    for (const queue of queues) {
      expect(properties(queue)).toMatchObject({ SqsManagedSseEnabled: true });
      expect(properties(`${queue}Policy`)).toMatchObject({ Queues: [{ Ref: queue }] });
      expect(statementsOf(`${queue}Policy`)[0]).toEqual({
        Effect: "Deny",
        Action: ["sqs:*"],
        Resource: [att(queue)],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });

  it("refuse a message from everybody but the roles whose own policy lets them send it, and SQS", () => {
    const roles = idsOf("AWS::IAM::Role").sort();
    for (const queue of idsOf("AWS::SQS::Queue")) {
      const senders = roles.filter((role) => rightsOf(role).includes(`sqs:SendMessage ${queue}`));
      expect(senders.length).toBeGreaterThan(0);
      const [, statement, ...more] = statementsOf(`${queue}Policy`);
      expect(more).toEqual([]);
      expect(statement).toMatchObject({ Effect: "Deny", Action: ["sqs:SendMessage"], Resource: [att(queue)] });
      const { ArnNotEquals, ...rest } = statement?.Condition ?? {};
      expect(rest).toEqual({ BoolIfExists: { "aws:PrincipalIsAWSService": "false" } });
      const named = z
        .array(z.record(z.string(), z.tuple([z.string(), z.literal("Arn")])))
        .parse(ArnNotEquals?.["aws:PrincipalArn"]);
      expect(named.map(({ "Fn::GetAtt": role }) => role?.[0]).sort()).toEqual(senders);
      expect(JSON.stringify(properties(`${queue}Policy`)).match(/"Principal":"\*"/g)).toHaveLength(2);
    }
  });

  it.each([
    ["Urgent", 5],
    ["Bulk", 10], // of a batch, more streams are read back with one page
  ])("feed the worker, which returns only the messages that failed: %s", (queue, batchSize) => {
    expect(properties(`WorkerEventSourceMappingSQS${queue}Queue`)).toMatchObject({
      EventSourceArn: att(`${queue}Queue`),
      BatchSize: batchSize,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  // Each environment sends one call at a time, and a pair that turns bad fails them all at once; Live locks a key at the sixth.
  // Rotate is one more of each user, and its five refusals block the key until the secret changes: docs/adr/0009.
  it("run so few workers that calls in flight cannot lock the key; audit and incident share the other one", () => {
    const mappings = idsOf("AWS::Lambda::EventSourceMapping").map(properties);
    const callNoLive = ["Clock", "Notify"].map((name) => JSON.stringify(att(`${name}LambdaFunction`)));
    const ofWorker = mappings.filter(({ FunctionName }) => !callNoLive.includes(JSON.stringify(FunctionName)));
    const workers = ofWorker.map(
      (mapping) => z.object({ MaximumConcurrency: z.number() }).parse(mapping.ScalingConfig).MaximumConcurrency,
    );
    expect(workers).toHaveLength(2);
    const reserved = ["audit", "incident"].map((name) => Number(lambda(name).ReservedConcurrentExecutions));
    const rotate = Number(lambda("rotate").ReservedConcurrentExecutions);
    for (const environments of [workers, reserved]) {
      expect(environments.reduce((sum, count) => sum + count)).toBeLessThan(5);
      expect(environments.reduce((sum, count) => sum + count, rotate)).toBeLessThanOrEqual(5);
    }
  });
});

describe("X-Ray", () => {
  const functions = () => idsOf("AWS::Lambda::Function").map(properties);
  const hasRights = { TracesAreSent: { "Fn::Equals": ["true", "true"] } };

  it("traces nothing unless it is asked to: no function sends traces, and no role may", () => {
    for (const settings of functions()) expect(settings).not.toHaveProperty("TracingConfig");
    expect(resources.TracingRights).toMatchObject({ Condition: "TracesAreSent" });
    expect(conditions).not.toMatchObject(hasRights);
  });

  it("traces every function with the parameter xray, under a role that may send traces and nothing else more", async () => {
    const template = await packageWith("xray=true");
    expect(template.Conditions).toMatchObject(hasRights);
    const roles = functions().map(({ Role }) => z.object({ "Fn::GetAtt": z.array(z.string()) }).parse(Role));
    expect(template.Resources.TracingRights?.Properties).toMatchObject({
      Roles: expect.arrayContaining(roles.map((role) => ({ Ref: role["Fn::GetAtt"][0] }))),
      PolicyDocument: {
        Statement: [{ Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" }],
      },
    });
    for (const { Type, Properties } of Object.values(template.Resources))
      if (Type === "AWS::Lambda::Function") expect(Properties).toMatchObject({ TracingConfig: { Mode: "Active" } });
  });
});

describe("a pool of Huawei users", () => {
  it("of one user is deployed with one secret and one rotation schedule", () => {
    expect(Object.keys(resources).filter((id) => /^Live/.test(id))).toEqual([
      ...["LiveWorkerSecret", "LiveWorkerRotation", "LiveAuditSecret", "LiveAuditRotation"],
    ]);
    for (const name of ["worker", "audit", "incident", "rotate"])
      expect(lambda(name).Environment).toMatchObject({
        Variables: { WORKER_USERS: "1", AUDIT_USERS: "1", LIVE_SECRET_PREFIX: "offair/dev/live/" },
      });
  });

  it("that is larger only adds a secret and a rotation schedule for each user: no role and no other function", async () => {
    const { Resources: larger } = await packageWith("workerUsers=3", "auditUsers=2");
    expect(Object.keys(larger).filter((id) => !(id in resources))).toEqual([
      ...["LiveWorker2Secret", "LiveWorker2Rotation", "LiveWorker3Secret", "LiveWorker3Rotation"],
      ...["LiveAudit2Secret", "LiveAudit2Rotation"],
    ]);
    expect(Object.keys(resources).filter((id) => !(id in larger))).toEqual([]);
    expect(larger.LiveWorker3Secret?.Properties).toEqual({ Name: "offair/dev/live/worker-3", SecretString: "{}" });
    expect(larger.LiveWorker3Rotation?.Properties).toEqual({
      ...properties("LiveWorkerRotation"),
      SecretId: { Ref: "LiveWorker3Secret" },
    });
    const changed = Object.keys(resources).filter((id) => withoutPackage(larger[id]) !== withoutPackage(resources[id]));
    const functions = ["Audit", "Incident", "Rotate", "Worker"].map((name) => `${name}LambdaFunction`);
    expect(changed.sort()).toEqual(functions);
    for (const id of functions)
      expect(larger[id]?.Properties.Environment).toMatchObject({ Variables: { WORKER_USERS: "3", AUDIT_USERS: "2" } });
  });

  it.each(["workerUsers=0", "auditUsers=9", "workerUsers=two"])(
    "cannot be packaged with %s, and the error says so",
    async (param) => {
      const [name, value] = param.split("=");
      await expect(packageWith(param)).rejects.toThrow(`${name} is "${value}": write a number from 1 to 8`);
    },
  );
});

describe("the removal of the stack", () => {
  it("keeps the key of the audit chain, the ledger and the archive with its policy; nothing else stays or is replaced", () => {
    const policies = Object.entries(resources).flatMap(([id, { DeletionPolicy, UpdateReplacePolicy }]) =>
      DeletionPolicy || UpdateReplacePolicy ? [[id, DeletionPolicy, UpdateReplacePolicy]] : [],
    );
    // "Except on create": a first deployment that is rolled back leaves no empty table or bucket behind.
    expect(Object.fromEntries(policies.map(([id, ...rest]) => [id, rest]))).toEqual({
      Archive: ["RetainExceptOnCreate", "Retain"],
      ArchivePolicy: ["Retain", "Retain"],
      AuditKeySecret: ["Retain", "Retain"],
      Ledger: ["RetainExceptOnCreate", "Retain"],
    });
  });

  it("leaves resources with names that the next deployment can compute, to import them", () => {
    expect(properties("Ledger")).toMatchObject({ TableName: "offair-dev-ledger" });
    expect(properties("Archive")).toMatchObject({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
      BucketName: { "Fn::Sub": "offair-dev-archive-${AWS::AccountId}-${AWS::Region}" },
    });
    expect(properties("ArchivePolicy")).toMatchObject({ Bucket: { Ref: "Archive" } });
    expect(properties("AuditKeySecret")).toMatchObject({ Name: "offair/dev/audit-key" });
  });
});

describe("the outputs", () => {
  it("have the values that a person or a command needs afterwards, each with a description", () => {
    const own = Object.entries(outputs).filter(([id]) => !/^(HttpApi|ServerlessDeploymentBucket)/.test(id));
    const values = own.map(([id, output]) => [id, outputSchema.parse(output).Value]);
    expect(Object.fromEntries(values)).toMatchObject({
      ReportsUrl: { "Fn::Sub": expect.stringMatching(/\/reports\/$/) },
      OperatorUrl: { "Fn::Sub": expect.stringMatching(/amazonaws|URLSuffix\}$/) },
      LedgerTable: { Ref: "Ledger" },
      ArchiveBucket: { Ref: "Archive" },
      AlertsTopicArn: { Ref: "Alerts" },
      AuditKeySecretArn: { Ref: "AuditKeySecret" },
      DashboardUrl: { "Fn::Sub": expect.stringMatching(/#dashboards\/dashboard\/\$\{Dashboard\}$/) },
    });
  });
});

describe("the alarms", () => {
  const metricsSchema = z.array(
    z.object({ Id: z.string(), Expression: z.string().optional(), MetricStat: z.unknown().optional() }),
  );

  it("of metrics that are written without zeros need none: missing data are no alarm, and a minute ends it", () => {
    const alarms = idsOf("AWS::CloudWatch::Alarm").map((id) => properties(id));
    const read = alarms.filter(({ MetricName }) => WITHOUT_ZEROS.has(MetricName as MetricName));
    expect(read.map(({ MetricName }) => MetricName)).toEqual([
      ...["SnapshotsIncomplete", "AuditPartsMissing", "ChainHeadsAltered", "OldestUndelivered"],
    ]);
    for (const alarm of read) expect(alarm).toMatchObject({ Period: 60, TreatMissingData: "notBreaching" });
  });

  /** A chain of invocations goes on only through a queue. Each metric of an alarm costs as much as an alarm. */
  const readersOfQueues = () => {
    const names = idsOf("AWS::Lambda::EventSourceMapping").map((id) => id.replace(/EventSourceMapping.*$/, ""));
    return [...new Set(names.map((name) => name.toLowerCase()))].sort();
  };

  it.each([
    ["FunctionsThrottledAlarm", "each function", () => FUNCTIONS],
    ["RecursionStoppedAlarm", "each function that a queue invokes", readersOfQueues],
  ])("%s has %s, of at most ten metrics", (id, _, expected) => {
    const metrics = metricsSchema.parse(properties(id).Metrics);
    const [sum, ...more] = metrics.filter(({ Expression }) => Expression !== undefined);
    expect(more).toEqual([]);
    const ofFunctions = metrics.filter(({ MetricStat }) => MetricStat !== undefined);
    const names = ofFunctions.map(
      ({ MetricStat }) => /"Ref":"(\w+)LambdaFunction"/.exec(JSON.stringify(MetricStat))?.[1],
    );
    expect(names.map((name) => name?.toLowerCase()).sort()).toEqual(expected());
    // More metrics are refused: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
    expect(ofFunctions.length).toBeLessThanOrEqual(10);
    expect(sum?.Expression).toBe(ofFunctions.map((metric) => `FILL(${metric.Id}, 0)`).join(" + "));
  });
});

describe("the dashboard", () => {
  it("is JSON, and shows every alarm, queue and function of the template by its own name", () => {
    const { DashboardBody, DashboardName } = properties("Dashboard");
    expect(DashboardName).toBe("offair-dev");
    const { "Fn::Sub": text } = z.object({ "Fn::Sub": z.string() }).parse(DashboardBody);
    expect(() => JSON.parse(text)).not.toThrow();
    const named = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
    const alarms = idsOf("AWS::CloudWatch::Alarm").sort();
    const isOptional = (id: string) => resources[id]?.Condition !== undefined;
    expect(named(/\$\{(\w+)\.Arn\}/g)).toEqual(alarms.filter((id) => !isOptional(id)));
    const names = alarms.filter(isOptional).map((id) => properties(id).AlarmName);
    expect(named(/:alarm:([\w-]+)/g)).toEqual(names.sort());
    expect(named(/\$\{(\w+)\.QueueName\}/g)).toEqual(idsOf("AWS::SQS::Queue").sort());
    const functions = idsOf("AWS::Lambda::Function").map((id) => properties(id).FunctionName);
    expect(named(/"FunctionName", "([^"]+)"/g)).toEqual(functions.sort());
    expect(named(/"(offair[^"]*\/[^"]*)"/g)).toEqual(["offair/dev"]);
  });
});

describe("the ledger", () => {
  it("can be restored to any second, is encrypted, and cannot be deleted", () => {
    expect(properties("Ledger")).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });
});

describe("the ledger's indexes", () => {
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];

  it("find what changed by its hour, what waits for a person and what gives events, oldest first", () => {
    expect(properties("Ledger")).toMatchObject({
      GlobalSecondaryIndexes: [
        { IndexName: "byTime", KeySchema: keys("hour", "at"), Projection: { ProjectionType: "ALL" } },
        { IndexName: "inReview", KeySchema: keys("review", "dueAt"), Projection: { ProjectionType: "ALL" } },
        {
          ...{ IndexName: "figures", KeySchema: keys("figuresOf", "decidedAt") },
          Projection: {
            ProjectionType: "INCLUDE",
            NonKeyAttributes: ["key", "claimed", "outcome", "review", "sampled", "verdict", "overturns"],
          },
        },
        {
          ...{ IndexName: "outbox", KeySchema: keys("outbox", "outboxAt") },
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    });
  });
});

describe("the archive", () => {
  it("is versioned, encrypted and private", () => {
    expect(properties("Archive")).toMatchObject({
      VersioningConfiguration: { Status: "Enabled" },
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    });
  });

  it("refuses everyone plain HTTP, deletion, expiry, and a write that could replace an object", () => {
    expect(
      statementsOf("ArchivePolicy").map(({ Resource, ...rest }) => ({ ...rest, on: Resource.map(nameOf) })),
    ).toEqual([
      {
        Effect: "Deny",
        Action: ["s3:*"],
        on: ["Archive", "Archive/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      { Effect: "Deny", Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"], on: ["Archive/*"] },
      { Effect: "Deny", Action: ["s3:PutLifecycleConfiguration"], on: ["Archive"] },
      {
        Effect: "Deny",
        Action: ["s3:PutObject"],
        on: ["Archive/*"],
        Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
      },
    ]);
    expect(properties("ArchivePolicy")).toMatchObject({
      PolicyDocument: { Statement: Array.from({ length: 4 }, () => ({ Principal: "*" })) },
    });
  });
});

describe("what starts the functions", () => {
  it("is two routes for senders with their refusal of other methods, one for receivers of events, and two for operators, whom IAM lets in one by one", () => {
    const routes = idsOf("AWS::ApiGatewayV2::Route").map(properties);
    expect(routes.map(({ RouteKey, AuthorizationType = "NONE" }) => [RouteKey, AuthorizationType])).toEqual([
      ["POST /reports/{source}", "NONE"],
      ["ANY /reports/{source}", "NONE"],
      ["GET /reports/{source}/{id+}", "NONE"],
      ["ANY /reports/{source}/{id+}", "NONE"],
      ["GET /events/keys", "NONE"],
      ["POST /operator", "AWS_IAM"],
      ["POST /operator/break-glass", "AWS_IAM"],
    ]);
  });

  it("is limited in rate and bursts, and for operators and for questions by itself: no flood of these keeps out the others", () => {
    const limits = { ThrottlingRateLimit: expect.any(Number), ThrottlingBurstLimit: expect.any(Number) };
    const settings = {
      "POST /operator": limits,
      "POST /operator/break-glass": limits,
      "GET /reports/{source}/{id+}": limits,
      "GET /events/keys": limits,
    };
    expect(properties("HttpApiStage")).toMatchObject({ DefaultRouteSettings: limits, RouteSettings: settings });
    // CloudFormation would make the stage first, and API Gateway refuses settings of routes that are not there.
    expect(resources.HttpApiStage?.DependsOn).toEqual(
      expect.arrayContaining(
        idsOf("AWS::ApiGatewayV2::Route").filter((id) => String(properties(id).RouteKey) in settings),
      ),
    );
  });

  it("tells incident by a generated secret that it came through the gateway, over whatever the client sent", () => {
    expect(properties("HttpApiIntegrationIncident")).toMatchObject({
      PayloadFormatVersion: "2.0",
      RequestParameters: {
        [`overwrite:header.${GATEWAY_HEADER}`]: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
          "Fn::Sub": "{{resolve:secretsmanager:${GatewaySecret}:SecretString}}",
        },
      },
    });
    expect(properties("HttpApiIntegrationWebhook")).not.toHaveProperty("RequestParameters");
    expect(lambda("incident")).toMatchObject({
      Environment: { Variables: { GATEWAY_SECRET_ID: { Ref: "GatewaySecret" } } },
    });
  });

  it("waits for incident a little longer than incident may take, so that its own answer comes through", () => {
    const { TimeoutInMillis } = properties("HttpApiIntegrationIncident");
    expect(Number(lambda("incident").Timeout) * 1_000).toBeLessThan(Number(TimeoutInMillis));
  });

  it("logs requests without their headers, query or body: they hold signatures and reports", () => {
    const { Format } = z.object({ Format: z.string() }).parse(properties("HttpApiStage").AccessLogSettings);
    const names = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
    expect(names).toContain("status");
    expect(names.filter((name) => /header|querystring|body|authorizer/i.test(String(name)))).toEqual([]);
  });

  it("is a schedule that rotates each secret and one that checks the keys, if the stage rotates keys", () => {
    for (const [id, secret] of [
      ["LiveWorkerRotation", "LiveWorkerSecret"],
      ["LiveAuditRotation", "LiveAuditSecret"],
    ]) {
      expect(resources[id ?? ""]).toMatchObject({
        ...{ Condition: "RotationIsOn", DependsOn: ["RotatePermission"] },
        Properties: {
          ...{ SecretId: { Ref: secret }, RotationLambdaARN: att("RotateLambdaFunction") },
          ...{ RotationRules: { AutomaticallyAfterDays: { Ref: "RotationDays" } }, RotateImmediatelyOnUpdate: false },
        },
      });
    }
    expect(resources.RotateSchedule).toMatchObject({
      Condition: "RotationIsOn",
      Properties: { Target: { Arn: att("RotateLambdaFunction"), Input: '{"check":"keys"}' } },
    });
  });

  it("is a schedule that passes the slot to the audit and dead-letters failures, beside those of canary, clock, notify and rotation", () => {
    const schedules = [
      "AuditSchedulerSchedule1",
      "CanarySchedule",
      "ClockSchedule",
      "NotifySchedule",
      "RotateSchedule",
    ];
    expect(idsOf("AWS::Scheduler::Schedule").sort()).toEqual(schedules);
    expect(properties("AuditSchedulerSchedule1")).toMatchObject({
      ScheduleExpression: "cron(0 * * * ? *)",
      ScheduleExpressionTimezone: "UTC",
      Target: {
        Arn: att("AuditLambdaFunction"),
        RoleArn: att("SchedulerRole"),
        Input: '{"slot":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: att("AuditDeadLetters") },
      },
    });
    expect(properties("AuditLambdaEvConf")).toMatchObject({
      DestinationConfig: { OnFailure: { Destination: att("AuditDeadLetters") } },
    });
  });
});

describe("secrets", () => {
  it("are deployed empty: a value in the template could be read by whoever may read the stack", () => {
    const secrets = idsOf("AWS::SecretsManager::Secret").map(properties);
    expect(
      secrets.flatMap(({ Name, SecretString }) => (SecretString === undefined ? [] : [[Name, SecretString]])),
    ).toEqual([
      ["offair/dev/live/worker", "{}"],
      ["offair/dev/live/audit", "{}"],
      ["offair/dev/audit-key", "{}"],
      ["offair/dev/sources/standard", "{}"],
      ["offair/dev/sources/huawei-push", "{}"],
    ]);
  });

  it("are generated where nobody has to know them: letters and digits, for more could be read as a mapping", () => {
    const generated = idsOf("AWS::SecretsManager::Secret").filter((id) => !("SecretString" in properties(id)));
    expect(generated.map(properties)).toEqual([
      {
        Name: "offair/dev/events-key",
        GenerateSecretString: {
          ...{ PasswordLength: 64, ExcludePunctuation: true },
          ...{ SecretStringTemplate: "{}", GenerateStringKey: "current" },
        },
      },
      { Name: "offair/dev/gateway", GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
      {
        Name: "offair/dev/sources/canary",
        GenerateSecretString: {
          ...{ PasswordLength: 64, ExcludePunctuation: true },
          ...{ SecretStringTemplate: "{}", GenerateStringKey: "generated" },
        },
      },
    ]);
  });
});

describe("events", () => {
  it("are looked for every minute, and a schedule that failed is not repeated for longer than that", () => {
    expect(properties("NotifySchedule")).toMatchObject({
      ScheduleExpression: "rate(1 minute)",
      Target: {
        ...{ Arn: att("NotifyLambdaFunction"), RoleArn: att("SchedulerRole") },
        RetryPolicy: { MaximumEventAgeInSeconds: 60 },
      },
    });
  });

  it("are put on one bus of the stage", () => {
    expect(idsOf("AWS::Events::EventBus").map(properties)).toEqual([{ Name: "offair-dev" }]);
  });

  it("go to no loopback address: only the local stack sets such subscribers", () => {
    const environments = idsOf("AWS::Lambda::Function").map((id) => JSON.stringify(properties(id).Environment));
    expect(environments.filter((environment) => environment.includes("LOOPBACK_SUBSCRIBERS"))).toEqual([]);
  });
});
