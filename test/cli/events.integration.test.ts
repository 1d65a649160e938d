import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { displayWidth } from "../../cli/terminal/width.ts";
import type { EventRow, SubscriberRow } from "../../lib/operator/contract/response-schema.ts";
import { useGateway, WELL } from "./gateway.ts";
import { jsonLines, offair, type Surroundings } from "./offair.ts";
import { ALICE, refusal } from "./responses.ts";

const gateway = useGateway();
const NOW = "2026-11-22T05:05:00.000Z";
const run = (args: readonly string[], more: Surroundings = {}) => {
  gateway.setClock(() => new Date(NOW));
  return offair(["events", ...args], { env: gateway.as("alice"), now: () => new Date(NOW), exactly: true, ...more });
};
const asked = () => gateway.received.map(({ event }) => event);

const AT = "2026-11-22T05:00:00.000Z";
const ROOM = "push.example.com/live/room-42";
function row(number: number, event: Partial<EventRow["event"]> = {}, more: Partial<EventRow> = {}): EventRow {
  const common = {
    id: `e${number}`,
    type: "stream.disabled",
    time: AT,
    subject: ROOM,
    data: { order: number },
  } as const;
  return { event: { ...common, ...event }, loggedAt: AT, ...more };
}
const answering = (...events: EventRow[]) => gateway.answer(() => ({ ...WELL, events }));
/** As a person sees it: without colours. */
const lines = (stdout: string): string[] => stripVTControlCharacters(stdout).trimEnd().split("\n");
const screen: Surroundings = { coloured: true };

