/** Which S3 operation a path-style request is. A parameter or header that no route knows is refused, never ignored. */
import { AwsError } from "./aws-error.ts";

/** operation · method · on a bucket or a key · parameters it must have · parameters it may have. */
const ROUTES = [
  ["CreateBucket", "PUT", "bucket", [], []],
  ["HeadBucket", "HEAD", "bucket", [], []],
  ["PutBucketVersioning", "PUT", "bucket", ["versioning"], []],
  ["GetBucketVersioning", "GET", "bucket", ["versioning"], []],
  [
    "ListObjectsV2",
    "GET",
    "bucket",
    ["list-type"],
    ["prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type"],
  ],
  [
    "ListObjectVersions",
    "GET",
    "bucket",
    ["versions"],
    ["prefix", "delimiter", "max-keys", "key-marker", "version-id-marker", "encoding-type"],
  ],
  ["PutObject", "PUT", "key", [], []],
  ["GetObject", "GET", "key", [], ["versionId"]],
  ["HeadObject", "HEAD", "key", [], ["versionId"]],
  ["DeleteObject", "DELETE", "key", [], ["versionId"]],
  ["CreateMultipartUpload", "POST", "key", ["uploads"], []],
  ["UploadPart", "PUT", "key", ["uploadId", "partNumber"], []],
  ["CompleteMultipartUpload", "POST", "key", ["uploadId"], []],
  ["AbortMultipartUpload", "DELETE", "key", ["uploadId"], []],
] as const;

export type S3Operation = (typeof ROUTES)[number][0];

export interface S3Target {
  readonly bucket: string;
  /** Empty for an operation on the bucket. */
  readonly key: string;
}

/**
 * @param path - percent-encoded, `/bucket/key`.
 * @throws AwsError `InvalidURI` when it is not UTF-8.
 */
export function parseS3Path(path: string): S3Target {
  try {
    const [, bucket = "", ...key] = path.split("/");
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join("/")) };
  } catch {
    throw new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** @returns undefined for what this stand-in does not do. */
export function s3Operation(
  method: string,
  { key }: S3Target,
  query: URLSearchParams,
  headers: Readonly<Record<string, unknown>>,
): S3Operation | undefined {
  if (headers["x-amz-copy-source"] !== undefined) return undefined; // CopyObject would look like a PutObject without a body
  const level = key === "" ? "bucket" : "key";
  const given = [...query.keys()].filter((name) => name !== "x-id"); // x-id only repeats the operation's name
  const route = ROUTES.find(
    ([, itsMethod, itsLevel, must, may]: (typeof ROUTES)[number]) =>
      itsMethod === method &&
      itsLevel === level &&
      must.every((name) => query.has(name)) &&
      given.every((name) => ([...must, ...may] as string[]).includes(name)),
  );
  return route?.[0];
}
