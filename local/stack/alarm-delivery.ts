/**
 * Whether CloudWatch may deliver an alarm: the topic's policy must let it publish, and the policy of the key that encrypts the topic must let
 * it use the key. Otherwise the alarm changes its state without a notification.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
import * as z from "zod";
import type { Denial } from "../iam/denial.ts";
import type { Iam } from "../iam/iam.ts";
import { publishCalls } from "../iam/sns-calls.ts";
import { resourcesOf } from "./resources.ts";
import type { Scope, Template } from "./template.ts";

const text = z.string().min(1);
const alarmActionsSchema = z.object({ AlarmName: text, AlarmActions: z.array(text).default([]) });
const encryptedSchema = z.object({ KmsMasterKeyId: text.optional() });

/** The ARN of the key that encrypts each topic, by the topic's ARN. */
export const keysOfTopics = (template: Template, scope: Scope): ReadonlyMap<string | undefined, string | undefined> =>
  new Map(
    resourcesOf(template, "AWS::SNS::Topic", encryptedSchema, scope).map(([id, { KmsMasterKeyId }]) => [
      scope.resources.get(id)?.ref,
      [...scope.resources.values()].find(({ ref }) => ref === KmsMasterKeyId)?.attributes.Arn,
    ]),
  );

/** @returns a function that decides about an alarm by its name; the first refusal, or undefined if the alarm is delivered. */
export function alarmDelivery(
  template: Template,
  scope: Scope,
  iam: Pick<Iam, "authorizeService">,
): (alarmName: string) => Denial | undefined {
  const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm", alarmActionsSchema, scope);
  const keys = keysOfTopics(template, scope);
  return (alarmName) => {
    const topics = alarms.flatMap(([, { AlarmName, AlarmActions }]) => (AlarmName === alarmName ? AlarmActions : []));
    for (const call of topics.flatMap((topic) => publishCalls(topic, keys.get(topic)))) {
      const denial = iam.authorizeService("cloudwatch.amazonaws.com", call);
      if (denial) return denial;
    }
    return undefined;
  };
}
