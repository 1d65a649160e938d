import { readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { HOSTILE_STREAMS, OBEYED } from "../support/hostile-names.ts";
import { useGateway } from "./gateway.ts";
import { offair, type Surroundings, useFiles } from "./offair.ts";
import { ID, planned, planOf, ROOM, ROOM_TEXT, refusal, roomsOf, SHA256 } from "./responses.ts";

const gateway = useGateway();
const files = useFiles();
const DISABLE = ["--disable", "--for", "24h", "--reason", "INC-881"];

async function plan(args: readonly string[], surroundings: Surroundings = {}) {
  return offair(["plan", ...args], { env: gateway.as("alice"), ...surroundings });
}
const asked = () => gateway.received.map(({ event }) => event);
const fileOf = (text: string): string => {
  const file = files.path(".txt");
  writeFileSync(file, text);
  return file;
};

describe("which streams", () => {
  const base = { action: "plan", wanted: "disable", hours: 24, reason: "INC-881" };
  const slashes = { domain: "push.example.com", app: "a/b", stream: "c" };

  it.each<[string, () => Promise<unknown>, object]>([
    ["as words", () => plan([...DISABLE, ROOM_TEXT, `${ROOM_TEXT}/more`]), [ROOM, { ...ROOM, stream: "room-1/more" }]],
    ["in a file", () => plan([...DISABLE, fileOf(`# raid\n${ROOM_TEXT}\r\n\n`)]), [ROOM]],
    ["in a file that begins with a byte order mark", () => plan([...DISABLE, fileOf(`\ufeff${ROOM_TEXT}\n`)]), [ROOM]],
    [
      "as lines of JSON",
      () => plan([...DISABLE, fileOf(`${JSON.stringify({ type: "off", ...slashes })}\n`)]),
      [slashes],
    ],
    [
      "as offair list --json has them",
      () =>
        plan([...DISABLE, fileOf(`${JSON.stringify({ type: "off", ...ROOM, order: null })}\n{"type":"summary"}\n`)]),
      [ROOM],
    ],
    ["through a pipe", () => plan([...DISABLE, "-"], { typed: `${ROOM_TEXT}\n` }), [ROOM]],
    [
      "named twice, once",
      () => plan([...DISABLE, "-"], { typed: `${ROOM_TEXT}\nPUSH.example.com/live/room-1` }),
      [ROOM],
    ],
  ])("%s", async (_, run, streams) => {
    gateway.answer(() => planned());
    expect(await run()).toMatchObject({ code: 0 });
    expect(asked()).toEqual([{ ...base, streams }]);
  });

  it("of what is live: all that was given", async () => {
    gateway.answer(() => planned());
    const args = ["--live", "push.example.com", "--app", "live", "--name", "raid-*", "--client", "192.0.2.7"];
    await plan([...DISABLE, ...args, "--since", "2026-11-22T03:00:00+01:00", "--override-protected"]);
    const selector = { domain: "push.example.com", app: "live", name: "raid-*", clientAddress: "192.0.2.7" };
    expect(asked()).toEqual([
      { ...base, overrideProtected: true, selector: { ...selector, startedSince: "2026-11-22T02:00:00.000Z" } },
    ]);
  });

  it("since so long ago", async () => {
    gateway.answer(() => planned());
    await plan(["--pause", "--reason", "x", "--live", "push.example.com", "--since", "30m"]);
    const [{ selector } = {}] = asked() as [{ selector?: { startedSince: string } }];
    expect(Math.abs(Date.parse(selector?.startedSince ?? "") + 30 * 60_000 - Date.now())).toBeLessThan(60_000);
  });

  it.each(HOSTILE_STREAMS)("by its exact name: $what", async ({ name }) => {
    gateway.answer(() => planned());
    const stream = { domain: "push.example.com", app: "live", stream: name };
    await plan([...DISABLE, fileOf(`${JSON.stringify(stream)}\n`)]);
    await plan(["--disable", "--for", "24h", "--reason", "INC-881", "--", formatStream(stream)]);
    expect(asked()).toEqual([
      { ...base, streams: [stream] },
      { ...base, streams: [stream] },
    ]);
  });
});

describe("typed wrongly, nothing is asked, and a sentence tells what to type:", () => {
  it.each<[string, () => string[], string]>([
    ["no action", () => ["--reason", "x", ROOM_TEXT], "give one of --disable, --pause and --enable"],
    ["two actions", () => ["--disable", "--enable", "--reason", "x", ROOM_TEXT], "give one of --disable"],
    ["no reason", () => ["--disable", ROOM_TEXT], "--reason is missing"],
    ["an empty reason", () => ["--disable", "--reason", " ", ROOM_TEXT], "--reason: must not be empty"],
    [
      "minutes",
      () => ["--disable", "--for", "30m", "--reason", "x", ROOM_TEXT],
      "whole hours or days, such as 24h or 3d",
    ],
    ["no time at all", () => ["--disable", "--for", "0h", "--reason", "x", ROOM_TEXT], "whole hours or days"],
    ["too many days", () => ["--disable", "--for", "91d", "--reason", "x", ROOM_TEXT], "--for: "],
    ["hours of a pause", () => ["--pause", "--for", "2h", "--reason", "x", ROOM_TEXT], "--for is for --disable only"],
    ["no streams", () => DISABLE, "which streams?"],
    ["half a stream", () => [...DISABLE, "push.example.com/live", ROOM_TEXT], "a stream is DOMAIN/APP/STREAM"],
    [
      "a name as it is shown",
      () => [...DISABLE, "push.example.com/live/a\\u{202e}b"],
      "this is how offair shows invisible characters",
    ],
    ["such a name in a line", () => [...DISABLE, fileOf("push.example.com/live/a\\u{202e}b\n")], "line 1: "],
    ["half a stream alone", () => [...DISABLE, "push.example.com/live"], "ENOENT; a stream is DOMAIN/APP/STREAM"],
    ["every stream", () => [...DISABLE, "push.example.com/live/*"], 'must not be "*"'],
    ["a file that is not there", () => [...DISABLE, "./nowhere.txt"], "cannot read ./nowhere.txt: ENOENT"],
    ["a file without streams", () => [...DISABLE, fileOf("# none\n")], "names no stream"],
    ["a line that is none", () => [...DISABLE, fileOf(`${ROOM_TEXT}\nroom-2\n`)], "line 2: room-2: a stream is"],
    ["a blank at its end", () => [...DISABLE, fileOf(`${ROOM_TEXT} \n`)], "line 1 begins or ends with a blank"],
    ["half a line of JSON", () => [...DISABLE, fileOf('{"domain":')], "line 1 is not JSON"],
    ["JSON that is no stream", () => [...DISABLE, fileOf('{"domain":"a.example"}')], "line 1 is not a stream: /app"],
    ["streams and a selector", () => [...DISABLE, ROOM_TEXT, "--live", "push.example.com"], "not both"],
    ["a selector without its domain", () => [...DISABLE, "--name", "raid-*"], "give --live DOMAIN too"],
    ["an address that is none", () => [...DISABLE, "--live", "push.example.com", "--client", "1.2.3"], "--client: "],
    [
      "a time that is none",
      () => [...DISABLE, "--live", "a.example", "--since", "yesterday"],
      "--since must be a time",
    ],
    [
      "a day that no month has",
      () => [...DISABLE, "--live", "a.example", "--since", "2026-02-30T00:00:00Z"],
      "--since must be a time",
    ],
    [
      "a day without an hour",
      () => [...DISABLE, "--live", "a.example", "--since", "2026-03-14"],
      "--since must be a time",
    ],
    ["what is live, to be enabled", () => ["--enable", "--reason", "x", "--live", "a.example"], "undo the batch"],
    ["a plan that would overwrite", () => [...DISABLE, ROOM_TEXT, "--out", fileOf("")], "exists already"],
    [
      "more than a plan takes",
      () => [...DISABLE, fileOf(roomsOf(5_001).map(formatStream).join("\n"))],
      "5,001 streams are too many: a plan has at most 5,000",
    ],
  ])("%s", async (_, args, sentence) => {
    const { code, stdout, stderr } = await plan(args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(gateway.received).toEqual([]);
  });

  it("standard input which is the terminal", async () => {
    const ended = await plan([...DISABLE, "-"], { onTerminal: true });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("which is the terminal") });
  });
});

