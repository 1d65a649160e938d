import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { objectNameIssue } from "../../../cli/evidence/bundle-objects.ts";
import { openBundle } from "../../../cli/evidence/open-source.ts";
import {
  decodeHead,
  END,
  encodeHead,
  encodeHeader,
  encodePax,
  padded,
  writeTar,
} from "../../../cli/evidence/tar-format.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import { runs } from "../../support/runs.ts";
import { contentOf, LONG, objects, tarOf, useScratch, withChecksum } from "./tars.ts";

const { write, inScratch } = useScratch();

/** An entry of a tar, which may be of any type. */
const entry = (name: string, type = "0", data: Uint8Array = Buffer.from("data")): Buffer =>
  Buffer.concat([encodeHeader({ name, size: data.length, type }), Buffer.concat([data], padded(data.length))]);
const pax = (key: string, value: string, type = "x"): Buffer => entry("pax", type, encodePax(key, value));
const gnu = (name: string, type = "L"): Buffer => entry("././@LongLink", type, Buffer.from(`${name}\0`));

/** The entry with other bytes in its header, and the checksum of these. */
function respelled(at: number, bytes: Buffer | string, of = entry("more")): Buffer {
  const copy = Buffer.from(of);
  copy.set(Buffer.from(bytes), at);
  return withChecksum(copy);
}

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

