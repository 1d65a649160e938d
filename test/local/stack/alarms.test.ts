import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { metricsLine } from "../../../lib/core/metrics.ts";
import { type AlarmRule, metricKey } from "../../../local/stack/alarm.ts";
import { metricsIn } from "../../../local/stack/alarm-metrics.ts";
import { type Alert, createAlarmBoard, watchAlarms } from "../../../local/stack/alarms.ts";
import { type Stack, startStack } from "../../../local/stack/stack.ts";

const START = new Date("2026-11-21T22:00:00Z");
const later = (seconds: number) => new Date(START.getTime() + seconds * 1_000);
const rule: AlarmRule = {
  name: "key-blocked",
  description: "Live does not accept the key.",
  terms: [{ metric: "KeyBlocked", statistic: "Sum" }],
  fill: undefined,
  periodMs: 60_000,
  periods: 1,
  isBreaching: (value) => value >= 1,
  missingIsBreaching: false,
};

describe("an alert", () => {
  it("is told once for as long as its alarm is on, and again when it goes off again", () => {
    const alerts: Alert[] = [];
    const board = createAlarmBoard([rule], (alert) => alerts.push(alert), START);
    for (const seconds of [10, 200]) {
      board.record("KeyBlocked", { value: 1, at: later(seconds) });
      for (const moment of [seconds, seconds + 1, seconds + 59]) {
        board.evaluate(later(moment));
        expect(board.active()).toEqual(["key-blocked"]);
      }
      board.evaluate(later(seconds + 60));
      expect(board.active()).toEqual([]);
    }
    const told = { name: "key-blocked", description: "Live does not accept the key.", value: 1 };
    expect(alerts).toEqual([
      { ...told, at: later(10) },
      { ...told, at: later(200) },
    ]);
  });
});

describe("a log line", () => {
  const metrics = (record: Record<string, unknown>) => metricsIn({ functionName: "offair-local-worker", record });

  it("that emitMetrics writes has its metrics, also those that are 0", () => {
    const line = metricsLine({ SnapshotsComplete: 1, SnapshotsIncomplete: 0 }, "offair/local", START) ?? "";
    expect(metrics(JSON.parse(line))).toEqual([
      [metricKey("offair/local", "SnapshotsComplete"), 1],
      [metricKey("offair/local", "SnapshotsIncomplete"), 0],
    ]);
  });

  it("that Lambda writes after a failed invocation counts as an error of the function", () => {
    expect(metrics({ type: "platform.report", record: { status: "timeout" } })).toEqual([
      [metricKey("AWS/Lambda", "Errors", { FunctionName: "offair-local-worker" }), 1],
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["an ordinary one", { level: "INFO", message: { event: "report.accepted" } }],
    [
      "metrics that the JSON log format has wrapped",
      { level: "INFO", message: metricsLine({ OrdersDone: 1 }, "x", START) },
    ],
    [
      "metrics with a dimension only",
      {
        _aws: {
          Timestamp: 1,
          CloudWatchMetrics: [{ Namespace: "x", Dimensions: [["stage"]], Metrics: [{ Name: "OrdersDone" }] }],
        },
        OrdersDone: 1,
      },
    ],
    ["a report of success", { type: "platform.report", record: { status: "success" } }],
  ])("has none: %s", (_, record) => {
    expect(metrics(record)).toEqual([]);
  });
});

describe("on the running stack", () => {
  const fixtures = join(import.meta.dirname, "../fixtures");
  const directory = mkdtempSync(join(tmpdir(), "offair-alarms-"));
  const templatePath = join(directory, "template.json");
  const alarm = (AlarmName: string, metric: Record<string, unknown>) => ({
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmName,
      AlarmDescription: AlarmName,
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: "Alerts" }],
      ...metric,
    },
  });
  const ofQueue = (id: string, MetricName: string) => ({
    Namespace: "AWS/SQS",
    MetricName,
    Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": [id, "QueueName"] } }],
    Statistic: "Maximum",
  });
  let stack: Stack;

  beforeAll(async () => {
    const template = JSON.parse(readFileSync(join(fixtures, "template.json"), "utf8"));
    template.Resources.Dead = alarm("dead-letters", ofQueue("DeadLetters", "ApproximateNumberOfMessagesVisible"));
    template.Resources.Old = alarm("old", ofQueue("Other", "ApproximateAgeOfOldestMessage"));
    template.Resources.Errors = alarm("errors", {
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Dimensions: [{ Name: "FunctionName", Value: { Ref: "BrokenLambdaFunction" } }],
      Statistic: "Sum",
    });
    writeFileSync(templatePath, JSON.stringify(template));
    stack = await startStack({
      templatePath,
      taskRoot: join(fixtures, "task"),
      ports: { gateway: 0 },
      liveEndpoint: "http://127.0.0.1:9",
      projectId: "0123456789abcdef0123456789abcdef",
      visibilitySeconds: 1,
    });
  });
  afterAll(async () => {
    await stack?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("dead letters, an old message and a failed invocation are each told", async () => {
    const told = new Set<string>();
    const all = Promise.withResolvers<void>();
    const onAlert = ({ name }: Alert) => {
      told.add(name);
      if (told.size === 3) all.resolve();
    };
    const alarms = await watchAlarms(stack, { templatePath, onAlert, sampleMs: 20 });
    const send = (QueueUrl: string | undefined, MessageBody: string) =>
      stack.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await Promise.all([send(stack.queues.Lane, "poison"), send(stack.queues.Other, "waits")]);
    await expect(stack.invoke("broken", {})).rejects.toThrow();
    await all.promise;
    expect(alarms.active().sort()).toEqual(["dead-letters", "errors", "old"]);
    await alarms.close();
  });
});
