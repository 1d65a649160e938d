import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { encodeHeader } from "../../cli/evidence/tar-format.ts";
import type { Objects } from "../support/chain.ts";
import { tarOf } from "./evidence/tars.ts";
import { jsonLines, offair, useFiles } from "./offair.ts";
import { createWorld, type World } from "./world.ts";

const files = useFiles();
beforeAll(() => void jest.spyOn(console, "info").mockImplementation(() => {}));

const room = (stream: string, domain = "push.example.com") => ({ domain, app: "live", stream });
const MARCH = (day: number, time: string): string => `2026-03-${String(day).padStart(2, "0")}T${time}:00.000Z`;
const DAY = "2026-03-14";

/** Four days around the one that is asked for, with something of everything. */
async function archive(): Promise<World> {
  const world = createWorld(["push.example.com", "push.example.org"]);
  world.disable(room("by-rule"), MARCH(14, "09:10"), {
    evidence: [{ url: "https://example.com/1.jpg", sha256: "f".repeat(64) }],
  });
  world.disable(room("long-since"), MARCH(12, "09:10"), {
    hours: 90 * 24 - 1,
    by: "alice",
    approvedBy: "bob",
    reason: "a court order",
  });
  world.disable(room("unverified-before"), MARCH(13, "01:10"), { hours: 100, outcome: "unverified" });
  world.disable(room("let-on-later"), MARCH(13, "10:10"), { hours: 200 });
  world.enable(room("let-on-later"), MARCH(16, "10:10"), "carol");
  world.disable(room("held"), MARCH(14, "11:10"), { by: "dave", held: true });
  world.disable(room("never-listed"), MARCH(14, "12:10"), { notListed: true });
  world.disable(room("elsewhere", "push.example.org"), MARCH(14, "13:10"));
  world.disable(room("over-before"), MARCH(12, "13:10"), { hours: 4 });
  world.disable(room("begun-after"), MARCH(15, "13:10"));
  world.foreign(room("theirs"), MARCH(13, "03:30"), MARCH(14, "05:30"));
  await world.run(MARCH(12, "00:00"), MARCH(17, "00:00"));
  return world;
}

let objects: Objects;
let folder: string;
beforeAll(async () => {
  ({ objects } = await archive());
  folder = files.folder(objects);
});

type Row = Record<string, unknown>;
async function periodsOf(args: readonly string[] = [], from = folder): Promise<Row[]> {
  return jsonLines(await offair(["history", DAY, "--bundle", from, "--json", ...args])).filter(
    ({ type }) => type === "off",
  );
}
const named = (rows: readonly Row[], name: string) => rows.find(({ stream }) => stream === name);

it("what held on by an order that nobody verified, after an earlier one of ours, is ours", async () => {
  const world = createWorld();
  world.disable(room("longer"), MARCH(12, "03:10"), { hours: 24 });
  world.disable(room("longer"), MARCH(12, "13:10"), { hours: 24 * 7, outcome: "unverified" });
  await world.run(MARCH(12, "00:00"), MARCH(15, "02:00"));
  expect(await periodsOf([], files.folder(world.objects))).toMatchObject([{ by: "rule", order: 2 }]);
});

it("what the first list of the day has, by an order that nobody verified the evening before, is ours", async () => {
  const world = createWorld();
  world.disable(room("late"), MARCH(13, "23:15"), { outcome: "unknown" });
  await world.run(MARCH(13, "20:00"), MARCH(15, "02:00"));
  expect(await periodsOf([], files.folder(world.objects))).toMatchObject([{ by: "rule", order: 1 }]);
});

