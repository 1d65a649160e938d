/** A stand-in for S3 on the loopback address: path-style, in memory, every signature verified. */
import { randomUUID } from "node:crypto";
import { AwsError, type SignatureErrors, toAwsError } from "./aws-error.ts";
import type { BucketSettings } from "./bucket.ts";
import { type HttpAnswer, type HttpRequest, serveLoopback } from "./loopback-server.ts";
import { createS3Api } from "./s3-api.ts";
import { parseS3Path, type S3Operation, type S3Target, s3Operation } from "./s3-route.ts";
import { verifySigV4 } from "./sigv4.ts";
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
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Secret access keys by access key id. Default `{ local: "local" }`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Longer bodies are answered `EntityTooLarge`. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  readonly now?: () => Date;
}

/** What a fault can be aimed at. */
export interface StorageCall extends S3Target {
  readonly operation: S3Operation;
}

/** The functions beside `url` and `close` work on what is stored, behind the service's back: no signature, rule or fault. */
export interface Storage extends Traffic<StorageCall> {
  /** For `endpoint`, with `forcePathStyle: true`. */
  readonly url: string;
  /** @throws AwsError `BucketAlreadyOwnedByYou`, `InvalidBucketName`. */
  createBucket(bucket: string, settings?: BucketSettings): void;
  /** Current objects that begin with the prefix, in S3's order. */
  keys(bucket: string, prefix?: string): string[];
  /** A copy of the current bytes; undefined when there is no such object. */
  read(bucket: string, key: string): Uint8Array | undefined;
  /** Puts other bytes in place of the current ones, same version and time, sums to match: tampering nobody is told of. */
  overwrite(bucket: string, key: string, bytes: Uint8Array | string): void;
  /** Takes an object and all its versions away, also where deletes are denied. False when there was none. */
  erase(bucket: string, key: string): boolean;
  close(): Promise<void>;
}

/** @throws the listener's own error (`EADDRINUSE`) when the port is taken. */
export async function startStorage({
  port,
  keys = { local: "local" },
  maxBodyBytes = 64 * 1024 * 1024,
  now = () => new Date(),
}: StorageOptions = {}): Promise<Storage> {
  const api = createS3Api({ now, newId: () => randomUUID().replaceAll("-", "") });
  const { count, meet, ...traffic } = createTraffic<StorageCall>();

  function answer(request: HttpRequest): HttpAnswer {
    const { headers, ...rest } = answerOrError(request);
    return { ...rest, headers: { "x-amz-request-id": randomUUID(), date: now().toUTCString(), ...headers } };
  }

  function answerOrError(request: HttpRequest): HttpAnswer {
    try {
      return serve(request);
    } catch (error) {
      return errorAnswer(toAwsError(error, SIGNATURE_ERRORS));
    }
  }

  function serve(request: HttpRequest): HttpAnswer {
    const target = parseS3Path(request.path);
    const query = parseQuery(request.query);
    const operation = s3Operation(request.method, target, query, request.headers);
    count(operation ?? "NotImplemented");
    verifySigV4(request, (id) => (Object.hasOwn(keys, id) ? keys[id] : undefined), { now: now(), service: "s3" });
    if (!operation) throw new AwsError(501, "NotImplemented", "This stand-in does not implement what was asked.");

    return meet({ operation, ...target }, () => api.execute({ operation, ...target, query, request }));
  }

  const tooLarge = errorAnswer(new AwsError(400, "EntityTooLarge", `A body has at most ${maxBodyBytes} bytes here.`));
  const server = await serveLoopback(answer, { port, maxBodyBytes, tooLarge });
  return {
    ...traffic,
    ...server,
    createBucket: api.create,
    keys: (bucket, prefix = "") =>
      api
        .find(bucket)
        .objects()
        .map(({ key }) => key)
        .filter((key) => key.startsWith(prefix)),
    read(bucket, key) {
      const found = api
        .find(bucket)
        .objects()
        .find((object) => object.key === key);
      return found && Uint8Array.from(found.object.bytes);
    },
    overwrite: (bucket, key, bytes) => api.find(bucket).tamper(key, Buffer.from(bytes)),
    erase: (bucket, key) => api.find(bucket).erase(key),
  };
}

/** As S3 reads a query: percent-encoding only. URLSearchParams alone would make a space of "+". */
const parseQuery = (query: string): URLSearchParams => new URLSearchParams(query.replaceAll("+", "%2B"));

const errorAnswer = ({ status, code, message, headers }: AwsError): HttpAnswer => ({
  status,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${leaf("Code", code)}${leaf("Message", message)}</Error>`,
});
