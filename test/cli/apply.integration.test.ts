import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { HOSTILE_STREAMS, OBEYED } from "../support/hostile-names.ts";
import { type Received, type Said, useGateway } from "./gateway.ts";
import { jsonLines, offair, type Surroundings, useFiles } from "./offair.ts";
import { batchOf, ID, planned, progress, ROOM, refusal, roomsOf, SHA256 } from "./responses.ts";

const gateway = useGateway();
const files = useFiles();
const NAMED = ["--sha256", SHA256, "--reason", "INC-881"];
const apply = (args: readonly string[] = NAMED, surroundings: Surroundings = {}) =>
  offair(["apply", ID, ...args], { env: gateway.as("alice"), ...surroundings });
const DONE = { state: "done", left: 0, outcomes: { verified: 3 }, endedAt: "2026-11-22T05:01:05.000Z" } as const;

const ended = (results: readonly Partial<Result>[]): OperatorResponse => ({
  ...progress({ ...DONE, count: results.length }),
  results: roomsOf(results.length).map((stream, index) => ({ stream, outcome: "verified", ...results[index] })),
});

/** Answers what is asked of the batch; `applied` what the nth `apply` is told. */
function script(applied: (event: Received["event"], nth: number) => Said, states: readonly OperatorResponse[] = []) {
  let [applies, looks] = [0, 0];
  gateway.answer(({ event }) => {
    if (event.action === "apply") return applied(event, ++applies);
    if (event.results !== false) return ended([{}, {}, {}]);
    return states[Math.min(looks++, states.length - 1)] ?? progress(DONE);
  });
}
const applies = () => gateway.received.filter(({ event }) => event.action === "apply");

