import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import { createRepeat } from "../../lib/huawei/api/retry-reads.ts";
import { handleOperatorRequest, type OperatorRequestDeps } from "../../lib/operator/handle-request.ts";
import type { DisabledRow, UnreadableRow } from "../../lib/orders/live-lists.ts";
import type { OrderDraft } from "../../lib/orders/order.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, policy, someStream, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";
import { notAsked } from "../support/not-asked.ts";

const ledger = createMemoryLedger();
let clock: number;
let live: LiveDouble;
let sent: { queue: Priority; body: string }[];
let worker: HandleDeps;
let deps: OperatorRequestDeps;
let log: unknown[];

afterEach(() => {
  jest.restoreAllMocks();
});
beforeEach(() => {
  log = [];
  for (const level of ["info", "warn"] as const)
    jest.spyOn(console, level).mockImplementation((line) => void log.push(line));
  clock = NOON.getTime();
  live = liveDouble();
  sent = [];
  const now = () => new Date(clock);
  worker = {
    ledger,
    live,
    policy,
    policyHash: "",
    now,
    sleep: async () => {},
    holder: randomUUID,
    ...noBatches(ledger),
  };
  deps = {
    ledger,
    policy,
    policyHash: "",
    listDisabled: async function* () {},
    listOnline: async function* () {},
    writesAMinute: { pause: 240, disable: 2_400, enable: 1_200 },
    emitMetrics: () => {},
    enqueue: async (queue, message) => {
      sent.push({ queue, body: formatMessage(message) });
    },
    now,
    // While the answer is waited for, the worker works.
    sleep: async (ms) => {
      clock += ms;
      await workOff();
    },
    requests: ledger,
    listModeChanges: ledger.listModeChanges,
    readCases: ledger.readCases,
    reporters: ledger.reporters,
    newId: randomUUID,
    ...notAsked,
    waitMs: 2_000,
  };
});

async function workOff(): Promise<void> {
  for (const { body } of sent.splice(0)) await handle(parseMessage(body), worker);
}

const who = { reason: "INC-881", requestedBy: "ana" };
const ask = (event: object, change: Partial<OperatorRequestDeps> = {}) =>
  handleOperatorRequest({ id: randomUUID(), ...who, ...event }, { ...deps, ...change }, { kind: "direct" });
const withId = (event: unknown) =>
  typeof event === "object" && !Array.isArray(event) ? { id: randomUUID(), ...event } : event;
const order = (event: object, change: Partial<OperatorRequestDeps> = {}) => ask({ dryRun: false, ...event }, change);
const ordersOf = (stream: Stream) => deps.ledger.recentOrders(stream);
const away = async (): Promise<never> => {
  throw new OffairError("ERR_QUEUE", "the queue is away");
};