describe("a tar is read up to the first entry that export does not write, and what is wrong with it is told:", () => {
  const good = entry("good");
  const long = (data = "data") => Buffer.concat([pax("path", LONG), entry(LONG.slice(-50), "0", Buffer.from(data))]);
  const base256 = Buffer.concat([Buffer.of(0x80), Buffer.alloc(10), Buffer.of(4)]);
  it.each<[string, Buffer[]]>([
    ["a name in pax records, and then in GNU's form", [pax("path", LONG), gnu("good"), entry("c")]],
    ["a name in GNU's form, and then in pax records", [gnu("good"), pax("path", LONG), entry("c")]],
    ["a name in GNU's form twice", [gnu("a"), gnu("good"), entry("c")]],
    ["a name in pax records twice", [pax("path", LONG), long()]],
    ["a name in pax records, and then others without one", [pax("path", LONG), pax("comment", "c"), entry("c")]],
    ["pax records before the end", [pax("path", LONG)]],
    ["pax records with a name that fits a header", [pax("path", "short"), entry("short")]],
    ["pax records without a name", [pax("comment", "c"), entry("c")]],
    [
      "pax records with a name and more",
      [entry("pax", "x", Buffer.from(`${encodePax("path", LONG)}8 a=b\n\n`)), entry("c")],
    ],
    ["pax records with another size", [pax("size", "1"), entry("c")]],
    ["pax records for a sparse file", [pax("GNU.sparse.name", "good"), entry("c")]],
    ["pax records for a file with another real size", [pax("SCHILY.realsize", "1"), entry("c")]],
    ["pax records for all that follow", [pax("path", "good", "g"), entry("c")]],
    ["pax records that are none", [entry("pax", "x", Buffer.from("99999 a=b\n")), entry("c")]],
    ["pax records under another name", [entry("good", "x", encodePax("path", LONG)), entry(LONG.slice(-50))]],
    ["pax records of Solaris", [pax("path", LONG, "X"), entry("c")]],
    ["another name beside the one in pax records", [pax("path", LONG), entry("good")]],
    ["a link's name in GNU's form", [gnu("good", "K"), entry("c")]],
    ["a symbolic link", [entry("link", "2", Buffer.alloc(0))]],
    ["a hard link", [entry("link", "1", Buffer.alloc(0))]],
    ["a device", [entry("tty", "3", Buffer.alloc(0))]],
    ["a pipe", [entry("pipe", "6", Buffer.alloc(0))]],
    ["a sparse file", [entry("sparse", "S")]],
    ["a file of an older type", [entry("more", "\0")]],
    ["a file of a type that is reserved", [entry("more", "7")]],
    ["a file of a type that nobody knows", [entry("more", "z")]],
    ["a folder in the place of an object", [entry("good/", "5", Buffer.alloc(0))]],
    ["a folder of another place", [entry("../evil/", "5", Buffer.alloc(0))]],
    ["a folder with contents", [entry("folder/", "5", entry("hidden"))]],
    ["an object below the prefix of a header", [respelled(345, "folder")]],
    ["an owner", [respelled(108, "0000001")]],
    ["an owner's name", [respelled(265, "root")]],
    ["a time", [respelled(136, "00000000001")]],
    ["another mode", [respelled(100, "0000755")]],
    ["the magic of GNU", [respelled(257, "ustar  \0")]],
    ["no magic at all", [respelled(257, Buffer.alloc(8))]],
    ["a size of binary digits", [respelled(124, base256)]],
    ["a negative size", [respelled(124, Buffer.alloc(12, 0xff))]],
    ["a size with blanks", [respelled(124, "          4 ")]],
    ["a size that ends in a blank", [respelled(135, " ")]],
    ["a checksum with blanks", [Buffer.concat([good.subarray(0, 148), Buffer.from("  "), good.subarray(150)])]],
    ["more after the NUL of a name", [respelled(5, "x")]],
    ["a name that is not UTF-8", [respelled(0, Buffer.of(0xe9))]],
    ["bytes in the padding", [Buffer.concat([entry("more").subarray(0, -1), Buffer.of(1)]), entry("c")]],
    [
      "bytes in the padding of pax records",
      [Buffer.concat([pax("path", LONG).fill(1, 1_023), entry(LONG.slice(-50))])],
    ],
    ["bytes after its end", [END, Buffer.from("more")]],
    ["an entry after its end", [END, entry("hidden")]],
    ["an end of one block", [END.subarray(0, 512), entry("hidden")]],
    ["an end of three blocks", [END.subarray(0, 512)]],
    ["a header that is none", [Buffer.alloc(512, 1)]],
    ["a size beyond its end", [encodeHeader({ name: "big", size: 8 ** 11 - 1, type: "0" })]],
  ])("%s", async (_, blocks) => {
    const bundle = await openBundle(write("hostile.tar", Buffer.concat([good, ...blocks, END])));
    expect(bundle.issues).toEqual([
      { object: expect.stringMatching(/^byte \d+ of the tar$/), message: expect.any(String) },
    ]);
    const { good: first, ...others } = Object.fromEntries(await contentOf(bundle));
    expect(first?.toString()).toBe("data");
    expect(others).toEqual(others.more ? { more: Buffer.from("data") } : {}); // what comes before the fault
  });

  it.each<[string, Buffer[], string]>([
    ["an absolute name", [entry("/etc/passwd")], "/etc/passwd"],
    ["a name that leads out", [entry("a/../../b")], "a/../../b"],
    ["a name that leads out, in pax records", [Buffer.from(encodeHead(`../${LONG}`, 0))], `../${LONG}`],
    ["a name of a folder", [entry("folder/")], "folder/"],
    ["a name that begins with a dot", [entry("./good")], "./good"],
    ["a name with a NUL", [Buffer.from(encodeHead(`${LONG}\0`, 0))], `${LONG}\0`],
    ["no name", [entry("")], ""],
    ["a name of more bytes than S3 allows", [Buffer.from(encodeHead("é".repeat(513), 0))], "é".repeat(513)],
    ["a name twice", [entry("good", "0", Buffer.from("other"))], "good"],
  ])("%s, whatever follows is read", async (_, blocks, object) => {
    const bundle = await openBundle(write("hostile.tar", Buffer.concat([good, ...blocks, entry("c"), END])));
    expect(bundle.issues).toEqual([{ object, message: expect.any(String) }]);
    expect([...(await contentOf(bundle)).keys()]).toEqual(["c", "good"]);
  });

  it("an entry of a kind that other programs obey is called by its kind", async () => {
    const bundle = await openBundle(write("hostile.tar", Buffer.concat([good, entry("good/", "5"), END])));
    expect(bundle.issues?.[0]?.message).toMatch(/^offair export writes no such entry: a folder \("good\/"\)\./);
    await bundle.close();
  });

  it("of very many faults the first hundred are told", async () => {
    const names = Array.from({ length: 5_000 }, () => entry("good"));
    const bundle = await openBundle(write("hostile.tar", Buffer.concat([...names, END])));
    expect(bundle.issues).toHaveLength(101);
    expect(bundle.issues?.at(-1)?.message).toContain("the rest is not read");
    await bundle.close();
  });

  it("an end that goes on for terabytes is not read", async () => {
    const path = write("hole.tar", Buffer.concat([good, END]));
    truncateSync(path, 2 ** 42);
    const bundle = await openBundle(path);
    expect(bundle.issues).toHaveLength(1);
    await bundle.close();
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

  it("that holds a name that is not UTF-8, or an empty folder, is not as it was written", async () => {
    write("bundle/good", Buffer.from("data"));
    writeFileSync(Buffer.concat([Buffer.from(inScratch("bundle/")), Buffer.of(0xe9)]), "data");
    mkdirSync(inScratch("bundle/manifests/0000000001.json"), { recursive: true });
    const bundle = await openBundle(inScratch("bundle"));
    expect(bundle.issues?.map(({ object }) => object).sort()).toEqual(["manifests/0000000001.json/", "\ufffd"]);
    expect([...(await contentOf(bundle)).keys()]).toEqual(["good"]);
  });

  it("whose file was exchanged for a link says so of that file", async () => {
    write("secret", Buffer.from("secret"));
    write("bundle/good", Buffer.from("data"));
    const bundle = await openBundle(inScratch("bundle"));
    rmSync(inScratch("bundle/good"));
    symlinkSync("../secret", inScratch("bundle/good"));
    await expect(bundle.read("good")).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
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

it("the head of an object is read back for a name of any length", () => {
  for (let length = 1; length <= 1_024; length++) {
    const head = encodeHead("x".repeat(length), length);
    expect(decodeHead(head)).toEqual({ name: "x".repeat(length), size: length, length: head.length });
  }
});