describe("apply", () => {
  it("names the plan that was seen, watches until it is done, and tells what came of each stream", async () => {
    script(() => progress(), [progress(), progress({ left: 1 }), progress(DONE)]);
    const { code, stdout, stderr } = await apply();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(applies().map(({ route, event }) => ({ route, event }))).toEqual([
      { route: "/operator", event: { action: "apply", orderId: ID, planSha256: SHA256, reason: "INC-881" } },
    ]);
    expect(stdout.split("\n")).toEqual([
      "verified    push.example.com/live/room-1",
      "verified    push.example.com/live/room-2",
      "verified    push.example.com/live/room-3",
      `${ID}, disable of 3 streams, is done`,
      "because   INC-881",
      "planned   by arn:aws:iam::123456789012:user/alice",
      "applied   by arn:aws:iam::123456789012:user/alice",
      "3 disabled, 3 verified, 0 failed",
      "applied at 2026-11-22T05:01:00Z, last result at 2026-11-22T05:01:05Z, after 5 s",
      `to reverse it: offair undo ${ID} --reason TEXT`,
      "",
    ]);
  });

  it("shows on a terminal how far it is, on one line", async () => {
    const outcomes = { verified: 310, unverified: 2, failed: 1, refused: 1, unknown: 1 };
    script(() => progress(), [progress({ count: 500, left: 185, secondsLeft: 5, outcomes }), progress(DONE)]);
    const { stderr } = await apply([...NAMED, "--yes"], { onTerminal: true });
    // Beside these words a bar would have less than 8 columns, so there is none.
    expect(stderr).toContain("\r\u001b[2K 63 %  315 of 500, 2 failed, 1 unknown  about 5 s at the allowed rate");
    expect(stderr).toContain("\r\u001b[2K");
  });

  /** 100 streams at two a second, as a clock that each sleep moves. */
  function running(failing: (done: number) => number) {
    let [ms, sleeps] = [Date.parse("2026-11-22T05:01:00Z"), 0];
    const clock = () => new Date(ms);
    gateway.setClock(clock);
    const doneNow = () => Math.min(100, 3 * sleeps);
    const failed = (count: number): Result[] =>
      roomsOf(count).map((stream) => ({ stream, outcome: "failed", error: "LIVE.1", message: "LIVE.1: no" }));
    gateway.answer(({ event }) => {
      const [done, bad] = [doneNow(), failing(doneNow())];
      const state = done === 100 ? "done" : "running";
      const said = progress({ state, count: 100, left: 100 - done, outcomes: { verified: done - bad, failed: bad } });
      if (event.results === "failed") return { ...said, results: failed(bad) };
      if (event.results === false || event.action === "apply") return said;
      const others = roomsOf(100).slice(bad);
      return {
        ...said,
        results: [...failed(bad), ...others.map((stream) => ({ stream, outcome: "verified" as const }))],
      };
    });
    const sleep = async (asleepMs: number) => {
      ms += asleepMs;
      sleeps += 1;
    };
    return { now: clock, sleep };
  }

  it("shows a bar, the measured rate and the time that is left, and each failure once above it", async () => {
    const clock = running((done) => (done < 30 ? 0 : done < 60 ? 1 : 2));
    const { code, stdout, stderr } = await apply([...NAMED, "--yes"], { onTerminal: true, coloured: true, ...clock });
    expect(code).toBe(1);
    expect(stderr).toContain("[##########--------------]  42 %  42 of 100, 1 failed  2.0/s, 29 s left");
    for (const line of stderr.split(/[\r\n]/)) expect(line.length).toBeLessThan(80);
    expect(stderr.split(/[\r\n]/).filter((line) => line.includes("/room-"))).toEqual([
      "\u001b[2Kfailed      push.example.com/live/room-1",
      "\u001b[2Kfailed      push.example.com/live/room-2",
    ]);
    expect(stdout).not.toContain("room-1\n"); // the terminal shows it already
    expect(stdout).toContain("… and 78 more that succeeded");
    expect(gateway.received.filter(({ event }) => event.results === "failed")).toHaveLength(2);
  });

  it("shows each failure of a stream that the batch has twice, as an approval of two cases of it", async () => {
    let looks = 0;
    const failed = [1, 2].map((orderNumber) => ({ stream: ROOM, outcome: "failed" as const, orderNumber }));
    gateway.answer(({ event }) => {
      if (event.results === "failed") return { ...progress(), results: failed };
      const isDone = event.action === "status" && ++looks > 3;
      const outcomes = { verified: 1, failed: 2 };
      return progress(isDone ? { ...DONE, outcomes } : { left: 1, outcomes });
    });
    const { stderr } = await apply();
    expect(stderr.match(/^ {2}order \d$/gm)).toEqual(["  order 1", "  order 2"]);
    expect(gateway.received.filter(({ event }) => event.results === "failed")).toHaveLength(1);
  });

  it("writes a line of a log every half a minute in a pipe, and there the results have all failures", async () => {
    const { stdout, stderr } = await apply(
      NAMED,
      running((done) => (done < 30 ? 0 : 1)),
    );
    expect(stderr.split("\n")).toEqual([
      "failed      push.example.com/live/room-1",
      "  LIVE.1: no",
      "offair: 60 %  60 of 100, 1 failed  2.0/s, 20 s left",
      "",
    ]);
    expect(stdout).toContain("failed      push.example.com/live/room-1\n  LIVE.1: no\n");
  });

  it.each<[string, string, number, number]>([
    ["yes", "y\n", 0, 1],
    ["no", "n\n", 3, 0],
    ["nothing", "\n", 3, 0],
    ["the end of the input", "", 3, 0],
  ])("asks at a terminal, and takes %s for what it is", async (_, typed, code, sent) => {
    let isApplied = false;
    gateway.answer(({ event }) => {
      if (event.action === "apply" && event.dryRun !== true) isApplied = true;
      if (event.action === "status" && !isApplied) return planned({ streams: roomsOf(3) });
      return event.action === "status" && event.results !== false ? ended([{}, {}, {}]) : progress(DONE);
    });
    const now = () => new Date("2026-11-22T05:00:00Z");
    gateway.setClock(now);
    const done = await apply(NAMED, { onTerminal: true, typed, now });
    expect(done.code).toBe(code);
    expect(done.stdout).toContain(`PLAN ${ID}: disable 3 streams`);
    expect(done.stderr).toContain(
      "apply: disable 3 streams of push.example.com until 2026-11-23T05:00:00Z (1 d); sha256 aaaaaaaaaaaa…; because INC-881? [y/N]",
    );
    expect(applies().filter(({ event }) => event.dryRun !== true)).toHaveLength(sent);
  });

  it.each(["😀".repeat(100), `x${"😀".repeat(100)}`])(
    "asks with a long reason, of which no character is cut",
    async (reason) => {
      gateway.answer(({ event }) => (event.action === "status" ? planned({ reason }) : progress(DONE)));
      const { stderr } = await apply(NAMED, { onTerminal: true, typed: "n\n" });
      expect(stderr).toContain("😀…? [y/N]");
      expect(stderr).not.toContain("\ufffd");
    },
  );

  it("is refused before the question", async () => {
    gateway.answer(({ event }) => (event.dryRun ? refusal("expired at 05:10", "/orderId") : progress()));
    const done = await apply(NAMED, { onTerminal: true, typed: "y\n" });
    expect(done).toMatchObject({ code: 3, stderr: expect.stringContaining("expired at 05:10") });
    expect(done.stderr).not.toContain("[y/N]");
    expect(applies()).toHaveLength(1);
  });

  it("breaks the glass only by the route that is there for it", async () => {
    script(() => progress());
    const refused = await apply([...NAMED, "--break-glass"]);
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Break-glass needs a permission of its own"),
    });
    expect(applies()).toEqual([]);
    await apply([...NAMED, "--break-glass"], { env: gateway.as("carol") });
    expect(applies()).toMatchObject([{ route: "/operator/break-glass", event: { breakGlass: true } }]);
  });

  it("returns at once where nobody wants to watch", async () => {
    script(() => progress());
    const { code, stdout } = await apply([...NAMED, "--no-watch"]);
    expect({ code, looks: gateway.received.length }).toEqual({ code: 0, looks: 1 });
    expect(stdout).toContain(`the batch is running: offair watch ${ID} shows it`);
  });

  it("returns at once with the end of a batch that has ended by then, as one of rejections has", async () => {
    script(() => progress({ ...DONE, action: "reject", outcomes: { rejected: 3 } }));
    const { stdout } = await apply([...NAMED, "--no-watch"]);
    expect(stdout).not.toContain("is running");
    expect(stdout).toMatch(/\na verdict is taken back by offair review reopen CASE --reason TEXT\n$/);
  });

  it.each(["pause", "enable"] as const)("names no undo after a %s, which none reverses", async (action) => {
    gateway.answer(() => progress({ ...DONE, action }));
    expect((await apply()).stdout).not.toContain("undo");
  });

  it("is refused in the function's words", async () => {
    script(() => refusal("was applied by somebody, and a plan is applied once", "/orderId"));
    expect(await apply()).toMatchObject({
      code: 3,
      stderr: "offair: refused: ID: was applied by somebody, and a plan is applied once\n",
    });
    expect(gateway.received).toHaveLength(1);
  });

  it.each([
    ["no hash", ["--reason", "x"], "--sha256 is missing"],
    ["no reason", ["--sha256", SHA256], "--reason is missing"],
    ["a file that would never be written", [...NAMED, "--no-watch", "--out", "x"], "--out needs the results"],
    ["a hash that is none", ["--sha256", "abc", "--reason", "x"], "--sha256: must be a SHA-256"],
  ])("%s: nothing is asked", async (_, args, sentence) => {
    expect(await apply(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(gateway.received).toEqual([]);
  });
});

