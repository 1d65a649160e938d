/** What the archive relies on of S3. */
import { createHash } from "node:crypto";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { useBucket } from "../../support/bucket.ts";
import { itExcept } from "../../support/implementation.ts";
import { runs } from "../../support/runs.ts";

const bucket = useBucket();
let Bucket: string;
beforeEach(async () => {
  Bucket = await bucket.current.create(false);
});

type PutInput = ConstructorParameters<typeof PutObjectCommand>[0];
const put = (Key: string, Body: string | Uint8Array, more: Omit<Partial<PutInput>, "Body"> = {}) =>
  bucket.current.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string) => bucket.current.client.send(new GetObjectCommand({ Bucket, Key }));
const text = async (Key: string) => (await get(Key)).Body?.transformToString();
const list = (more: object = {}) => bucket.current.client.send(new ListObjectsV2Command({ Bucket, ...more }));
const keys = async () => ((await list()).Contents ?? []).map(({ Key }) => Key);
const RULES = "https://docs.aws.amazon.com/AmazonS3/latest";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
describe("an object", () => {
  it("is read as it was written, with its type and encoding", async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * at) % 251);
    const stated = { ContentType: "application/x-ndjson", ContentEncoding: "gzip" };
    const { ETag } = await put("snapshots/a b+c/ü.gz", bytes, stated);
    const read = await get("snapshots/a b+c/ü.gz");
    expect(read).toMatchObject({ ...stated, ETag, ContentLength: 70_000 });
    expect(await read.Body?.transformToByteArray()).toEqual(bytes);
    expect(ETag).toBe(`"${createHash("md5").update(bytes).digest("hex")}"`);
  });

  it("may be empty", async () => {
    await put("empty", new Uint8Array());
    expect((await get("empty")).ContentLength).toBe(0);
  });

  it("that does not exist is NoSuchKey", async () => {
    await expect(get("nothing")).rejects.toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
  });

  it("of a bucket that does not exist is NoSuchBucket", async () => {
    Bucket = `${Bucket}-gone`;
    for (const call of [() => get("a"), () => put("a", "1"), () => list()]) {
      await expect(call()).rejects.toMatchObject({ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } });
    }
  });

  itExcept({ moto: `it takes longer ones. ${RULES}/userguide/object-keys.html` })(
    "has a key of 1,024 bytes at most",
    async () => {
      await expect(put("ü".repeat(512), "1")).resolves.toBeDefined();
      await expect(put("ü".repeat(513), "1")).rejects.toMatchObject({ name: "KeyTooLongError" });
    },
  );
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
describe("a write with If-None-Match", () => {
  it("never overwrites: 412", async () => {
    await put("once", "first", { IfNoneMatch: "*" });
    await expect(put("once", "second", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await text("once")).toBe("first");
  });

  it("succeeds for one of many concurrent writers, whose bytes are kept", async () => {
    const racing = Array.from({ length: 20 }, (_, n) => put("race", `writer ${n}`, { IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(racing);
    const winners = outcomes.flatMap(({ status }, n) => (status === "fulfilled" ? [`writer ${n}`] : []));
    expect(winners).toEqual([await text("race")]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect([409, 412]).toContain(outcome.reason.$metadata.httpStatusCode);
    }
  });
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
describe("checksums", () => {
  const wrong = (algorithm: string) => createHash(algorithm).update("other").digest("base64");

  itExcept({ moto: `it stores the object. ${RULES}/userguide/checking-object-integrity.html` })(
    "that are wrong are refused, and nothing is stored",
    async () => {
      for (const checksum of [
        { ChecksumCRC32: "AAAAAA==" },
        { ChecksumSHA256: wrong("sha256") },
        { ContentMD5: wrong("md5") },
      ]) {
        await expect(put("a", "body", checksum)).rejects.toMatchObject({
          name: "BadDigest",
          $metadata: { httpStatusCode: 400 },
        });
      }
      expect(await keys()).toEqual([]);
    },
  );

  itExcept({ moto: `it returns none. ${RULES}/userguide/checking-object-integrity.html` })(
    "are stored, and returned to a read that asks for them",
    async () => {
      const ChecksumSHA256 = createHash("sha256").update("body").digest("base64");
      await put("a", "body", { ChecksumSHA256 });
      const read = await bucket.current.client.send(
        new GetObjectCommand({ Bucket, Key: "a", ChecksumMode: "ENABLED" }),
      );
      expect(read.ChecksumSHA256).toBe(ChecksumSHA256);
    },
  );
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html */
describe("a bucket with versions", () => {
  it("gives every write an id of its own, and reads the last one", async () => {
    Bucket = await bucket.current.create(true);
    const [first, second] = [await put("a", "1"), await put("a", "2")];
    expect(new Set([first.VersionId, second.VersionId, undefined]).size).toBe(3);
    const read = await get("a");
    expect([read.VersionId, await read.Body?.transformToString()]).toEqual([second.VersionId, "2"]);
  });
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
describe("a listing", () => {
  describe("of more than a page", () => {
    let large: string;
    const names = Array.from({ length: 1_001 }, (_, n) => `dt=1/${String(n).padStart(4, "0")}`);
    beforeAll(async () => {
      large = await bucket.current.create(false);
      Bucket = large;
      for (let n = 0; n < names.length; n += 50)
        await Promise.all(names.slice(n, n + 50).map((name) => put(name, "1")));
      await put("manifest", "1");
    });

    it("has pages of 1,000 keys that begin with the prefix, each key once", async () => {
      Bucket = large;
      const first = await list({ Prefix: "dt=" });
      const second = await list({ Prefix: "dt=", ContinuationToken: first.NextContinuationToken });
      expect([first.KeyCount, first.IsTruncated, second.KeyCount, second.IsTruncated]).toEqual([1_000, true, 1, false]);
      expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key)).toEqual(names);
    });
  });

  it("of nothing is empty", async () => {
    const { Contents, KeyCount, IsTruncated } = await list({ Prefix: "nothing/" });
    expect([Contents, KeyCount, IsTruncated]).toEqual([undefined, 0, false]);
  });

  itExcept({ moto: `it answers an empty page. ${RULES}/API/API_ListObjectsV2.html` })(
    "refuses a continuation token that it never gave",
    async () => {
      await expect(list({ ContinuationToken: "bm9uZQ" })).rejects.toMatchObject({ name: "InvalidArgument" });
    },
  );

  async function expectListed(names: readonly string[]): Promise<void> {
    Bucket = await bucket.current.create(false);
    for (const name of names) await put(name, "1");
    const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const listed = await list({ EncodingType: "url" });
    expect(listed.Contents?.map(({ Key = "" }) => decodeURIComponent(Key))).toEqual(sorted);
  }
  const someKey = (unit: "binary" | fc.Arbitrary<string>) =>
    fc.string({ unit, minLength: 1, maxLength: 12 }).filter((name) => name.isWellFormed());
  const someKeys = (unit: "binary" | fc.Arbitrary<string>) =>
    fc.uniqueArray(someKey(unit), { minLength: 1, maxLength: 6 });

  it("returns keys as they were put, in the order of their UTF-8 bytes", async () => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "0",
      " ",
      "+",
      "%",
      "=",
      "&",
      "<",
      "'",
      "é",
      "\uff01",
      "\u{1f600}",
      "\u202e",
    );
    const examples: [string[]][] = [[["\uff01", "\u{1f600}"]], [["a+b", "a b", "a%20b", "domain=a/dt=1/x.gz"]]];
    await fc.assert(fc.asyncProperty(someKeys(unit), expectListed), { numRuns: runs(20), examples });
  });

  itExcept({ moto: `its server refuses control characters and dots. ${RULES}/userguide/object-keys.html` })(
    "tells any key at all",
    async () => {
      const examples: [string[]][] = [[["..", "./a", "a//b", "/", "a\r\n"]]];
      await fc.assert(fc.asyncProperty(someKeys("binary"), expectListed), { numRuns: runs(40), examples });
    },
  );
});
