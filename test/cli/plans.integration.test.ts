import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { displayWidth } from "../../cli/terminal/width.ts";
import type { OrderRow } from "../../lib/operator/contract/response-schema.ts";
import { useGateway, WELL } from "./gateway.ts";
import { jsonLines, offair, type Surroundings } from "./offair.ts";
import { ALICE, ID, planned, progress, ROOM, ROOM_TEXT, SHA256 } from "./responses.ts";

const gateway = useGateway();
const NOW = "2026-11-22T05:05:00.000Z";
const run = (args: readonly string[], more: Surroundings = {}) => {
  gateway.setClock(() => new Date(NOW));
  return offair(args, { env: gateway.as("alice"), now: () => new Date(NOW), ...more });
};
const idOf = (start: string) => `op-${start}${ID.slice(3 + start.length)}`;
const row = (changed: Partial<OrderRow> = {}): OrderRow => ({
  ...{ orderId: ID, kind: "plan", state: "done", action: "disable", count: 24, reason: "INC-881", requestedBy: ALICE },
  ...{ madeAt: "2026-11-22T05:00:00.000Z", first: ROOM, resumeTime: "2026-11-23T05:00:00Z", sha256: SHA256 },
  ...changed,
});
const orders = (...rows: OrderRow[]) => ({ ...WELL, orders: rows });
const events = () => gateway.received.map(({ event }) => event);

describe("plans", () => {
  it("prints one line each: what, whose turn it is, by whom, when, why, and how to go on", async () => {
    gateway.answer(() =>
      orders(
        row({
          orderId: idOf("aaaa"),
          state: "waiting-for-approval",
          selector: { domain: "push.example.com", name: "raid-*" },
        }),
        row({ orderId: idOf("bbbb"), state: "running", left: 6, appliedAt: NOW }),
        row({ orderId: idOf("cccc"), kind: "request", action: "pause", count: 1, requestedBy: "ana (claimed)" }),
        row({ orderId: idOf("dddd"), state: "done", failed: 2 }),
      ),
    );
    const { stdout } = await run(["plans"]);
    expect(stdout.split("\n")).toEqual([
      "ID           STATE           WHAT        MADE       BY             NEXT                         BECAUSE, STREAMS",
      "op-aaaa0000  to approve      disable 24  5 min ago  alice          approve (anybody but alice)  INC-881  raid-* of push.example.com",
      `op-bbbb0000  running 75 %    disable 24  5 min ago  alice          watch                        INC-881  23 more and ${ROOM_TEXT}`,
      `op-cccc0000  done            pause 1     5 min ago  ana (claimed)  -                            INC-881  ${ROOM_TEXT}`,
      `op-dddd0000  done, 2 failed  disable 24  5 min ago  alice          undo                         INC-881  23 more and ${ROOM_TEXT}`,
      "offair show ID prints the next command of one of them",
      "",
    ]);
  });

  it("shows as many digits of the ids as tell them apart, and gives programs everything", async () => {
    const twins = [
      row({ orderId: "op-01234567-89ab-4000-8000-000000000001" }),
      row({ orderId: "op-01234567-89ac-4000-8000-000000000001" }),
    ];
    gateway.answer(() => orders(...twins));
    const { stdout } = await run(["plans"]);
    expect(stdout).toMatch(/^op-01234567-89a?b/m);
    expect(stdout.match(/^op-\S+/gm)?.length).toBe(2);
    expect(new Set(stdout.match(/^op-\S+/gm)).size).toBe(2);
    const [one, , summary] = jsonLines(await run(["plans", "--json"]));
    expect(one).toMatchObject({ type: "order", orderId: twins[0]?.orderId, next: [{ verb: "undo" }] });
    expect(summary).toEqual({ type: "summary", count: 2, hasMore: false, exit: 0 });
  });

  it("asks for what was typed, page by page", async () => {
    const after = `2026-11-22T05:00:00.000Z ${ID}`;
    gateway.answer(({ event }) => ({ ...orders(row()), ...(event.after === undefined && { next: after }) }));
    expect((await run(["plans", "--limit", "2", "--since", "2h", "--by", "alice"])).code).toBe(0);
    const base = { action: "plans", reason: "offair plans", since: "2026-11-22T03:05:00.000Z", by: "alice" };
    expect(events()).toEqual([
      { ...base, limit: 2 },
      { ...base, limit: 1, after },
    ]);
    for (const limit of ["0", "x", "1001", "-1"]) {
      expect(await run(["plans", `--limit=${limit}`])).toMatchObject({ code: 2 });
    }
  });

  it.each<[string, string, string]>([
    ["20", "there are older ones: --limit shows more", "--limit=1"],
    ["1000", "there are older ones: a list has at most 1,000 lines", "--limit=1000"],
  ])("says how to see older ones, if a list of %s does not reach them", async (_, sentence, limit) => {
    gateway.answer(({ event }) => ({
      ...orders(...Array.from({ length: Number(event.limit) }, () => row())),
      next: `2026-11-22T05:00:00.000Z ${ID}`,
    }));
    expect((await run(["plans", limit])).stdout).toContain(`\n${sentence}\n`);
  });

  it("does not advise a higher limit where few of many orders are by the person", async () => {
    gateway.answer(() => ({ ...orders(), next: `2026-11-22T05:00:00.000Z ${ID}` }));
    const { stdout } = await run(["plans", "--by", "alice"]);
    expect(stdout).toBe(
      "no plans, batches or requests\nthe oldest ones were not looked at: offair show ID shows one of them\n",
    );
  });

  it("cuts no character in two, and aligns columns after wide ones", async () => {
    const reasons = ["😀".repeat(30), `x${"😀".repeat(30)}`];
    gateway.answer(() =>
      orders(...reasons.map((reason, index) => row({ reason, requestedBy: index === 0 ? "王 (claimed)" : ALICE }))),
    );
    const { stdout } = await run(["plans"], { coloured: true });
    expect(stdout).not.toContain("\ufffd");
    const [head = "", ...rows] = stripVTControlCharacters(stdout).split("\n").slice(0, 3);
    for (const each of [head, ...rows]) expect(displayWidth(each)).toBeLessThanOrEqual(80);
    const undoAt = rows.map((each) => displayWidth(each.slice(0, each.indexOf("undo"))));
    expect(undoAt).toEqual([head.indexOf("NEXT"), head.indexOf("NEXT")]);
  });

  it("says so where there is nothing", async () => {
    gateway.answer(() => orders());
    expect((await run(["plans"])).stdout).toBe("no plans, batches or requests\n");
  });
});

