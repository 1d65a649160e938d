/**
 * The S3 operations that the product calls, from a verified request to its response, and the bucket policy's refusal of
 * deletes. A parameter or header that is not implemented is refused, never ignored. Knows no socket and no signature.
 */
import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import { Bucket, type BucketSettings, compareKeys } from "./bucket.ts";
import { verifiedChecksums } from "./checksums.ts";
import type { HttpAnswer, HttpRequest } from "./stand-in.ts";
import { leaf, node, xmlDocument } from "./xml.ts";

/** S3's page size of a listing. */
const MAX_KEYS = 1_000;

/** Operation, method, target, required and optional query parameters. */
const ROUTES = [
  ["ListObjectsV2", "GET", "bucket", ["list-type"], ["prefix", "continuation-token", "encoding-type"]],
  ["GetObject", "GET", "key", [], []],
  ["PutObject", "PUT", "key", [], []],
  ["DeleteObject", "DELETE", "key", [], []],
  ["HeadObject", "HEAD", "key", [], []],
  ["HeadBucket", "HEAD", "bucket", [], []],
  ["GetBucketPolicy", "GET", "bucket", ["policy"], []],
] as const;

/** Headers that would change an operation: conditions, ranges, and every x-amz- header that the product's calls do not have. */
const UNSUPPORTED =
  /^(range|if-match|if-(un)?modified-since|x-amz-(?!date$|content-sha256$|security-token$|user-agent$|meta-|checksum-|sdk-checksum-algorithm$).*)$/;

export type S3Operation = (typeof ROUTES)[number][0];

export interface S3Target {
  readonly bucket: string;
  /** Empty for an operation on the bucket. */
  readonly key: string;
}

export interface S3Call extends S3Target {
  readonly operation: S3Operation;
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
}

/**
 * @param path - percent-encoded, `/bucket/key`.
 * @throws AwsError `InvalidURI` if it is not UTF-8.
 */
export function parseS3Path(path: string): S3Target {
  try {
    const [, bucket = "", ...key] = path.split("/");
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join("/")) };
  } catch {
    throw new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** @returns undefined for an operation, a parameter or a header that is not implemented. */
export function s3Operation(
  { method, headers }: HttpRequest,
  { key }: S3Target,
  query: URLSearchParams,
): S3Operation | undefined {
  if (Object.keys(headers).some((name) => UNSUPPORTED.test(name))) return undefined;
  if (method === "GET" && headers["if-none-match"] !== undefined) return undefined;
  const target = key === "" ? "bucket" : "key";
  const given = [...query.keys()].filter((name) => name !== "x-id"); // x-id only repeats the operation's name
  const route = ROUTES.find(
    ([, itsMethod, itsTarget, required, optional]) =>
      itsMethod === method &&
      itsTarget === target &&
      required.every((name) => query.has(name)) &&
      given.every((name) => [...required, ...optional].some((known) => known === name)),
  );
  return route?.[0];
}

export class S3Api {
  readonly #buckets = new Map<string, Bucket>();

  create(name: string, settings: BucketSettings = {}): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError(400, "InvalidBucketName", "The specified bucket is not valid.");
    }
    if (this.#buckets.has(name)) throw new AwsError(409, "BucketAlreadyOwnedByYou", "You already own this bucket.");
    this.#buckets.set(name, new Bucket(() => randomUUID().replaceAll("-", ""), settings));
  }

  /** @throws AwsError `NoSuchBucket`. */
  find(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new AwsError(404, "NoSuchBucket", "The specified bucket does not exist");
    return bucket;
  }

  /** @throws AwsError the error that S3 would answer. */
  execute({ operation, bucket: name, key, query, request }: S3Call): HttpAnswer {
    if (Buffer.byteLength(key) > 1_024) throw new AwsError(400, "KeyTooLongError", "Your key is too long");
    const bucket = this.find(name);
    if (operation === "ListObjectsV2") return list(name, bucket, query);
    if (operation === "GetObject") return read(bucket, key, request);
    if (operation === "PutObject") return write(bucket, key, request);
    if (operation === "HeadObject") return withoutBody(read(bucket, key, request));
    if (operation === "HeadBucket") return { status: 200 };
    if (operation === "GetBucketPolicy") return { status: 200, body: bucket.policyText() };
    if (bucket.denyDelete) throw new AwsError(403, "AccessDenied", "Access Denied by the bucket's policy.");
    if (bucket.isVersioned) throw new AwsError(501, "NotImplemented", "This stand-in has no delete markers.");
    bucket.erase(key);
    return { status: 204 };
  }

  /** @throws AwsError `NoSuchBucket`, `BucketNotEmpty`. */
  delete(name: string): void {
    if (this.find(name).objects().length > 0)
      throw new AwsError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
    this.#buckets.delete(name);
  }
}

