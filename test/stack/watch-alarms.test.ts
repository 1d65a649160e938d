import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Alert, watchAlarms } from "../../local/stack/alarms.ts";
import { type Stack, startStack } from "../../local/stack/stack.ts";

describe("on the running stack", () => {
  const fixtures = join(import.meta.dirname, "../local/fixtures");
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
    template.Resources.Alerts = { Type: "AWS::SNS::Topic", Properties: { TopicName: "alerts" } };
    template.Resources.AlertsPolicy = {
      Type: "AWS::SNS::TopicPolicy",
      Properties: {
        Topics: [{ Ref: "Alerts" }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: { Ref: "Alerts" },
          },
        },
      },
    };
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
    await Promise.all([send(stack.queues.Queue, "poison"), send(stack.queues.Other, "waits")]);
    await expect(stack.invoke("broken", {})).rejects.toThrow();
    await all.promise;
    expect(alarms.active().sort()).toEqual(["dead-letters", "errors", "old"]);
    await alarms.close();
  });
});