describe("the beginning of an id", () => {
  const SHORT = ID.slice(0, 11);
  const COMMANDS: readonly (readonly string[])[] = [
    ["status", SHORT],
    ["watch", SHORT],
    ["show", SHORT],
    ["cancel", SHORT, "--reason", "x"],
    ["undo", SHORT, "--reason", "x"],
    ["overturn", SHORT, "--because", "policy", "--reason", "x"],
    ["approve", SHORT, "--sha256", SHA256, "--reason", "x"],
    ["apply", SHORT, "--sha256", SHA256, "--reason", "x"],
    ["apply", SHORT, "--resume"],
  ];

  it.each<[string, readonly string[]]>(COMMANDS.map((args) => [args.join(" "), args]))(
    "is completed: %s",
    async (_, args) => {
      gateway.answer(({ event }) => {
        if (event.action === "plans") return orders(row());
        const done = progress({ state: "done", left: 0, outcomes: { verified: 3 } });
        return event.action === "status" && args[0] === "approve" ? planned() : done;
      });
      expect((await run(args)).code).toBe(0);
      expect(events()[0]).toMatchObject({ action: "plans", prefix: SHORT });
      for (const { orderId, action } of events().slice(1)) if (action !== "plans") expect(orderId).toBe(ID);
    },
  );

  it.each<[string, readonly string[]]>(COMMANDS.map((args) => [args.join(" "), args]))(
    "that meets two changes nothing, and lists both: %s",
    async (_, args) => {
      const [one, other] = [idOf("0000"), idOf("00000000-0001")];
      gateway.answer(() =>
        orders(row({ orderId: one }), row({ orderId: other, count: 1, requestedBy: "ana (claimed)" })),
      );
      const { code, stderr } = await run(args);
      expect(code).toBe(3);
      expect(stderr).toBe(
        `offair: nothing was done: ${SHORT} is the beginning of several ids: ${one} (disable of 24 streams by alice), ${other} (disable of 1 stream by ana (claimed)): type more of it\n`,
      );
      expect(events()).toHaveLength(1);
    },
  );

  it.each([
    ["op-12", 2, "at least 4 characters"],
    ["op-xyz1", 2, "only digits, a to f and -"],
    ["12345", 2, "is not an order id"],
    ["op-1234", 3, "no order has an id that begins with op-1234: offair plans lists them"],
  ])("%s is refused: %s", async (typed, code, says) => {
    gateway.answer(() => orders());
    expect(await run(["undo", typed, "--reason", "x"])).toMatchObject({ code, stderr: expect.stringContaining(says) });
    expect(events().filter(({ action }) => action !== "plans")).toEqual([]);
  });
});

