import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { chainManifestName } from "../../lib/archive/manifest.ts";
import { createChainWorld, type Objects } from "../support/chain.ts";
import { DAYS, exportedObjects } from "./export-objects.ts";
import { jsonLines, offair, useFiles } from "./offair.ts";

const files = useFiles();
let objects: Objects;
beforeAll(async () => {
  objects = await exportedObjects();
});

describe("a bundle of one day", () => {
  it.each([".tar", ""])("(%s) is verified with any key of the chain, and answers for that day", async (ending) => {
    const out = files.path(ending);
    const made = await offair(["export", "--bundle", files.folder(objects), ...DAYS, "--out", out, "--json"]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const [summary] = jsonLines(made);
    expect(summary).toMatchObject({ numbers: { first: 50, last: 75 }, rotations: 2, gaps: [] });
    for (const seed of [1, 2, 3]) {
      const { sha256 } = (summary as { last: { sha256: string } }).last;
      const verified = await offair([
        "verify",
        out,
        "--key",
        files.key(seed),
        "--head",
        sha256,
        "--from",
        "2026-03-14",
      ]);
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining("intact: 26 chain entries") });
    }
    const asked = await offair(["history", "2026-03-14", "--bundle", out, "--json"]);
    expect(asked.code).toBe(0);
    expect(jsonLines(asked).map(({ stream }) => stream)).toEqual(["room-42", "room-43", undefined]);
  });

  it("is for its owner alone, and holds nothing that the archive does not", async () => {
    const out = files.path();
    await offair(["export", "--bundle", files.folder(objects), ...DAYS, "--out", out]);
    expect(statSync(out).mode & 0o077).toBe(0);
    const names = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(out.length + 1));
    expect(names.length).toBeGreaterThan(100);
    for (const name of names)
      expect(readFileSync(join(out, name)).equals(objects.get(name) ?? Buffer.alloc(0))).toBe(true);
  });
});

it("what is there already stays as it is", async () => {
  const out = files.path();
  mkdirSync(out);
  const ended = await offair(["export", "--bundle", files.folder(objects), ...DAYS, "--out", out]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("exists already") });
  expect(readdirSync(out)).toEqual([]);
});

it("what an export that was stopped left behind is named, and stays as it is", async () => {
  const out = files.path(".tar");
  writeFileSync(`${out}.partial`, "half of it");
  const ended = await offair(["export", "--bundle", files.folder(objects), ...DAYS, "--out", out]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(`${out}.partial exists already`) });
  expect(readFileSync(`${out}.partial`, "utf8")).toBe("half of it");
});

it.each([
  ["2026-03-01", "2026-03-14", "0000000001"],
  ["2026-03-14", "2026-03-31", "0000000099"],
])("from %s to %s: days that the archive does not have are told, exit code 5", async (from, to, entry) => {
  const asked = ["export", "--bundle", files.folder(objects), "--from", from, "--to", to, "--out", files.path(".tar")];
  const { code, stderr } = await offair(asked);
  expect(code).toBe(5);
  expect(stderr).toMatch(new RegExp(`^not-covered +manifests/${entry}.json `));
});

it("days without a link make no bundle", async () => {
  const out = files.path(".tar");
  const days = ["--from", "2027-01-01", "--to", "2027-01-02"];
  const ended = await offair(["export", "--bundle", files.folder(objects), ...days, "--out", out]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("no chain entry of these days") });
  expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false);
});

it.each([
  ["missing", 5],
  ["altered", 4],
])("an object that is %s is told, and the rest is copied: exit code %i", async (kind, expected) => {
  const broken: Objects = new Map(objects);
  const name = "events/dt=2026-03-14/120000Z.ndjson.gz";
  if (kind === "missing") broken.delete(name);
  else broken.set(name, Buffer.from("something else"));
  const out = files.path(".tar");
  const { code, stderr } = await offair(["export", "--bundle", files.folder(broken), ...DAYS, "--out", out]);
  expect(code).toBe(expected);
  expect(stderr).toMatch(new RegExp(`^${kind} +${name} `));
  expect(existsSync(out)).toBe(true);
});

it.each<[string, (entries: Objects) => unknown, string, number]>([
  ["is not there", (entries) => entries.delete(chainManifestName(60)), "missing", 5],
  ["cannot be read", (entries) => entries.set(chainManifestName(60), Buffer.from("{}")), "unreadable", 4],
])("a link that %s is told, and the rest is copied", async (_, tamper, kind, expected) => {
  const broken: Objects = new Map(objects);
  tamper(broken);
  const out = files.path(".tar");
  const { code, stderr } = await offair(["export", "--bundle", files.folder(broken), ...DAYS, "--out", out]);
  expect(stderr).toMatch(new RegExp(`^${kind} +${chainManifestName(60)} `));
  expect(code).toBe(expected);
  expect(existsSync(out)).toBe(true);
});

it("a person's audit that was written after the next slot does not cut that slot off", async () => {
  const world = createChainWorld();
  const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 2, 13, hour, minute)).toISOString();
  for (let hour = 22; hour < 25; hour++) await world.audit(at(hour));
  await world.audit(at(23, 59), { scheduled: false });
  for (let hour = 25; hour < 30; hour++) await world.audit(at(hour));
  for (const more of [0, 1, 2, 3]) {
    if (more > 0) await world.audit(at(29 + more));
    const out = files.path(".tar");
    const made = await offair(["export", "--bundle", files.folder(world.objects), ...DAYS, "--out", out, "--json"]);
    expect(jsonLines(made)[0]).toMatchObject({ numbers: { first: 3 } });
  }
});
