import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, it, jest } from "@jest/globals";
import { chainManifestName } from "../../lib/archive/manifest.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { privateKeyPem } from "../support/chain.ts";
import { jsonLines, offair, useFiles } from "./offair.ts";
import { createWorld, type HourChange } from "./world.ts";

const files = useFiles();
const key = files.key(1);
beforeAll(() => void jest.spyOn(console, "info").mockImplementation(() => {}));

const MORNING = ["2026-03-14T00:00:00.000Z", "2026-03-14T08:00:00.000Z"] as const;
async function morning(change?: (slot: string) => HourChange | undefined) {
  const world = createWorld();
  world.disable({ domain: "push.example.com", app: "live", stream: "room-42" }, "2026-03-14T02:10:00.000Z");
  await world.run(...MORNING, change);
  return world;
}

it("what is untouched is intact: exit code 0, what it speaks of, and what it cannot say", async () => {
  const { objects, heads } = await morning();
  const { code, stdout, stderr } = await offair(["verify", files.folder(objects), "--key", key]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual([
    "intact: 9 chain entries (9 audits, 0 missed hours, 0 key rotations), 36 objects intact",
    "hours: from 2026-03-14T00:00:00.000Z until 2026-03-14T08:00:00.000Z",
    `last entry: number 9, SHA-256 ${heads.at(-1)?.sha256}`,
    expect.stringMatching(/^signed by: key [0-9a-f]{64}$/),
    "no --head and no --through: later entries may have been cut off",
    "",
  ]);
});

it("with a head or a time it says no more than is known, and finds what was cut off: exit code 4", async () => {
  const { objects, heads } = await morning();
  const head = ["--head", heads.at(-1)?.sha256 ?? ""];
  const through = ["--through", "2026-03-14T08:30:00Z"];
  const whole = files.folder(objects);
  objects.delete(chainManifestName(9));
  const cut = files.folder(objects);
  for (const pinned of [head, through]) {
    const intact = await offair(["verify", whole, "--key", key, ...pinned]);
    expect(intact).toMatchObject({ code: 0, stdout: expect.not.stringContaining("cannot say") });
    const truncated = await offair(["verify", cut, "--key", key, ...pinned]);
    expect(truncated.code).toBe(4);
    expect(truncated.stdout).toMatch(
      /^truncated +manifests\/0000000010\.json|^truncated +manifests\/0000000009\.json/m,
    );
    expect(truncated.stdout).toContain("NOT INTACT");
  }
});

it("an altered object is named", async () => {
  const { objects } = await morning();
  const name = [...objects.keys()].find((each) => each.startsWith("snapshots/")) ?? "";
  objects.set(name, Buffer.from(objects.get(name) ?? []).fill("x", 12, 13));
  const { code, stdout } = await offair(["verify", files.folder(objects), "--key", key]);
  expect(code).toBe(4);
  expect(stdout).toMatch(new RegExp(`^altered +${name} `, "m"));
});

it("somebody else's key is not trusted, whatever the bundle says", async () => {
  const { objects } = await morning();
  const { code, stdout } = await offair(["verify", files.folder(objects), "--key", files.key(2)]);
  expect(code).toBe(4);
  expect(stdout).toMatch(/^unknown-key /m);
});

it("hours that were missed and lists that are incomplete are told: exit code 5", async () => {
  const { objects } = await morning((slot) =>
    slot.includes("T03") ? { missed: true } : slot.includes("T05") ? { incomplete: true } : undefined,
  );
  const { code, stdout } = await offair(["verify", files.folder(objects), "--key", key]);
  expect(code).toBe(5);
  expect(stdout).toMatch(/^incomplete +manifests\/0000000004\.json +no audit ran/m);
  expect(stdout).toMatch(/^incomplete +snapshots\/.*050000Z\.ndjson\.gz/m);
  expect(stdout).toMatch(/^intact, with gaps: 9 chain entries/m);
});

it("--json says the same in objects", async () => {
  const { objects, heads } = await morning((slot) => (slot.includes("T03") ? { missed: true } : undefined));
  const ended = await offair(["verify", files.folder(objects), "--key", key, "--json"]);
  expect(ended.code).toBe(5);
  expect(jsonLines(ended)).toMatchObject([
    { type: "finding", kind: "incomplete", object: "manifests/0000000004.json" },
    { type: "summary", exit: 5, entries: 9, missed: 1, last: { number: 9, sha256: heads.at(-1)?.sha256 } },
  ]);
});

it("a change of the key is followed from either key", async () => {
  const { objects } = await morning((slot) => ({ seeds: slot < "2026-03-14T05" ? [1] : [2, 1] }));
  const folder = files.folder(objects);
  for (const seed of [1, 2]) {
    const { code, stdout } = await offair(["verify", folder, "--key", files.key(seed)]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("1 key rotations") });
  }
});

