import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Storage, startStorage } from "../../../local/aws/storage.ts";
import { runs } from "../../support/runs.ts";

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
const put = (Key: string, Body: string | Uint8Array | Readable, more: Omit<Partial<PutInput>, "Body"> = {}) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = async (Key: string, VersionId?: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, VersionId }));
  return Body?.transformToString();
};
const upload = async (Key: string, bodies: string[], conditions: { IfNoneMatch?: string } = {}) => {
  const target = { Bucket: bucket, Key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ContentType: "text/plain" }));
  const Parts = await Promise.all(
    bodies.map(async (Body, index) => {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      return { PartNumber, ETag };
    }),
  );
  return s3.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts }, ...conditions }),
  );
};

describe("buckets", () => {
  it("creates a bucket once", async () => {
    const create = () => s3.send(new CreateBucketCommand({ Bucket: `new-${bucket}` }));
    await create();
    await s3.send(new HeadBucketCommand({ Bucket: `new-${bucket}` }));
    await expect(create()).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
  });

  it("names a bucket that is not there", async () => {
    await expect(s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "a" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe("objects", () => {
  it("gives back bytes, type, encoding and metadata", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * at) % 251);
    const stated = { ContentType: "application/x-ndjson", ContentEncoding: "gzip", Metadata: { slot: "03:15" } };
    const { ETag } = await put("snapshots/a b+c/ü.gz", bytes, stated);
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "snapshots/a b+c/ü.gz" }));
    expect(read).toMatchObject({ ...stated, ETag, ContentLength: 70_000 });
    expect(await read.Body?.transformToByteArray()).toEqual(bytes);
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "snapshots/a b+c/ü.gz" }));
    expect(head).toMatchObject({ ...stated, ETag, ContentLength: 70_000 });
  });

  it("names an object that is not there, to HEAD by status alone", async () => {
    await expect(get("nothing")).rejects.toMatchObject({ name: "NoSuchKey" });
    const head = s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "nothing" }));
    await expect(head).rejects.toMatchObject({ name: "NotFound", $metadata: { httpStatusCode: 404 } });
  });

  it.each([
    ["bytes=1-3", "bcd", "bytes 1-3/6"],
    ["bytes=4-", "ef", "bytes 4-5/6"],
    ["bytes=-2", "ef", "bytes 4-5/6"],
    ["bytes=4-99", "ef", "bytes 4-5/6"],
  ])("answers the range %s", async (Range, text, ContentRange) => {
    await put("a", "abcdef");
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a", Range }));
    expect([read.ContentRange, await read.Body?.transformToString()]).toEqual([ContentRange, text]);
  });

  it("refuses a range beyond the end", async () => {
    await put("a", "abcdef");
    const read = s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a", Range: "bytes=6-" }));
    await expect(read).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
  });

  it("refuses what it does not do, rather than store something else", async () => {
    await put("a", "1");
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: "b", CopySource: `${bucket}/a` });
    await expect(s3.send(copy)).rejects.toMatchObject({ name: "NotImplemented" });
    const retained = put("b", "1", { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: new Date(4e12) });
    await expect(retained).rejects.toMatchObject({ name: "InvalidRequest" });
    expect(storage.keys(bucket)).toEqual(["a"]);
  });

  it("refuses a body over its limit", async () => {
    await expect(put("a", "x".repeat(100_001))).rejects.toMatchObject({ name: "EntityTooLarge" });
    await expect(put("a", "x".repeat(100_000))).resolves.toBeDefined();
  });
});

describe("bodies on the wire", () => {
  it("takes the framing off a stream that was sent in chunks with a trailing checksum", async () => {
    const Body = Readable.from([Buffer.from("part1-"), Buffer.from("part2")]);
    await put("stream", Body, { ContentLength: 11, ContentEncoding: "gzip" });
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "stream" }));
    expect([read.ContentEncoding, await read.Body?.transformToString()]).toEqual(["gzip", "part1-part2"]);
  });

  it.each([
    ["CRC32", { ChecksumCRC32: "AAAAAA==" }],
    ["SHA256", { ChecksumSHA256: createHash("sha256").update("other").digest("base64") }],
    ["MD5", { ContentMD5: createHash("md5").update("other").digest("base64") }],
  ])("refuses a wrong %s", async (_, checksum) => {
    await expect(put("a", "body", checksum)).rejects.toMatchObject({
      name: "BadDigest",
      $metadata: { httpStatusCode: 400 },
    });
    expect(storage.keys(bucket)).toEqual([]);
  });

  it("keeps a right SHA256 and tells it to whoever asks", async () => {
    const ChecksumSHA256 = createHash("sha256").update("body").digest("base64");
    await put("a", "body", { ChecksumSHA256 });
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: "a", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumSHA256).toBe(ChecksumSHA256);
  });
});

