import { rmSync, symlinkSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { objectNameIssue } from "../../../cli/evidence/bundle-objects.ts";
import { openBundle } from "../../../cli/evidence/open-source.ts";
import { encodeHeader, encodePax, padded, parsePax, writeTar } from "../../../cli/evidence/tar-format.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { runs } from "../../support/runs.ts";
import { contentOf, LONG, objects, tarOf, useScratch } from "./tars.ts";

const { write, inScratch } = useScratch();

/** An entry of a tar that no program of ours would write. */
const entry = (name: string, type = "0", data: Uint8Array = Buffer.from("data")): Buffer =>
  Buffer.concat([encodeHeader({ name, size: data.length, type }), Buffer.concat([data], padded(data.length))]);
const END = Buffer.alloc(1_024);

describe("objects come back as they are from", () => {
  it("a folder", async () => {
    for (const [name, bytes] of objects) write(`bundle/${name}`, bytes);
    const bundle = await openBundle(inScratch("bundle"));
    expect(bundle.issues).toEqual([]);
    expect(await contentOf(bundle)).toEqual(objects);
  });

  it("a tar of ours, which is the same for the same objects", async () => {
    const tar = await tarOf(objects);
    expect(await tarOf(objects)).toEqual(tar);
    const bundle = await openBundle(write("bundle.tar", tar));
    expect(bundle.issues).toEqual([]);
    expect(await contentOf(bundle)).toEqual(objects);
  });

  it("a tar, whatever their names and bytes are", async () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }).filter((each) => !objectNameIssue(each));
    const any = fc.array(fc.tuple(name, fc.uint8Array()), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(any, async (list) => {
        const some = new Map(
          [...list, ["manifests/1", Buffer.of(1)] as const].map(([each, bytes]) => [each, Buffer.from(bytes)]),
        );
        const bundle = await openBundle(write("any.tar", await tarOf(some)));
        expect(await contentOf(bundle)).toEqual(some);
        expect(bundle.issues).toEqual([]);
      }),
      { numRuns: runs(60) },
    );
  });
});

it("names are listed in their order, those of a prefix only where one is given", async () => {
  const bundle = await openBundle(write("bundle.tar", await tarOf(new Map([...objects].reverse()))));
  const names: string[] = [];
  for await (const name of bundle.names("snapshots/")) names.push(name);
  expect(names).toEqual([LONG, "snapshots/empty.ndjson.gz", "snapshots/full.ndjson.gz"]);
  expect(await bundle.read("snapshots/none")).toBeUndefined();
  await bundle.close();
});

