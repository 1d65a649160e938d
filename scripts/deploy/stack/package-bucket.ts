/** The bucket for packages, `ServerlessDeploymentBucket`: the one that the framework uses too, under the framework's own prefix. */
import { createHash } from "node:crypto";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { Clients } from "./clients.ts";
import type { Artifact, Template } from "./template.ts";

export const BUCKET_RESOURCE = "ServerlessDeploymentBucket";
export const BUCKET_OUTPUT = "ServerlessDeploymentBucketName";

/** `serverless remove` empties this prefix, and `serverless deploy` leaves names alone that do not begin with a time. */
export const packagePrefix = (stage: string): string => `serverless/offair/${stage}`;

/** Uploads files that are not there yet; a key is made from the content. @returns the number of uploads */
export async function uploadArtifacts(
  { s3 }: Clients,
  bucket: string,
  artifacts: readonly Artifact[],
): Promise<number> {
  const uploads = await Promise.all(
    artifacts.map(async ({ key, bytes }) => {
      if (await exists(s3, bucket, key)) return 0;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
      return 1;
    }),
  );
  return uploads.reduce<number>((sum, count) => sum + count, 0);
}

async function exists(s3: Clients["s3"], bucket: string, key: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "NotFound") return false;
    throw error;
  }
}

/** CloudFormation reads a template of more than 51,200 bytes only from S3. */
export function templateArtifact(template: Template, prefix: string): Artifact {
  const bytes = Buffer.from(JSON.stringify(template));
  return { key: `${prefix}/template/${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}.json`, bytes };
}

export function templateUrl({ region }: Clients, bucket: string, key: string): string {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://${bucket}.s3.${region}.${suffix}/${key}`;
}

/** CloudFormation deletes only an empty bucket. @returns the number of objects that were deleted */
export async function emptyBucket({ s3 }: Clients, bucket: string): Promise<number> {
  let count = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
    for (const { Key } of Contents) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      count += 1;
    }
  }
  return count;
}
