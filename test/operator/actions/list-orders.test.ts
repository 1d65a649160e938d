import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import type { OrderRow } from "../../../lib/operator/contract/response-schema.ts";
import { someStream, weaponsReport } from "../../support/fixtures.ts";
import { runs } from "../../support/runs.ts";
import { createIncidentWorld, type IncidentWorld, lost } from "../operator-world.ts";

const ALICE = "arn:aws:iam::123456789012:user/alice";
const BOB = "arn:aws:iam::123456789012:user/bob";
const rooms = (count: number, name = "room") =>
  Array.from({ length: count }, (_, index) => ({
    domain: "push.example.com",
    app: "live",
    stream: `${name}-${index}`,
  }));

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld({ limits: { ...(await createIncidentWorld()).deps.policy.limits, total: 3 } });
});

const listed = async (event: object = {}): Promise<readonly OrderRow[]> =>
  (await world.askAs(BOB, { action: "plans", ...event })).orders ?? [];
async function planned(by: string, streams: readonly object[]) {
  const { plan } = await world.askAs(by, { action: "plan", wanted: "disable", streams, hours: 24 });
  return { orderId: plan?.orderId ?? "", planSha256: plan?.sha256 ?? "" };
}
const states = async () => (await listed()).map(({ state }) => state);

describe("plans", () => {
  it("shows a plan through all of its states, and whose turn it is", async () => {
    const plan = await planned(ALICE, rooms(5));
    expect(await listed()).toMatchObject([
      {
        ...{ orderId: plan.orderId, kind: "plan", state: "waiting-for-approval", action: "disable", count: 5 },
        ...{ reason: "INC-881", requestedBy: ALICE, first: rooms(1)[0], sha256: plan.planSha256 },
      },
    ]);
    await world.askAs(BOB, { action: "approve", ...plan });
    expect(await listed()).toMatchObject([{ state: "ready", approvedBy: BOB }]);
    await world.askAs(ALICE, { action: "apply", ...plan });
    expect(await listed()).toMatchObject([{ state: "running", left: 5, failed: 0 }]);
    await world.workAll();
    expect(await listed()).toMatchObject([{ state: "done", left: 0, failed: 0 }]);
    world.wait(1_000);
    const { plan: undo } = await world.askAs(ALICE, { action: "undo", orderId: plan.orderId });
    expect(await states()).toEqual(["waiting-for-approval", "done"]);
    const named = { orderId: undo?.orderId, planSha256: undo?.sha256 };
    await world.askAs(BOB, { action: "approve", ...named });
    await world.askAs(ALICE, { action: "apply", ...named });
    expect(await listed()).toMatchObject([
      { state: "running", undoes: plan.orderId, action: "enable" },
      { state: "undone", action: "disable" },
    ]);
  });

  it("shows what was cancelled, what has expired, and what was altered", async () => {
    const plan = await planned(ALICE, rooms(1));
    await planned(ALICE, rooms(2));
    const altered = await planned(ALICE, rooms(2));
    await world.askAs(BOB, { action: "cancel", orderId: plan.orderId });
    world.ledger.alterPlan(altered.orderId, (text) => ({ ...text, head: text.head.replace("INC", "inc2") }));
    world.ledger.alterPlan(altered.orderId, (text) => ({ ...text, parts: ["[]"] }));
    world.wait(11 * 60_000);
    expect((await states()).sort()).toEqual(["altered", "cancelled", "expired"]);
  });

  it("shows requests of a few streams: under way, done and undone", async () => {
    const streams = rooms(2);
    const { orderId } = await world.askAs(
      ALICE,
      { action: "disable", streams, hours: 24, dryRun: false },
      { waitMs: 0 },
    );
    expect(await listed()).toMatchObject([
      { orderId, kind: "request", state: "running", count: 2, left: 2, first: streams[0], requestedBy: ALICE },
    ]);
    await world.workAll();
    expect(await states()).toEqual(["done"]);
    world.wait(1_000);
    const { plan } = await world.askAs(ALICE, { action: "undo", orderId });
    await world.askAs(ALICE, { action: "apply", orderId: plan?.orderId, planSha256: plan?.sha256 });
    await world.workAll();
    expect(await states()).toEqual(["done", "undone"]);
  });

  it("shows the approval of a report with the report", async () => {
    const [stream = someStream()] = rooms(1);
    const key = await world.report(weaponsReport({ id: "msg_1", score: 0.6, stream }));
    await world.askAs(ALICE, { action: "review", report: key, verdict: "approve", as: "pause", dryRun: false });
    expect(await listed()).toMatchObject([{ kind: "request", action: "pause", approves: key, requestedBy: ALICE }]);
  });

  it("narrows by person, time and the beginning of an id, and continues where a page ended", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) {
      ids.unshift((await planned(index % 2 === 0 ? ALICE : BOB, rooms(1, `r${index}`))).orderId);
      world.wait(1_000);
    }
    expect((await listed()).map(({ orderId }) => orderId)).toEqual(ids);
    expect(await listed({ by: "alice" })).toHaveLength(4);
    expect(await listed({ by: BOB })).toHaveLength(3);
    const third = (await listed())[2];
    expect(await listed({ since: third?.madeAt })).toHaveLength(3);
    expect(await listed({ prefix: ids[3]?.slice(0, 20) })).toMatchObject([{ orderId: ids[3] }]);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await world.askAs(BOB, { action: "plans", limit: 3, ...(after !== undefined && { after }) });
      seen.push(...(page.orders ?? []).map(({ orderId }) => orderId));
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(ids);
  });

  it("refuses a limit, a place and a prefix that are none", async () => {
    for (const event of [{ limit: 0 }, { limit: 101 }, { after: "x" }, { prefix: "op-1a2" }, { since: "yesterday" }]) {
      expect(await world.askAs(BOB, { action: "plans", ...event })).toMatchObject({ ok: false });
    }
  });
});

it("lists every plan and every request that exists, whichever write was the last before a crash", async () => {
  const write = ["indexOrder", "writePlan", "writeOperatorOrders"] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("plan", "disable"), fc.constantFrom(...write, undefined), fc.boolean()), {
        minLength: 1,
        maxLength: 5,
      }),
      async (requests) => {
        world = await createIncidentWorld();
        const made: string[] = [];
        for (const [action, breaks, isDone] of requests) {
          const id = randomUUID();
          const event = action === "plan" ? { action, wanted: "disable" } : { action, dryRun: false };
          const fails = async () => Promise.reject(new Error("killed"));
          const ledger =
            breaks === undefined
              ? world.ledger
              : { ...world.ledger, [breaks]: isDone ? lost(world.ledger[breaks] as never) : fails };
          await world.askAs(ALICE, { id, ...event, streams: rooms(2, id) }, { ledger, waitMs: 0 });
          const orderId = `op-${id}`;
          const exists =
            (await world.ledger.readPlanHead(orderId)) !== undefined ||
            (await world.ledger.listOperatorOrders(orderId)).length > 0;
          if (exists) made.push(orderId);
        }
        expect((await listed()).map(({ orderId }) => orderId).sort()).toEqual(made.sort());
      },
    ),
    { numRuns: runs(60) },
  );
});
