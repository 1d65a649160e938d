/**
 * The rights that a request to S3 needs. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * and, for the condition keys of conditional writes, https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
import type { AwsCall } from "./aws-call.ts";

type S3Operation =
  | "GetObject"
  | "PutObject"
  | "DeleteObject"
  | "ListObjectsV2"
  | "HeadObject"
  | "HeadBucket"
  | "GetBucketPolicy";

export interface S3Request {
  readonly operation: S3Operation;
  readonly bucket: string;
  /** Empty for an operation on the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export function s3Calls({ operation, bucket, key, query, headers }: S3Request): AwsCall[] {
  const object = `arn:aws:s3:::${bucket}/${key}`;
  switch (operation) {
    case "ListObjectsV2": {
      const prefix = query.get("prefix");
      return [listCall(bucket, prefix === null ? {} : { "s3:prefix": prefix })];
    }
    case "HeadBucket":
      return [listCall(bucket)];
    case "GetBucketPolicy":
      return [{ action: "s3:GetBucketPolicy", resource: `arn:aws:s3:::${bucket}`, context: {} }];
    case "HeadObject":
      return [{ action: "s3:GetObject", resource: object, context: {} }];
    case "PutObject": {
      const ifNoneMatch = headers["if-none-match"];
      const creates = { "s3:ObjectCreationOperation": "true" }; // false only for the parts of a multipart upload
      const context = ifNoneMatch === undefined ? creates : { ...creates, "s3:if-none-match": ifNoneMatch };
      return [{ action: "s3:PutObject", resource: object, context }];
    }
    default:
      return [{ action: `s3:${operation}`, resource: object, context: {} }];
  }
}

/** Also the permission that decides between 403 and 404 for an object that does not exist. */
export const listCall = (bucket: string, context: AwsCall["context"] = {}): AwsCall => ({
  action: "s3:ListBucket",
  resource: `arn:aws:s3:::${bucket}`,
  context,
});
