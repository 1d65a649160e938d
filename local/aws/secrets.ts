/**
 * A stand-in for AWS Secrets Manager on the loopback address: JSON 1.1, in memory, every signature verified. Its only
 * operation is GetSecretValue of the current version, because the product calls no other; secrets are put in directly.
 */
import { randomInt, randomUUID } from "node:crypto";
import * as z from "zod";
import type { Place } from "../iam/aws-call.ts";
import { denialText } from "../iam/denial.ts";
import type { Iam } from "../iam/iam.ts";
import { secretsCalls } from "../iam/secrets-calls.ts";
import { AwsError, type SignatureErrors } from "./aws-error.ts";
import { type HttpAnswer, type HttpRequest, onlyAdministrator, serveStandIn, verifyCaller } from "./stand-in.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html; JSON services answer 400 to all. */
const SIGNATURE_ERRORS: SignatureErrors = {
  missing: [400, "MissingAuthenticationTokenException"],
  malformed: [400, "IncompleteSignatureException"],
  scope: [400, "InvalidSignatureException"],
  "unknown-key": [400, "UnrecognizedClientException"],
  skewed: [400, "InvalidSignatureException"],
  "unsigned-header": [400, "InvalidSignatureException"],
  mismatch: [400, "InvalidSignatureException"],
  payload: [400, "InvalidSignatureException"],
};

const MAX_BODY_BYTES = 1024 * 1024;
const OPERATION = "GetSecretValue";
/** A version id or a staging label is refused: only the current version is stored. */
const inputSchema = z.strictObject({ SecretId: z.string().min(1).max(2_048) });

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly versionId: string;
  readonly value: string | Uint8Array;
  readonly createdAt: Date;
}

/** A request that a fault can match. */
export interface SecretsCall {
  readonly operation: typeof OPERATION;
  /** Name or ARN, as in the request. */
  readonly secretId: string;
}

/** The functions other than `url` and `close` change the stored secrets directly: without signature or fault. */
export interface Secrets extends Traffic<SecretsCall> {
  /** For `endpoint`. */
  readonly url: string;
  /** Stores a new current version. Returns the secret's ARN, which stays the same. */
  put(name: string, value: string | Uint8Array): string;
  /** The current text, by name or ARN; undefined if there is no such secret or it is binary. */
  read(id: string): string | undefined;
  /** Removes the secret. Returns false if there was none. */
  erase(name: string): boolean;
  close(): Promise<void>;
}

export interface SecretsOptions {
  /** Of the ARNs. Requests signed for any region are accepted. */
  readonly region?: string;
  /** Decides what a caller may do. Without it the only caller is the administrator, who may do everything. */
  readonly iam?: Pick<Iam, "credentialsOf" | "authorize">;
}

export async function startSecrets({ region = "us-east-1", iam }: SecretsOptions = {}): Promise<Secrets> {
  const place: Place = { region, accountId: "000000000000" };
  const secrets = new Map<string, Secret>();
  const { count, meet, ...traffic } = createTraffic<SecretsCall>();

  /** @param id - the name, the ARN, or the ARN without its random suffix. */
  const lookUp = (id: string): Secret | undefined =>
    [...secrets.values()].find(({ name, arn }) => [name, arn, arn.slice(0, -7)].includes(id));

  function answer(request: HttpRequest): HttpAnswer {
    const isKnown = request.headers["x-amz-target"] === `secretsmanager.${OPERATION}`;
    count(isKnown ? OPERATION : "UnknownOperation");
    const caller = verifyCaller(request, "secretsmanager", iam?.credentialsOf ?? onlyAdministrator);
    if (!isKnown)
      throw new AwsError(400, "UnknownOperationException", "This stand-in does not implement the operation.");
    const body = parseJson(request.body);
    const denial = iam?.authorize(
      caller,
      secretsCalls(OPERATION, body, place, (id) => lookUp(id)?.arn),
    );
    if (denial) throw new AwsError(400, "AccessDeniedException", denialText(denial));
    const { data, error } = inputSchema.safeParse(body);
    if (!data) throw new AwsError(400, "InvalidParameterException", z.prettifyError(error));
    return jsonAnswer(
      200,
      meet({ operation: OPERATION, secretId: data.SecretId }, () => getValue(data.SecretId)),
    );
  }

  function getValue(id: string): object {
    const secret = lookUp(id);
    if (!secret) {
      throw new AwsError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    const { name, arn, versionId, value, createdAt } = secret;
    return {
      ...{ ARN: arn, Name: name, VersionId: versionId, VersionStages: ["AWSCURRENT"] },
      ...(typeof value === "string"
        ? { SecretString: value }
        : { SecretBinary: Buffer.from(value).toString("base64") }),
      CreatedDate: createdAt.getTime() / 1_000, // JSON 1.1 writes a time as seconds since 1970
    };
  }

  const server = await serveStandIn({
    maxBodyBytes: MAX_BODY_BYTES,
    tooLarge: new AwsError(413, "RequestEntityTooLargeException", "The body is too long."),
    signatureErrors: SIGNATURE_ERRORS,
    answer,
    errorAnswer: ({ status, code, message }) => jsonAnswer(status, { __type: code, message }),
  });
  return {
    ...traffic,
    ...server,
    put(name, value) {
      const arn =
        secrets.get(name)?.arn ?? `arn:aws:secretsmanager:${region}:000000000000:secret:${name}-${arnSuffix()}`;
      secrets.set(name, { name, arn, value, versionId: randomUUID(), createdAt: new Date() });
      return arn;
    },
    read(id) {
      const value = lookUp(id)?.value;
      return typeof value === "string" ? value : undefined;
    },
    erase: (name) => secrets.delete(name),
  };
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The six characters that AWS appends to the name in an ARN. */
const arnSuffix = (): string => Array.from({ length: 6 }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join("");

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError(400, "SerializationException", "The body is not JSON.");
  }
}

const jsonAnswer = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
  body: JSON.stringify(body),
});