describe("pause, disable and enable", () => {
  it("are carried out by the worker, and the answer says what became of each stream", async () => {
    const streams = [someStream(), someStream()];
    const answer = await order({ action: "disable", streams, hours: 24 });
    expect(answer).toEqual({
      ok: true,
      dryRun: false,
      orderId: expect.stringMatching(/^op-/),
      errors: [],
      results: streams.map((stream) => ({
        stream,
        outcome: "verified",
        orderNumber: 1,
        resumeTime: "2026-11-22T12:00:00Z",
        requestId: expect.any(String),
      })),
    });
    expect(live.calls.map(({ action }) => action)).toEqual(["disable", "disable"]);
    expect(await order({ action: "enable", streams })).toMatchObject({
      ok: true,
      results: [{ outcome: "verified" }, { outcome: "verified" }],
    });
    expect(live.disabled.size).toBe(0);
  });

  it("ask for seven days unless told", async () => {
    const answer = await order({ action: "disable", streams: [someStream()] });
    expect(answer.results).toMatchObject([{ resumeTime: "2026-11-28T12:00:00Z" }]);
  });

  it("write down on whose word and why, for how long rules leave the stream alone", async () => {
    const stream = someStream();
    const { orderId } = await order({ action: "pause", streams: [stream] });
    expect(await ordersOf(stream)).toMatchObject([
      {
        number: 1,
        action: "pause",
        reason: "INC-881",
        placedAt: NOON.toISOString(),
        authority: {
          kind: "operator",
          orderId,
          requestedBy: "ana (claimed)",
          overridesRulesUntil: new Date(NOON.getTime() + policy.operatorOverrideHours * HOUR_MS).toISOString(),
        },
      },
    ]);
  });

  it("are numbered before the answer, even where the worker has not come to them", async () => {
    const stream = someStream();
    const answer = await order({ action: "pause", streams: [stream] }, { waitMs: 0 });
    expect(answer).toMatchObject({ ok: true, results: [{ outcome: "ordered", orderNumber: 1 }] });
    expect(await ordersOf(stream)).toMatchObject([{ number: 1, action: "pause" }]);
    expect(live.calls).toEqual([]);
  });

  it("are logged as asked for", async () => {
    await order({ action: "pause", streams: [someStream()] });
    expect(log[0]).toEqual({
      event: "operator.requested",
      id: expect.any(String),
      action: "pause",
      requestedBy: "ana (claimed)",
      reason: "INC-881",
    });
  });

  it("travel as an id and nothing else, on the urgent queue: a message is no authority", async () => {
    const streams = [someStream(), someStream()];
    const { orderId } = await order({ action: "disable", streams }, { waitMs: 0 });
    expect(sent.map(({ queue, body }) => [queue, JSON.parse(body)])).toEqual([
      ["urgent", { kind: "order", orderId, index: 0 }],
      ["urgent", { kind: "order", orderId, index: 1 }],
    ]);
  });

  it("stop waiting when the time is over, and say that the order is on its way", async () => {
    const answer = await order(
      { action: "pause", streams: [someStream()] },
      {
        sleep: async (ms) => {
          clock += ms;
        },
      },
    );
    expect(answer).toMatchObject({ ok: true, results: [{ outcome: "ordered" }] });
    expect(clock - NOON.getTime()).toBe(2_000);
  });

  it("say that it failed where Live will not do it", async () => {
    live.next = () => new OffairError("ERR_LIVE_REJECTED", "no", { liveCode: "LIVE.100011001", requestId: "r-1" });
    expect(await order({ action: "pause", streams: [someStream()] })).toMatchObject({
      ok: false,
      results: [{ outcome: "failed", error: "LIVE.100011001", requestId: "r-1" }],
    });
  });
});

describe("nothing is sent unless somebody says so", () => {
  it.each(["pause", "disable", "enable"])(
    "%s is a dry run by default: it plans, and writes and sends nothing",
    async (action) => {
      const before = ledger.dump();
      for (const event of [{ action }, { action, dryRun: true }]) {
        const streams = [someStream(), someStream()];
        const answer = await ask({ ...event, streams });
        expect(answer).toMatchObject({
          ok: true,
          dryRun: true,
          errors: [],
          results: [{ outcome: "planned" }, { outcome: "planned" }],
        });
        expect(answer.results.map(({ stream }) => stream)).toEqual(streams);
        expect(answer).not.toHaveProperty("orderId");
      }
      expect(sent).toEqual([]);
      expect(ledger.dump()).toBe(before);
    },
  );

  it("a plan to disable says until when", async () => {
    const answer = await ask({ action: "disable", streams: [someStream()], hours: 1 });
    expect(answer.results).toMatchObject([{ resumeTime: "2026-11-21T13:00:00Z" }]);
  });
});

