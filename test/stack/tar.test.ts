/** Bundles and the tar that everybody has. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { openBundle } from "../../cli/evidence/open-source.ts";
import { contentOf, objects, tarOf, useScratch } from "../cli/evidence/tars.ts";

const { write, inScratch } = useScratch();

describe("objects come back as they are from", () => {
  it.each(["ustar", "pax", "gnu"])("a tar that somebody made with tar --format=%s", async (format) => {
    for (const [name, bytes] of objects) write(`bundle/${name}`, bytes);
    const path = inScratch("bundle.tar");
    const { status } = spawnSync("tar", [`--format=${format}`, "-cf", path, "-C", inScratch("bundle"), "."]);
    expect(status).toBe(0);
    const bundle = await openBundle(path);
    expect(bundle.issues).toEqual([]);
    expect(await contentOf(bundle)).toEqual(objects);
  });

  it("what tar unpacks from ours", async () => {
    const path = write("bundle.tar", await tarOf(objects));
    expect(spawnSync("tar", ["-xf", path, "-C", inScratch()]).status).toBe(0);
    for (const [name, bytes] of objects) expect(readFileSync(inScratch(name))).toEqual(bytes);
  });
});