function read(bucket: Bucket, key: string, { headers }: HttpRequest): HttpAnswer {
  const { bytes, etag, checksums, lastModified, headers: stored } = bucket.get(key);
  // S3 sends the checksums only if the request asks for them.
  const wantsChecksums = headers["x-amz-checksum-mode"] === "ENABLED";
  const common = { ...stored, etag, "last-modified": lastModified.toUTCString() };
  return { status: 200, headers: { ...common, ...(wantsChecksums ? checksums : {}) }, body: bytes };
}

const withoutBody = ({ status, headers, body = "" }: HttpAnswer): HttpAnswer => ({
  status,
  headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
});

function write(bucket: Bucket, key: string, { headers, body }: HttpRequest): HttpAnswer {
  const checksums = verifiedChecksums(body, headers);
  const type = { "content-type": headers["content-type"] ?? "binary/octet-stream" };
  const encoding = headers["content-encoding"];
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
  const stored = bucket.put(
    {
      key,
      bytes: body,
      checksums,
      headers: { ...type, ...(encoding && { "content-encoding": encoding }), ...Object.fromEntries(metadata) },
    },
    headers["if-none-match"],
  );
  const version = stored.headers["x-amz-version-id"];
  return { status: 200, headers: { etag: stored.etag, ...checksums, ...(version && { "x-amz-version-id": version }) } };
}

function list(name: string, bucket: Bucket, query: URLSearchParams): HttpAnswer {
  const prefix = query.get("prefix") ?? "";
  const token = query.get("continuation-token");
  const after = token === null ? undefined : readToken(token);
  const isUrlEncoded = query.get("encoding-type") === "url";
  const text = (key: string): string => (isUrlEncoded ? encodeURIComponent(key).replaceAll("%2F", "/") : key);
  const rest = bucket
    .objects()
    .filter(({ key }) => key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0));
  const rows = rest.slice(0, MAX_KEYS);
  const last = rest.length > MAX_KEYS ? rows.at(-1) : undefined;
  const body = xmlDocument("ListBucketResult", [
    ...[leaf("Name", name), leaf("Prefix", text(prefix)), leaf("MaxKeys", MAX_KEYS), leaf("KeyCount", rows.length)],
    isUrlEncoded ? leaf("EncodingType", "url") : undefined,
    leaf("IsTruncated", last !== undefined),
    token === null ? undefined : leaf("ContinuationToken", token),
    last && leaf("NextContinuationToken", formatToken(last.key)),
    ...rows.map(({ key, lastModified, etag, bytes }) =>
      node("Contents", [
        ...[leaf("Key", text(key)), leaf("LastModified", lastModified.toISOString()), leaf("ETag", etag)],
        ...[leaf("Size", bytes.length), leaf("StorageClass", "STANDARD")],
      ]),
    ),
  ]);
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

const formatToken = (key: string): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** @throws AwsError `InvalidArgument` for a continuation token that the stand-in never issued. */
function readToken(token: string): string {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (typeof key === "string") return key;
  } catch {
    // answered below, like a token that is JSON but not a key
  }
  throw new AwsError(400, "InvalidArgument", "The continuation token provided is incorrect");
}