describe("an event that is not as documented is answered with every fault, and nothing is sent", () => {
  const stream = someStream();
  const valid = { ...who, action: "pause", dryRun: false, streams: [stream] };
  const others = (count: number) => Array.from({ length: count }, someStream);
  const without = (key: keyof typeof valid) =>
    Object.fromEntries(Object.entries(valid).filter(([name]) => name !== key));

  it.each<[string, unknown, string[]]>([
    ["nothing", undefined, [""]],
    ["text", "pause", [""]],
    ["a list", [valid], [""]],
    ["no action", without("action"), ["/action"]],
    ["another action", { ...valid, action: "delete" }, ["/action"]],
    ["no reason", without("reason"), ["/reason"]],
    ["an empty reason", { ...valid, reason: " \n" }, ["/reason"]],
    ["a reason with a control character", { ...valid, reason: "a\u001b[2J" }, ["/reason"]],
    ["a reason with half a character", { ...valid, reason: "a\ud800" }, ["/reason"]],
    ["a reason too long", { ...valid, reason: "x".repeat(501) }, ["/reason"]],
    ["nobody", without("requestedBy"), ["/requestedBy"]],
    ["an empty name", { ...valid, requestedBy: "" }, ["/requestedBy"]],
    ["no streams", without("streams"), ["/streams"]],
    ["an empty list of streams", { ...valid, streams: [] }, ["/streams"]],
    ["eleven streams", { ...valid, streams: others(11) }, ["/streams"]],
    ["every stream", { ...valid, streams: [{ ...stream, stream: "*" }] }, ["/streams/0/stream"]],
    ["every app", { ...valid, streams: [stream, { ...stream, app: "*" }] }, ["/streams/1/app"]],
    ["a stream as text", { ...valid, streams: ["push.example.com/live/x"] }, ["/streams/0"]],
    ["a stream twice", { ...valid, streams: [stream, ...others(1), stream] }, ["/streams/2"]],
    [
      "a stream twice, its domain in capitals",
      { ...valid, streams: [stream, { ...stream, domain: "PUSH.example.com" }] },
      ["/streams/1"],
    ],
    [
      "streams out of scope",
      { ...valid, streams: [{ ...stream, app: "vod" }, stream, { ...stream, domain: "a.b" }] },
      ["/streams/0", "/streams/2"],
    ],
    ["a misspelt dryRun", { ...without("dryRun"), dryrun: true }, [""]],
    ["a dryRun that is text", { ...valid, dryRun: "false" }, ["/dryRun"]],
    ["a dryRun that is null", { ...valid, dryRun: null }, ["/dryRun"]],
    ["hours of a pause", { ...valid, hours: 1 }, [""]],
    ...[0, -1, 1.5, 2_161, "24"].map((hours): [string, unknown, string[]] => [
      `${hours} hours`,
      { ...valid, action: "disable", hours },
      ["/hours"],
    ]),
    ["an override of an enable", { ...valid, action: "enable", overrideProtected: true }, [""]],
    ["an override that is text", { ...valid, overrideProtected: "true" }, ["/overrideProtected"]],
    ["a mode and a source", { ...who, action: "mode", mode: "observe", source: "standard", frozen: true }, ["/source"]],
    ["a source without a word on it", { ...who, action: "mode", source: "standard" }, ["/frozen"]],
    ["frozen, and nobody named", { ...who, action: "mode", frozen: true }, ["/source"]],
    ["a source that the policy lacks", { ...who, action: "mode", source: "standrad", frozen: true }, ["/source"]],
    ["a source that every object has", { ...who, action: "mode", source: "constructor", frozen: true }, ["/source"]],
    ["another mode", { ...who, action: "mode", mode: "off" }, ["/mode"]],
    ["an order id that is none", { ...who, action: "status", orderId: "op-1" }, ["/orderId"]],
    ["a list without a reason", { action: "list" }, ["/reason", "/requestedBy"]],
    ["a list of another domain", { ...who, action: "list", domain: "play.example.com" }, ["/domain"]],
    [
      "much at once",
      { action: "disable", hours: 0, streams: [stream, { ...stream, stream: "*" }, ...others(9), stream], dryrun: 1 },
      ["", "/hours", "/reason", "/requestedBy", "/streams", "/streams/1/stream", "/streams/11"],
    ],
  ])("%s", async (_, event, pointers) => {
    const before = ledger.dump();
    const answer = await handleOperatorRequest(withId(event), deps, { kind: "direct" });
    expect(answer).toEqual({ ok: false, results: [], errors: expect.any(Array) });
    expect([...new Set(answer.errors.map(({ pointer }) => pointer))].sort()).toEqual(pointers);
    expect(sent).toEqual([]);
    expect(ledger.dump()).toBe(before);
  });

  it("ten streams are not too many, nor 90 days", async () => {
    const answer = await ask({ action: "disable", streams: others(10), hours: 2_160 });
    expect(answer).toMatchObject({ ok: true, results: { length: 10 } });
  });
});