it("a piece from before the last change of the key is no better than the old key, and a head makes it so", async () => {
  const { objects, heads } = await morning((slot) => ({ seeds: slot < "2026-03-14T05" ? [1] : [2, 1] }));
  const isLater = (name: string) => /0{7}([57-9]|10)\.json|\/0[4-8]0000Z/.test(name); // number 6 is the change
  const folder = files.folder(new Map([...objects].filter(([name]) => !isLater(name))));
  const forged = "this key was replaced at number 6";
  const asked = ["verify", folder, "--key", files.key(2)];
  expect(await offair(asked)).toMatchObject({ code: 0, stdout: expect.stringContaining(forged) });
  const pinned = await offair([...asked, "--head", heads[3]?.sha256 ?? ""]);
  expect(pinned).toMatchObject({ code: 0, stdout: expect.not.stringContaining(forged) });
});

it("a private key is no key to check with", async () => {
  const file = files.path(".pem");
  writeFileSync(file, privateKeyPem(1));
  const { code, stderr } = await offair(["verify", files.dir, "--key", file]);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("not an Ed25519 public key") });
});

it("the head that it prints is the hash of the last manifest as stored", async () => {
  const { objects } = await morning();
  const folder = files.folder(objects);
  const last = sha256Hex(readFileSync(`${folder}/${chainManifestName(9)}`));
  expect((await offair(["verify", folder, "--key", key, "--head", last.toUpperCase()])).code).toBe(0);
});

it("lists that were decompressed while somebody downloaded them are called so: exit code 4", async () => {
  const { objects } = await morning();
  const lists = [...objects].filter(([name]) => name.endsWith(".gz"));
  const key = files.key(1);
  const unpacked = new Map([...objects, ...lists.map(([name, bytes]) => [name, gunzipSync(bytes)] as const)]);
  const { code, stdout } = await offair(["verify", files.folder(unpacked), "--key", key]);
  expect(code).toBe(4);
  const said = stdout
    .split("\n")
    .filter((line) => /^altered +\S+\.gz +decompressed on the way: .* download it raw$/.test(line));
  expect(said).toHaveLength(lists.length);
  const renamed = new Map([...objects].map(([name, bytes]) => [name.replace(/\.gz$/, ""), bytes]));
  const { stdout: also } = await offair(["verify", files.folder(renamed), "--key", key]);
  expect(also.match(/^missing +\S+\.gz +decompressed on the way/gm)).toHaveLength(lists.length);
});

it("a chain whose first entries are gone is an excerpt, and nothing against it if --from says so: exit codes 5 and 0", async () => {
  const { objects, heads } = await morning();
  const kept = new Map([...objects].filter(([name]) => !/0000000001\.json|\/000000Z/.test(name)));
  const asked = ["verify", files.folder(kept), "--key", key, "--head", heads.at(-1)?.sha256 ?? ""];
  const { code, stdout } = await offair(asked);
  expect(code).toBe(5);
  expect(stdout).toMatch(
    /^excerpt +manifests\/0000000001\.json +the chain begins with number 2: number 1 is not in the bundle$/m,
  );
  expect(stdout).toMatch(/^intact, with gaps: /m);
  expect(stdout).toContain("--from 2026-03-14T01:00:00.000Z");
  expect(await offair([...asked, "--from", "2026-03-14T01:00:00Z"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("an excerpt: it begins with number 2"),
  });
  expect((await offair([...asked, "--from", "2026-03-14"])).code).toBe(4);
});

it("what an audit left that ended before its entry is told, exit code 5, and what somebody added is not taken for it", async () => {
  const { objects } = await morning((slot) => (slot.includes("T03") ? { missed: true } : undefined));
  const { objects: ran } = await morning();
  const leftOvers = [...ran].filter(([name]) => /^(snapshots|events)\/.*\/030000Z/.test(name));
  const { code, stdout } = await offair(["verify", files.folder(new Map([...objects, ...leftOvers])), "--key", key]);
  expect(code).toBe(5);
  expect(stdout.match(/^left-over +\S+/gm)).toEqual(leftOvers.map(([name]) => `left-over    ${name}`).sort());
  const added = new Map([...objects, ...leftOvers, ["notes.txt", Buffer.from("mine")]]);
  expect((await offair(["verify", files.folder(added), "--key", key])).code).toBe(4);
  const [, events] = leftOvers
    .map(([name, bytes]) => [name, bytes] as const)
    .sort()
    .reverse();
  const alone = new Map([...objects, ...(events ? [events] : [])]);
  expect((await offair(["verify", files.folder(alone), "--key", key])).code).toBe(4);
});
