import { describe, expect, it } from "@jest/globals";
import { denialText } from "../../../local/iam/denial.ts";
import { createIam } from "../../../local/iam/iam.ts";
import { policySchema } from "../../../local/iam/policy.ts";
import { alarmDelivery } from "../../../local/stack/alarm-delivery.ts";

const TOPIC = "arn:aws:sns:eu-central-1:000000000000:alerts";
const KEY = "arn:aws:kms:eu-central-1:000000000000:key/alerts-key";
const template = {
  Resources: {
    Alerts: { Type: "AWS::SNS::Topic", Properties: { TopicName: "alerts", KmsMasterKeyId: { Ref: "AlertsKey" } } },
    Dead: { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmName: "dead", AlarmActions: [{ Ref: "Alerts" }] } },
    Silent: { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmName: "silent" } },
  },
};
const scope = {
  pseudo: {},
  resources: new Map([
    ["Alerts", { ref: TOPIC, attributes: {} }],
    ["AlertsKey", { ref: "alerts-key", attributes: { Arn: KEY } }],
  ]),
};
const allow = (service: string, Action: string[]) =>
  policySchema.parse({ Statement: { Effect: "Allow", Principal: { Service: service }, Action, Resource: "*" } });

async function deniedWith(topicActions: string[], keyActions: string[], service = "cloudwatch.amazonaws.com") {
  const iam = createIam({ region: "eu-central-1", accountId: "000000000000" });
  await iam.putResourcePolicy(TOPIC, allow(service, topicActions), "sns:Publish");
  await iam.putResourcePolicy(KEY, allow(service, keyActions), "kms:Decrypt");
  const denial = alarmDelivery(template, scope, iam)("dead");
  return denial && denialText(denial);
}
const KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey*"];

describe("an alarm is delivered", () => {
  it("if CloudWatch may publish to the topic and use its key", async () => {
    expect(await deniedWith(["sns:Publish"], KEY_ACTIONS)).toBeUndefined();
  });

  it.each([
    ["publish", ["sns:Subscribe"], KEY_ACTIONS, "SNS:Publish"],
    ["decrypt", ["sns:Publish"], ["kms:GenerateDataKey*"], "kms:Decrypt"],
    ["make a data key", ["sns:Publish"], ["kms:Decrypt"], "kms:GenerateDataKey"],
  ])("not if it may not %s", async (_, topicActions, keyActions, action) => {
    expect(await deniedWith(topicActions, keyActions)).toContain(
      `User: cloudwatch.amazonaws.com is not authorized to perform: ${action} on resource`,
    );
  });

  it("not by the policy of another service", async () => {
    expect(await deniedWith(["sns:Publish"], KEY_ACTIONS, "events.amazonaws.com")).toContain("SNS:Publish");
  });

  it("to nobody, if it has no action: nothing is refused", () => {
    const iam = createIam({ region: "eu-central-1", accountId: "000000000000" });
    expect(alarmDelivery(template, scope, iam)("silent")).toBeUndefined();
  });
});
