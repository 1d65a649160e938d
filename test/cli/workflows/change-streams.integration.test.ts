/** `off` and `enable`: a few streams, at once. */
import { describe, expect, it } from "@jest/globals";
import type { OperatorResponse, ResultOutcome } from "../../../lib/operator/contract/response-schema.ts";
import { type Said, useGateway } from "../gateway.ts";
import { jsonLines, offair, type Surroundings } from "../offair.ts";
import { ID, ROOM, ROOM_TEXT, refusal, roomsOf } from "../responses.ts";

const gateway = useGateway();
const RESUME = { resumeTime: "2026-11-23T05:00:00Z" };
const answered = (outcome: ResultOutcome): OperatorResponse => ({
  ...{ ok: outcome !== "failed", errors: [], orderId: ID },
  results: [{ stream: ROOM, outcome, ...RESUME, ...(outcome === "planned" && { isLive: true }) }],
});

/** The dry run, then what the real one is told, then what each look is. */
function script(done: Said, looks: readonly OperatorResponse[] = []) {
  let looked = 0;
  gateway.answer(({ event }) => {
    if (event.dryRun === true) return answered("planned");
    if (event.dryRun === false) return done;
    return looks[Math.min(looked++, looks.length - 1)] ?? answered("verified");
  });
}
const off = (args: readonly string[] = [], surroundings: Surroundings = {}) =>
  offair(["disable", ROOM_TEXT, "--for", "24h", "--reason", "INC-881", ...args], {
    env: gateway.as("alice"),
    ...surroundings,
  });
const acting = () => gateway.received.filter(({ event }) => event.dryRun === false).map(({ event }) => event);

