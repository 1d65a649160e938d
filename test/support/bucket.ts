/** A bucket: of our stand-in in this process, or of another implementation of S3. */
import { randomUUID } from "node:crypto";
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll } from "@jest/globals";
import { type Storage, startStorage } from "../../local/aws/storage.ts";
import { clientSettings, otherEndpoint } from "./implementation.ts";

export interface TestBucket {
  readonly client: S3Client;
  /** Of this file only, because another implementation serves several at once. */
  readonly name: string;
  /** Another bucket, with or without versions. */
  create(versioned: boolean): Promise<string>;
  /** Of our stand-in only. */
  readonly own: Storage;
}

/** Call once at the top of a test file; `current` holds the bucket while tests run. */
export function useBucket(): { current: TestBucket } {
  const holder = {} as { current: TestBucket };
  let own: Storage;
  beforeAll(async () => {
    own = await startStorage();
    const other = otherEndpoint("s3");
    const settings = clientSettings(other ?? own.url);
    const client = new S3Client({ ...settings, forcePathStyle: true, maxAttempts: 3 });
    async function create(versioned: boolean): Promise<string> {
      const Bucket = `contract-${randomUUID()}`;
      if (other === undefined) {
        own.createBucket(Bucket, { versioned });
        return Bucket;
      }
      const LocationConstraint = settings.region as BucketLocationConstraint;
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
      const VersioningConfiguration = { Status: "Enabled" } as const;
      if (versioned) await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      return Bucket;
    }
    holder.current = { client, create, name: await create(false), own };
  });
  afterAll(async () => {
    holder.current.client.destroy();
    await own.close();
  });
  return holder;
}
