import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Storage, startStorage } from "../../../local/aws/storage.ts";

let storage: Storage;
let s3: S3Client;
let bucket: string;
let buckets = 0;
const clients: S3Client[] = [];

const client = (config: S3ClientConfig = {}): S3Client => {
  const made = new S3Client({
    endpoint: storage.url,
    region: "eu-central-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
    ...config,
  });
  clients.push(made);
  return made;
};

beforeAll(async () => {
  storage = await startStorage({ maxBodyBytes: 100_000 });
  s3 = client();
});
beforeEach(() => {
  bucket = `archive-${buckets++}`;
  storage.createBucket(bucket);
  storage.heal();
});
afterAll(async () => {
  for (const made of clients) made.destroy();
  await storage.close();
});

type PutInput = ConstructorParameters<typeof PutObjectCommand>[0];
const put = (Key: string, Body: string | Uint8Array, more: Omit<Partial<PutInput>, "Body"> = {}) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body?.transformToString();
};
describe("buckets", () => {
  it("creates a bucket once", () => {
    expect(() => storage.createBucket(bucket)).toThrow(expect.objectContaining({ code: "BucketAlreadyOwnedByYou" }));
    expect(() => storage.createBucket("Not_A_Name")).toThrow(expect.objectContaining({ code: "InvalidBucketName" }));
  });

  it("names a bucket that is not there", async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "a" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe("objects", () => {
  it.each([
    ["a range", () => new GetObjectCommand({ Bucket: bucket, Key: "a", Range: "bytes=0-0" })],
    ["a conditional read", () => new GetObjectCommand({ Bucket: bucket, Key: "a", IfNoneMatch: "*" })],
    ["a version id", () => new GetObjectCommand({ Bucket: bucket, Key: "a", VersionId: "null" })],
    ["CopyObject", () => new CopyObjectCommand({ Bucket: bucket, Key: "b", CopySource: `${bucket}/a` })],
    ["an ACL", () => new PutObjectCommand({ Bucket: bucket, Key: "b", Body: "1", ACL: "private" })],
    ["a retention", () => new PutObjectCommand({ Bucket: bucket, Key: "b", Body: "1", ObjectLockMode: "COMPLIANCE" })],
    ["If-Match", () => new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "2", IfMatch: '"1"' })],
    [
      "a write if another ETag",
      () => new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "2", IfNoneMatch: '"1"' }),
    ],
    ["a multipart upload", () => new CreateMultipartUploadCommand({ Bucket: bucket, Key: "b" })],
    ["a delimiter", () => new ListObjectsV2Command({ Bucket: bucket, Delimiter: "/" })],
    ["a list of versions", () => new ListObjectVersionsCommand({ Bucket: bucket })],
  ])("refuses %s, which the product does not use, and stores nothing", async (_, command) => {
    await put("a", "1");
    const attempt = s3.send(command() as GetObjectCommand);
    await expect(attempt).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    expect([storage.keys(bucket), await get("a")]).toEqual([["a"], "1"]);
  });

  it("refuses a body over its limit", async () => {
    await expect(put("a", "x".repeat(100_001))).rejects.toMatchObject({ name: "EntityTooLarge" });
    await expect(put("a", "x".repeat(100_000))).resolves.toBeDefined();
  });
});

describe("bodies on the wire", () => {
  it("refuses a stream that is sent in chunks with a trailing checksum", async () => {
    const none = () => undefined;
    const quiet = client({ logger: { debug: none, info: none, warn: none, error: none } });
    const Body = Readable.from([Buffer.from("part1-"), Buffer.from("part2")]);
    const stream = quiet.send(new PutObjectCommand({ Bucket: bucket, Key: "stream", Body, ContentLength: 11 }));
    await expect(stream).rejects.toMatchObject({ name: "NotImplemented" });
    expect(storage.keys(bucket)).toEqual([]);
  });

  it("returns no checksum to a read that asks for none", async () => {
    await put("a", "body");
    const quiet = client({ responseChecksumValidation: "WHEN_REQUIRED" });
    expect((await quiet.send(new GetObjectCommand({ Bucket: bucket, Key: "a" }))).ChecksumCRC32).toBeUndefined();
  });
});