describe("off", () => {
  it("shows what will be done, does it, and tells what came of it", async () => {
    script(answered("verified"));
    const { code, stdout } = await off();
    expect(gateway.received.map(({ event }) => event.dryRun)).toEqual([true, false]);
    expect(acting()).toEqual([{ action: "disable", streams: [ROOM], hours: 24, reason: "INC-881", dryRun: false }]);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "disable 1 stream until 2026-11-23T05:00:00Z",
      `  ${ROOM_TEXT}`,
      "because INC-881",
      `verified    until 2026-11-23T05:00:00Z  ${ROOM_TEXT}`,
      `order ${ID}; to reverse it: offair undo ${ID} --reason TEXT`,
      "",
    ]);
  });

  it("waits on while the worker is at it", async () => {
    script(answered("ordered"), [answered("ordered"), answered("verified")]);
    expect(await off()).toMatchObject({ code: 0, stdout: expect.stringContaining("verified") });
  });

  it("says what the order waits for, while it waits and when the command ends", async () => {
    const waiting = {
      error: "LIVE.100011008",
      message: "LIVE.100011008 (400): maintenance",
      since: "2026-11-22T05:00:00Z",
    };
    const results = [{ stream: ROOM, outcome: "ordered" as const, waiting }];
    script(answered("ordered"), [{ ...answered("ordered"), results }]);
    let now = Date.now();
    const { code, stdout, stderr } = await off(["--yes"], {
      onTerminal: true,
      now: () => new Date(now),
      sleep: async () => {
        now += 30_000;
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`0 of 1  ${ID} is in progress\r`);
    expect(stderr).toContain("0 of 1  waits: LIVE.100011008\r");
    expect(stdout).toContain("  waits since 2026-11-22T05:00:00Z: LIVE.100011008 (400): maintenance\n");
  });

  it("waits no more after Ctrl-C, also while it is asked how far it is", async () => {
    const controller = new AbortController();
    gateway.answer(({ event }) => {
      if (event.action !== "status") return answered(event.dryRun === true ? "planned" : "ordered");
      controller.abort();
      return "cut";
    });
    const { code, stdout } = await off([], { interrupted: controller.signal });
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`offair status ${ID} shows`) });
    expect(gateway.received).toHaveLength(3);
  });

  it("says so where a worker is never up to it", async () => {
    script(answered("ordered"), [answered("ordered")]);
    let now = Date.now();
    const { code, stdout } = await off([], {
      now: () => new Date(now),
      sleep: async () => {
        now += 60_000;
      },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`offair status ${ID} shows`) });
  });

  it.each<[string, Said]>([
    ["nobody answers", "cut"],
    ["the credentials are refused", 403],
    ["the URL is not that of offair", 404],
  ])("names the order where %s any more: it stands", async (_, lost) => {
    gateway.answer(({ event }) => (event.action === "status" ? lost : answered(event.dryRun ? "planned" : "ordered")));
    const { code, stdout } = await off();
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`offair status ${ID} shows`) });
  });

  it("tells what failed, and in the exit code", async () => {
    script(answered("ordered"), [answered("failed")]);
    expect(await off()).toMatchObject({ code: 1, stdout: expect.stringContaining("failed") });
  });

  it.each<[string, string[], Surroundings, number]>([
    ["--dry-run", ["--dry-run"], {}, 0],
    ["a no", [], { onTerminal: true, typed: "n\n" }, 3],
    ["a question that nobody sees", [], { unseen: true, typed: "y\n" }, 3],
  ])("does nothing with %s", async (_, args, surroundings, code) => {
    script(answered("verified"));
    expect(await off(args, surroundings)).toMatchObject({ code });
    expect(acting()).toEqual([]);
  });

  describe("of a name with characters that Live does not document", () => {
    const ODD_TEXT = "push.example.com/live/n1.m3u8";
    const change = (args: readonly string[], surroundings: Surroundings = {}) =>
      offair(["disable", ODD_TEXT, "--reason", "INC-881", ...args], { env: gateway.as("alice"), ...surroundings });
    const asked = () => gateway.received.map(({ event }) => [event.dryRun, event.undocumentedNames]);

    it("shows what Live documents before the question, and goes on after a yes", async () => {
      const odd = { ...ROOM, stream: "n1.m3u8" };
      gateway.answer(({ event }) => {
        const results = [{ stream: odd, outcome: event.dryRun ? ("planned" as const) : ("verified" as const) }];
        return { ok: true, errors: [], orderId: ID, results };
      });
      const { code, stdout } = await change([], { onTerminal: true, typed: "y\n" });
      expect(stdout).toMatch(/n1\.m3u8\n.*has characters that Live does not document.*digits, letters, - _ \* \//);
      expect([code, asked()]).toEqual([
        0,
        [
          [true, true],
          [false, true],
        ],
      ]);
    });

    it.each<[string, string[], Surroundings]>([
      ["--yes", ["--yes"], { onTerminal: true }],
      ["--json", ["--json"], { onTerminal: true }],
      ["a pipe", [], {}],
    ])("leaves it to the function to refuse where nothing is asked: %s", async (_, args, surroundings) => {
      gateway.answer(() => refusal("has characters that Live does not document", "/streams/0"));
      expect(await change(args, surroundings)).toMatchObject({ code: 3 });
      script(answered("verified"));
      expect(await change([...args, "--undocumented-names"], surroundings)).toMatchObject({ code: 0 });
      expect(asked()).toEqual([
        [true, false],
        [true, true],
        [false, true],
      ]);
    });

    it("does not ask about a name that is enabled", async () => {
      script(answered("verified"));
      await offair(["enable", ODD_TEXT, "--reason", "x"], { env: gateway.as("alice") });
      expect(asked()).toEqual([
        [true, undefined],
        [false, undefined],
      ]);
    });
  });

  it.each([
    "push.example.com/live/huawei?auth_key=1700000000-0-0-0123SECRET",
    "push.example.com/live/huawei%3Fauth_key=0123SECRET",
    "push.example.com/live/huawei&auth_key=0123SECRET",
    "push.example.com/live?auth_key=0123SECRET",
    "rtmp://push.example.com/live/huawei?auth_key=0123SECRET",
  ])("sends and prints nothing of the push key in %s", async (operand) => {
    for (const command of [["disable"], ["pause"], ["enable"], ["plan", "--disable"]]) {
      const ended = await offair([...command, operand, "--reason", "x"], { env: gateway.as("alice") });
      expect(ended.code).not.toBe(0);
      expect(ended.stderr).toMatch(/huawei…|live…/);
      expect(ended.stdout + ended.stderr).not.toContain("SECRET");
    }
    expect(gateway.received).toEqual([]);
  });

  it("cuts once with --pause", async () => {
    script(answered("accepted"));
    await offair(["pause", ROOM_TEXT, "--reason", "x"], { env: gateway.as("alice") });
    expect(acting()).toEqual([{ action: "pause", streams: [ROOM], reason: "x", dryRun: false }]);
  });

  it("names the order that it may have placed, if there is no answer", async () => {
    script("cut");
    const { code, stderr } = await off(["--shorten"]);
    expect(code).toBe(1);
    const id = gateway.received.at(-1)?.id;
    expect(stderr).toContain("it is not known whether it was done: the connection was lost");
    expect(stderr).toContain(`offair status op-${id} shows it. `);
    expect(stderr).toContain(`To send it again safely: the same command with --request-id ${id} --shorten\n`);
  });

  it("is repeated where it certainly was not done", async () => {
    gateway.answer(({ event }, count) => (event.dryRun ? answered("planned") : count < 4 ? 429 : answered("verified")));
    expect(await off()).toMatchObject({ code: 0 });
    expect(acting()).toHaveLength(3);
  });

  it("says that nothing was done, where nobody answered the look before it", async () => {
    gateway.answer(() => 503);
    expect(await off()).toMatchObject({ code: 1, stderr: expect.stringContaining("offair: nothing was done: ") });
    expect(gateway.received.every(({ event }) => event.dryRun === true)).toBe(true);
  });

  it("takes a plan for more than ten streams", async () => {
    const many = roomsOf(11).map(({ stream }) => `push.example.com/live/${stream}`);
    const ended = await offair(["disable", ...many, "--reason", "x"], { env: gateway.as("alice") });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("11 streams: more than 10 need a plan") });
  });

  it("is refused for a protected stream, which is named", async () => {
    gateway.answer(() => refusal("is protected: make a plan with overrideProtected", "/streams/0"));
    expect(await off()).toMatchObject({ code: 3, stderr: expect.stringContaining(`overrideProtected: ${ROOM_TEXT}`) });
    expect(acting()).toEqual([]);
  });

  it("says it to programs, too", async () => {
    script(answered("verified"));
    expect(jsonLines(await off(["--json"]))).toMatchObject([
      { type: "result", ...ROOM, outcome: "verified" },
      { type: "summary", orderId: ID, exit: 0 },
    ]);
  });
});