describe("while something is down", () => {
  it("a stream whose order the queue does not take has failed, and is not numbered; the others are carried out", async () => {
    const [first, second] = [someStream(), someStream()];
    const enqueue = async (queue: Priority, message: Message) =>
      message.kind === "order" && message.index === 0 ? away() : deps.enqueue(queue, message);
    expect(await order({ action: "pause", streams: [first, second] }, { enqueue })).toMatchObject({
      ok: false,
      orderId: expect.any(String),
      results: [
        { stream: first, outcome: "failed", error: "ERR_QUEUE" },
        { stream: second, outcome: "accepted", orderNumber: 1 },
      ],
    });
    expect(await ordersOf(first)).toEqual([]);
    expect(live.calls.map(({ stream }) => stream)).toEqual([second]);
  });

  it("an order that could not be numbered here is on the queue: the worker numbers it and carries it out", async () => {
    const stream = someStream();
    const placeOrder = async () => {
      throw new OffairError("ERR_LEDGER", "the ledger is away");
    };
    const answer = await order({ action: "pause", streams: [stream] }, { ledger: { ...deps.ledger, placeOrder } });
    expect(answer).toMatchObject({ ok: true, orderId: expect.any(String), results: [{ outcome: "accepted" }] });
  });

  it("an answer still names the order and every stream when the outcomes cannot be read", async () => {
    const streams = [someStream(), someStream()];
    const recentOrders = async () => {
      throw new OffairError("ERR_LEDGER", "the ledger is away");
    };
    const answer = await order({ action: "pause", streams }, { ledger: { ...deps.ledger, recentOrders } });
    expect(answer).toMatchObject({
      orderId: expect.any(String),
      results: streams.map((stream) => ({ stream, outcome: "ordered", error: "ERR_LEDGER" })),
    });
    expect(live.calls).toHaveLength(2);
  });

  it("nothing is sent when the orders cannot be written down", async () => {
    const writeOperatorOrders = async () => {
      throw new OffairError("ERR_LEDGER", "the ledger is away");
    };
    const answer = await order(
      { action: "pause", streams: [someStream()] },
      { ledger: { ...deps.ledger, writeOperatorOrders } },
    );
    expect(answer).toEqual({
      ok: false,
      results: [],
      errors: [{ pointer: "", message: expect.stringMatching(/^ERR_LEDGER: the ledger is away; .*the same id$/) }],
      retryAfterSeconds: expect.any(Number),
    });
    expect(sent).toEqual([]);
  });

  it("what is unforeseen is answered without its text", async () => {
    const enqueue = async () => {
      throw new TypeError("hunter2");
    };
    const readMode = async () => {
      throw new TypeError("hunter2");
    };
    const answers = [
      await order({ action: "pause", streams: [someStream()] }, { enqueue }),
      await ask({ action: "status" }, { ledger: { ...deps.ledger, readMode } }),
    ];
    for (const answer of answers) expect(answer.ok).toBe(false);
    expect(JSON.stringify(answers)).not.toContain("hunter2");
  });
});

describe("status", () => {
  it("of an order says what became of each of its streams", async () => {
    const streams = [someStream(), someStream()];
    const { orderId } = await order({ action: "pause", streams }, { waitMs: 0 });
    expect(await ask({ action: "status", orderId })).toMatchObject({
      ok: true,
      orderId,
      results: [
        { stream: streams[0], outcome: "ordered", orderNumber: 1 },
        { stream: streams[1], outcome: "ordered", orderNumber: 1 },
      ],
    });
    await workOff();
    expect(await ask({ action: "status", orderId })).toMatchObject({
      results: [{ outcome: "accepted" }, { outcome: "accepted" }],
    });
  });

  it("of an order that nobody placed is a fault", async () => {
    const answer = await ask({ action: "status", orderId: `op-${randomUUID()}` });
    expect(answer).toMatchObject({ ok: false, errors: [{ pointer: "/orderId" }] });
  });

  it("of a stream is its orders, the newest first, with who and why, and the mode", async () => {
    const stream = someStream();
    await order({ action: "disable", streams: [stream] });
    await order({ action: "enable", streams: [stream], reason: "appeal granted", requestedBy: "bo" });
    const answer = await ask({ action: "status", streams: [stream] });
    expect(answer).toMatchObject({
      ok: true,
      mode: { mode: expect.stringMatching(/observe|enforce/) },
      results: [
        {
          stream,
          orders: [
            { number: 2, action: "enable", by: "bo (claimed)", reason: "appeal granted", outcome: "verified" },
            { number: 1, action: "disable", by: "ana (claimed)", reason: "INC-881", outcome: "verified" },
          ],
        },
      ],
    });
  });
});