describe("an answer that is lost", () => {
  it.each<[string, Said]>([
    ["on the way", "cut"],
    ["in the gateway", 503],
    [
      "in the function",
      { status: 503, body: JSON.stringify({ ...refusal("ERR_LEDGER: away"), retryAfterSeconds: 3 }) },
    ],
  ])("%s: the same request is sent again, with the same id", async (_, lost) => {
    script((_event, nth) => (nth === 1 ? lost : progress()));
    expect(await apply()).toMatchObject({ code: 0 });
    const [first, second] = applies();
    expect(applies()).toHaveLength(2);
    expect(second).toEqual(first);
  });

  it("and a refusal after it is the answer", async () => {
    script((_event, nth) => (nth === 1 ? "cut" : refusal("has expired")));
    expect(await apply()).toMatchObject({ code: 3, stderr: expect.stringContaining("has expired") });
  });

  it("for good: reports that the outcome is unknown, which command shows it, and which command sends it again", async () => {
    script(() => "cut");
    const { code, stderr } = await apply();
    expect(code).toBe(1);
    const again = `offair apply ${ID} --sha256 ${SHA256} --reason INC-881 --request-id ${applies()[0]?.id}\n`;
    expect(stderr).toContain("it is not known whether it was done: the connection was lost");
    expect(stderr).toContain(`offair status ${ID} shows it. To send it again safely: ${again}`);
  });
});

