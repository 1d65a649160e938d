/** What wakes somebody: the alarms of the packaged template, the topic they tell, and what docs/errors.md says of them. */
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { copyServiceDefinition, packageService } from "../../build/package.ts";
import { METRIC_NAMES, metricsLine } from "../../lib/core/metrics.ts";
import type { OnMetric, ServiceMetric } from "../../local/lambda/service-metric.ts";
import type { LogLine } from "../../local/lambda/settings.ts";
import { alarmedAt, metricKey, readAlarms } from "../../local/stack/alarm.ts";
import { type Alert, watchAlarms } from "../../local/stack/alarms.ts";

const ROOT = join(import.meta.dirname, "../..");
const metricSchema = z.object({ Namespace: z.string(), MetricName: z.string() });
const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  TreatMissingData: z.string(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  EvaluationPeriods: z.number(),
  Dimensions: z.unknown().optional(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Metrics: z.array(z.object({ MetricStat: z.object({ Metric: metricSchema }).optional() })).optional(),
});
type Alarm = z.infer<typeof alarmSchema>;
const resourceSchema = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

const serviceDir = mkdtempSync(join(tmpdir(), "offair-alarms-"));
const TEMPLATE = join(serviceDir, ".serverless", "cloudformation-template-update-stack.json");
let resources: Record<string, z.infer<typeof resourceSchema>>;
let alarms: Alarm[];

beforeAll(async () => {
  copyServiceDefinition(serviceDir);
  await packageService({ stage: "dev", serviceDir });
  const parsed = JSON.parse(readFileSync(TEMPLATE, "utf8"));
  resources = z.object({ Resources: z.record(z.string(), resourceSchema) }).parse(parsed).Resources;
  alarms = ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => alarmSchema.parse(Properties));
});
afterAll(() => rmSync(serviceDir, { recursive: true, force: true }));

const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const metricsOf = ({ Metrics, ...alarm }: Alarm) =>
  Metrics ? Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) : [metricSchema.parse(alarm)];
const ownMetrics = () => alarms.flatMap(metricsOf).filter(({ Namespace }) => !Namespace.startsWith("AWS/"));

