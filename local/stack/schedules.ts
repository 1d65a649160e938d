/** The template's schedules: EventBridge Scheduler takes the schedule's role, invokes the function with it, and dead-letters what it may not. */
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { denialText } from "../iam/denial.ts";
import type { Credentials, Iam } from "../iam/iam.ts";
import type { LambdaFunction } from "../lambda/function.ts";
import type { Engines } from "./aws-engines.ts";
import type { Functions } from "./functions.ts";
import { resourcesOf, scheduleSchema } from "./resources.ts";
import { scheduledInput } from "./scheduler-input.ts";
import type { Scope, Template } from "./template.ts";

export interface ScheduleParts {
  readonly template: Template;
  readonly scope: Scope;
  readonly engines: Engines;
  readonly functions: Functions;
  readonly iam: Iam;
  readonly region: string;
  readonly accountId: string;
}

export interface Schedule {
  /** The function that it invokes. */
  readonly fn: LambdaFunction;
  /** Fires the schedule for a scheduled time. @throws Error if the role may not invoke the function. */
  fire(scheduledTime: Date): Promise<unknown>;
}

/** @throws Error for a role that Scheduler cannot assume, as CreateSchedule does. */
export const schedulesOf = (parts: ScheduleParts): Schedule[] =>
  resourcesOf(parts.template, "AWS::Scheduler::Schedule", scheduleSchema, parts.scope).map(([id, properties]) => {
    const { Target, Name: name = id } = properties;
    const { region, accountId, iam, functions } = parts;
    const credentials = iam.assumeRole("scheduler.amazonaws.com", Target.RoleArn, name);
    const fn = functions.named(Target.Arn, id);
    const call = { action: "lambda:InvokeFunction", resource: Target.Arn, context: {} };
    return {
      fn,
      async fire(scheduledTime) {
        const input = scheduledInput({ name, input: Target.Input }, scheduledTime, region, accountId);
        const denial = iam.authorize(credentials.accessKeyId, [call]);
        if (!denial) return fn.invoke(input);
        const deadLetters = Target.DeadLetterConfig?.Arn;
        if (deadLetters !== undefined) await deadLetter(parts, credentials, deadLetters, input, denialText(denial));
        throw new Error(`${id}: ${denialText(denial)}`);
      },
    };
  });

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
async function deadLetter(
  { scope, engines }: ScheduleParts,
  credentials: Credentials,
  queueArn: string,
  input: unknown,
  message: string,
): Promise<void> {
  const queue = [...scope.resources.values()].find(({ attributes }) => attributes.Arn === queueArn);
  const MessageAttributes = {
    ERROR_CODE: { DataType: "String", StringValue: "AWS.Scheduler.ClientException.AccessDenied" },
    ERROR_MESSAGE: { DataType: "String", StringValue: message },
  };
  const request = { QueueUrl: queue?.ref, MessageBody: JSON.stringify(input), MessageAttributes };
  await engines.sqsAs(credentials).send(new SendMessageCommand(request));
}