describe("show", () => {
  it("says what an order is, its state, and the next commands", async () => {
    gateway.answer(({ event }) =>
      event.action === "plans"
        ? orders(row({ state: "waiting-for-approval" }))
        : { ...planned(), ...progress({ state: "planned" }), ...planned() },
    );
    const { code, stdout } = await run(["show", ID]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${ID} (disable of 24 streams by alice) is a plan that waits for the approval of a second person\n`,
    );
    expect(stdout).toContain(`PLAN ${ID}: disable 1 stream`);
    expect(stdout).toMatch(
      new RegExp(
        `next:\\n  offair approve ${ID} --sha256 ${SHA256} --reason INC-881   \\(anybody but alice\\)\\n  offair cancel`,
      ),
    );
  });

  it("takes the id of a request for its order", async () => {
    gateway.answer(({ event }) => (event.action === "plans" ? orders(row()) : progress()));
    expect((await run(["show", ID.slice(3)])).stdout).toContain(`  offair undo ${ID} --reason TEXT`);
  });

  it("shows a report that waits, with the verdicts", async () => {
    const stored = { decidedAt: NOW, outcome: "review" as const };
    gateway.answer(() => ({ ...WELL, explanation: { key: "standard#a/b", source: "standard", stream: ROOM, stored } }));
    const { stdout } = await run(["show", "standard#a/b"]);
    expect(stdout).toMatch(/^a report that waits for a person\n/);
    expect(stdout).toContain(
      "  offair review approve 'standard#a/b' --as disable --reason TEXT\n  offair review reject",
    );
  });

  it("shows a stream, whether it is disabled now, and how to reverse that", async () => {
    const order = { number: 3, action: "disable", reason: "INC-881", placedAt: NOW, by: ALICE, orderId: ID } as const;
    const end = { resumeTime: "2026-11-23T05:00:00Z" };
    gateway.answer(({ event }) =>
      event.action === "list"
        ? { ...WELL, results: [{ stream: ROOM, ...end, order: { ...order, ...end } }] }
        : { ...WELL, results: [{ stream: ROOM, orders: [{ ...order, ...end }] }] },
    );
    const { stdout } = await run(["show", ROOM_TEXT]);
    expect(stdout).toMatch(/^a stream, disabled until 2026-11-23T05:00:00Z\n/);
    expect(stdout).toContain(
      `next:\n  offair show ${ID}\n  offair undo ${ID} --reason TEXT\n  offair enable ${ROOM_TEXT} --reason TEXT\n`,
    );
  });

  it("shows one order of a stream, or the stream whose name ends so", async () => {
    const order = {
      number: 3,
      action: "disable",
      reason: "x",
      placedAt: NOW,
      by: "rule severe, report standard#1",
      rule: "severe",
      report: "standard#1",
    } as const;
    gateway.answer(({ event }) => {
      if (event.orderNumber === 3) return { ...WELL, results: [{ stream: ROOM, orders: [order] }] };
      if (event.orderNumber !== undefined)
        return { ok: false, results: [], errors: [{ pointer: "/orderNumber", message: "is not among" }] };
      return { ...WELL, results: [{ stream: { ...ROOM, stream: "room-1#4" }, orders: [order] }] };
    });
    const one = await run(["show", `${ROOM_TEXT}#3`]);
    expect(one.stdout).toMatch(/^order 3 of a stream\n(?:.*\n)* {2}offair show 'standard#1'\n/);
    expect((await run(["show", `${ROOM_TEXT}#4`])).stdout).toContain("room-1#4");
  });

  it.each(["JKJaXmPLvHcESHA=", "room-1", "", "a/b", "Standard#1"])("refuses %j, and says what there is", async (id) => {
    expect(await run(["show", id])).toMatchObject({ code: 2 });
    expect(events()).toEqual([]);
  });
});
