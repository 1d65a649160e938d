/** A stand-in for AWS Secrets Manager on the loopback address: JSON 1.1, in memory, every signature verified. */
import { randomInt, randomUUID } from "node:crypto";
import { AwsError, type SignatureErrors, toAwsError } from "./aws-error.ts";
import { type HttpAnswer, type HttpRequest, serveLoopback } from "./loopback-server.ts";
import { createSecretsApi, type SecretsOperation } from "./secrets-api.ts";
import { createSecretStore } from "./secrets-store.ts";
import { verifySigV4 } from "./sigv4.ts";
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

/** A value has at most 64 KiB; escaped as JSON it may be several times that. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface SecretsOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Secret access keys by access key id. Default `{ local: "local" }`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Of the ARNs. Default us-east-1; requests signed for any region are taken. */
  readonly region?: string;
  readonly now?: () => Date;
}

/** What a fault can be aimed at. */
export interface SecretsCall {
  readonly operation: SecretsOperation;
  /** Name or ARN, as the request has it; empty for ListSecrets. */
  readonly secretId: string;
}

/** The functions beside `url` and `close` work on what is stored: no signature, no fault. */
export interface Secrets extends Traffic<SecretsCall> {
  /** For `endpoint`. */
  readonly url: string;
  /** Makes it the current value; what was current becomes AWSPREVIOUS. Returns the secret's ARN. */
  put(name: string, secretString: string): string;
  /** The current value, by name or ARN; undefined when there is no such secret, or it waits for its end. */
  read(id: string): string | undefined;
  /** Takes the secret away at once. False when there was none. */
  erase(name: string): boolean;
  close(): Promise<void>;
}

/** @throws the listener's own error (`EADDRINUSE`) when the port is taken. */
export async function startSecrets({
  port,
  keys = { local: "local" },
  region = "us-east-1",
  now = () => new Date(),
}: SecretsOptions = {}): Promise<Secrets> {
  const arnPrefix = `arn:aws:secretsmanager:${region}:000000000000:secret:`;
  const store = createSecretStore({ now, arnPrefix, newArnSuffix });
  const api = createSecretsApi({ store, newVersionId: randomUUID });
  const { count, meet, ...traffic } = createTraffic<SecretsCall>();

  const isOperation = (name: string): name is SecretsOperation => Object.hasOwn(api, name);

  function answer(request: HttpRequest): HttpAnswer {
    try {
      return jsonAnswer(200, serve(request), now());
    } catch (thrown) {
      const { status, code, message } = toAwsError(thrown, SIGNATURE_ERRORS);
      return jsonAnswer(status, { __type: code, message }, now());
    }
  }

  function serve(request: HttpRequest): object {
    const asked = String(request.headers["x-amz-target"] ?? "").replace(/^secretsmanager\./, "");
    const operation = isOperation(asked) ? asked : undefined;
    count(operation ?? "UnknownOperation");
    const secretOf = (id: string) => (Object.hasOwn(keys, id) ? keys[id] : undefined);
    verifySigV4(request, secretOf, { now: now(), service: "secretsmanager" });
    if (!operation) throw new AwsError(400, "UnknownOperationException", "This stand-in does not know the operation.");

    const input = parseJson(request.body);
    const secretId = String(input.SecretId ?? input.Name ?? "");
    return meet({ operation, secretId }, () => api[operation](input));
  }

  const tooLarge = jsonAnswer(
    413,
    { __type: "RequestEntityTooLargeException", message: "The body is too long." },
    now(),
  );
  const server = await serveLoopback(answer, { port, maxBodyBytes: MAX_BODY_BYTES, tooLarge });
  return {
    ...traffic,
    ...server,
    put(name, SecretString) {
      const { arn } = store.has(name) ? store.findUsable(name) : store.create(name);
      store.putVersion(name, { SecretString }, randomUUID(), ["AWSCURRENT"]);
      return arn;
    },
    read(id) {
      const secret = store.lookUp(id);
      return secret && !secret.deletedAt ? store.version(secret, undefined, undefined).SecretString : undefined;
    },
    erase(name) {
      const isThere = store.has(name);
      if (isThere) store.remove(name, undefined);
      return isThere;
    },
  };
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const newArnSuffix = (): string =>
  Array.from({ length: 6 }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join("");

function parseJson(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch {
    // told below, as every body that is no object
  }
  throw new AwsError(400, "SerializationException", "The body is not a JSON object.");
}

const jsonAnswer = (status: number, body: object, now: Date): HttpAnswer => ({
  status,
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-requestid": randomUUID(),
    date: now.toUTCString(),
  },
  body: JSON.stringify(body),
});
