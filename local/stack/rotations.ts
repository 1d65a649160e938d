/**
 * Rotates a secret as Secrets Manager does: attaches AWSPENDING to a new version, and invokes the function of the secret's
 * RotationSchedule with the four steps. If a step fails, all steps are repeated with the same version.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { denialText } from "../iam/denial.ts";
import { resourcesOf } from "./resources.ts";
import type { Parts } from "./wiring.ts";

const scheduleSchema = z.object({ SecretId: z.string(), RotationLambdaARN: z.string() });

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

export interface RotationOptions {
  /** How often the steps are repeated. Default 10, because Secrets Manager's number is not documented. */
  readonly retries?: number;
  /** Between a failure and the next attempt. Default 1,000. */
  readonly pauseMs?: number;
}

/** @returns the new current version, and the errors of the failed attempts. */
export type RotateSecret = (
  name: string,
  options?: RotationOptions,
) => Promise<{ readonly version: string; readonly failures: readonly string[] }>;

/** @throws Error if the secret has no schedule, its function permits Secrets Manager no invocation, or every attempt failed. */
export function createRotateSecret({ template, scope, engines: { secrets }, functions, iam }: Parts): RotateSecret {
  const schedules = resourcesOf(template, "AWS::SecretsManager::RotationSchedule", scheduleSchema, scope);

  return async (name, { retries = 10, pauseMs = 1_000 } = {}) => {
    const arn = secrets.arnOf(name);
    const [, schedule] = schedules.find(([, { SecretId }]) => SecretId === arn) ?? [];
    if (!schedule || arn === undefined) throw new Error(`no RotationSchedule rotates ${name}`);
    const { RotationLambdaARN } = schedule;
    const call = { action: "lambda:InvokeFunction", resource: RotationLambdaARN, context: {} };
    const denial = iam.authorizeService("secretsmanager.amazonaws.com", call);
    if (denial) throw new Error(`${RotationLambdaARN} may not be invoked by Secrets Manager: ${denialText(denial)}`);
    const { invoke } = functions.named(RotationLambdaARN, name);
    const ClientRequestToken = secrets.beginRotation(name);
    const failures: string[] = [];
    for (;;) {
      try {
        for (const Step of STEPS) await invoke({ Step, SecretId: arn, ClientRequestToken });
        return { version: ClientRequestToken, failures };
      } catch (error) {
        failures.push(String(error));
        if (failures.length > retries) throw new Error(`the rotation of ${name} failed: ${failures.join("; ")}`);
        await sleep(pauseMs);
      }
    }
  };
}
