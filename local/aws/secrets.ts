/**
 * A stand-in for AWS Secrets Manager on the loopback address: JSON 1.1, in memory, every signature verified. Secrets are created
 * directly, and a rotation is begun directly; secrets-api.ts has the operations.
 */
import { randomUUID } from "node:crypto";
import type { Place } from "../iam/aws-call.ts";
import { denialText } from "../iam/denial.ts";
import type { Iam } from "../iam/iam.ts";
import { secretsCalls } from "../iam/secrets-calls.ts";
import { AwsError, JSON_SIGNATURE_ERRORS } from "./aws-error.ts";
import { parseInput, parseJson, SecretsApi, type SecretsOperation, secretsOperation } from "./secrets-api.ts";
import { type HttpAnswer, type HttpRequest, onlyAdministrator, serveStandIn, verifyCaller } from "./stand-in.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** A request that a fault can match. */
export interface SecretsCall {
  readonly operation: SecretsOperation;
  /** Name or ARN, as in the request. */
  readonly secretId: string;
}

/** The functions other than `url` and `close` change the stored secrets directly: without signature or fault. */
export interface Secrets extends Traffic<SecretsCall> {
  /** For `endpoint`. */
  readonly url: string;
  /** Stores a new current version. Returns the secret's ARN, which stays the same. */
  put(name: string, value: string | Uint8Array): string;
  /**
   * Attaches AWSPENDING to a new version without a value, as RotateSecret does before it invokes the rotation function.
   *
   * @returns the version's id, which is the ClientRequestToken of the function's event.
   * @throws AwsError `ResourceNotFoundException`.
   */
  beginRotation(name: string): string;
  arnOf(name: string): string | undefined;
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
  const api = new SecretsApi(place);
  const { count, meet, ...traffic } = createTraffic<SecretsCall>();

  function answer(request: HttpRequest): HttpAnswer {
    const operation = secretsOperation(request.headers["x-amz-target"]);
    count(operation ?? "UnknownOperation");
    const caller = verifyCaller(request, "secretsmanager", iam?.credentialsOf ?? onlyAdministrator);
    if (!operation)
      throw new AwsError(400, "UnknownOperationException", "This stand-in does not implement the operation.");
    const body = parseJson(request.body);
    const denial = iam?.authorize(
      caller,
      secretsCalls(operation, body, place, (id) => api.find(id)?.arn),
    );
    if (denial) throw new AwsError(400, "AccessDeniedException", denialText(denial));
    const input = parseInput(operation, body);
    return jsonAnswer(
      200,
      meet({ operation, secretId: input.SecretId }, () => api.execute(operation, input)),
    );
  }

  const server = await serveStandIn({
    maxBodyBytes: MAX_BODY_BYTES,
    tooLarge: new AwsError(413, "RequestEntityTooLargeException", "The body is too long."),
    signatureErrors: JSON_SIGNATURE_ERRORS,
    answer,
    errorAnswer: ({ status, code, message }) => jsonAnswer(status, { __type: code, message }),
  });
  return {
    ...traffic,
    ...server,
    put(name, value) {
      const secret = api.provide(name);
      secret.put(randomUUID(), value);
      return secret.arn;
    },
    beginRotation(name) {
      const secret = api.find(name);
      if (!secret) throw new AwsError(400, "ResourceNotFoundException", `There is no secret ${name}.`);
      const id = randomUUID();
      secret.beginRotation(id);
      return id;
    },
    arnOf: (name) => api.find(name)?.arn,
    read(id) {
      const value = api.find(id)?.read({}).value;
      return typeof value === "string" ? value : undefined;
    },
    erase: (name) => api.erase(name),
  };
}

const jsonAnswer = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
  body: JSON.stringify(body),
});