describe("mode", () => {
  it("is changed with who and why in the ledger, for good, and read by the worker from then on", async () => {
    clock += 1;
    expect(await order({ action: "mode", mode: "enforce", reason: "go live" })).toMatchObject({
      ok: true,
      mode: { mode: "enforce", changedBy: "ana (claimed)" },
    });
    clock += 1;
    expect(await order({ action: "mode", mode: "observe", reason: "false alarms", requestedBy: "bo" })).toMatchObject({
      mode: { mode: "observe" },
    });
    expect(await deps.ledger.readMode()).toEqual({
      mode: "observe",
      reason: "false alarms",
      changedBy: "bo (claimed)",
      changedAt: new Date(clock).toISOString(),
    });
    expect(ledger.modeChanges()).toEqual([
      expect.objectContaining({
        mode: "enforce",
        changedBy: "ana (claimed)",
        reason: "go live",
        changedAt: new Date(clock - 1).toISOString(),
      }),
      expect.objectContaining({
        mode: "observe",
        changedBy: "bo (claimed)",
        reason: "false alarms",
        changedAt: new Date(clock).toISOString(),
      }),
    ]);
  });

  it("is only shown in a dry run, and where no mode is named", async () => {
    const before = ledger.dump();
    const { mode } = await ask({ action: "mode" });
    for (const event of [{ mode: "enforce" }, { mode: "enforce", dryRun: true }, { dryRun: false }]) {
      expect(await ask({ action: "mode", ...event })).toMatchObject({ ok: true, mode });
    }
    expect(ledger.dump()).toBe(before);
  });
});

describe("review", () => {
  it("lists a report until it has its verdict, and carries out an approval", async () => {
    const report = weaponsReport({ score: 0.6 });
    await handle({ kind: "reports", reports: [report] }, worker);
    const key = `standard#${report.id}`;
    const waiting = async () => ((await ask({ action: "review" })).reviews ?? []).filter((each) => each.key === key);
    expect(await waiting()).toMatchObject([{ stream: report.stream, rule: "unsure", because: "rule" }]);
    const event = { action: "review", report: key, verdict: "approve", as: "disable", hours: 1 };
    const first = await order(event);
    expect(first).toMatchObject({ ok: true, results: [{ outcome: "verified", resumeTime: "2026-11-21T13:00:00Z" }] });
    expect(await waiting()).toEqual([]);
    expect(await order(event)).toEqual(first);
    expect(live.calls).toHaveLength(1);
    expect(await ask({ action: "explain", report: key })).toMatchObject({
      explanation: { stored: { outcome: "review", verdict: first.verdict }, now: { isSameDecision: true } },
    });
    expect(await order({ ...event, verdict: "reject", as: undefined, hours: undefined })).toMatchObject({
      ok: false,
      errors: [{ pointer: "/report" }],
      verdict: first.verdict,
    });
  });
});

describe("a source", () => {
  const all = { ...policy.sources, sightengine: { adapter: "standard", grade: "B" } as const };
  const freeze = (source: string, frozen: boolean, event: object = {}) =>
    order({ action: "mode", source, frozen, ...event }, { policy: { ...policy, sources: all } });
  afterEach(async () => {
    for (const source of Object.keys(all)) await freeze(source, false);
  });

  it("is frozen and let act again, with who and why in the ledger; the mode and all that is frozen are shown", async () => {
    const { mode } = await ask({ action: "mode" });
    const change = { changedBy: "ana (claimed)", changedAt: NOON.toISOString(), reason: "a stolen key" };
    expect(await freeze("sightengine", true, { reason: "a stolen key" })).toEqual({
      ...{ ok: true, results: [], errors: [], dryRun: false },
      mode: { ...mode, frozen: { sightengine: change } },
    });
    const { mode: both } = await freeze("standard", true);
    expect(Object.keys(both?.frozen ?? {}).sort()).toEqual(["sightengine", "standard"]);
    const { mode: one } = await freeze("sightengine", false);
    expect(Object.keys(one?.frozen ?? {})).toEqual(["standard"]);
    expect(ledger.modeChanges()).toContainEqual(
      expect.objectContaining({ source: "sightengine", frozen: true, reason: "a stolen key" }),
    );
  });

  it("stays frozen when the mode changes", async () => {
    await freeze("standard", true);
    const { mode } = await order({ action: "mode", mode: "enforce" });
    expect(mode).toMatchObject({ mode: "enforce", frozen: { standard: { changedBy: "ana (claimed)" } } });
  });

  it("is frozen by no dry run", async () => {
    const before = ledger.dump();
    for (const dryRun of [undefined, true]) {
      expect(await ask({ action: "mode", source: "standard", frozen: true, ...(dryRun && { dryRun }) })).toMatchObject({
        ok: true,
        dryRun: true,
      });
    }
    expect(ledger.dump()).toBe(before);
  });
});