describe("a hostile tar is read as far as it can be, and what is wrong with it is told:", () => {
  const good = entry("good");
  it.each<[string, Buffer[], string]>([
    ["an absolute name", [entry("/etc/passwd")], "/etc/passwd"],
    ["a name that leads out", [entry("a/../../b")], "a/../../b"],
    [
      "a name that leads out, in an extended header",
      [entry("pax", "x", encodePax("path", "../b")), entry("c")],
      "../b",
    ],
    ["a name that leads out, in GNU's way", [entry("long", "L", Buffer.from("../b\0")), entry("c")], "../b"],
    ["no name", [entry("")], ""],
    ["a symbolic link", [entry("link", "2", Buffer.alloc(0))], "link"],
    ["a hard link", [entry("link", "1", Buffer.alloc(0))], "link"],
    ["a device", [entry("tty", "3", Buffer.alloc(0))], "tty"],
    ["a sparse file", [entry("sparse", "S")], "sparse"],
    ["a name twice", [entry("good", "0", Buffer.from("other"))], "good"],
    ["a name twice, by way of a dot", [entry("./good", "0", Buffer.from("other"))], "good"],
    ["another size in an extended header", [entry("pax", "x", encodePax("size", "1"))], "pax"],
    ["a sparse file, in an extended header", [entry("pax", "x", encodePax("GNU.sparse.name", "b")), entry("c")], "pax"],
    ["another real size", [entry("pax", "x", encodePax("SCHILY.realsize", "1")), entry("c")], "pax"],
    ["a folder that has contents", [entry("folder/", "5", entry("hidden"))], "folder/"],
    ["a name for all that follow", [entry("all", "g", encodePax("path", "x"))], "all"],
    ["an extended header that is none", [entry("pax", "x", Buffer.from("99999 a=b\n"))], "pax"],
    ["bytes after its end", [END, Buffer.from("more")], "byte 2048 of the tar"],
    ["an entry after its end", [END, entry("hidden")], "byte 2048 of the tar"],
    ["a header that is none", [Buffer.alloc(512, 1)], "byte 1024 of the tar"],
    ["a size beyond its end", [encodeHeader({ name: "big", size: 8 ** 11 - 1, type: "0" })], "byte 1024 of the tar"],
  ])("%s", async (_, blocks, object) => {
    const bundle = await openBundle(write("hostile.tar", Buffer.concat([good, ...blocks, END])));
    expect(bundle.issues).toContainEqual({ object, message: expect.any(String) });
    expect((await contentOf(bundle)).get("good")?.toString()).toBe("data");
  });

  it.each([512, 700, 1_024, 1_500])("cut off after %i bytes", async (length) => {
    const whole = Buffer.concat([good, entry("second"), END]);
    const bundle = await openBundle(write("cut.tar", whole.subarray(0, length)));
    expect(bundle.issues).toHaveLength(1);
    await bundle.close();
  });

  it("any bit of a header that is flipped is seen", async () => {
    const whole = Buffer.concat([good, END]);
    for (let bit = 0; bit < 512 * 8; bit += 13) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const path = write("flipped.tar", bytes);
      const bundle = await openBundle(path).catch(() => undefined);
      const seen = bundle && { issues: bundle.issues, content: [...(await contentOf(bundle))] };
      expect(seen).not.toEqual({ issues: [], content: [["good", Buffer.from("data")]] });
    }
  });

  it.each([
    ["empty", Buffer.alloc(0)],
    ["short", Buffer.from("PK")],
    ["compressed", Buffer.concat([Buffer.of(0x1f, 0x8b), Buffer.alloc(2_000, 3)])],
    ["only its end", END],
  ])("no tar at all: %s", async (_, bytes) => {
    await expect(openBundle(write("no.tar", bytes))).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });
});

describe("a folder", () => {
  it("is not left by a link, nor by a name", async () => {
    write("secret", Buffer.from("secret"));
    write("bundle/good", Buffer.from("data"));
    symlinkSync("../secret", inScratch("bundle/link"));
    symlinkSync("..", inScratch("bundle/up"));
    const bundle = await openBundle(inScratch("bundle"));
    expect(bundle.issues?.map(({ object }) => object).sort()).toEqual(["link", "up"]);
    for (const name of ["../secret", "link", "up/secret", inScratch("secret")]) {
      expect(await bundle.read(name)).toBeUndefined();
    }
    expect([...(await contentOf(bundle)).keys()]).toEqual(["good"]);
  });

  it("whose file cannot be read any more says so of that file", async () => {
    write("bundle/good", Buffer.from("data"));
    const bundle = await openBundle(inScratch("bundle"));
    rmSync(inScratch("bundle/good"));
    await expect(bundle.read("good")).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });

  it("that is not there says so", async () => {
    await expect(openBundle(inScratch("none"))).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });
});

it("an object that cannot be read ends the writing of a tar", async () => {
  async function* entries() {
    yield { name: "read", bytes: Buffer.from("data") };
    throw new OffairError("ERR_ARCHIVE", "503");
  }
  await expect(writeTar(entries(), new PassThrough())).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
});

it("extended headers count their own length", () => {
  for (let length = 0; length < 1_200; length++) {
    const value = "x".repeat(length);
    expect(parsePax(encodePax("path", value))).toEqual(new Map([["path", value]]));
  }
});