describe("a plan is shown", () => {
  it("as exactly what will be done, and what to type next", async () => {
    const streams = [{ ...ROOM, clientAddress: "192.0.2.7", startTime: "2026-11-22T04:59:00Z" }];
    gateway.answer(() => planned({ streams, liveCount: 8_000 }));
    expect((await plan([...DISABLE, ROOM_TEXT])).stdout.split("\n")).toEqual([
      `PLAN ${ID}: disable 1 stream until 2026-11-23T05:00:00Z`,
      "does      disables pushing until the resume time",
      "because   INC-881",
      "asked by  arn:aws:iam::123456789012:user/alice",
      "streams   1 of 8,000 that are live",
      `  192.0.2.7        since 2026-11-22T04:59:00Z  ${ROOM_TEXT}`,
      "approval  not needed: one person may act on 100 more streams (limit-total)",
      "takes     about 2 s at the allowed rate",
      expect.stringContaining("expires   2026-11-22T05:10:00Z"),
      `sha256    ${SHA256}`,
      "",
      "next:",
      `  offair apply ${ID} --sha256 ${SHA256} --reason INC-881`,
      "",
    ]);
  });

  it("with who has to say yes first, and what is left out", async () => {
    const approvalThreshold = {
      most: 100,
      limit: "limit-total",
      needsApproval: ["limit-total", "protected-stream"] as const,
    };
    const skipped = [
      { stream: { ...ROOM, stream: "news" }, because: "protected-stream" as const },
      { stream: { ...ROOM, stream: "gone" }, because: "already-off" as const },
    ];
    gateway.answer(() =>
      planned({ approvalThreshold, skipped, alreadyOffKnown: false, reason: "it's 3am; $(reboot)" }),
    );
    const { stdout } = await plan([...DISABLE, ROOM_TEXT]);
    expect(stdout).toContain(
      "it exceeds the number of streams that one person may act on; it acts on protected streams",
    );
    expect(stdout).toMatch(/left out {2}1 protected: .*second person\n {2}push\.example\.com\/live\/news\n/);
    expect(stdout).toMatch(/left out {2}1 disabled already\n {2}push\.example\.com\/live\/gone\n/);
    expect(stdout).toContain("the list of disabled streams could not be read completely");
    expect(stdout).toContain(`next, by a second person:\n  offair approve ${ID} --sha256 ${SHA256}`);
    expect(stdout).toContain(`--reason 'it'\\''s 3am; $(reboot)'`);
  });

  it("whole in a pipe", async () => {
    gateway.answer(() => planned({ streams: roomsOf(30) }));
    expect((await plan([...DISABLE, ROOM_TEXT])).stdout.match(/room-\d+/g)).toHaveLength(30);
  });

  it("as an object, and in a file for its owner alone", async () => {
    gateway.answer(() => planned());
    const file = files.path(".json");
    const { stdout } = await plan([...DISABLE, ROOM_TEXT, "--json", "--out", file]);
    expect(JSON.parse(stdout)).toEqual({ type: "plan", ...planOf(), exit: 0 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(planOf());
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("with hostile names as text, each at the end of a line of its own", async () => {
    const streams = HOSTILE_STREAMS.map(({ name }) => ({ domain: "push.example.com", app: name, stream: name }));
    const name = HOSTILE_STREAMS[9]?.name ?? "";
    gateway.answer(() =>
      planned({ streams, reason: `${name}\u001b[2J`, skipped: [{ stream: ROOM, because: "out-of-scope" }] }),
    );
    const { stdout } = await plan([...DISABLE, ROOM_TEXT]);
    expect(stdout).not.toMatch(OBEYED);
    const lines = stdout.split("\n").filter((line) => line.startsWith("  push.example.com/"));
    expect(lines.map((line) => line.slice(2))).toEqual([...streams.map(formatStream).map(escapeInvisible), ROOM_TEXT]);
  });

  it("not, where it is refused: each stream is named with what is wrong with it", async () => {
    gateway.answer(() => ({
      ...{ ok: false, results: [] },
      errors: [{ pointer: "/streams/0", message: "is outside the configured ingest domains and apps" }],
    }));
    const { code, stdout, stderr } = await plan([...DISABLE, ROOM_TEXT]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toBe(`offair: refused: is outside the configured ingest domains and apps: ${ROOM_TEXT}\n`);
  });

  it("not, where nothing is left of it: each stream is named with why", async () => {
    const results = [{ stream: ROOM, outcome: "refused" as const, error: "already-off" }];
    const body = { ...refusal("leaves no stream to change"), results };
    gateway.answer(() => ({ status: 422, body: JSON.stringify(body) }));
    const { code, stderr } = await plan([...DISABLE, ROOM_TEXT]);
    expect({ code, stderr }).toEqual({
      ...{ code: 3, stderr: `offair: refused: leaves no stream to change\n  already-off: ${ROOM_TEXT}\n` },
    });
  });
});