describe("list: what is off right now", () => {
  const row = (stream: Stream, resumeTime: string | null = "2026-11-22T12:00:00Z"): DisabledRow => ({
    ...stream,
    resumeTime,
  });
  const lists = (
    ...pages: { total?: number; rows: DisabledRow[]; unreadable?: UnreadableRow[] }[]
  ): Partial<OperatorRequestDeps> => ({
    listDisabled: async function* () {
      yield* pages;
    },
  });

  it("joins each row to who asked for it and why, and gives the total that Live states", async () => {
    const [mine, byRule, strange] = [someStream(), someStream(), someStream()];
    await order({ action: "disable", streams: [mine], hours: 24 });
    const rule: OrderDraft = {
      stream: byRule,
      action: "disable",
      resumeTime: "2026-11-22T12:00:00Z",
      reason: "csam 0.9 reported by standard",
      placedAt: NOON.toISOString(),
      authority: { kind: "rule", cause: "standard#msg_1", source: "standard", rule: "severe", policy: "" },
    };
    await deps.ledger.placeOrder(rule);
    const pages = lists({ total: 7, rows: [row(mine), row(byRule)] }, { total: 7, rows: [row(strange, null)] });
    expect(await ask({ action: "list" }, pages)).toEqual({
      ok: true,
      errors: [],
      totals: { "push.example.com": 7 },
      results: [
        {
          stream: mine,
          resumeTime: "2026-11-22T12:00:00Z",
          order: expect.objectContaining({
            ...{ by: "ana (claimed)", reason: "INC-881", outcome: "verified" },
            orderId: expect.stringMatching(/^op-/),
          }),
        },
        {
          stream: byRule,
          resumeTime: "2026-11-22T12:00:00Z",
          order: expect.objectContaining({ by: "rule severe, report standard#msg_1", rule: "severe" }),
        },
        { stream: strange, resumeTime: null, order: null },
      ],
    });
  });

  it("gives no reason where the ledger's disable failed, ran out or was lifted: somebody else holds the stream off", async () => {
    const [failed, enabledElsewhere, over, paused] = [someStream(), someStream(), someStream(), someStream()];
    await order({ action: "disable", streams: [over], hours: 1 });
    await order({ action: "disable", streams: [enabledElsewhere, paused] });
    await order({ action: "enable", streams: [enabledElsewhere] });
    await order({ action: "pause", streams: [paused] });
    live.next = () => new OffairError("ERR_LIVE_REJECTED", "no");
    await order({ action: "disable", streams: [failed] });
    clock += 2 * HOUR_MS;
    const { results } = await ask(
      { action: "list" },
      lists({ total: 4, rows: [failed, enabledElsewhere, over, paused].map((each) => row(each)) }),
    );
    expect(results.map(({ order: why }) => why?.action ?? null)).toEqual([null, null, null, "disable"]);
  });

  it("names our order for its own entry, which Live lists although the order is over or was enabled again", async () => {
    const [over, enabled] = [someStream(), someStream()];
    await order({ action: "disable", streams: [over, enabled], hours: 1 });
    await order({ action: "enable", streams: [enabled] });
    clock += 2 * HOUR_MS;
    const resumeTime = (await deps.ledger.recentOrders(over))[0]?.resumeTime ?? null;
    const { results } = await ask(
      { action: "list" },
      lists({ total: 2, rows: [over, enabled].map((each) => row(each, resumeTime)) }),
    );
    expect(results.map(({ order: why }) => why?.number)).toEqual([1, 1]);
  });

  it("asks for the domain, app and stream that are named, or else for every ingest domain in scope", async () => {
    const asked: unknown[] = [];
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* (...call) {
      asked.push(call);
      yield { total: 0, rows: [] };
    };
    const scope = [...policy.scope, { domain: "push2.example.com", apps: ["live"] }];
    const change = { listDisabled, policy: { ...policy, scope } };
    expect(await ask({ action: "list" }, change)).toMatchObject({
      totals: { "push.example.com": 0, "push2.example.com": 0 },
    });
    await ask({ action: "list", domain: "PUSH.example.com", app: "live", stream: "room-42" }, change);
    expect(asked).toEqual([
      ["push.example.com", {}],
      ["push2.example.com", {}],
      ["push.example.com", { app: "live", stream: "room-42" }],
    ]);
  });

  it("names the rows that cannot be read, twenty at most, and gives the others", async () => {
    const stream = someStream();
    const odd = { app: "live", stream: "s".repeat(500), issue: "/resume_time: Invalid" };
    const unreadable = [{ issue: "the whole: Invalid" }, ...Array.from({ length: 30 }, () => odd)];
    const answer = await ask({ action: "list" }, lists({ total: 32, rows: [row(stream)], unreadable }));
    expect(answer).toMatchObject({ ok: true, results: [{ stream }], unreadable: { count: 31 } });
    expect(answer.unreadable?.first).toHaveLength(20);
    expect(answer.unreadable?.first.slice(0, 2)).toEqual([
      { domain: "push.example.com", issue: "the whole: Invalid" },
      { ...odd, domain: "push.example.com", stream: "s".repeat(200) },
    ]);
  });

  it("gives no total that Live does not give, or that counts only a page", async () => {
    const [one, two] = [someStream(), someStream()];
    expect((await ask({ action: "list" }, lists({ rows: [row(one)] }))).totals).toEqual({});
    const pages = lists({ total: 1, rows: [row(one)] }, { total: 1, rows: [row(two)] });
    expect((await ask({ action: "list" }, pages)).totals).toEqual({});
  });

  it("says that Live throttles where it does, and not that the time was over", async () => {
    const controller = new AbortController();
    const repeat = createRepeat({ sleep: async () => {}, random: () => 0 });
    const throttled = new OffairError("ERR_LIVE_THROTTLED", "GET /stream/blocks: APIGW.0308 (429): throttled");
    let reads = 0;
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* () {
      yield await repeat(async () => {
        if (reads++ === 0) throw throttled;
        controller.abort();
        throw new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: its deadline has passed");
      }, controller.signal);
    };
    expect((await ask({ action: "list" }, { listDisabled })).errors).toEqual([
      { pointer: "", message: `ERR_LIVE_THROTTLED: ${throttled.message}; then the time for this list ended` },
    ]);
  });

  it("says so when more is off than one answer holds", async () => {
    const rows = Array.from({ length: 1_001 }, (_, index) =>
      row({ domain: "push.example.com", app: "live", stream: `${index}` }),
    );
    const ledger = { ...deps.ledger, recentOrders: async () => [] };
    const answer = await ask({ action: "list" }, { ...lists({ total: 5_000, rows }), ledger });
    expect(answer).toMatchObject({
      ok: true,
      truncated: true,
      totals: { "push.example.com": 5_000 },
      results: { length: 1_000 },
    });
  });

  it("is a fault, and no half of a list, when Live fails on a later page", async () => {
    const listDisabled: OperatorRequestDeps["listDisabled"] = async function* () {
      yield { total: 101, rows: [row(someStream())] };
      throw new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");
    };
    expect(await ask({ action: "list" }, { listDisabled })).toEqual({
      ok: false,
      results: [],
      errors: [{ pointer: "", message: "ERR_LIVE_UNAVAILABLE: 503 from Live" }],
    });
  });

  it("changes nothing at Live", async () => {
    const stream = someStream();
    live.disabled.set(streamKey(stream), "2026-11-22T12:00:00Z");
    await ask({ action: "list" }, lists({ total: 1, rows: [row(stream)] }));
    expect([live.calls, sent]).toEqual([[], []]);
  });
});
