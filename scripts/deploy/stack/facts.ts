/** Asks AWS for the facts that the checks evaluate. Changes nothing. Each call has its own result, so a refused call hides no other. */
import { DescribeStacksCommand, GetTemplateCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { ListRequestedServiceQuotaChangeHistoryByQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { propertyOf } from "../../../cli/terminal/errors.ts";
import type { Clients } from "./clients.ts";
import { parseTemplate, type Template } from "./template.ts";

/** An answer, or the reason why there is none. */
export type Answer<T> = { readonly value: T } | { readonly error: string };

export async function answer<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { error: errorText(error) };
  }
}

/** As in `AccessDenied: User … is not authorized to perform …`. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

export async function askIdentity({ sts }: Clients): Promise<Identity> {
  const { Account = "", Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn };
}

/** @returns undefined if there is no stack of the name. */
export async function askStack({ cloudFormation }: Clients, stackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks[0];
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (/does not exist/.test(String(propertyOf(error, "message")))) return undefined;
    throw error;
  }
}

/** A stack that only has a change set has no template yet. */
const isEmptyStack = (stack: Stack | undefined): boolean =>
  stack === undefined || stack.StackStatus === "REVIEW_IN_PROGRESS";

/** @returns undefined if the stack does not exist, or has no template yet. */
export async function askTemplate(clients: Clients, stack: Stack | undefined): Promise<Template | undefined> {
  if (stack === undefined || isEmptyStack(stack)) return undefined;
  const { TemplateBody = "{}" } = await clients.cloudFormation.send(
    new GetTemplateCommand({ StackName: stack.StackName }),
  );
  return parseTemplate(TemplateBody);
}

export interface ParameterState {
  readonly type: string;
  readonly value: string;
  readonly version: number;
}

/** @returns undefined if there is no parameter of the name. */
export async function askParameter({ ssm }: Clients, name: string): Promise<ParameterState | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    return { type: Parameter?.Type ?? "", value: Parameter?.Value ?? "", version: Parameter?.Version ?? 0 };
  } catch (error) {
    if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
    throw error;
  }
}

export interface Concurrency {
  readonly limit: number;
  readonly unreserved: number;
  /** A request for a larger quota that is not decided yet. */
  readonly requested?: string;
}

/** The quota is the account's, in one region. */
export const QUOTA = { ServiceCode: "lambda", QuotaCode: "L-B99A9384" } as const;

export async function askConcurrency({ lambda, quotas }: Clients, needed: number): Promise<Concurrency> {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  if (unreserved >= needed) return { limit, unreserved };
  const { RequestedQuotas = [] } = await quotas.send(new ListRequestedServiceQuotaChangeHistoryByQuotaCommand(QUOTA));
  const open = RequestedQuotas.find(({ Status = "" }) => ["PENDING", "CASE_OPENED"].includes(Status));
  return { limit, unreserved, ...(open && { requested: `${open.DesiredValue} (${open.Status})` }) };
}

export interface SecretState {
  readonly name: string;
  readonly arn?: string;
  /** `initial`: it has had no other value than the one of its creation. `deleted`: it is scheduled for deletion. */
  readonly state: "missing" | "initial" | "stored" | "deleted";
}

/** Reads no value: a secret that has had a second value has a version that is labelled AWSPREVIOUS. */
export async function askSecret({ secrets }: Clients, name: string): Promise<SecretState> {
  try {
    const {
      ARN: arn = "",
      DeletedDate,
      VersionIdsToStages = {},
    } = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
    if (DeletedDate) return { name, arn, state: "deleted" };
    const isStored = Object.values(VersionIdsToStages).some((stages) => stages.includes("AWSPREVIOUS"));
    return { name, arn, state: isStored ? "stored" : "initial" };
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return { name, state: "missing" };
    throw error;
  }
}
