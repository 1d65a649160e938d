/**
 * Thousands of tars that are almost what export writes, each read by `offair verify`, unpacked by GNU tar, and read by Python's tarfile.
 * TEST_DEPTH=nightly has 20,000 of them. A failure names the seed of its tar.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { openBundle } from "../../cli/evidence/open-source.ts";
import type { TarEntry } from "../../cli/evidence/tar-format.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { contentOf, tarOf } from "../cli/evidence/tars.ts";
import { jsonLines, offair, useFiles } from "../cli/offair.ts";
import { createWorld } from "../cli/world.ts";
import { runs } from "../support/runs.ts";
import { mutateTar } from "./mutate-tar.ts";

const missing = ["python3", "tar"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
if (missing.length > 0 && process.env.CI) throw new Error(`missing in CI: apt-get install ${missing.join(" ")}`);
if (missing.length > 0)
  console.warn(`Mutated tars are not compared here, because these are missing: ${missing.join(", ")}`);

const TARS = runs(2_000);
/** Tars that are judged while verify reads them. */
const BATCH = 100;
const DAY = ["--from", "2026-03-14"];
/** Its objects need pax records. */
const LONG_DOMAIN = `${"push.".repeat(14)}example.com`;

const files = useFiles();
let scratch: string;
let judge: ChildProcessWithoutNullStreams;
let verdicts: AsyncIterator<string>;
let entries: readonly TarEntry[];
let head: string;

/** What a program unpacks: the SHA-256 of each file, and of anything else what it is. */
type Unpacked = Readonly<Record<string, string>>;

interface Judged {
  readonly gnu: Unpacked;
  readonly python: Unpacked;
}

const verify = (path: string) => offair(["verify", path, "--key", files.key(1), "--head", head, ...DAY]);

beforeAll(async () => {
  if (missing.length > 0) return;
  jest.spyOn(console, "info").mockImplementation(() => {});
  scratch = mkdtempSync(join(tmpdir(), "offair-tars-"));
  const world = createWorld(["push.example.com", LONG_DOMAIN]);
  world.disable({ domain: "push.example.com", app: "live", stream: "room-42" }, "2026-03-14T00:10:00.000Z");
  await world.run("2026-03-14T00:00:00.000Z", "2026-03-14T01:00:00.000Z");
  const tar = files.path(".tar");
  const made = [
    "export",
    "--bundle",
    files.folder(world.objects),
    ...DAY,
    "--to",
    "2026-03-14",
    "--out",
    tar,
    "--json",
  ];
  head = (jsonLines(await offair(made))[0] as { last: { sha256: string } }).last.sha256;
  const bundle = await openBundle(tar);
  entries = [...(await contentOf(bundle))].map(([name, bytes]) => ({ name, bytes }));
  judge = spawn("python3", [join(import.meta.dirname, "judge_tars.py"), scratch]);
  judge.stderr.pipe(process.stderr);
  verdicts = createInterface({ input: judge.stdout })[Symbol.asyncIterator]();
});
afterAll(() => {
  judge?.stdin.end();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

const test = missing.length > 0 ? it.skip : it;

test("what export writes is the same to all of them, names of more than 100 bytes included", async () => {
  const path = join(scratch, "exported.tar");
  writeFileSync(path, await tarOf(new Map(entries.map(({ name, bytes }) => [name, bytes]))));
  judge.stdin.write(`${path}\n`);
  const { gnu, python }: Judged = JSON.parse((await verdicts.next()).value);
  expect({ gnu: filesOf(gnu), python: filesOf(python) }).toEqual({ gnu: original(), python: original() });
  expect((await verify(path)).code).toBe(0);
});

test("no tar that verify calls intact is anything else to GNU tar or to Python", async () => {
  const isOther = (unpacked: Unpacked) =>
    Object.entries(original()).some(([name, sha256]) => (unpacked[name] ?? sha256) !== sha256);
  const counts = { intact: 0, otherToGnu: 0, otherToPython: 0, otherToOneOnly: 0 };
  for (let first = 1; first <= TARS; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, TARS - first + 1) }, (_, index) => {
      const path = join(scratch, `${index}.tar`);
      const { tar, how } = mutateTar(entries, first + index);
      writeFileSync(path, tar);
      return { path, seed: first + index, how };
    });
    judge.stdin.write(batch.map(({ path }) => `${path}\n`).join(""));
    const codes: (number | null)[] = [];
    for (const { path } of batch) codes.push((await verify(path)).code);
    for (const [index, { seed, how }] of batch.entries()) {
      const { gnu, python }: Judged = JSON.parse((await verdicts.next()).value);
      const code = codes[index];
      const [otherToGnu, otherToPython] = [isOther(gnu), isOther(python)];
      counts.intact += code === 0 ? 1 : 0;
      counts.otherToGnu += otherToGnu ? 1 : 0;
      counts.otherToPython += otherToPython ? 1 : 0;
      counts.otherToOneOnly += otherToGnu !== otherToPython ? 1 : 0;
      if (code === 2 || code === 4) continue;
      const seen = { seed, how, code, gnu: filesOf(gnu), python: filesOf(python) };
      expect(seen).toEqual({ seed, how, code: 0, gnu: original(), python: original() });
    }
  }
  console.log(`of ${TARS} tars: ${JSON.stringify(counts)}`);
  // Otherwise the mutations would show nothing.
  expect(counts.intact).toBeGreaterThan(TARS / 100);
  expect(counts.otherToGnu).toBeGreaterThan(TARS / 10);
  expect(counts.otherToPython).toBeGreaterThan(TARS / 10);
  expect(counts.otherToOneOnly).toBeGreaterThan(TARS / 100);
}, 3_600_000);

const original = (): Unpacked => Object.fromEntries(entries.map(({ name, bytes }) => [name, sha256Hex(bytes)]));

/** Without the folders that a program makes for its files. */
const filesOf = (unpacked: Unpacked): Unpacked =>
  Object.fromEntries(Object.entries(unpacked).filter(([, content]) => content !== "folder"));

test("the tar of another program is no bundle, and the folder into which it is unpacked is one", async () => {
  const folder = files.folder(new Map(entries.map(({ name, bytes }) => [name, bytes])));
  for (const format of ["ustar", "pax", "gnu"]) {
    const path = files.path(".tar");
    expect(spawnSync("tar", [`--format=${format}`, "-cf", path, "-C", folder, "."]).status).toBe(0);
    const { code, stdout } = await verify(path);
    expect({ code, stdout }).toEqual({ code: 4, stdout: expect.stringContaining("verify the folder") });
    const unpacked = files.path();
    expect(spawnSync("sh", ["-c", `mkdir '${unpacked}' && tar -xf '${path}' -C '${unpacked}'`]).status).toBe(0);
    expect((await verify(unpacked)).code).toBe(0);
    expect(readFileSync(path).length).toBeGreaterThan(10_000);
  }
});