describe("conditional writes", () => {
  it("never overwrites with If-None-Match", async () => {
    await put("once", "first", { IfNoneMatch: "*" });
    await expect(put("once", "second", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get("once")).toBe("first");
  });

  it("lets exactly one of many racing writers win, and keeps that one's bytes", async () => {
    const racing = Array.from({ length: 40 }, (_, n) => put("race", `writer ${n}`, { IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(racing);
    const winners = outcomes.flatMap(({ status }, n) => (status === "fulfilled" ? [`writer ${n}`] : []));
    expect(winners).toEqual([await get("race")]);
  });

  it("replaces with If-Match only what it names", async () => {
    const { ETag } = await put("a", "1");
    await put("a", "2", { IfMatch: ETag });
    await expect(put("a", "3", { IfMatch: ETag })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(put("b", "3", { IfMatch: ETag })).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(await get("a")).toBe("2");
  });

  it("counts a deleted object as absent", async () => {
    storage.createBucket(`${bucket}-kept`, { versioned: true });
    bucket = `${bucket}-kept`;
    await put("a", "1", { IfNoneMatch: "*" });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a" }));
    await put("a", "2", { IfNoneMatch: "*" });
    expect(await get("a")).toBe("2");
  });
});

describe("versions", () => {
  beforeEach(() => s3.send(versioning("Enabled")));
  const versioning = (Status: "Enabled" | "Suspended") =>
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } });
  const history = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    return { Versions, DeleteMarkers };
  };

  it("tells whether it keeps versions", async () => {
    const asked = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    expect(asked.Status).toBe("Enabled");
  });

  it("gives each version by its id, and the newest without one", async () => {
    const first = await put("a", "1");
    const second = await put("a", "2");
    expect([await get("a"), await get("a", first.VersionId)]).toEqual(["2", "1"]);
    const { Versions } = await history();
    expect(Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second.VersionId, true],
      [first.VersionId, false],
    ]);
    await expect(get("a", "b".repeat(32))).rejects.toMatchObject({ name: "NoSuchVersion" });
  });

  it("hides a deleted object behind a marker, until the marker is deleted", async () => {
    const { VersionId } = await put("a", "1");
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a" }));
    expect(deleted.DeleteMarker).toBe(true);
    await expect(get("a")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(get("a", deleted.VersionId)).rejects.toMatchObject({ name: "MethodNotAllowed" });
    expect(await get("a", VersionId)).toBe("1");
    expect((await history()).DeleteMarkers).toMatchObject([{ VersionId: deleted.VersionId, IsLatest: true }]);

    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a", VersionId: deleted.VersionId }));
    expect(await get("a")).toBe("1");
  });

  it("replaces only the unversioned version while suspended", async () => {
    const kept = await put("a", "kept");
    await s3.send(versioning("Suspended"));
    await put("a", "replaced");
    await put("a", "last");
    expect((await history()).Versions.map(({ VersionId }) => VersionId)).toEqual(["null", kept.VersionId]);
    expect(await get("a", "null")).toBe("last");
  });

  it("lists every version over any page size", async () => {
    for (const key of ["a", "b/1", "b/2", "c"]) for (const body of ["1", "2"]) await put(key, body);
    const pages: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (markers) {
      const page: ListObjectVersionsCommandOutput = await s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 3, Delimiter: "/", ...markers }),
      );
      const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);
      pages.push([...(page.Versions ?? []).map(({ Key }) => Key), ...prefixes].join(" "));
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
    expect(pages).toEqual(["a a b/", "c c"]);
  });
});

describe("a bucket that denies deletes", () => {
  it("keeps the object, each version of it, and takes new ones", async () => {
    storage.createBucket(`${bucket}-worm`, { versioned: true, denyDelete: true });
    bucket = `${bucket}-worm`;
    const { VersionId } = await put("a", "1");
    for (const target of [{}, { VersionId }]) {
      const remove = s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "a", ...target }));
      await expect(remove).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    }
    expect(await get("a")).toBe("1");
  });
});

