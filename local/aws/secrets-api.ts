/** Secrets Manager's operations: JSON in, JSON out, fields as named in its API reference; unknown ones are refused. */
import * as z from "zod";
import { AwsError } from "./aws-error.ts";
import { type createSecretStore, invalidParameter, type Secret, type SecretVersion } from "./secrets-store.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
const MAX_VALUE_CHARACTERS = 65_536;

const secretId = z.string().min(1).max(2_048);
const versionId = z.string().min(32).max(64);
const stage = z.string().min(1).max(256);
const value = {
  SecretString: z.string().max(MAX_VALUE_CHARACTERS).optional(),
  SecretBinary: z.base64().max(MAX_VALUE_CHARACTERS).optional(),
  ClientRequestToken: versionId.optional(),
};

const INPUTS = {
  CreateSecret: z.strictObject({
    Name: z.string().regex(/^[\w/+=.@-]{1,512}$/),
    Description: z.string().max(2_048).optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
    ...value,
  }),
  GetSecretValue: z.strictObject({
    SecretId: secretId,
    VersionId: versionId.optional(),
    VersionStage: stage.optional(),
  }),
  PutSecretValue: z.strictObject({
    SecretId: secretId,
    VersionStages: z.array(stage).min(1).max(20).optional(),
    ...value,
  }),
  UpdateSecretVersionStage: z.strictObject({
    SecretId: secretId,
    VersionStage: stage,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
  DescribeSecret: z.strictObject({ SecretId: secretId }),
  ListSecrets: z.strictObject({
    MaxResults: z.int().min(1).max(100).optional(),
    NextToken: z.string().optional(),
    IncludePlannedDeletion: z.boolean().optional(),
    Filters: z.array(z.strictObject({ Key: z.literal("name"), Values: z.array(z.string()).min(1) })).optional(),
  }),
  DeleteSecret: z.strictObject({
    SecretId: secretId,
    RecoveryWindowInDays: z.int().min(7).max(30).optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  }),
} as const;

export type SecretsOperation = keyof typeof INPUTS;

export interface SecretsApiDeps {
  readonly store: ReturnType<typeof createSecretStore>;
  readonly newVersionId: () => string;
}

/** @returns one function an operation; each throws AwsError, `InvalidParameterException` for an input not as documented. */
export function createSecretsApi({
  store,
  newVersionId,
}: SecretsApiDeps): Readonly<Record<SecretsOperation, (input: unknown) => object>> {
  return {
    CreateSecret: operation(
      INPUTS.CreateSecret,
      ({ Name, Description, ClientRequestToken = newVersionId(), SecretString, SecretBinary }) => {
        checkOneValue({ SecretString, SecretBinary }, 0);
        // The SDK repeats a call with the same token: the same secret again is then no error.
        const isRepeat = store.has(Name) && store.find(Name).versions.has(ClientRequestToken);
        const secret = isRepeat ? store.findUsable(Name) : store.create(Name, Description);
        if (SecretString === undefined && SecretBinary === undefined) return identity(secret);
        store.putVersion(Name, { SecretString, SecretBinary }, ClientRequestToken, ["AWSCURRENT"]);
        return { ...identity(secret), VersionId: ClientRequestToken };
      },
    ),
    GetSecretValue: operation(INPUTS.GetSecretValue, ({ SecretId, VersionId, VersionStage }) => {
      const secret = store.findUsable(SecretId);
      const version = store.version(secret, VersionId, VersionStage);
      const { SecretString, SecretBinary } = version;
      return {
        ...identity(secret),
        ...labels(version),
        SecretString,
        SecretBinary,
        CreatedDate: epoch(version.createdAt),
      };
    }),
    PutSecretValue: operation(
      INPUTS.PutSecretValue,
      ({ SecretId, VersionStages, ClientRequestToken = newVersionId(), SecretString, SecretBinary }) => {
        checkOneValue({ SecretString, SecretBinary }, 1);
        const stages = VersionStages ?? ["AWSCURRENT"];
        const version = store.putVersion(SecretId, { SecretString, SecretBinary }, ClientRequestToken, stages);
        return { ...identity(store.find(SecretId)), ...labels(version) };
      },
    ),
    UpdateSecretVersionStage: operation(
      INPUTS.UpdateSecretVersionStage,
      ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }) => {
        const secret = store.findUsable(SecretId);
        store.updateStage(secret, VersionStage, RemoveFromVersionId, MoveToVersionId);
        return identity(secret);
      },
    ),
    DescribeSecret: operation(INPUTS.DescribeSecret, ({ SecretId }) => {
      const secret = store.find(SecretId);
      return { ...description(secret), VersionIdsToStages: stagesByVersion(secret) };
    }),
    ListSecrets: operation(
      INPUTS.ListSecrets,
      ({ MaxResults = 100, NextToken = "0", IncludePlannedDeletion = false, Filters = [] }) => {
        const start = Number(NextToken);
        if (!/^\d{1,9}$/.test(NextToken))
          throw new AwsError(400, "InvalidNextTokenException", "The NextToken is invalid.");
        const found = store
          .list()
          .filter(({ deletedAt }) => IncludePlannedDeletion || !deletedAt)
          .filter(({ name }) => Filters.every(({ Values }) => Values.some((prefix) => name.startsWith(prefix))));
        const SecretList = found.slice(start, start + MaxResults).map((secret) => ({
          ...description(secret),
          SecretVersionsToStages: stagesByVersion(secret),
        }));
        const hasMore = start + MaxResults < found.length;
        return { SecretList, NextToken: hasMore ? String(start + MaxResults) : undefined };
      },
    ),
    DeleteSecret: operation(
      INPUTS.DeleteSecret,
      ({ SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery = false }) => {
        if (ForceDeleteWithoutRecovery && RecoveryWindowInDays !== undefined) {
          throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
        }
        const days = ForceDeleteWithoutRecovery ? undefined : (RecoveryWindowInDays ?? 30);
        const { secret, endsAt } = store.remove(SecretId, days);
        return { ...identity(secret), DeletionDate: epoch(endsAt) };
      },
    ),
  };
}

const operation =
  <Input>(schema: z.ZodType<Input>, execute: (input: Input) => object) =>
  (input: unknown): object => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw invalidParameter(z.prettifyError(parsed.error));
    return execute(parsed.data);
  };

function checkOneValue(given: { SecretString: unknown; SecretBinary: unknown }, atLeast: 0 | 1): void {
  const count = Object.values(given).filter((one) => one !== undefined).length;
  if (count > 1 || count < atLeast) throw invalidParameter("You must provide either SecretString or SecretBinary.");
}

/** JSON 1.1 writes a time as seconds since 1970. */
const epoch = (at: Date): number => at.getTime() / 1_000;

const identity = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });

const labels = ({ versionId, stages }: SecretVersion) => ({ VersionId: versionId, VersionStages: [...stages] });

const description = (secret: Secret) => ({
  ...identity(secret),
  Description: secret.description,
  CreatedDate: epoch(secret.createdAt),
  LastChangedDate: epoch(secret.changedAt),
  DeletedDate: secret.deletedAt && epoch(secret.deletedAt),
});

/** Versions without a label are deprecated, and not told of. */
const stagesByVersion = ({ versions }: Secret): Record<string, string[]> =>
  Object.fromEntries(
    [...versions].flatMap(([id, { stages }]) => (stages.size > 0 ? [[id, [...stages]] as const] : [])),
  );