describe("a bucket for packages", () => {
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));

  it("says whether an object is there, without its bytes", async () => {
    await put("a", "123");
    await expect(head("a")).resolves.toMatchObject({ ContentLength: 3 });
    await put("c", "1", { Metadata: { filesha256: "x" } });
    await expect(head("c")).resolves.toMatchObject({ Metadata: { filesha256: "x" } });
    await expect(head("b")).rejects.toMatchObject({ name: "NotFound" });
  });

  it("deletes an object, and is deleted when it is empty", async () => {
    await put("a", "1");
    expect(() => storage.deleteBucket(bucket)).toThrow("not empty");
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a" }));
    storage.deleteBucket(bucket);
    await expect(s3.send(new HeadBucketCommand({ Bucket: bucket }))).rejects.toMatchObject({ name: "NotFound" });
  });

  it("returns its policy, if it has one", async () => {
    const policy = () => s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    await expect(policy()).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
    storage.setPolicy(bucket, "{}");
    await expect(policy()).resolves.toMatchObject({ Policy: "{}" });
  });

  it("keeps a versioned object, because the stand-in has no delete markers", async () => {
    storage.createBucket(`${bucket}-versions`, { versioned: true });
    bucket = `${bucket}-versions`;
    await put("a", "1");
    const remove = s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a" }));
    await expect(remove).rejects.toMatchObject({ name: "NotImplemented" });
    expect(storage.keys(bucket)).toEqual(["a"]);
  });
});

describe("a bucket that is versioned and denies deletes", () => {
  it("keeps the object, and returns the version id of each write", async () => {
    storage.createBucket(`${bucket}-worm`, { versioned: true, denyDelete: true });
    bucket = `${bucket}-worm`;
    const first = await put("a", "1");
    const second = await put("a", "2");
    expect(new Set([first.VersionId, second.VersionId, undefined]).size).toBe(3);
    const remove = s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a" }));
    await expect(remove).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a" }));
    expect([read.VersionId, await read.Body?.transformToString()]).toEqual([second.VersionId, "2"]);
  });
});

describe("callers", () => {
  it.each([
    ["a wrong secret", { accessKeyId: "local", secretAccessKey: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "nobody", secretAccessKey: "local" }, "InvalidAccessKeyId"],
    [
      "a key named like an object's own property",
      { accessKeyId: "toString", secretAccessKey: "" },
      "InvalidAccessKeyId",
    ],
  ])("refuses %s", async (_, credentials, name) => {
    const stranger = client({ credentials });
    await expect(stranger.send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "1" }))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 403 },
    });
    expect(storage.keys(bucket)).toEqual([]);
  });

  it("refuses a request without a signature", async () => {
    const answer = await fetch(`${storage.url}/${bucket}/a`, { method: "PUT", body: "1" });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("<Code>AccessDenied</Code>")]);
    expect(storage.keys(bucket)).toEqual([]);
  });
});

describe("control by a test", () => {
  it("answers a fault as often as asked, to what it was aimed at, and then no more", async () => {
    storage.fail(({ key }) => key === "a", { status: 503, code: "SlowDown" }, 2);
    await put("b", "1");
    for (const _ of ["first", "second"]) {
      await expect(put("a", "1")).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
    }
    await put("a", "1");
    storage.fail("GetObject", { status: 403, code: "AccessDenied" }, Number.POSITIVE_INFINITY);
    await expect(get("a")).rejects.toMatchObject({ name: "AccessDenied" });
    storage.heal();
    expect(await get("a")).toBe("1");
  });

  it("carries a write out and loses its answer, so that the SDK's own retry meets the written object", async () => {
    storage.fail("PutObject", { status: 500, code: "InternalError", afterEffect: true });
    const retrying = client({ maxAttempts: 2 });
    const write = retrying.send(new PutObjectCommand({ Bucket: bucket, Key: "a", Body: "1", IfNoneMatch: "*" }));
    await expect(write).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(await get("a")).toBe("1");
  });

  it("counts requests by operation", async () => {
    const { PutObject = 0, GetObject = 0 } = storage.requests();
    await put("a", "1");
    await get("a");
    await get("a");
    expect(storage.requests()).toMatchObject({ PutObject: PutObject + 1, GetObject: GetObject + 2 });
  });

  it("changes and removes stored objects behind every rule, unseen by the client's checksums", async () => {
    storage.createBucket(`${bucket}-worm`, { versioned: true, denyDelete: true });
    bucket = `${bucket}-worm`;
    await put("a", "true");
    storage.overwrite(bucket, "a", "false");
    expect(await get("a")).toBe("false");
    expect(Buffer.from(storage.read(bucket, "a") ?? []).toString()).toBe("false");
    expect([storage.erase(bucket, "a"), storage.erase(bucket, "a")]).toEqual([true, false]);
    await expect(get("a")).rejects.toMatchObject({ name: "NoSuchKey" });
  });
});
