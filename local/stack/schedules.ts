/** The template's schedules: EventBridge Scheduler invokes the function with the schedule's role, and dead-letters an event that it may not deliver. */
import { type MessageAttributeValue, SendMessageCommand } from "@aws-sdk/client-sqs";
import { denialText } from "../iam/denial.ts";
import type { Credentials } from "../iam/iam.ts";
import type { LambdaFunction } from "../lambda/function.ts";
import { InvocationRefused } from "../lambda/invocation-refused.ts";
import { resourcesOf, scheduleSchema } from "./resources.ts";
import { fire, type SchedulerOptions } from "./schedule.ts";
import { type Parts, urlOf } from "./wiring.ts";

export interface Schedule {
  /** The function that it invokes. */
  readonly fn: LambdaFunction;
  /** Fires the schedule for a scheduled time. @throws the last error of the call or of the function. */
  fire(scheduledTime: Date): Promise<unknown>;
}

/** @throws Error for a role that Scheduler cannot assume, as CreateSchedule does. */
export const schedulesOf = (
  parts: Parts,
  { onMetric, wait }: Pick<SchedulerOptions, "onMetric" | "wait">,
): Schedule[] =>
  resourcesOf(parts.template, "AWS::Scheduler::Schedule", scheduleSchema, parts.scope).map(([id, properties]) => {
    const { Target, GroupName: group, Name: name = id } = properties;
    const { region, accountId, iam, functions } = parts;
    const credentials = iam.assumeRole("scheduler.amazonaws.com", Target.RoleArn, name);
    const fn = functions.named(Target.Arn, id);
    const call = { action: "lambda:InvokeFunction", resource: Target.Arn, context: {} };
    const queueArn = Target.DeadLetterConfig?.Arn;
    const target = {
      ...{ name, group, input: Target.Input },
      maximumRetryAttempts: Target.RetryPolicy.MaximumRetryAttempts,
      maximumEventAgeSeconds: Target.RetryPolicy.MaximumEventAgeInSeconds,
      accept(event: unknown, requestId: string) {
        const denial = iam.authorize(credentials.accessKeyId, [call]);
        if (denial) throw new InvocationRefused(403, "AccessDeniedException", `${id}: ${denialText(denial)}`);
        return fn.accept(event, requestId);
      },
      deadLetter:
        queueArn === undefined
          ? undefined
          : (input: unknown, error: unknown) => deadLetter(parts, credentials, queueArn, input, error),
    };
    return {
      fn,
      fire: (scheduledTime) => fire(target, scheduledTime, { region, accountId, onMetric, wait }),
    };
  });

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
async function deadLetter(
  { scope, engines }: Parts,
  credentials: Credentials,
  queueArn: string,
  input: unknown,
  error: unknown,
): Promise<void> {
  const code = error instanceof InvocationRefused ? error.code : "Unknown";
  const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
  const MessageAttributes = {
    ERROR_CODE: text(`AWS.Scheduler.ClientException.${code.replace(/Exception$/, "")}`),
    ERROR_MESSAGE: text(error instanceof Error ? error.message : String(error)),
  };
  const request = { QueueUrl: urlOf(queueArn, scope), MessageBody: JSON.stringify(input), MessageAttributes };
  await engines.sqsAs(credentials).send(new SendMessageCommand(request));
}