const unapplied = (state: "planned" | "expired") => {
  const { appliedAt: _at, appliedBy: _by, ...batch } = batchOf({ state, outcomes: {}, left: 3 });
  return batch;
};

describe("going on", () => {
  it("takes up a batch with no more than its id", async () => {
    script(() => progress());
    expect(await apply(["--resume"])).toMatchObject({ code: 0 });
    expect(applies()).toMatchObject([{ event: { orderId: ID, planSha256: SHA256, resume: true } }]);
  });

  it("never begins a plan that nobody has applied: its hash is what shows that it was seen", async () => {
    script(() => progress(), [{ ...progress(), batch: unapplied("planned") }]);
    expect(await apply(["--resume"])).toMatchObject({ code: 3, stderr: expect.stringContaining("--sha256") });
    expect(applies()).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  it("stops watching, and says how to go on", async () => {
    const interrupt = new AbortController();
    script(() => progress(), [progress()]);
    const { code, stderr } = await apply(NAMED, {
      interrupted: interrupt.signal,
      sleep: async () => interrupt.abort(),
    });
    expect(code).toBe(1);
    expect(stderr).toContain("stopped watching; the batch continues:");
    for (const name of ["watch", "cancel", "undo"]) expect(stderr).toContain(`offair ${name} ${ID}`);
    expect(gateway.received.map(({ event }) => event.action)).not.toContain("cancel");
  });

  it("names no undo of a batch that none reverses", async () => {
    const interrupt = new AbortController();
    script(() => progress({ action: "enable" }), [progress({ action: "enable" })]);
    const { stderr } = await apply(NAMED, { interrupted: interrupt.signal, sleep: async () => interrupt.abort() });
    expect(stderr).toContain(`offair cancel ${ID}`);
    expect(stderr).not.toContain("undo");
  });

  it("stops watching also while the end is asked for, however long that takes", async () => {
    const controller = new AbortController();
    gateway.answer(({ event }) => {
      if (event.results === false) return progress(DONE);
      controller.abort();
      return "cut";
    });
    const ended = await offair(["watch", ID], { env: gateway.as("bob"), interrupted: controller.signal });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("stopped watching; the batch continues:") });
    expect(gateway.received).toHaveLength(2);
  });

  it("before the answer: says that nobody waited for it", async () => {
    const interrupt = new AbortController();
    script(() => {
      interrupt.abort();
      return "cut";
    });
    const { code, stderr } = await apply(NAMED, { interrupted: interrupt.signal });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("waiting was interrupted") });
    expect(applies()).toHaveLength(1);
  });

  it("before anything was sent: says that nothing was done", async () => {
    const { code, stderr } = await apply(NAMED, { interrupted: AbortSignal.abort() });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("nothing was done") });
    expect(gateway.received).toEqual([]);
  });
});

