/** A stand-in for S3 on the loopback address: path-style, in memory, every signature verified. */
import { randomUUID } from "node:crypto";
import { type Denial, denialText } from "../iam/denial.ts";
import type { Iam } from "../iam/iam.ts";
import { listCall, s3Calls } from "../iam/s3-calls.ts";
import { AwsError, type SignatureErrors } from "./aws-error.ts";
import type { BucketSettings } from "./bucket.ts";
import { parseS3Path, S3Api, type S3Operation, type S3Target, s3Operation } from "./s3-api.ts";
import { type HttpAnswer, type HttpRequest, onlyAdministrator, serveStandIn, verifyCaller } from "./stand-in.ts";
import { createTraffic, type Traffic } from "./traffic.ts";
import { leaf } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const SIGNATURE_ERRORS: SignatureErrors = {
  missing: [403, "AccessDenied"],
  malformed: [400, "AuthorizationHeaderMalformed"],
  scope: [400, "AuthorizationHeaderMalformed"],
  "unknown-key": [403, "InvalidAccessKeyId"],
  skewed: [403, "RequestTimeTooSkewed"],
  "unsigned-header": [403, "AccessDenied"],
  mismatch: [403, "SignatureDoesNotMatch"],
  payload: [400, "XAmzContentSHA256Mismatch"],
};

export interface StorageOptions {
  /** Longer bodies are answered `EntityTooLarge`. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Decides what a caller may do. Without it the only caller is the administrator, who may do everything. */
  readonly iam?: Pick<Iam, "credentialsOf" | "authorize">;
}

/** A request that a fault can match. */
export interface StorageCall extends S3Target {
  readonly operation: S3Operation;
}

/** The functions other than `url` and `close` change the stored objects directly: without signature, rule or fault. */
export interface Storage extends Traffic<StorageCall> {
  /** For `endpoint`, with `forcePathStyle: true`. */
  readonly url: string;
  /** @throws AwsError `BucketAlreadyOwnedByYou`, `InvalidBucketName`. */
  createBucket(bucket: string, settings?: BucketSettings): void;
  /** @throws AwsError `NoSuchBucket`, `BucketNotEmpty`. */
  deleteBucket(bucket: string): void;
  /** @param policy - undefined: removes it. */
  setPolicy(bucket: string, policy: string | undefined): void;
  /** The keys that begin with the prefix, in S3's order. */
  keys(bucket: string, prefix?: string): string[];
  /** A copy of the bytes; undefined if there is no such object. */
  read(bucket: string, key: string): Uint8Array | undefined;
  /** Replaces the bytes of an object without a trace: same version id and time, matching checksums. */
  overwrite(bucket: string, key: string, bytes: Uint8Array | string): void;
  /** Removes an object, even where deletes are denied. Returns false if there was none. */
  erase(bucket: string, key: string): boolean;
  close(): Promise<void>;
}

export async function startStorage({ maxBodyBytes = 64 * 1024 * 1024, iam }: StorageOptions = {}): Promise<Storage> {
  const api = new S3Api();
  const { count, meet, ...traffic } = createTraffic<StorageCall>();

  function answer(request: HttpRequest): HttpAnswer {
    const target = parseS3Path(request.path);
    // S3 decodes percent-encoding only; URLSearchParams alone would decode "+" to a space.
    const query = new URLSearchParams(request.query.replaceAll("+", "%2B"));
    const operation = s3Operation(request, target, query);
    count(operation ?? "NotImplemented");
    if (!operation) throw new AwsError(501, "NotImplemented", "This stand-in does not implement the request.");
    const caller = verifyCaller(request, "s3", iam?.credentialsOf ?? onlyAdministrator);
    refuse(iam?.authorize(caller, s3Calls({ operation, ...target, query, headers: request.headers })));
    return withCommonHeaders(
      meet({ operation, ...target }, () => {
        try {
          return api.execute({ operation, ...target, query, request });
        } catch (error) {
          // Only callers that may list the bucket learn whether an object exists. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
          if (error instanceof AwsError && error.code === "NoSuchKey")
            refuse(iam?.authorize(caller, [listCall(target.bucket)]));
          throw error;
        }
      }),
    );
  }

  /** @throws AwsError for a refused call. */
  function refuse(denial: Denial | undefined): void {
    if (denial) throw new AwsError(403, "AccessDenied", denialText(denial));
  }

  const server = await serveStandIn({
    maxBodyBytes,
    tooLarge: new AwsError(400, "EntityTooLarge", `The maximum size of a body is ${maxBodyBytes} bytes.`),
    signatureErrors: SIGNATURE_ERRORS,
    answer,
    errorAnswer,
  });
  return {
    ...traffic,
    ...server,
    createBucket: (bucket, settings) => api.create(bucket, settings),
    deleteBucket: (bucket) => api.delete(bucket),
    setPolicy(bucket, policy) {
      api.find(bucket).policy = policy;
    },
    keys(bucket, prefix = "") {
      const keys = api
        .find(bucket)
        .objects()
        .map(({ key }) => key);
      return keys.filter((key) => key.startsWith(prefix));
    },
    read(bucket, key) {
      const found = api.find(bucket).find(key);
      return found && Uint8Array.from(found.bytes);
    },
    overwrite: (bucket, key, bytes) => api.find(bucket).tamper(key, Buffer.from(bytes)),
    erase: (bucket, key) => api.find(bucket).erase(key),
  };
}

const withCommonHeaders = ({ headers, ...rest }: HttpAnswer): HttpAnswer => ({
  ...rest,
  headers: { "x-amz-request-id": randomUUID(), ...headers },
});

const errorAnswer = ({ status, code, message }: AwsError): HttpAnswer =>
  withCommonHeaders({
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${leaf("Code", code)}${leaf("Message", message)}</Error>`,
  });
