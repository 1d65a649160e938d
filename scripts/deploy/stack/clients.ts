/** The AWS clients of a deployment. Their endpoints follow AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";

export type Clients = ReturnType<typeof createClients>;

/** CloudFormation throttles calls that ask for events, so a call is repeated more often than by default (3). */
const MAX_ATTEMPTS = 8;

/** @param overrides - credentials and the wait between repetitions, for tests. */
export function createClients(region: string, overrides: Overrides = {}) {
  const { s3Endpoint, ...rest } = overrides;
  const config = { maxAttempts: MAX_ATTEMPTS, ...rest, region };
  return {
    region,
    cloudFormation: new CloudFormationClient(config),
    dynamo: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    quotas: new ServiceQuotasClient(config),
    s3: new S3Client({ ...config, ...(s3Endpoint !== undefined && { endpoint: s3Endpoint, forcePathStyle: true }) }),
    secrets: new SecretsManagerClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
}

export type Overrides = Pick<
  NonNullable<ConstructorParameters<typeof CloudFormationClient>[0]>,
  "credentials" | "endpoint" | "retryStrategy"
> & { readonly s3Endpoint?: string };

/** The regions that other AWS tools would use here, by where they are set. The SDK does not read AWS_DEFAULT_REGION, and the CLI does. */
export async function regionsOfEnvironment({ AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const others: Record<string, string> = AWS_DEFAULT_REGION ? { AWS_DEFAULT_REGION } : {};
  try {
    return { "AWS_REGION or the profile": await new STSClient({}).config.region(), ...others };
  } catch {
    return others; // the SDK throws if there is none
  }
}