it("enable lets them on again", async () => {
  script(answered("verified"));
  const ended = await offair(["enable", ROOM_TEXT, "--reason", "appeal"], { env: gateway.as("alice") });
  expect(ended.code).toBe(0);
  expect(acting()).toEqual([{ action: "enable", streams: [ROOM], reason: "appeal", dryRun: false }]);
});

describe("a name that nobody pushes", () => {
  const dry = (more: object): OperatorResponse => {
    const { results, ...rest } = answered("planned");
    return { ...rest, results: results.map(({ isLive: _live, ...each }) => ({ ...each, ...more })) };
  };
  const scripted = (more: object) =>
    gateway.answer(({ event }) => (event.dryRun === true ? dry(more) : answered("verified")));

  it("is pointed at before the question, with the nearest live names, and afterwards", async () => {
    scripted({ isLive: false, nearest: ["room-01", "room\u202e-1"] });
    const asked = await off([], { onTerminal: true, coloured: true, typed: "y\n" });
    expect(asked.stdout.split("\n").slice(1, 5)).toEqual([
      `  ${ROOM_TEXT}`,
      "    \u001b[33mnobody pushes this name now, as far as Live lists it (a push of the last minutes may be missing); live are:\u001b[39m",
      "    \u001b[33m  push.example.com/live/room-01\u001b[39m",
      "    \u001b[33m  push.example.com/live/room\\u{202e}-1\u001b[39m",
    ]);
    expect(asked.stdout).toMatch(/verified .*room-1\n.*disabled, and nobody was pushing it/);
    expect(asked.code).toBe(0);
    const json = jsonLines(await off(["--json"]));
    expect(json[0]).toMatchObject({ outcome: "verified", isLive: false });
  });

  it("is not pointed at if Live cannot be asked: that is said, and the disable goes on", async () => {
    scripted({});
    const { code, stdout } = await off();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("could not be read: check the names"),
    });
    expect(stdout).not.toContain("nobody was pushing it");
  });
});

