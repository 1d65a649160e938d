/** Parses the events of the rotate function: a step from Secrets Manager, or the hourly check. */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { issuesOf } from "../core/issues.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html; other members are ignored. */
const stepSchema = z.object({
  Step: z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]),
  /** An ARN. */
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().min(32).max(64),
});
const checkSchema = z.object({ check: z.literal("keys") });

export type RotationEvent = z.infer<typeof stepSchema> | z.infer<typeof checkSchema>;

/** @throws OffairError `ERR_EVENT_INVALID` */
export function parseRotationEvent(event: unknown): RotationEvent {
  const isCheck = typeof event === "object" && event !== null && "check" in event;
  const { data, error } = (isCheck ? checkSchema : stepSchema).safeParse(event);
  if (!error) return data;
  throw new OffairError("ERR_EVENT_INVALID", "the event is neither a rotation step nor a check", {
    issues: issuesOf(error),
  });
}