describe("what came of each stream", () => {
  const mixed = ended([{}, { outcome: "failed", error: "ERR_LIVE_REJECTED", orderNumber: 4 }, { outcome: "unknown" }]);
  const counts = { outcomes: { verified: 1, failed: 1, unknown: 1 } };
  const watch = async (args: readonly string[] = []) => {
    const { batch } = progress({ ...DONE, ...counts });
    gateway.answer(() => ({ ...mixed, ...(batch && { batch }) }));
    return offair(["watch", ID, ...args], { env: gateway.as("bob") });
  };

  it("is told with the reason, and in the exit code", async () => {
    const { code, stdout } = await watch();
    expect(code).toBe(1);
    expect(stdout).toContain("failed      push.example.com/live/room-2\n  ERR_LIVE_REJECTED\n  order 4\n");
    expect(stdout).toContain("1 disabled, 1 verified, 1 failed, 1 unknown");
  });

  it("is a file of streams, for a plan of what is left", async () => {
    const file = files.path(".ndjson");
    await watch(["--out", file]);
    const rows = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([
      ...[{ outcome: "verified" }, { outcome: "failed" }, { outcome: "unknown" }],
      { type: "summary", exit: 1 },
    ]);
    gateway.answer(() => planned());
    expect(await offair(["plan", "--enable", "--reason", "x", file], { env: gateway.as("bob") })).toMatchObject({
      code: 0,
    });
    expect(gateway.received.at(-1)?.event.streams).toEqual(roomsOf(3));
  });

  it("is told also where it cannot be kept, and how to keep it elsewhere", async () => {
    const file = files.path(".ndjson");
    gateway.answer(({ event }) => {
      if (event.results !== false) writeFileSync(file, "somebody was faster");
      return event.results === false ? progress(DONE) : ended([{}, {}, {}]);
    });
    const { code, stdout, stderr } = await offair(["watch", ID, "--out", file], { env: gateway.as("bob") });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `offair: cannot write ${file}: EEXIST; offair watch ${ID} --out FILE writes it elsewhere\n`,
    });
    expect(stdout).toContain("3 disabled, 3 verified, 0 failed");
    expect(stdout).not.toContain("each result is in");
    expect(readFileSync(file, "utf8")).toBe("somebody was faster");
  });

  it("is looked for a place before anything is done", async () => {
    const { code, stderr } = await apply([...NAMED, "--out", `${files.path()}/no/such/folder.ndjson`]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("folder.ndjson: ENOENT") });
    expect(gateway.received).toEqual([]);
  });

  it("is an object each, and the summary last, for programs", async () => {
    const lines = jsonLines(await watch(["--json"]));
    expect(lines.map(({ type, outcome, exit }) => outcome ?? exit ?? type)).toEqual([
      "verified",
      "failed",
      "unknown",
      1,
    ]);
  });

  it("is text, whatever the names", async () => {
    const results = HOSTILE_STREAMS.map(({ name }) => ({
      stream: { ...ROOM, stream: name },
      outcome: "failed" as const,
      error: name,
    }));
    gateway.answer(() => ({ ...progress(DONE), results }));
    const shown = await offair(["watch", ID], { env: gateway.as("bob") });
    const json = await offair(["watch", ID, "--json"], { env: gateway.as("bob") });
    for (const { stdout } of [shown, json]) expect(stdout).not.toMatch(OBEYED);
    for (const { stream, error } of results) {
      expect(shown.stdout).toContain(
        `failed      ${escapeInvisible(formatStream(stream))}\n  ${escapeInvisible(error)}\n`,
      );
    }
    expect(jsonLines(json).slice(0, -1)).toMatchObject(results.map(({ stream, error }) => ({ ...stream, error })));
  });
});

describe("watch", () => {
  it("waits for a plan that is not applied yet", async () => {
    const states = [{ ...progress(), batch: unapplied("planned") }, progress(DONE)];
    script(() => progress(), states);
    expect(await offair(["watch", ID], { env: gateway.as("bob") })).toMatchObject({ code: 0 });
  });

  it("ends with a plan that expired: nothing came of it", async () => {
    gateway.answer(() => ({ ...planned(), batch: unapplied("expired") }));
    const { code, stdout } = await offair(["watch", ID], { env: gateway.as("bob") });
    expect({ code, stdout }).toEqual({
      code: 3,
      stdout: expect.stringContaining("was never applied, and has expired"),
    });
  });

  it.each<[string, Said]>([
    ["offair does not answer", "cut"],
    ["the credentials are refused", 403],
    ["the URL is not that of offair", 404],
  ])("says that the batch goes on, where %s any more", async (_, lost) => {
    gateway.answer((_received, count) => (count === 1 ? progress() : lost));
    const { code, stderr } = await offair(["watch", ID], { env: gateway.as("bob") });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`offair watch ${ID} shows it again`),
    });
  });

  it("says of an id that nothing has that there is none", async () => {
    gateway.answer(() => refusal("there is no such order", "/orderId"));
    expect(await offair(["watch", ID], { env: gateway.as("bob") })).toMatchObject({
      code: 3,
      stderr: "offair: refused: ID: there is no such order\n",
    });
  });

  it("says that the batch goes on, where offair can tell nothing at the moment", async () => {
    gateway.answer(() => refusal("ERR_LEDGER: throttled"));
    const { code, stderr } = await offair(["watch", ID], { env: gateway.as("bob") });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("The batch continues; offair watch") });
  });

  it("says of an order by hand that it is none", async () => {
    const { code, stderr } = await offair(["watch", ID], { env: gateway.as("bob") });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`offair status ${ID} shows what it is`),
    });
  });
});