describe("a stream that is disabled for longer already", () => {
  const FAR = "2031-03-14T00:00:00Z";
  const NEAR = "2026-11-22T06:00:00Z";
  const REFUSAL = `is disabled until ${FAR}, and 2026-11-23T05:00:00Z is earlier: nothing was done; set shorten (--shorten)`;
  const rooms = roomsOf(3);
  const names = rooms.map(({ stream }) => `push.example.com/live/${stream}`);
  const results = (outcome: ResultOutcome) =>
    [FAR, NEAR, undefined].map((before, index) => ({
      ...{ stream: rooms[index] ?? ROOM, outcome, ...RESUME },
      ...(before === undefined ? { isLive: true } : { previousResumeTime: before }),
    }));
  const answers = (outcome: ResultOutcome): OperatorResponse => ({
    ...{ ok: true, errors: [], orderId: ID },
    results: results(outcome),
  });
  const disable = (args: readonly string[], surroundings: Surroundings = {}) => {
    gateway.answer(({ event }) => {
      if (event.dryRun === true) return answers("planned");
      return event.shorten ? answers("verified") : refusal(REFUSAL, "/streams/0");
    });
    const env = gateway.as("alice");
    return offair(["disable", ...names, "--for", "24h", "--reason", "INC-881", ...args], { env, ...surroundings });
  };
  const SHOWN = [
    `  instead of ${FAR}, EARLIER  ${names[0]}`,
    `  instead of ${NEAR}  ${names[1]}`,
    `  ${names[2]}`,
    "because INC-881",
  ];

  it("is shown with both ends", async () => {
    const { code, stdout } = await disable(["--dry-run"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(1, -1)).toEqual(SHOWN);
  });

  it.each([
    ["in a pipe", [], {}],
    ["with --yes", ["--yes"], { onTerminal: true }],
    ["as JSON", ["--json"], { onTerminal: true }],
    ["as JSON with --yes", ["--json", "--yes"], {}],
  ])("is not shortened where nobody was asked: %s", async (_, args, surroundings) => {
    const ended = await disable(args, surroundings);
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining(`${REFUSAL}: ${names[0]}`) });
    expect(acting()).toMatchObject([expect.not.objectContaining({ shorten: true })]);
    if (args.includes("--json")) expect(jsonLines(ended)).toMatchObject([{ type: "refused", exit: 3 }]);
  });

  it("is shortened with --shorten, and the answer shows both ends", async () => {
    const { code, stdout } = await disable(["--shorten"]);
    expect(code).toBe(0);
    expect(acting()).toMatchObject([{ shorten: true }]);
    expect(stdout.split("\n").slice(5, 8)).toEqual([
      `verified    until 2026-11-23T05:00:00Z instead of ${FAR}, EARLIER  ${names[0]}`,
      `verified    until 2026-11-23T05:00:00Z instead of ${NEAR}  ${names[1]}`,
      `verified    until 2026-11-23T05:00:00Z  ${names[2]}`,
    ]);
    expect(jsonLines(await disable(["--shorten", "--json"]))[0]).toMatchObject({ previousResumeTime: FAR });
  });

  it("is a question of its own on a terminal", async () => {
    const no = await disable([], { onTerminal: true, typed: "n\n" });
    expect(no).toMatchObject({ code: 3, stderr: expect.stringContaining("shorten the disable of 1 stream? [y/N]") });
    expect(no.stderr).not.toContain("disable these streams?");
    expect(acting()).toEqual([]);
  });

  it("keeps its old end in the answer although the outcome came later", async () => {
    gateway.answer(({ event }) => {
      if (event.dryRun !== undefined) return answers(event.dryRun ? "planned" : "ordered");
      const later = results("verified").map(({ stream, outcome, resumeTime }) => ({ stream, outcome, resumeTime }));
      return { ...answers("verified"), results: later };
    });
    const args = ["disable", ...names, "--for", "24h", "--reason", "INC-881", "--shorten"];
    const { stdout } = await offair(args, { env: gateway.as("alice") });
    expect(stdout).toContain(`verified    until 2026-11-23T05:00:00Z instead of ${FAR}, EARLIER`);
  });

  it("may be there unseen while the list cannot be read, and the dry run says so", async () => {
    gateway.answer(() => ({ ...answered("planned"), alreadyOffKnown: false }));
    expect((await off(["--dry-run"])).stdout).toContain("the list of disabled streams could not be read");
  });
});