describe("the alarms", () => {
  it("tell one topic, when they go off and at no other time", () => {
    expect(ofType("AWS::SNS::Topic").map(([id]) => id)).toEqual(["Alerts"]);
    for (const [, { Properties }] of ofType("AWS::CloudWatch::Alarm")) {
      expect(Properties.AlarmActions).toEqual([{ Ref: "Alerts" }]);
      expect(Properties).not.toHaveProperty("OKActions");
      expect(Properties).not.toHaveProperty("ActionsEnabled");
    }
  });

  it("are the ones that docs/errors.md explains, in the same words", () => {
    const section = readFileSync(join(ROOT, "docs/errors.md"), "utf8").split("\n## Alarms\n")[1] ?? "";
    const told = [...section.matchAll(/^\| `([\w-]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, name, says]) => [
      name,
      says,
    ]);
    const deployed = alarms.map(({ AlarmName, AlarmDescription }) => [
      AlarmName.replace("offair-dev-", ""),
      AlarmDescription,
    ]);
    expect(told.sort()).toEqual(deployed.sort());
  });

  it("watch metrics that some function writes, in the stage's own namespace", () => {
    const files = globSync(["functions/*.ts", "lib/**/*.ts"], { cwd: ROOT });
    const list = join("lib", "core", "metrics.ts"); // has every name, written or not
    expect(files).toContain(list);
    const sources = files
      .filter((file) => file !== list)
      .map((file) => readFileSync(join(ROOT, file), "utf8"))
      .join("\n");
    expect(ownMetrics().length).toBeGreaterThan(5);
    const names = ownMetrics().map(({ MetricName }) => MetricName);
    expect(METRIC_NAMES).toEqual(expect.arrayContaining(names));
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
    expect(new Set(ownMetrics().map(({ Namespace }) => Namespace))).toEqual(new Set(["offair/dev"]));
    for (const [, { Properties }] of ofType("AWS::Lambda::Function")) {
      expect(Properties).toMatchObject({ Environment: { Variables: { METRICS_NAMESPACE: "offair/dev" } } });
    }
  });

  it("read our metrics as they are written: without dimensions", () => {
    for (const { Namespace, Dimensions } of alarms) {
      expect(Dimensions === undefined).toBe(!Namespace?.startsWith("AWS/"));
    }
  });

  it("say that the canary is missing two hours after its last run, or after it was switched on; and nothing while it is off", () => {
    const ofCanary = ofType("AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("Canary"));
    expect(ofCanary.map(([, { Condition }]) => Condition)).toEqual(ofCanary.map(() => "CanaryIsOn"));
    const [, { Properties }] = ofCanary.find(([id]) => id === "CanaryMissingAlarm") ?? ["", { Properties: {} }];
    const template = { Resources: { Missing: { Type: "AWS::CloudWatch::Alarm", Properties } } };
    const [rule] = readAlarms(template, { resources: new Map(), pseudo: {} });
    if (!rule) throw new Error("there is no alarm");
    const start = Date.parse("2026-11-30T00:00:00Z");
    const at = (minutes: number) => new Date(start + minutes * 60_000);
    const runs = (hours: number) =>
      new Map([
        [
          metricKey("offair/dev", "CanaryRuns"),
          Array.from({ length: hours }, (_, hour) => ({ at: at(hour * 60 + 30), value: 1 })),
        ],
      ]);
    const goesOff = (hours: number, minutes: number) => alarmedAt(rule, runs(hours), at(minutes), at(0)) !== null;
    expect([goesOff(0, 119), goesOff(0, 120)]).toEqual([false, true]);
    expect(Array.from({ length: 47 }, (_, half) => goesOff(24, half * 30))).not.toContain(true);
    expect([goesOff(5, 4 * 60 + 30 + 119), goesOff(5, 4 * 60 + 30 + 121)]).toEqual([false, true]);
  });

  it("watch every dead-letter queue", () => {
    const queues = ofType("AWS::SQS::Queue").map(([id]) => id);
    const watched = alarms
      .filter(({ MetricName }) => MetricName === "ApproximateNumberOfMessagesVisible")
      .map(({ Dimensions }) => Dimensions);
    const deadLetters = queues.filter((id) => id.endsWith("DeadLetters"));
    expect(deadLetters).toHaveLength(3);
    expect(watched).toEqual(
      deadLetters.map((id) => [{ Name: "QueueName", Value: { "Fn::GetAtt": [id, "QueueName"] } }]),
    );
  });

  it("are OK without data, except the four that report missing data", () => {
    const alarming = alarms.filter(({ TreatMissingData }) => TreatMissingData !== "notBreaching");
    expect(alarming).toMatchObject([
      { AlarmName: "offair-dev-audit-missing", TreatMissingData: "breaching", EvaluationPeriods: 2 },
      { AlarmName: "offair-dev-clock-missing", TreatMissingData: "breaching", EvaluationPeriods: 5 },
      { AlarmName: "offair-dev-notify-missing", TreatMissingData: "breaching", EvaluationPeriods: 5 },
      { AlarmName: "offair-dev-canary-missing", TreatMissingData: "breaching", EvaluationPeriods: 2 },
    ]);
  });
});

describe("an alarm goes off", () => {
  type Line = Pick<LogLine, "functionName" | "record">;
  /** The alarms that go off when the functions write these lines, and the services these data points. */
  async function alertsOf(written: readonly (Line | ServiceMetric)[]): Promise<string[]> {
    const alerts: string[] = [];
    const write: ((line: LogLine) => void)[] = [];
    const count: OnMetric[] = [];
    const queues = ofType("AWS::SQS::Queue").map(([id]) => [id, `http://127.0.0.1:9/0/${id}`]); // nobody is there
    const stack: Parameters<typeof watchAlarms>[0] = {
      queues: Object.fromEntries(queues),
      onLog(listener) {
        write.push(listener);
        return () => {};
      },
      alarmDenied: () => undefined,
      onMetric(listener) {
        count.push(listener);
        return () => {};
      },
    };
    const onAlert = ({ name }: Alert) => void alerts.push(name.replace("offair-dev-", ""));
    const alarms = await watchAlarms(stack, { templatePath: TEMPLATE, onAlert });
    for (const each of written) {
      if ("namespace" in each) for (const listener of count) listener(each);
      else for (const listener of write) listener({ ...each, requestId: "r", line: "" });
    }
    await alarms.close();
    return alerts;
  }
  const counted = (values: Parameters<typeof metricsLine>[0]) => ({
    functionName: "offair-dev-worker",
    record: JSON.parse(metricsLine(values, "offair/dev", new Date()) ?? ""),
  });
  const died = (name: string) => ({
    functionName: `offair-dev-${name}`,
    record: { type: "platform.report", record: { status: "timeout" } },
  });

  const ofLambda = (name: string, metric: string, value = 1): ServiceMetric => ({
    ...{ namespace: "AWS/Lambda", name: metric, value },
    dimensions: { FunctionName: `offair-dev-${name}` },
  });
  const ofSchedules = (ScheduleGroup: string): ServiceMetric => ({
    ...{ namespace: "AWS/Scheduler", name: "TargetErrorCount", value: 1 },
    dimensions: { ScheduleGroup },
  });

  it("at the threshold of its own metric, and not below: every alarm that watches one", async () => {
    const single = alarms.filter(({ Namespace }) => Namespace !== undefined && !Namespace.startsWith("AWS/"));
    expect(single.length).toBeGreaterThan(10);
    for (const { AlarmName, MetricName = "", Threshold, ComparisonOperator } of single) {
      const least = ComparisonOperator === "GreaterThanThreshold" ? Threshold + 1 : Threshold;
      expect(await alertsOf([counted({ [MetricName]: least })])).toEqual([AlarmName.replace("offair-dev-", "")]);
      expect(await alertsOf([counted({ ReportsAccepted: 1, [MetricName]: least - 1 })])).toEqual([]);
    }
  });

  it.each([
    ["drift", counted({ Drift: 1, DriftMissing: 1, DriftUnexpected: 0 })],
    ["webhook-5xx", counted({ WebhookErrors: 1 })],
    ["webhook-5xx", died("webhook")],
    ["worker-errors", died("worker")],
  ])("%s", async (name, line) => {
    expect(await alertsOf([line])).toEqual([name]);
  });

  it.each([
    ["audit-event-old", ofLambda("audit", "AsyncEventAge", 900_001)],
    ["audit-events-dropped", ofLambda("audit", "AsyncEventsDropped")],
    ["schedule-fails", ofSchedules("offair-dev")],
  ])("%s", async (name, metric) => {
    expect(await alertsOf([metric])).toEqual([name]);
  });

  it("whichever function is throttled, or reads a queue in a loop; senders of reports get a 5xx from a throttled webhook", async () => {
    for (const { Properties } of ofType("AWS::Lambda::Function").map(([, each]) => each)) {
      const name = String(Properties.FunctionName).replace("offair-dev-", "");
      const alsoFails = name === "webhook" ? ["webhook-5xx"] : [];
      expect((await alertsOf([ofLambda(name, "Throttles")])).sort()).toEqual(["functions-throttled", ...alsoFails]);
    }
    for (const name of ["worker", "clock", "notify"])
      expect(await alertsOf([ofLambda(name, "RecursiveInvocationsDropped")])).toEqual(["recursion-stopped"]);
  });

  it("at the twentieth report in five minutes that could not be proven, and not at the nineteenth", async () => {
    const unproven = Array.from({ length: 20 }, () => counted({ ReportsUnproven: 1 }));
    expect(await alertsOf(unproven.slice(1))).toEqual([]);
    expect(await alertsOf(unproven)).toEqual(["reports-unproven"]);
  });

  it("at the fifth status within five minutes that could not be answered, and not at the fourth", async () => {
    const failed = Array.from({ length: 4 }, () => counted({ AnswerErrors: 1 }));
    expect(await alertsOf(failed)).toEqual([]);
    expect(await alertsOf([...failed, died("answer")])).toEqual(["answer-5xx"]);
  });

  it("and stays silent on a good day", async () => {
    const lines = [
      counted({ ReportsAccepted: 1 }),
      counted({ OrdersDone: 1, TimeToOff: 900 }),
      counted({ MessagesReturned: 1, UrgentMessageAge: 60 }),
      counted({ SnapshotsComplete: 1, SnapshotsIncomplete: 0, AuditPartsMissing: 0, Drift: 0, DriftExpiring: 5 }),
      ofLambda("audit", "AsyncEventAge", 900_000), // retried twice
      ofSchedules("default"), // of others
    ];
    expect(await alertsOf(lines)).toEqual([]);
  });
});

describe("the topic", () => {
  const account = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };

  it("is encrypted with a key that lets CloudWatch in, which AWS's own key for SNS does not", () => {
    expect(resources.Alerts?.Properties.KmsMasterKeyId).toEqual({ Ref: "AlertsKey" });
    expect(resources.AlertsKey?.Properties).toMatchObject({
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          { Action: "kms:*", Principal: { AWS: { "Fn::Sub": expect.stringContaining(":root") } } },
          {
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Condition: account,
          },
        ],
      },
    });
  });

  it("takes messages from the alarms of this account and from the clock: no other function may write to it", () => {
    expect(resources.AlertsPolicy?.Properties).toMatchObject({
      Topics: [{ Ref: "Alerts" }],
      PolicyDocument: {
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Condition: account,
          },
          { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ],
      },
    });
    const rights = JSON.stringify(ofType("AWS::IAM::Role")).match(/sns:\w+/g) ?? [];
    expect(rights.sort()).toEqual(["sns:ListSubscriptionsByTopic", "sns:Publish"]);
    expect(JSON.stringify(resources.ClockRole)).toContain("sns:Publish");
  });

  it("sends e-mail where the stage names an address", () => {
    expect(resources.AlertsByEmail).toMatchObject({
      Condition: "AlertsHaveEmail",
      Properties: { TopicArn: { Ref: "Alerts" }, Protocol: "email" },
    });
  });
});