describe("listing", () => {
  const list = async (query: { MaxKeys?: number; Prefix?: string; Delimiter?: string; StartAfter?: string }) => {
    const keys: (string | undefined)[] = [];
    const prefixes: (string | undefined)[] = [];
    let pages = 0;
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken, ...query }));
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
      prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      ContinuationToken = page.NextContinuationToken;
      pages++;
    } while (ContinuationToken);
    return { keys, prefixes, pages };
  };

  it("pages by prefix, delimiter and start, each name once", async () => {
    const keys = ["dt=1/a", "dt=1/b", "dt=2/a", "dt=3/a", "dt=3/b", "manifest", "other/x"];
    for (const key of keys) await put(key, "1");
    expect((await list({ MaxKeys: 3 })).keys).toEqual(keys);
    expect(await list({ Prefix: "dt=", MaxKeys: 2 })).toMatchObject({ keys: keys.slice(0, 5), pages: 3 });
    expect(await list({ Delimiter: "/", MaxKeys: 1 })).toEqual({
      keys: ["manifest"],
      prefixes: ["dt=1/", "dt=2/", "dt=3/", "other/"],
      pages: 5,
    });
    expect((await list({ StartAfter: "dt=3/a" })).keys).toEqual(keys.slice(4));
    expect(await list({ MaxKeys: 7 })).toMatchObject({ pages: 1 });
    expect(await list({ MaxKeys: 0 })).toEqual({ keys: [], prefixes: [], pages: 1 });
  });

  it("refuses a continuation token that it never gave", async () => {
    const page = s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: "bm9uZQ" }));
    await expect(page).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  it("tells any key as it was put, in the order of its UTF-8 bytes", async () => {
    const key = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 6 }), async (keys) => {
        for (const old of storage.keys(bucket)) storage.erase(bucket, old);
        for (const one of keys) await put(one, "1");
        const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(storage.keys(bucket)).toEqual(sorted);
        const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: "url" }));
        expect(listed.Contents?.map(({ Key = "" }) => decodeURIComponent(Key))).toEqual(sorted);
      }),
      { numRuns: runs(40), examples: [[["\uff01", "\u{1f600}"]], [["..", "./a", "a//b", "/", "a\r\n"]]] },
    );
  });
});

describe("multipart uploads", () => {
  it("joins the parts in order, with the type and the ETag of a multipart object", async () => {
    const { ETag } = await upload("big", ["one-", "two-", "three"]);
    const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "big" }));
    expect(await read.Body?.transformToString()).toBe("one-two-three");
    const digests = ["one-", "two-", "three"].map((part) => createHash("md5").update(part).digest());
    expect(ETag).toBe(`"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-3"`);
    expect([read.ETag, read.ContentType]).toEqual([ETag, "text/plain"]);
  });

  it("does not overwrite with If-None-Match at completion", async () => {
    await put("big", "first");
    await expect(upload("big", ["second"], { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(await get("big")).toBe("first");
  });

  it("refuses a completion with an unknown part, parts out of order, or after an abort", async () => {
    const target = { Bucket: bucket, Key: "big" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "1" }));
    const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    await expect(complete({ PartNumber: 2, ETag })).rejects.toMatchObject({ name: "InvalidPart" });
    const part = { PartNumber: 1, ETag };
    await expect(complete(part, part)).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    await expect(complete(part)).rejects.toMatchObject({ name: "NoSuchUpload" });
    expect(storage.keys(bucket)).toEqual([]);
  });
});

describe("who may call", () => {
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

describe("in a test's hands", () => {
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
    const { VersionId } = await put("a", "true");
    storage.overwrite(bucket, "a", "false");
    expect([await get("a"), await get("a", VersionId)]).toEqual(["false", "false"]);
    expect(Buffer.from(storage.read(bucket, "a") ?? []).toString()).toBe("false");
    expect([storage.erase(bucket, "a"), storage.erase(bucket, "a")]).toEqual([true, false]);
    await expect(get("a", VersionId)).rejects.toMatchObject({ name: "NoSuchVersion" });
  });
});
