/** Stand-ins for the few calls of Systems Manager, Service Quotas, DynamoDB, Secrets Manager and Lambda that a deployment makes. */
import * as z from "zod";
import { AwsError } from "../aws/aws-error.ts";
import type { Account } from "./account.ts";

export type JsonCall = (input: unknown, account: Account) => object;

const name = z.string().min(1);
const refuse = (code: string, message: string): never => {
  throw new AwsError(400, code, message);
};

/** By the header x-amz-target. */
export const JSON_CALLS: Readonly<Record<string, JsonCall>> = {
  "AmazonSSM.GetParameter": (input, { parameters, region, id }) => {
    const { Name } = z.strictObject({ Name: name, WithDecryption: z.boolean().optional() }).parse(input);
    const found = parameters.get(Name);
    if (!found) return refuse("ParameterNotFound", "");
    const ARN = `arn:aws:ssm:${region}:${id}:parameter${Name}`;
    return { Parameter: { Name, ARN, Type: found.type, Value: found.values.at(-1), Version: found.values.length } };
  },

  "ServiceQuotasV20190624.ListRequestedServiceQuotaChangeHistoryByQuota": (input, { quotaRequest }) => {
    z.strictObject({ ServiceCode: z.literal("lambda"), QuotaCode: z.literal("L-B99A9384") }).parse(input);
    const open = { ServiceCode: "lambda", QuotaCode: "L-B99A9384", DesiredValue: quotaRequest, Status: "CASE_OPENED" };
    return { RequestedQuotas: quotaRequest === undefined ? [] : [open] };
  },

  "DynamoDB_20120810.DescribeTable": (input, account) => {
    const { TableName } = z.strictObject({ TableName: name }).parse(input);
    if (!account.find("AWS::DynamoDB::Table", TableName))
      return refuse("ResourceNotFoundException", `Requested resource not found: Table: ${TableName} not found`);
    return { Table: { TableName, TableStatus: "ACTIVE" } };
  },

  "secretsmanager.DescribeSecret": (input, account) => {
    const { SecretId } = z.strictObject({ SecretId: name }).parse(input);
    const secret = account.find("AWS::SecretsManager::Secret", SecretId);
    if (!secret) return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    const previous = secret.versions > 1 ? { previous: ["AWSPREVIOUS"] } : {};
    return { ARN: secret.id, Name: SecretId, VersionIdsToStages: { current: ["AWSCURRENT"], ...previous } };
  },
};

/** `GET /2016-08-19/account-settings` of Lambda. */
export const lambdaAccountSettings = (account: Account): object => ({
  AccountLimit: {
    ConcurrentExecutions: account.concurrencyLimit,
    UnreservedConcurrentExecutions: account.concurrencyLimit - account.reservedConcurrency(),
  },
  AccountUsage: { FunctionCount: account.all("AWS::Lambda::Function").length },
});
