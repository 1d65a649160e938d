/** The events of evidence: with the ids that they were delivered with, and with every gap named. */
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { LedgerEvent } from "../../lib/archive/line-schemas.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import type { Order } from "../../lib/orders/order.ts";
import type { Objects } from "../support/chain.ts";
import { tarOf } from "./evidence/tars.ts";
import { jsonLines, offair, useFiles } from "./offair.ts";
import { createWorld } from "./world.ts";

const files = useFiles();
const room = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
const MARCH = (day: number, time: string): string => `2026-03-${String(day).padStart(2, "0")}T${time}:00.000Z`;
const DAY = ["--since", MARCH(14, "00:00"), "--until", MARCH(15, "00:00")];
const HOSTILE = "a\u202e\u001b[2Jb";

let objects: Objects;
let folder: string;
const orders: Record<string, Order> = {};
beforeAll(async () => {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createWorld();
  orders.before = world.disable(room("room"), MARCH(12, "09:10"), { hours: 100 });
  orders.longer = world.disable(room("room"), MARCH(14, "09:10"), { hours: 200, by: "alice", reason: "INC-881" });
  orders.other = world.disable(room(HOSTILE), MARCH(14, "10:10"));
  world.enable(room("room"), MARCH(16, "10:10"), "carol");
  await world.run(MARCH(10, "00:00"), MARCH(17, "00:00"));
  ({ objects } = world);
  folder = files.folder(objects);
});

const list = (args: readonly string[], from = folder) => offair(["events", "list", "--bundle", from, ...args]);
const idOf = (order: Order | undefined): string | undefined =>
  order && eventsOf({ kind: "order", order, earlier: [] })[0]?.id;
const changed = (change: (objects: Map<string, Uint8Array>) => void): string => {
  const copy = new Map(objects);
  change(copy);
  return files.folder(copy);
};
const exportOf = (slot: string): string => {
  const found = [...objects.keys()].find((name) => name.startsWith("events/") && name.includes(slot));
  if (found === undefined) throw new Error(`there is no export of ${slot}`);
  return found;
};

describe("offair events list --bundle", () => {
  it("has the events of the time as CloudEvents, with the ids of the deliveries and without a number of a log", async () => {
    const ended = await list([...DAY, "--type", "stream.disabled", "--json"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const rows = jsonLines(ended);
    expect(rows.map(({ id }) => id)).toEqual([idOf(orders.longer), idOf(orders.other)]);
    expect(rows[0]).toMatchObject({
      ...{ specversion: "1.0", source: "/offair/prod", type: "stream.disabled", subject: "push.example.com/live/room" },
      data: {
        order: 2,
        reason: "INC-881",
        previous: { state: "disabled", order: 1, until: orders.before?.resumeTime },
      },
    });
    expect(rows[0]).not.toHaveProperty("sequence");
    expect(rows[1]).toMatchObject({ data: { category: "weapons" } });
    const staged = jsonLines(await list([...DAY, "--type", "stream.disabled", "--json", "--stage", "test"]));
    expect(staged[0]).toMatchObject({ source: "/offair/test" });
  });

  it("is the same from a tar", async () => {
    const tar = files.path(".tar");
    writeFileSync(tar, await tarOf(objects));
    expect((await list([...DAY, "--json"], tar)).stdout).toBe((await list([...DAY, "--json"])).stdout);
  });

  it("narrows to one stream, also one with a hostile name, which is shown harmlessly", async () => {
    const one = await list([...DAY, "--stream", "push.example.com/live/room", "--json"]);
    expect(jsonLines(one).map(({ id }) => id)).toEqual([idOf(orders.longer)]);
    const all = await list(DAY);
    expect(all.stdout).not.toMatch(/[\u001b\u202e]/);
    expect(all.stdout).toContain("push.example.com/live/a\\u{202e}\\u{1b}[2Jb");
  });

  it("without an end goes as far as the exports do", async () => {
    const ended = await list(["--since", MARCH(14, "00:00"), "--json"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines(ended).at(-1)).toMatchObject({ type: "stream.enabled" });
  });

  it.each<[string, readonly string[]]>([
    ["before the first export", ["--since", MARCH(9, "00:00"), "--until", MARCH(11, "00:00")]],
    ["after the last one", ["--since", MARCH(16, "00:00"), "--until", MARCH(18, "00:00")]],
    ["long after the last one", ["--since", "2026-05-01T00:00:00Z"]],
  ])("says that the time is not covered: %s", async (_, asked) => {
    expect(await list(asked)).toMatchObject({ code: 5, stderr: expect.stringMatching(/^not-covered .*no export/m) });
  });

  it("names an export that is missing, and one that was altered, and shows the events of the others", async () => {
    const name = exportOf("dt=2026-03-14/11");
    const missing = await list(
      [...DAY, "--json"],
      changed((all) => all.delete(name)),
    );
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining(`missing  ${name}`) });
    expect(jsonLines(missing).length).toBeGreaterThan(0);
    const altered = await list(
      [...DAY, "--json"],
      changed((all) => all.set(name, Buffer.from("x"))),
    );
    expect(altered).toMatchObject({ code: 4, stderr: expect.stringContaining(`altered  ${name}`) });
  });

  it("says so if an item is not as documented", async () => {
    jest.spyOn(console, "info").mockImplementation(() => {});
    const world = createWorld();
    const at = MARCH(14, "09:10");
    const report = {
      key: "hive#1",
      report: { stream: room("a"), source: "hive", category: "weapons", receivedAt: at },
    };
    const decided = {
      decision: { action: "review", because: "rule" },
      facts: {},
      policy: "c",
      decidedAt: at,
      mode: "enforce",
    };
    const waits = { openedAt: at, dueAt: at, outcome: "review", alarms: null };
    world.record({ kind: "report", at, report: { ...report, ...decided, ...waits } } as unknown as LedgerEvent);
    await world.run(MARCH(13, "00:00"), MARCH(15, "02:00"));
    const ended = await list(DAY, files.folder(world.objects));
    expect(ended).toMatchObject({
      code: 4,
      stdout: "",
      stderr: expect.stringContaining("an item is not as documented"),
    });
  });
});
