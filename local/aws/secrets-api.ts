/**
 * The Secrets Manager operations that the product calls, from a parsed request to its response. A parameter that is not implemented
 * is refused, never ignored. Knows no socket and no signature.
 */
import * as z from "zod";
import type { Place } from "../iam/aws-call.ts";
import { alphanumeric } from "../kit/random.ts";
import { AwsError } from "./aws-error.ts";
import { Secret } from "./secret.ts";

const MAX_VALUE_BYTES = 65_536;
/** Also the form of a ClientRequestToken, which becomes the version's id. */
const versionId = z.string().min(32).max(64);
const label = z.string().min(1).max(256);
const SecretId = z.string().min(1).max(2_048);
const text = z.string().refine((value) => Buffer.byteLength(value) <= MAX_VALUE_BYTES, "at most 65536 bytes");

const SCHEMAS = {
  GetSecretValue: z.strictObject({ SecretId, VersionId: versionId.optional(), VersionStage: label.optional() }),
  DescribeSecret: z.strictObject({ SecretId }),
  PutSecretValue: z.strictObject({
    SecretId,
    ClientRequestToken: versionId,
    SecretString: text.optional(),
    SecretBinary: z
      .base64()
      .transform((value) => Buffer.from(value, "base64"))
      .refine(({ length }) => length <= MAX_VALUE_BYTES, "at most 65536 bytes")
      .optional(),
    VersionStages: z.array(label).min(1).max(20).optional(),
  }),
  UpdateSecretVersionStage: z.strictObject({
    SecretId,
    VersionStage: label,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
};

export type SecretsOperation = keyof typeof SCHEMAS;
type Input<Operation extends SecretsOperation> = z.infer<(typeof SCHEMAS)[Operation]>;

const OPERATIONS: { readonly [Name in SecretsOperation]: (secret: Secret, input: Input<Name>) => object } = {
  GetSecretValue(secret, { VersionId, VersionStage }) {
    const { id, value = "", createdAt } = secret.read({ id: VersionId, label: VersionStage });
    return {
      ...{ ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: secret.labelsOf(id) },
      ...(typeof value === "string"
        ? { SecretString: value }
        : { SecretBinary: Buffer.from(value).toString("base64") }),
      CreatedDate: createdAt.getTime() / 1_000, // JSON 1.1 writes a time as seconds since 1970
    };
  },
  DescribeSecret: (secret) => ({ ARN: secret.arn, Name: secret.name, VersionIdsToStages: secret.stages() }),
  PutSecretValue(secret, { ClientRequestToken: id, SecretString, SecretBinary, VersionStages }) {
    const value = SecretString ?? SecretBinary;
    if (value === undefined || (SecretString !== undefined && SecretBinary !== undefined)) {
      throw new AwsError(400, "InvalidParameterException", "Give either SecretString or SecretBinary.");
    }
    secret.put(id, value, VersionStages);
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: secret.labelsOf(id) };
  },
  UpdateSecretVersionStage(secret, { VersionStage: label, RemoveFromVersionId: from, MoveToVersionId: to }) {
    secret.moveLabel({ label, from, to });
    return { ARN: secret.arn, Name: secret.name };
  },
};

/** @param target - the header `x-amz-target`. */
export function secretsOperation(target: string | undefined): SecretsOperation | undefined {
  const name = target?.replace(/^secretsmanager\./, "") ?? "";
  return Object.hasOwn(OPERATIONS, name) ? (name as SecretsOperation) : undefined;
}

/** @throws AwsError `InvalidParameterException`. */
export function parseInput<Operation extends SecretsOperation>(operation: Operation, body: unknown): Input<Operation> {
  const { data, error } = SCHEMAS[operation].safeParse(body);
  if (!data) throw new AwsError(400, "InvalidParameterException", z.prettifyError(error));
  return data as Input<Operation>;
}

export class SecretsApi {
  readonly #secrets = new Map<string, Secret>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Creates the secret if there is none of that name. */
  provide(name: string): Secret {
    const known = this.#secrets.get(name);
    if (known) return known;
    const { region, accountId } = this.#place;
    const made = new Secret(name, `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${arnSuffix()}`);
    this.#secrets.set(name, made);
    return made;
  }

  /** @param id - the name, the ARN, or the ARN without its random suffix. */
  find(id: string): Secret | undefined {
    return [...this.#secrets.values()].find(({ name, arn }) => [name, arn, arn.slice(0, -7)].includes(id));
  }

  erase(name: string): boolean {
    return this.#secrets.delete(name);
  }

  /** @throws AwsError the error that Secrets Manager would answer. */
  execute<Operation extends SecretsOperation>(operation: Operation, input: Input<Operation>): object {
    const secret = this.find(input.SecretId);
    if (!secret) {
      throw new AwsError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return OPERATIONS[operation](secret, input);
  }
}

/** The six characters that AWS appends to the name in an ARN. */
const arnSuffix = (): string => alphanumeric(6);

/** @throws AwsError `SerializationException`. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError(400, "SerializationException", "The body is not JSON.");
  }
}
