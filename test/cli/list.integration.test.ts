/** `offair list`: grouped for people, a line a stream for programs, and what it counts. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { displayWidth } from "../../cli/terminal/width.ts";
import { summarise } from "../../lib/operator/contract/order-summary.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import type { Authority, Order } from "../../lib/orders/order.ts";
import { HOSTILE_STREAMS, OBEYED } from "../support/hostile-names.ts";
import { useGateway } from "./gateway.ts";
import { jsonLines, offair, type Surroundings } from "./offair.ts";
import { ALICE, ID, planned, ROOM, roomsOf } from "./responses.ts";

const gateway = useGateway();
const NOW = () => new Date("2026-11-22T06:00:00Z");
beforeEach(() => gateway.setClock(NOW));
const run = (args: readonly string[], surroundings: Surroundings = {}) =>
  offair(args, { env: gateway.as("alice"), now: NOW, ...surroundings });
const onTerminal = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await run(args, { coloured: true });
  return {
    code,
    lines: stdout
      .replace(/\u001b\[\d+m/g, "")
      .trimEnd()
      .split("\n"),
    stderr,
  };
};
const events = () => gateway.received.map(({ event }) => event);

const AT = "2026-11-22T05:00:00.000Z";
const UNTIL = "2026-11-23T05:00:00Z";
const RAID = "op-1a2b3c4d-0000-4000-8000-000000000002";

const byOperator = (orderId: string, requestedBy: string): Authority => ({
  ...{ kind: "operator", cause: `${orderId}#0`, orderId, requestedBy, overridesRulesUntil: AT },
});
const byRule = (id: string): Authority => ({
  ...{ kind: "rule", cause: `hive#${id}`, source: "hive", rule: "severe", policy: "0" },
});
const off = (stream: string, order: Partial<Order> & Pick<Order, "authority">, resumeTime = UNTIL): Result => ({
  ...{ stream: { ...ROOM, stream }, resumeTime },
  order: summarise({
    ...{ stream: ROOM, number: 3, action: "disable", reason: "INC-881", placedAt: AT, attempts: [] },
    ...{ outcome: "verified", ...order },
  }),
});
const foreign = (stream: string): Result => ({ stream: { ...ROOM, stream }, resumeTime: null, order: null });
const answerOf = (results: readonly Result[], more: Partial<OperatorResponse> = {}): OperatorResponse => ({
  ...{ ok: true, errors: [], totals: { "push.example.com": results.length }, results: [...results] },
  ...more,
});

const raid = (count: number): Result[] =>
  Array.from({ length: count }, (_, index) => off(`raid-7-${index}`, { authority: byOperator(RAID, ALICE) }));
const mixed = (): Result[] => [
  foreign("theirs"),
  off("canary", { authority: { ...byRule("0"), cause: "canary#canary_1" }, placedAt: "2026-11-22T05:50:00.000Z" }),
  off("b", { authority: byRule("2"), reason: "csam 0.97", placedAt: "2026-11-22T04:00:00.000Z" }),
  off("a", { authority: byRule("1"), reason: "weapons 0.8" }, "2026-11-22T09:00:00Z"),
  ...raid(5),
  off("one", { authority: byOperator(ID, "bo (claimed)"), outcome: "unverified", placedAt: "2026-11-22T05:30:00Z" }),
];

describe("on a terminal", () => {
  it("200 streams of one batch take a few lines, which name the command that shows them all", async () => {
    gateway.answer(() => answerOf(raid(200).reverse()));
    const { code, lines, stderr } = await onTerminal(["list"]);
    expect({ code, lines, stderr }).toEqual({
      code: 0,
      lines: [
        `200 × INC-881 by alice until ${UNTIL} (op-1a2b3c4d)`,
        "  push.example.com/live/raid-7-0",
        "  push.example.com/live/raid-7-1",
        "  push.example.com/live/raid-7-2",
        "  … and 197 more",
        "every name: --all; one line a stream with more columns: -o wide",
        "200 disabled on push.example.com, as counted by Live",
      ],
      stderr: "",
    });
  });

  it("groups by order, batch and rule, the latest first; then the canary, and what is not by offair", async () => {
    gateway.answer(() => answerOf(mixed()));
    const { lines } = await onTerminal(["list"]);
    expect(lines.filter((line) => / × /.test(line))).toEqual([
      `1 × INC-881 by bo (claimed) until ${UNTIL} (op-00000000)  1 unverified`,
      `2 × 2 reasons by rule severe until 2026-11-22T09:00:00Z to ${UNTIL}`,
      `5 × INC-881 by alice until ${UNTIL} (op-1a2b3c4d)`,
      `1 × the canary of offair until ${UNTIL}`,
      "1 × not by offair: no order of offair explains them, without a known end",
    ]);
    expect(lines.at(-1)).toBe("10 disabled on push.example.com, as counted by Live, of which one is the canary's");
  });

  it("--all names every stream; two order ids that begin alike are told apart", async () => {
    const other = RAID.replace(/2$/, "3");
    gateway.answer(() => answerOf([...raid(30), off("x", { authority: byOperator(other, ALICE) })]));
    const { lines } = await onTerminal(["list", "--all"]);
    expect(lines.filter((line) => line.startsWith("  push."))).toHaveLength(31);
    expect(lines.join("\n")).toContain(`(${RAID})`);
    expect(lines.join("\n")).toContain(`(${other})`);
    expect(lines.join("\n")).not.toContain("--all");
  });

  it("a long reason, person or name takes no second row of 80 columns, and right-to-left text ends before words of offair", async () => {
    const authority = byOperator(RAID, `arn:aws:sts::123456789012:assumed-role/${"r".repeat(60)}/s`);
    gateway.answer(() => answerOf([off("n".repeat(500), { authority, reason: "של ".repeat(90) })]));
    const { lines } = await onTerminal(["list"]);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/^1 × (של ){3}של… by s \(r{15}… until \S+ \(op-1a2b3c4d\)$/);
  });

  it("-o wide: a line a stream, aligned also after wide characters, the name last", async () => {
    gateway.answer(() => answerOf([off("a", { authority: byOperator(ID, "王 (claimed)") }), ...mixed().slice(0, 3)]));
    const { lines } = await onTerminal(["list", "-o", "wide"]);
    const [head = "", ...rows] = lines.slice(0, 5);
    expect(head.split(/ {2,}/)).toEqual([...["UNTIL", "SINCE", "ORDER", "BY", "OUTCOME", "BECAUSE", "KIND", "STREAM"]]);
    const names = rows.map((row) => row.slice(row.lastIndexOf(" ") + 1));
    expect(names).toEqual(["a", "b", "canary", "theirs"].map((name) => `push.example.com/live/${name}`));
    const columns = rows.map((row, index) => displayWidth(row) - displayWidth(names[index] ?? ""));
    expect(new Set([...columns, head.indexOf("STREAM")]).size).toBe(1);
  });
});

describe("in a pipe", () => {
  it("each line is a stream, with the same cells in the same order; counts go to stderr", async () => {
    gateway.answer(() => answerOf(mixed(), { truncated: true }));
    const { stdout, stderr } = await run(["list"]);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual(
      [
        ...[UNTIL, "2026-11-22T05:00:00Z", "-", "rule severe, report hive#1", "verified", "weapons 0.8", "rule"],
        "push.example.com/live/a",
      ].with(0, "2026-11-22T09:00:00Z"),
    );
    expect(rows.find(([, , , by]) => by === ALICE)).toEqual([
      ...[UNTIL, "2026-11-22T05:00:00Z", RAID, ALICE, "verified", "INC-881", "operator"],
      "push.example.com/live/raid-7-0",
    ]);
    expect(rows.at(-1)).toEqual(["-", "-", "-", "not by offair", "-", "-", "foreign", "push.example.com/live/theirs"]);
    for (const cells of rows) expect(cells).toHaveLength(8);
    expect(stderr).toContain("10 disabled on push.example.com, as counted by Live, of which one is the canary's\n");
    expect(stderr).toContain("the list is longer than one response can hold");
  });

  it("nothing is printed where nothing is disabled: a name that is mistyped is said on stderr", async () => {
    gateway.answer(() => answerOf([]));
    expect(await run(["list", "--app", "liv", "--stream", "a\u202eb"])).toEqual({
      ...{ code: 0, stdout: "" },
      stderr: "0 disabled on push.example.com with --app liv --stream a\\u{202e}b, as counted by Live\n",
    });
  });

  it("no name, reason or person adds a line or a cell", async () => {
    const reason = "a\tb\nc";
    gateway.answer(() =>
      answerOf(
        HOSTILE_STREAMS.map(({ name }) => off(`${name}\t\n`, { authority: byOperator(ID, `${name}\t\n`), reason })),
      ),
    );
    for (const args of [
      ["list"],
      ["list", "-o", "wide"],
      ["list", "--all"],
      ["list", "-o", "csv"],
      ["list", "-o", "json"],
    ]) {
      const { stdout, stderr } = await run(args);
      expect(stdout.replaceAll("\t", "").replace(/^\ufeff/, "")).not.toMatch(OBEYED); // a tab in a text would be a cell more
      expect(stderr).not.toMatch(OBEYED);
    }
    const { stdout } = await run(["list"]);
    for (const line of stdout.trimEnd().split("\n")) expect(line.split("\t")).toHaveLength(8);
    expect(stdout.trimEnd().split("\n")).toHaveLength(HOSTILE_STREAMS.length);
  });
});

describe("narrowed", () => {
  it("by domain, app and name in the request; by person and time in the answer", async () => {
    gateway.answer(() => answerOf(mixed()));
    const names = async (...args: string[]) => {
      const { stdout } = await run(["list", ...args]);
      return stdout.split("\n").flatMap((line) => line.split("\t")[7]?.split("/")[2] ?? []);
    };
    await names("--domain", "push.example.com", "--app", "live", "--name", "raid-*");
    expect(events()).toEqual([
      { action: "list", reason: "offair list", domain: "push.example.com", app: "live", name: "raid-*" },
    ]);
    expect(await names("--by", "alice")).toHaveLength(5);
    expect(await names("--by", "rule severe*")).toEqual(["a", "b", "canary"]);
    expect(await names("--by", "not by offair")).toEqual(["theirs"]);
    expect(await names("--since", "45m")).toEqual(["canary", "one"]);
    expect(await names("--by", "ali")).toEqual([]);
  });

  it("by a person who acts as a session of a role, with or without the role", async () => {
    const bob = byOperator(RAID, "arn:aws:sts::123456789012:assumed-role/Moderators/bob");
    const rule = byOperator(ID, "rule severe, report hive#x/bob");
    gateway.answer(() => answerOf([off("theirs", { authority: rule }), off("mine", { authority: bob })]));
    for (const by of ["bob", "Moderators/bob", "Moderators/*", "arn:*assumed-role/Moderators/bob"]) {
      const { stdout } = await run(["list", "--by", by]);
      expect(stdout.trimEnd().split("\n")).toEqual([expect.stringMatching(/\/mine$/)]);
    }
  });

  it("--limit prints the first ones, and says how many there are more", async () => {
    gateway.answer(() => answerOf(raid(30)));
    const { stdout, stderr } = await run(["list", "--limit", "10", "--by", "alice"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(10);
    expect(stderr.split("\n")).toEqual([
      "… and 20 more: --limit shows the first ones only",
      "30 disabled on push.example.com, as counted by Live",
      "shown: 30 with --by alice",
      "",
    ]);
    gateway.answer(() => answerOf(raid(30).reverse()));
    const rows = jsonLines(await run(["list", "--limit", "10", "-o", "json"]));
    expect(rows.slice(0, -1).map((row) => `push.example.com/live/${row.stream}`)).toEqual(
      stdout.split("\n").flatMap((line) => line.split("\t")[7] ?? []),
    );
    expect(rows).toHaveLength(11);
    expect(rows.at(-1)).toMatchObject({ type: "summary", count: 30, leftOut: 20 });
  });

  it.each([
    [["-o", "yaml"], "-o yaml: the formats are wide, json, csv"],
    [["-o", "csv", "--json"], "give one format, not csv and json"],
    [["--limit", "0"], "--limit 0 must be a whole number from 1"],
    [["--since", "soon"], "--since must be a time"],
  ])("%j is refused before anything is asked", async (args, why) => {
    expect(await run(["list", ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
    expect(events()).toEqual([]);
  });
});

it("-o csv is for a spreadsheet: a byte-order mark, quoted cells, and no formula", async () => {
  gateway.answer(() => answerOf([off("=1+1", { authority: byOperator(RAID, ALICE), reason: "@SUM(1)" })]));
  const { stdout } = await run(["list", "-o", "csv"]);
  expect(stdout.split("\r\n")).toEqual([
    '\ufeff"domain","app","stream","until","since","kind","by","order_id","order","rule","outcome","reason"',
    `"push.example.com","live","'=1+1","${UNTIL}","2026-11-22T05:00:00Z","operator","${ALICE}","${RAID}","3","","verified","'@SUM(1)"`,
    "",
  ]);
});

it("-o json and --json are the same, and a list of streams again", async () => {
  gateway.answer(() => answerOf(roomsOf(2).map(({ stream }) => foreign(stream))));
  const { stdout } = await run(["list", "-o", "json"]);
  expect((await run(["list", "--json"])).stdout).toBe(stdout);
  gateway.answer(() => planned());
  await run(["plan", "--enable", "--reason", "x", "-"], { typed: stdout });
  expect(events().at(-1)).toMatchObject({ wanted: "enable", streams: roomsOf(2) });
});

it("warns of rows that cannot be read, and shows their names as text", async () => {
  const odd = { domain: "push.example.com", app: "live", stream: "a\u202eb", issue: "/resume_time: Invalid" };
  const first = [odd, { domain: "push.example.com", issue: "the whole: Invalid" }];
  gateway.answer(() => answerOf([], { totals: {}, unreadable: { count: 7, first } }));
  const { code, stdout, stderr } = await run(["list"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr.split("\n")).toEqual([
    "0 disabled; Live gives no total",
    "offair: 7 rows of Live's list cannot be read: these streams may be disabled too",
    "  push.example.com/live/a\\u{202e}b: /resume_time: Invalid",
    "  push.example.com/?/?: the whole: Invalid",
    "  … and 5 more",
    "",
  ]);
});

it("an answer of an older function, without order ids, is grouped by person and reason", async () => {
  const old = raid(20).map((row) => {
    const { orderId: _id, ...order } = row.order ?? summarise({} as Order);
    return { ...row, order };
  });
  gateway.answer(() => answerOf(old));
  const { lines } = await onTerminal(["list"]);
  expect(lines[0]).toBe(`20 × INC-881 by alice until ${UNTIL}`);
});
