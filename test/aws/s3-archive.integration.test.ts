import { GetObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Archive, createArchive } from "../../lib/aws/s3-archive.ts";
import { useBucket } from "../support/bucket.ts";
import { describeOurs, itExcept, itOurs } from "../support/implementation.ts";

const TYPE = { contentType: "application/json" };

const bucket = useBucket();
let archive: Archive;
let objects = 0;
let name: string;

beforeAll(() => {
  archive = createArchive(bucket.current.client, bucket.current.name);
});
beforeEach(() => {
  bucket.current.own.heal();
  name = `object-${objects++}`;
});

const store = (text: string) => archive.store(name, Buffer.from(text), TYPE);
async function there(): Promise<string | undefined> {
  const { client, name: Bucket } = bucket.current;
  return (await client.send(new GetObjectCommand({ Bucket, Key: name }))).Body?.transformToString();
}

it("what is stored is read back as it was, also no bytes at all", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await archive.store(name, all, TYPE);
  expect(await archive.read(name)).toEqual(all);
  await archive.store(`${name}-empty`, new Uint8Array(), TYPE);
  expect(await archive.read(`${name}-empty`)).toEqual(new Uint8Array());
});

it("a name that is free reads as undefined, a bucket that is not there as an error", async () => {
  expect(await archive.read(name)).toBeUndefined();
  const nowhere = createArchive(bucket.current.client, "no-such-bucket");
  await expect(nowhere.read(name)).rejects.toMatchObject({ code: "ERR_ARCHIVE", retryable: true });
  await expect(nowhere.store(name, Buffer.from("a"), TYPE)).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
});

describe("a stored object", () => {
  it("is never overwritten: other bytes are a conflict, and trying again does not help", async () => {
    await store("first");
    await expect(store("second")).rejects.toMatchObject({ code: "ERR_ARCHIVE_CONFLICT", retryable: false });
    expect(await there()).toBe("first");
  });

  it("may be stored again as exactly what it is", async () => {
    await store("first");
    await expect(store("first")).resolves.toBeUndefined();
  });

  it("is one of twenty that were stored at once, and nineteen are told so", async () => {
    const racers = Array.from({ length: 20 }, (_, i) => `racer ${i}`);
    const results = await Promise.allSettled(racers.map(store));
    const won = racers.filter((_, i) => results[i]?.status === "fulfilled");
    expect(won).toEqual([await there()]);
    const lost = results.filter((result) => result.status === "rejected");
    expect(lost.map(({ reason }) => reason.code)).toEqual(Array(19).fill("ERR_ARCHIVE_CONFLICT"));
  });

  itOurs("is ours though its response was lost: the retry is answered 412", async () => {
    bucket.current.own.fail("PutObject", { status: 503, code: "SlowDown", afterEffect: true });
    await expect(store("first")).resolves.toBeUndefined();
    expect(await there()).toBe("first");
  });
});

describeOurs("409, another writer at this very moment", () => {
  const conflict = { status: 409, code: "ConditionalRequestConflict" };

  it("is to be tried again where nothing came of that writer", async () => {
    bucket.current.own.fail("PutObject", conflict);
    await expect(store("first")).rejects.toMatchObject({ code: "ERR_ARCHIVE", retryable: true });
    await store("first");
    expect(await there()).toBe("first");
  });

  it("is a conflict where that writer stored something else, and a success where it stored the same", async () => {
    await store("first");
    bucket.current.own.fail("PutObject", conflict, 2);
    await expect(store("second")).rejects.toMatchObject({ code: "ERR_ARCHIVE_CONFLICT" });
    await expect(store("first")).resolves.toBeUndefined();
  });
});

itOurs("an object that cannot be read is not reported as a conflict", async () => {
  await store("first");
  bucket.current.own.fail("GetObject", { status: 403, code: "AccessDenied" });
  await expect(store("first")).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
});

describe("the names of what is stored", () => {
  const namesOf = async (prefix?: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const each of archive.names(prefix)) names.push(each);
    return names;
  };

  it("are those that begin with the prefix, in the order of their bytes, from every page", async () => {
    const many = Array.from({ length: 1_003 }, (_, i) => `${name}/many/${String(i).padStart(10, "0")}.json`);
    const backwards = many.toReversed();
    for (let from = 0; from < backwards.length; from += 50)
      await Promise.all(backwards.slice(from, from + 50).map((each) => archive.store(each, Buffer.from(each), TYPE)));
    await archive.store(`${name}/other`, Buffer.from("a"), TYPE);
    expect(await namesOf(`${name}/many/`)).toEqual(many);
    expect(await namesOf(`${name}/o`)).toEqual([`${name}/other`]);
    expect(await namesOf(`${name}/none/`)).toEqual([]);
    const all = await namesOf();
    expect(all).toEqual(all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(all).toEqual(expect.arrayContaining([...many, `${name}/other`]));
  });

  async function expectTold(names: readonly string[]): Promise<void> {
    const odd = names.map((each) => `${name}/odd/${each}`);
    for (const each of odd) await archive.store(each, Buffer.from(each), TYPE);
    const inByteOrder = odd.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await namesOf(`${name}/odd/`)).toEqual(inByteOrder);
    for (const each of await namesOf(`${name}/odd/`))
      expect(Buffer.from((await archive.read(each)) ?? []).toString()).toBe(each);
  }

  it("are returned unchanged, with any characters", () =>
    expectTold([
      ...["a b", "a+b", "a%20b", "a&<b>", "\u202Egpj.exe", "é/😀", "\uFF5E", '"=HYPERLINK("'],
      "domain=push.example.com/dt=2026-11-21/120000Z.ndjson.gz",
    ]));

  itExcept({
    moto: "its server refuses control characters and dots. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
  })("are told as they are with control characters and dots", () =>
    expectTold(["a\u0001b", "\u001b[31m", "..", "a\nb"]),
  );

  itOurs("of a bucket that cannot be listed are an error, and not an empty list", async () => {
    bucket.current.own.fail("ListObjectsV2", { status: 403, code: "AccessDenied" });
    await expect(namesOf("manifests/")).rejects.toMatchObject({
      code: "ERR_ARCHIVE",
      message: expect.stringContaining("manifests/"),
    });
  });
});