describe("offair history", () => {
  it("names every stream that was off that day, and no other", async () => {
    const ended = await offair(["history", DAY, "--bundle", folder, "--json"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const rows = jsonLines(ended);
    expect(rows.map(({ stream }) => stream)).toEqual([
      ...["by-rule", "held", "let-on-later", "long-since", "never-listed", "theirs", "unverified-before", "elsewhere"],
      undefined,
    ]);
    expect(rows.at(-1)).toMatchObject({ type: "summary", count: 8, notByOffair: 1, gaps: [], exit: 0 });
  });

  it("says when, why, on whose word, and which objects say so", async () => {
    expect(named(await periodsOf(), "by-rule")).toMatchObject({
      ...{ from: "2026-03-14T09:10:00.500Z", until: "2026-03-15T09:10:00Z", untilBy: "resume-time" },
      ...{ reason: "a rifle on the table", category: "weapons", rule: "severe", policy: "c".repeat(64) },
      ...{ source: "hive", grade: "B", decidedBy: "rule severe", approvedBy: null, remarks: [] },
      evidence: {
        objects: [
          "snapshots/domain=push.example.com/dt=2026-03-14/100000Z.ndjson.gz",
          "snapshots/domain=push.example.com/dt=2026-03-15/000000Z.ndjson.gz",
          "events/dt=2026-03-14/100000Z.ndjson.gz",
        ],
        reported: [{ url: "https://example.com/1.jpg", sha256: "f".repeat(64) }],
      },
    });
  });

  it("finds an order of days before where it was exported, with who approved it", async () => {
    const row = named(await periodsOf(), "long-since");
    expect(row).toMatchObject({ decidedBy: "alice", approvedBy: "bob", reason: "a court order", remarks: [] });
    expect(row?.evidence).toMatchObject({
      objects: expect.arrayContaining([
        "events/dt=2026-03-12/100000Z.ndjson.gz",
        "expected/dt=2026-03-14/000000Z.ndjson.gz",
      ]),
    });
  });

  it("finds out that what nobody verified was ours, days later", async () => {
    expect(named(await periodsOf(), "unverified-before")).toMatchObject({
      ...{ by: "rule", grade: "B", from: "2026-03-13T01:10:00.500Z" },
      remarks: ["the outcome of its order is unverified"],
    });
  });

  it("knows that a person let it on days after", async () => {
    expect(named(await periodsOf(), "let-on-later")).toMatchObject({
      ...{ until: "2026-03-16T10:10:02.000Z", untilBy: "enabled", endedBy: { by: "carol", order: 2 } },
    });
  });

  it("names the rule that had decided, and the person who said yes", async () => {
    expect(named(await periodsOf(), "held")).toMatchObject({
      decidedBy: "rule severe",
      approvedBy: "dave",
      grade: "B",
    });
  });

  it("tells that no list had what was to be off, and that nobody of ours did what was listed", async () => {
    const rows = await periodsOf();
    expect(named(rows, "never-listed")?.remarks).toEqual([expect.stringContaining("not listed in the complete list")]);
    expect(named(rows, "theirs")).toMatchObject({
      ...{ by: null, from: "2026-03-13T04:00:00.000Z", untilBy: "gone", until: "2026-03-14T06:00:15.000Z" },
    });
  });

  it("narrows by domain and by stream", async () => {
    expect((await periodsOf(["--domain", "PUSH.example.org"])).map(({ stream }) => stream)).toEqual(["elsewhere"]);
    expect((await periodsOf(["--stream", "live/held"])).map(({ stream }) => stream)).toEqual(["held"]);
    expect(await periodsOf(["--stream", "live/park"])).toEqual([]);
  });

  it.each([
    ["of one stream on a terminal", [], true],
    ["with -o details in a pipe", ["-o", "details"], false],
  ])("tells people the same %s, one fact a line", async (_, args, coloured) => {
    const asked = ["history", DAY, "--bundle", folder, "--stream", "live/let-on-later", ...args];
    const ended = await offair(asked, { coloured });
    const { code, stdout } = { ...ended, stdout: ended.stdout.replace(/\u001b\[\d+m/g, "") };
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining([
        "2026-03-13T10:10:00Z  2026-03-16T10:10:02Z  push.example.com/live/let-on-later",
        "  by          rule severe",
        "  because     a rifle on the table",
        "  ended by    order 2 of carol",
        "1 stream was off at some time of 2026-03-14 (UTC)",
      ]),
    );
  });

  it("groups what one order, batch or rule did on a terminal, with a few names", async () => {
    const world = createWorld();
    for (let index = 0; index < 9; index++) world.disable(room(`raid-${index}`), MARCH(14, "09:10"));
    world.disable(room("one"), MARCH(14, "08:10"), { by: "alice", reason: "INC-881" });
    world.foreign(room("theirs"), MARCH(13, "23:30"), MARCH(14, "05:30"));
    await world.run(MARCH(13, "20:00"), MARCH(15, "12:00"));
    const asked = ["history", DAY, "--bundle", files.folder(world.objects)];
    const lines = async (...args: string[]) =>
      (await offair([...asked, ...args], { coloured: true })).stdout.replace(/\u001b\[\d+m/g, "").split("\n");
    expect((await lines()).slice(0, -2)).toEqual([
      "1 × INC-881 by alice (op-00000000)",
      "  from 2026-03-14T08:10:00Z until 2026-03-15T08:10:00Z",
      "  push.example.com/live/one",
      "9 × a rifle on the table by rule severe",
      "  from 2026-03-14T09:10:00Z until 2026-03-15T09:10:00Z",
      ...["0", "1", "2"].map((name) => `  push.example.com/live/raid-${name}`),
      "  … and 6 more",
      "1 × not by offair: no order of offair explains them",
      "  from 2026-03-14T00:00:05Z until 2026-03-14T06:00:15Z",
      "  push.example.com/live/theirs",
      "every name: --all; one line a stream with more columns: -o wide",
      "11 streams were off at some time of 2026-03-14 (UTC); periods not by offair: 1",
    ]);
    expect((await lines("--all")).filter((line) => line.startsWith("  push."))).toHaveLength(11);
    const wide = await lines("-o", "wide", "--by", "alice");
    expect(wide[1]?.split(/ {2,}/)).toEqual([
      ...["2026-03-14T08:10:00Z", "2026-03-15T08:10:00Z", "alice", "resume-time", "INC-881", "operator"],
      ...[expect.stringMatching(/^op-/), "verified", "push.example.com/live/one"],
    ]);
  });

  it("is a line a period in a pipe, with the same cells; what is counted goes to stderr", async () => {
    const { code, stdout, stderr } = await offair([
      "history",
      DAY,
      "--bundle",
      folder,
      "--name",
      "*e*",
      "--app",
      "live",
    ]);
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.map((cells) => cells[8]?.split("/")[2])).toEqual([
      ...["by-rule", "held", "let-on-later", "long-since", "never-listed", "theirs", "unverified-before", "elsewhere"],
    ]);
    for (const cells of rows) expect(cells).toHaveLength(9);
    expect(stderr).toMatch(/^8 streams were off at some time of 2026-03-14 \(UTC\); periods not by offair: 1$/m);
    const few = await offair(["history", DAY, "--bundle", folder, "--limit", "2", "--by", "rule severe"]);
    expect(few.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(few.stderr).toMatch(/^… and 4 more/);
  });

  it("gives a spreadsheet a row a stream", async () => {
    const { code, stdout } = await offair(["history", DAY, "--bundle", folder, "--csv"]);
    expect(code).toBe(0);
    const lines = stdout.split("\r\n");
    expect(lines[0]).toMatch(/^\ufeff"domain","app","stream","from",/);
    expect(lines).toHaveLength(10);
    expect(lines[1]).toMatch(/^"push\.example\.com","live","by-rule","2026-03-14T09:10:00\.500Z","order",/);
  });
});

describe("the reviews of a day", () => {
  /** One of each kind, and two that belong to other days. */
  async function reviewed(): Promise<string> {
    const world = createWorld();
    world.disable(room("approved"), MARCH(14, "10:10"), { by: "dave", held: true, dueAt: MARCH(14, "10:00") });
    world.wait(room("in-time"), MARCH(14, "08:00"), MARCH(14, "08:30"), {
      dueAt: MARCH(14, "09:00"),
      rejectedAt: MARCH(14, "08:30"),
    });
    world.wait(room("\u202eslow"), MARCH(13, "20:00"), MARCH(14, "07:01"), { dueAt: MARCH(14, "07:00") });
    world.wait(room("tomorrow"), MARCH(14, "20:00"), MARCH(14, "20:00"), { dueAt: MARCH(15, "20:00") });
    world.wait(room("before"), MARCH(13, "08:00"), MARCH(13, "08:30"), {
      dueAt: MARCH(13, "09:00"),
      rejectedAt: MARCH(13, "08:30"),
    });
    world.wait(room("after"), MARCH(15, "02:00"), MARCH(15, "02:00"), { dueAt: MARCH(15, "09:00") });
    await world.run(MARCH(13, "00:00"), MARCH(15, "12:00"));
    return files.folder(world.objects);
  }

  it("are those that began to wait, were due or were decided then: in time, late, missed, and not yet due", async () => {
    const rows = jsonLines(await offair(["history", DAY, "--bundle", await reviewed(), "--json"]));
    expect(rows.filter(({ type }) => type === "review")).toMatchObject([
      { stream: "\u202eslow", state: "missed", dueAt: MARCH(14, "07:00"), decidedAt: null, decidedBy: null },
      { stream: "in-time", state: "in-time", decidedAt: MARCH(14, "08:30"), verdict: "rejected", decidedBy: "erin" },
      { stream: "approved", state: "late", decidedAt: MARCH(14, "10:10"), verdict: "approved", decidedBy: "dave" },
      { stream: "tomorrow", state: "open", openedAt: MARCH(14, "20:00"), source: "hive", category: "weapons" },
    ]);
    expect(rows.at(-1)).toMatchObject({ reviews: { inTime: 1, late: 1, missed: 1, open: 1 } });
    expect(named(rows, "approved")).toMatchObject({
      review: { dueAt: MARCH(14, "10:00"), decidedAt: MARCH(14, "10:10"), state: "late" },
    });
  });

  it("are of one stream, if it is named", async () => {
    const of = ["--stream", "live/in-time", "--json"];
    const rows = jsonLines(await offair(["history", DAY, "--bundle", await reviewed(), ...of]));
    expect(rows.map(({ type, stream }) => [type, stream])).toEqual([
      ["review", "in-time"],
      ["summary", undefined],
    ]);
  });

  it("are told to people below what was off, and a spreadsheet has them with the stream that a verdict disabled", async () => {
    const from = await reviewed();
    const { stdout } = await offair(["history", DAY, "--bundle", from, "-o", "details"]);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining([
        "  review      late: due 2026-03-14T10:00:00Z, first verdict 2026-03-14T10:10:00Z",
        "DUE                   REVIEW   FIRST VERDICT         CASE AND STREAM",
        expect.stringMatching(
          /^2026-03-14T07:00:00Z {2}missed {3}- {21}hive#\d+, push.example.com\/live\/\\u\{202e\}slow$/,
        ),
        expect.stringMatching(/^ {2}no verdict until 2026-03-1\dT\d\d:55:00Z$/),
        "  rejected by erin",
        "4 reviews: 1 in time, 1 late, 1 missed and still open, 1 not yet due",
      ]),
    );
    const [head = "", row = ""] = (await offair(["history", DAY, "--bundle", from, "--csv"])).stdout.split("\r\n");
    const at = head.split(",").indexOf('"review_due"');
    expect(row.split(",").slice(at, at + 3)).toEqual([
      ...[`"${MARCH(14, "10:00")}"`, `"${MARCH(14, "10:10")}"`, '"late"'],
    ]);
  });
});

describe("right after an audit, which exports the ledger until five minutes before", () => {
  /** Disabled and enabled in the minutes before the last audit. */
  async function recent(last: string): Promise<string> {
    const world = createWorld();
    world.disable(room("let-on"), MARCH(14, "08:10"));
    world.enable(room("let-on"), MARCH(14, "11:57"), "alice");
    world.disable(room("new"), MARCH(14, "11:57"), { by: "alice" });
    world.foreign(room("theirs"), MARCH(14, "11:40"), MARCH(16, "00:00"));
    await world.run(MARCH(13, "20:00"), MARCH(14, last));
    return files.folder(world.objects);
  }
  const TOLD = "too recent to attribute: ledger known until 2026-03-14T11:55:00.000Z";

  it("calls no order of ours not by us: in JSON", async () => {
    const ended = await offair(["history", DAY, "--json", "--bundle", await recent("12:00")]);
    const rows = jsonLines(ended);
    expect(named(rows, "let-on")).toMatchObject({ by: "rule", untilBy: "unknown" });
    expect(named(rows, "new")).toMatchObject({ by: "unknown", unattributed: TOLD, decidedBy: null });
    expect(named(rows, "theirs")).toMatchObject({ by: "unknown", unattributed: TOLD });
    expect(rows.at(-1)).toMatchObject({ notByOffair: 0, notAttributed: 2, knownUntil: "2026-03-14T11:55:00.000Z" });
  });

  it("nor in text or CSV", async () => {
    const from = await recent("12:00");
    const { stdout } = await offair(["history", DAY, "--bundle", from, "-o", "details"]);
    expect(stdout).toContain(`  by          ${TOLD}`);
    expect(stdout).toContain("no longer listed, and offair may have enabled it");
    expect(stdout).toContain("periods not attributed: 2");
    expect(stdout).not.toMatch(/not by offair|although it should be disabled/);
    const csv = (await offair(["history", DAY, "--bundle", from, "--csv"])).stdout;
    expect(csv).toContain(`"${TOLD}"`);
    expect(csv).not.toMatch(/not by offair|although it should be disabled/);
  });

  it("and knows who it was, once the later exports are there", async () => {
    const rows = jsonLines(await offair(["history", DAY, "--json", "--bundle", await recent("14:00")]));
    expect(named(rows, "let-on")).toMatchObject({ untilBy: "enabled", endedBy: { by: "alice" }, remarks: [] });
    expect(named(rows, "new")).toMatchObject({ by: "operator", decidedBy: "alice" });
    expect(named(rows, "theirs")).toMatchObject({ by: null, unattributed: null });
    expect(rows.at(-1)).toMatchObject({ notByOffair: 1, notAttributed: 0 });
  });

  it("and is not fully covered while anything of the day is open, though the exports reach its end: exit code 5", async () => {
    const world = createWorld();
    world.foreign(room("theirs"), MARCH(14, "20:40"), MARCH(14, "23:40"));
    const until = async (last: string) => {
      await world.run(
        MARCH(world.objects.size === 0 ? 13 : 15, world.objects.size === 0 ? "20:00" : last),
        MARCH(15, last),
      );
      return offair(["history", DAY, "--json", "--bundle", files.folder(world.objects)]);
    };
    const first = await until("01:00");
    expect(first.code).toBe(5);
    expect(jsonLines(first)).toMatchObject([
      { by: null, untilBy: "unknown" },
      {
        gaps: [
          {
            message: "some of what was listed is too recent to attribute: ledger known until 2026-03-15T00:55:00.000Z",
          },
        ],
      },
    ]);
    const second = await until("02:00");
    expect(second.code).toBe(0);
    expect(jsonLines(second)).toMatchObject([{ by: null, untilBy: "gone" }, { gaps: [] }]);
  });

  it("and reads the exports back to the last complete list of each domain, also where two domains list a stream first in one hour", async () => {
    const other = { domain: "push.example.org", app: "live", stream: "room-2" };
    const world = createWorld(["push.example.com", other.domain]);
    world.foreign(room("room-1"), MARCH(12, "02:30"), MARCH(16, "00:00"));
    world.foreign(other, MARCH(12, "14:30"), MARCH(16, "00:00"));
    await world.run(MARCH(12, "00:00"), MARCH(15, "02:00"), (slot) =>
      slot > MARCH(12, "00:00") && slot < MARCH(12, "15:00") ? { incomplete: "push.example.com" } : undefined,
    );
    const rows = await periodsOf([], files.folder(world.objects));
    expect(rows.map(({ stream, from, by }) => [stream, from, by])).toEqual([
      ["room-1", MARCH(12, "15:00"), null],
      ["room-2", MARCH(12, "15:00"), null],
    ]);
  });

  it("and not what an export has that cannot be read", async () => {
    const world = createWorld();
    world.disable(room("new"), MARCH(14, "09:10"));
    await world.run(MARCH(13, "20:00"), MARCH(15, "02:00"));
    const some: Objects = new Map(world.objects);
    some.delete("events/dt=2026-03-14/100000Z.ndjson.gz");
    const rows = await periodsOf([], files.folder(some));
    expect(rows.map(({ by }) => by)).not.toContain(null);
  });
});

describe("a day that is not fully covered is answered, with what is missing: exit code 5", () => {
  const gapsOf = async (from: string, day = DAY) => {
    const ended = await offair(["history", day, "--bundle", from, "--json"]);
    const summary = jsonLines(ended).at(-1) as { gaps: { kind: string; object: string }[] };
    return { code: ended.code, gaps: summary.gaps.map(({ kind, object }) => [kind, object]) };
  };

  it("an hour without an audit, and a list that is incomplete", async () => {
    const world = createWorld();
    await world.run(MARCH(13, "00:00"), MARCH(15, "02:00"), (slot) =>
      slot === MARCH(14, "11:00") ? { missed: true } : slot === MARCH(14, "13:00") ? { incomplete: true } : undefined,
    );
    expect(await gapsOf(files.folder(world.objects))).toEqual({
      code: 5,
      gaps: [
        ["missed", "manifests/0000000036.json"],
        ["incomplete", "snapshots/domain=push.example.com/dt=2026-03-14/130000Z.ndjson.gz"],
      ],
    });
  });

  it("a link that is not there, and an object that is not there", async () => {
    const some: Objects = new Map(objects);
    some.delete("manifests/0000000060.json");
    some.delete("snapshots/domain=push.example.com/dt=2026-03-14/130000Z.ndjson.gz");
    expect(await gapsOf(files.folder(some))).toEqual({
      code: 5,
      gaps: [
        ["missing", "manifests/0000000060.json"],
        ["missing", "snapshots/domain=push.example.com/dt=2026-03-14/130000Z.ndjson.gz"],
      ],
    });
  });

  it("a day before everything, and one after", async () => {
    expect((await gapsOf(folder, "2026-03-01")).code).toBe(5);
    expect((await gapsOf(folder, "2026-04-01")).code).toBe(5);
  });

  it("what another domain's lists lack takes nothing from the one that is asked for", async () => {
    const some: Objects = new Map(objects);
    some.delete("snapshots/domain=push.example.org/dt=2026-03-14/130000Z.ndjson.gz");
    const asked = ["history", DAY, "--bundle", files.folder(some), "--domain"];
    expect((await offair([...asked, "push.example.com"])).code).toBe(0);
    expect((await offair([...asked, "push.example.org"])).code).toBe(5);
  });

  it("a domain of which no audit of the day has a list", async () => {
    const ended = await offair(["history", DAY, "--bundle", folder, "--json", "--domain", "push.example.net"]);
    expect(ended.code).toBe(5);
    expect(jsonLines(ended)).toMatchObject([{ count: 0, gaps: [{ kind: "not-covered" }] }]);
    expect(jsonLines(ended)[0]?.gaps).toMatchObject([{ message: "no audit of the day listed push.example.net" }]);
  });

  it("an hour in which the ledger could not be read costs nothing: the next export has it", async () => {
    const world = createWorld();
    world.disable(room("room-42"), MARCH(14, "10:10"));
    await world.run(MARCH(13, "20:00"), MARCH(15, "02:00"), (slot) =>
      slot === MARCH(14, "11:00") ? { withoutLedger: true } : undefined,
    );
    const from = files.folder(world.objects);
    expect(await gapsOf(from)).toEqual({ code: 0, gaps: [] });
    expect(await periodsOf([], from)).toMatchObject([{ stream: "room-42", grade: "B" }]);
  });
});

it("an object that was altered is told, and nothing is concluded from it: exit code 4", async () => {
  const some: Objects = new Map(objects);
  const name = "snapshots/domain=push.example.com/dt=2026-03-14/130000Z.ndjson.gz";
  some.set(name, some.get("snapshots/domain=push.example.com/dt=2026-03-12/000000Z.ndjson.gz") ?? Buffer.alloc(0));
  const asked = ["history", DAY, "--bundle", files.folder(some), "--stream", "live/by-rule"];
  const { code, stdout, stderr } = await offair(asked);
  expect(code).toBe(4);
  expect(stderr).toContain(`altered  ${name}`);
  expect(stdout).not.toContain("not listed in");
});

it("a tar that export did not write so is answered as far as it is read, and told: exit code 4", async () => {
  const path = files.path(".tar");
  const tar = await tarOf(objects);
  const folderEntry = encodeHeader({ name: "manifests/0000000001.json/", size: 0, type: "5" });
  writeFileSync(path, Buffer.concat([tar.subarray(0, -1_024), folderEntry, tar.subarray(-1_024)]));
  const ended = await offair(["history", DAY, "--bundle", path, "--json"]);
  const { gaps } = jsonLines(ended).at(-1) as { gaps: object[] };
  expect({ code: ended.code, gaps }).toEqual({
    code: 4,
    gaps: [
      { kind: "unreadable", object: expect.stringMatching(/^byte /), message: expect.stringContaining("a folder") },
    ],
  });
  const copied = await offair(["export", "--from", DAY, "--to", DAY, "--bundle", path, "--out", files.path(".tar")]);
  expect(copied).toMatchObject({ code: 4, stderr: expect.stringMatching(/^unreadable +byte /m) });
});

it("a day with more streams off than a function may have arguments", async () => {
  const world = createWorld();
  for (let index = 0; index < 130_000; index++) {
    const stream = { domain: "push.example.com", app: "live", stream: `room-${index}` };
    world.foreign(stream, "2026-03-14T00:30:00.000Z", "2026-03-14T02:30:00.000Z");
  }
  await world.run("2026-03-14T00:00:00.000Z", "2026-03-14T01:00:00.000Z");
  const { stderr } = await offair(["history", "2026-03-14", "--bundle", files.folder(world.objects)]);
  expect(stderr).toMatch(/^130,000 streams were off at some time of 2026-03-14/m);
}, 120_000);