describe("offair events", () => {
  it("lists the newest events of the last day, the newest at the end", async () => {
    answering(row(2, { type: "stream.enabled", time: "2026-11-22T05:01:00.000Z" }), row(1));
    const { code, stdout } = await run([], screen);
    expect({ code, lines: lines(stdout) }).toEqual({
      code: 0,
      lines: [
        "TIME                  TYPE             ABOUT",
        `2026-11-22T05:00:00Z  stream.disabled  ${ROOM}`,
        `2026-11-22T05:01:00Z  stream.enabled   ${ROOM}`,
      ],
    });
    expect(asked()).toEqual([
      {
        ...{ action: "events", reason: "offair events", order: "newest", limit: 100 },
        ...{ since: "2026-11-21T05:05:00.000Z", until: NOW },
      },
    ]);
  });

  it("asks for what was typed", async () => {
    answering(row(1));
    const stream = ["--stream", ROOM, "--type", "stream.disabled"];
    await run(["list", "--since", "2h", "--until", AT, "--subscriber", "platform", ...stream, "--limit", "7"]);
    expect(asked()).toMatchObject([
      {
        ...{ since: "2026-11-22T03:05:00.000Z", until: AT, subscriber: "platform", type: "stream.disabled", limit: 7 },
        stream: { domain: "push.example.com", app: "live", stream: "room-42" },
      },
    ]);
  });

  it("reads every page of all events in order, and says what the newest ones leave out", async () => {
    gateway.answer(({ event }) => ({
      ...WELL,
      events: [row(event.after === undefined ? 1 : 2)],
      ...(event.after === undefined && { next: `${AT} type.key.blocked 1` }),
    }));
    const { stdout } = await run(["list", "--all", "--since", "2h"]);
    expect(stdout.split("\n").map((line) => line.split("\t")[2])).toEqual(["e1", "e2", undefined]);
    expect(asked().map(({ order, after }) => ({ order, after }))).toEqual([
      { order: "oldest" },
      { order: "oldest", after: `${AT} type.key.blocked 1` },
    ]);
    const newest = await run(["list", "--limit", "1"]);
    expect(newest.stderr).toContain("there are earlier events: --all shows every event since 2026-11-21T05:05:00.000Z");
  });

  it("says what became of each for a subscriber, and why one is not delivered", async () => {
    const problem = "the receiver answered 503";
    answering(
      row(5, {}, { delivery: { state: "waiting" } }),
      row(4, {}, { delivery: { state: "failing", attempts: 12, since: AT, nextAt: NOW, problem } }),
      row(3, {}, { delivery: { state: "given-up", attempts: 90, since: AT, gaveUpAt: AT, problem } }),
      row(2, {}, { delivery: { state: "not-subscribed" } }),
      row(1, {}, { delivery: { state: "delivered" } }),
    );
    expect(lines((await run(["list", "--subscriber", "platform"], screen)).stdout)).toEqual([
      "TIME                  TYPE             DELIVERY    ABOUT",
      `2026-11-22T05:00:00Z  stream.disabled  delivered   ${ROOM}`,
      `2026-11-22T05:00:00Z  stream.disabled  not for it  ${ROOM}`,
      `2026-11-22T05:00:00Z  stream.disabled  given up    ${ROOM}`,
      "  the receiver answered 503; 90 attempts, given up 2026-11-22T05:00:00Z, since…",
      `2026-11-22T05:00:00Z  stream.disabled  failing     ${ROOM}`,
      "  the receiver answered 503; 12 attempts, next 2026-11-22T05:05:00Z, since 2026…",
      `2026-11-22T05:00:00Z  stream.disabled  waiting     ${ROOM}`,
    ]);
    const piped = (await run(["list", "--subscriber", "platform"])).stdout.split("\n");
    expect(piped[3]).toBe(`2026-11-22T05:00:00Z\tstream.disabled\te4\tfailing\t${problem}\t${ROOM}`);
    const [, , , failing] = jsonLines(await run(["list", "--subscriber", "platform", "--json"]));
    expect(failing).toMatchObject({ id: "e4", delivery: "failing", deliveryproblem: problem, deliverynext: NOW });
  });

  it("with --json prints the events as they were sent, and nothing else", async () => {
    const sent = { specversion: "1.0", source: "/offair/prod", sequence: "7", orderingkey: "type.key.blocked" };
    const event = { ...sent, id: "e7", type: "key.blocked", time: AT, data: { user: "worker" } } as EventRow["event"];
    answering({ event, loggedAt: AT });
    const ended = await run(["list", "--json"]);
    expect({ code: ended.code, lines: jsonLines(ended) }).toEqual({ code: 0, lines: [event] });
  });

  it("keeps to the width of the terminal, and shows hostile names harmlessly", async () => {
    const hostile = `push.example.com/live/\u001b[2J\u202egpj.${"長".repeat(80)}`;
    answering(
      row(2, { subject: hostile }, { delivery: { state: "failing", attempts: 1, problem: "x\u001b[2J\nfake line" } }),
      row(1, { type: "plan.awaiting-approval\u0007" as "key.blocked", data: { orderId: "op-1\u0000" } }),
    );
    const { stdout } = await run(["list", "--subscriber", "platform"], screen);
    expect(stdout).not.toMatch(/\u202e|\u0007|\u0000|\[2Jg/);
    for (const line of lines(stdout)) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    const piped = await run(["list", "--subscriber", "platform"]);
    expect(piped.stdout).not.toMatch(/[\u001b\u202e\u0000]/);
    expect(piped.stdout.split("\n")).toHaveLength(3);
    const json = await run(["list", "--json"]);
    expect(json.stdout).not.toMatch(/[\u001b\u202e\u0000]/);
    expect(jsonLines(json)[1]).toMatchObject({ subject: hostile });
  });

  it("without events says so, in words only for people", async () => {
    answering();
    expect(await run(["list"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "no events since 2026-11-21T05:05:00.000Z\n",
    });
    expect(await run(["list", "--json"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it.each<[string, string[], string]>([
    ["an unknown type", ["list", "--type", "stream.gone"], "the types are stream.paused, stream.disabled"],
    ["a stream without its app", ["list", "--stream", "room-42"], "a stream is DOMAIN/APP/STREAM"],
    ["both a limit and all", ["list", "--all", "--limit", "3"], "either --limit or --all"],
    ["an option of another word", ["subscribers", "--since", "2h"], "--since is not for offair events subscribers"],
    ["a replay without a time", ["replay", "--subscriber", "bus", "--reason", "x", "--yes"], "--since is missing"],
    ["a replay without a subscriber", ["replay", "--since", "2h", "--reason", "x", "--yes"], "--subscriber is missing"],
    ["a replay without a reason", ["replay", "--since", "2h", "--subscriber", "bus", "--yes"], "--reason is missing"],
    ["a stage without an archive", ["list", "--stage", "prod"], "--stage is for --bundle and --bucket"],
    ["an archive without a time", ["list", "--bundle", "."], "--since is missing"],
    ["an archive and a subscriber", ["list", "--bundle", ".", "--subscriber", "bus"], "--subscriber is not for"],
  ])("refuses %s before anything is asked", async (_, args, why) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(why) });
    expect(asked()).toEqual([]);
  });
});

describe("offair events subscribers", () => {
  const subscriber = (name: string, more: Partial<SubscriberRow> = {}): SubscriberRow => ({
    ...{ name, state: "active", failing: 0, givenUp: 0, replays: [] },
    ...more,
  });
  const rows = [
    subscriber("bus", { lastDeliveredAt: AT }),
    subscriber("platform", {
      ...{ state: "backing-off", failing: 3, oldestFailingSince: AT, problem: "no answer\u001b[2J within 10 s" },
      ...{ backOff: { failures: 5, since: AT, until: NOW }, behind: { since: AT } },
    }),
    subscriber("payouts", {
      state: "ended",
      ended: { at: NOW, because: "gone", missedSince: AT },
      givenUp: 2,
      lastGivenUpAt: AT,
    }),
    subscriber("new", {
      state: "never",
      replays: [{ id: "1", since: AT, until: NOW, by: ALICE, askedAt: NOW, reason: "INC-890", sent: 12 }],
    }),
  ];

  it("are a line each, with what a person has to know below", async () => {
    gateway.answer(() => ({ ...WELL, subscribers: rows }));
    const { code, stdout } = await run(["subscribers"], screen);
    expect({ code, lines: lines(stdout) }).toEqual({
      code: 0,
      lines: [
        "SUBSCRIBER  STATE        LAST DELIVERED        FAILING  GIVEN UP",
        "bus         active       2026-11-22T05:00:00Z  -        -",
        "platform    backing off  -                     3        -",
        "  no answer since 2026-11-22T05:00:00Z, 5 failures; next try 2026-11-22T05:05:00Z",
        "  events since 2026-11-22T05:00:00Z wait for it",
        "  an event has failed since 2026-11-22T05:00:00Z: no answer\\u{1b}[2J within 10 s",
        "payouts     ended        -                     -        2",
        "  ended at 2026-11-22T05:05:00Z: it answered 410 (gone)",
        "  events since 2026-11-22T05:00:00Z are missing there",
        "  offair events resume --subscriber payouts --reason TEXT",
        "  the last event was given up at 2026-11-22T05:00:00Z",
        "new         nothing yet  -                     -        -",
        "  sends again from 2026-11-22T05:00:00Z to 2026-11-22T05:05:00Z, 12 events so far; by alice: INC-890",
      ],
    });
  });

  it("are rows with tabs in a pipe, and objects with --json", async () => {
    gateway.answer(() => ({ ...WELL, subscribers: rows }));
    expect((await run(["subscribers"])).stdout.split("\n")[0]).toBe("bus\tactive\t2026-11-22T05:00:00Z\t-\t-");
    const json = jsonLines(await run(["subscribers", "--json"]));
    expect(json[0]).toEqual({ type: "subscriber", ...rows[0] });
    expect(json.at(-1)).toEqual({ type: "summary", count: 4, exit: 0 });
  });
});

describe("offair events replay and resume", () => {
  const planned = { subscriber: "platform", since: AT, until: NOW };
  const answer = () =>
    gateway.answer(({ event }) => ({
      ...WELL,
      dryRun: event.dryRun === true,
      replay: event.dryRun === true ? { ...planned, count: 12 } : planned,
    }));
  const replay = ["replay", "--subscriber", "platform", "--since", AT, "--reason", "INC-890"];
  const resume = ["resume", "--subscriber", "platform", "--reason", "INC-890"];

  it("ask on a terminal, with the number of events, and then send one request", async () => {
    answer();
    const { code, stdout, stderr } = await run(replay, { onTerminal: true, typed: "y\n" });
    expect(code).toBe(0);
    expect(stderr).toContain(
      "Send 12 events from 2026-11-22T05:00:00Z until 2026-11-22T05:05:00Z to platform again? [y/N]",
    );
    expect(stdout).toContain("sends 12 events from 2026-11-22T05:00:00Z until 2026-11-22T05:05:00Z to platform again");
    const request = { action: "replay-events", subscriber: "platform", since: AT, until: NOW, reason: "INC-890" };
    expect(asked()).toEqual([
      { ...request, dryRun: true },
      { ...request, dryRun: false },
    ]);
  });

  it("do nothing for another answer than yes", async () => {
    answer();
    expect(await run(resume, { onTerminal: true, typed: "n\n" })).toMatchObject({ code: 3 });
    expect(asked().map(({ dryRun }) => dryRun)).toEqual([true]);
  });

  it.each([[replay], [resume]])("need --yes in a pipe: %j", async (args) => {
    answer();
    expect(await run(args)).toMatchObject({ code: 3, stderr: expect.stringContaining("again with --yes") });
    expect(asked()).toEqual([]);
    expect(await run([...args, "--yes"])).toMatchObject({ code: 0 });
    expect(asked().map(({ dryRun }) => dryRun)).toEqual([true, false]);
  });

  it("resume says what is sent, and as JSON too", async () => {
    answer();
    expect((await run([...resume, "--yes"])).stdout).toMatch(
      /^resumed platform; sends 12 events from 2026-11-22T05:00:00Z/,
    );
    expect(jsonLines(await run([...resume, "--yes", "--json"]))).toEqual([
      { type: "replay", dryRun: false, ...planned, exit: 0 },
    ]);
  });

  it("only show with --dry-run", async () => {
    answer();
    const { code, stdout } = await run(["replay", "--subscriber", "platform", "--since", AT, "--dry-run"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "would send 12 events from 2026-11-22T05:00:00Z until 2026-11-22T05:05:00Z\n",
    });
    expect(asked()).toMatchObject([{ dryRun: true, reason: "offair events" }]);
  });

  it("are refused before anything is asked of the person, with the option that is wrong", async () => {
    gateway.answer(() => refusal("has not ended: nothing was done", "/subscriber"));
    expect(await run(resume, { onTerminal: true })).toMatchObject({
      ...{ code: 3, stdout: "" },
      stderr: expect.stringContaining("offair: refused: --subscriber: has not ended: nothing was done"),
    });
  });

  it("say how to look and how to send again, if the answer is lost", async () => {
    gateway.answer(({ event }) => (event.dryRun === true ? { ...WELL, dryRun: true, replay: planned } : "cut"));
    const { code, stderr } = await run([...replay, "--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "offair events subscribers shows it. To send it again safely: the same command with --request-id",
    );
  });
});
