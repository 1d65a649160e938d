/** The same verdict on many cases: planned, perhaps approved by a second person, and applied to those that still wait. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { NOON, policy, weaponsReport } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

const ALICE = "arn:aws:iam::123456789012:user/alice";
const BOB = "arn:aws:iam::123456789012:user/bob";
const CAROL = "arn:aws:iam::123456789012:user/carol";

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld();
});

const room = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
/** In review, because its score is below that of the rule. */
const waits = (id: string, change: object = {}) =>
  world.report(weaponsReport({ id, score: 0.6, stream: room(id), ...change }));
const plan = (event: object, arn = ALICE) =>
  world.askAs(arn, { action: "plan-verdicts", cases: { source: "standard" }, ...event });
const REJECT = { verdict: "reject" };
const APPROVE = { verdict: "approve", as: "disable", hours: 2 };
async function planned(event: object, arn = ALICE) {
  const { plan: made, errors } = await plan(event, arn);
  expect(errors).toEqual([]);
  return { orderId: made?.orderId ?? "", planSha256: made?.sha256 ?? "" };
}
const apply = (named: object, arn = ALICE) => world.askAs(arn, { action: "apply", ...named });
const messageOf = ({ errors }: { errors: readonly { message: string }[] }) => errors[0]?.message;
const verdictOf = async (key: string) => (await world.ledger.readReview(key))?.verdict;

describe("a plan of verdicts", () => {
  it("names the exact cases, and changes nothing", async () => {
    world = await createIncidentWorld({ sources: { ...policy.sources, vendor: { adapter: "standard", grade: "A" } } });
    const keys = [await waits("m-1"), await waits("m-2")];
    await waits("m-3", { source: "vendor" });
    expect(await world.ledger.readReview("vendor#m-3")).toMatchObject({ review: "open" });
    const { plan: made } = await plan(REJECT);
    expect(made).toMatchObject({
      ...{ action: "reject", verdict: "reject", streams: [], reason: "INC-881", requestedBy: ALICE },
      cases: keys.map((report, index) => ({
        report,
        source: "standard",
        stream: room(`m-${index + 1}`),
        rule: "unsure",
      })),
      ...{ leftOut: [], caseSelector: { source: "standard" }, expiresAt: "2026-11-21T12:10:00.000Z" },
    });
    expect(await verdictOf(keys[0] ?? "")).toBeUndefined();
    const { plan: shown } = await world.askAs(BOB, { action: "status", orderId: made?.orderId });
    expect(shown).toMatchObject({ sha256: made?.sha256, verdict: "reject", cases: made?.cases ?? [] });
  });

  it.each([REJECT, APPROVE])("that meets nothing is refused, and nothing is stored: %j", async (verdict) => {
    await waits("m-1");
    const before = world.ledger.dump();
    const answer = await plan({ ...verdict, cases: { source: "nobody" } });
    expect(messageOf(answer)).toBe(
      "match no case that waits: no plan was made; `offair review` lists what waits, and a plan leaves out sample cases and appeals",
    );
    expect(world.ledger.dump()).toBe(before);
  });

  it.each<[string, object, string]>([
    [
      "without a criterion",
      { ...REJECT, cases: { category: "weapons" } },
      "must name a source, a rule or an instant (before)",
    ],
    [
      "that approves without an action",
      { verdict: "approve" },
      "must be pause or disable for an approval, and is not for a rejection",
    ],
    [
      "that rejects with an action",
      { ...REJECT, as: "pause" },
      "must be pause or disable for an approval, and is not for a rejection",
    ],
    ["that pauses for hours", { verdict: "approve", as: "pause", hours: 2 }, "is only for a disable"],
  ])("%s is refused", async (_, event, message) => {
    expect(messageOf(await plan(event))).toBe(message);
  });

  it("leaves out what others hold, what waits for another person, and in an approval what was not understood", async () => {
    const [held, asked, free] = [await waits("m-1"), await waits("m-2"), await waits("m-3")];
    await world.askAs(BOB, { action: "next-case" });
    await world.askAs(ALICE, { action: "second-opinion", report: asked });
    await world.deliver({
      kind: "untranslated",
      untranslated: {
        ...{ source: "standard", id: "m-4", receivedAt: NOON.toISOString(), bodySha256: "0".repeat(64) },
        issues: [{ pointer: "/category", message: "is missing" }],
      },
    });
    const { plan: made } = await plan(APPROVE);
    expect(made?.cases?.map(({ report }) => report)).toEqual([free]);
    expect(made?.leftOut).toEqual([
      { report: held, because: "held", by: BOB, until: "2026-11-21T12:06:00.000Z" },
      { report: asked, because: "second-opinion" },
      { report: "standard#m-4", because: "untranslatable" },
    ]);
    const { plan: rejection } = await plan(REJECT);
    expect(rejection?.cases?.map(({ report }) => report)).toEqual([free, "standard#m-4"]);
  });

  it.each([REJECT, APPROVE])("meets no case of the sample, whose action was carried out: %j", async (verdict) => {
    const waiting = await waits("m-1");
    await world.askAs(ALICE, { action: "sample", share: 1, dryRun: false });
    await world.report(weaponsReport({ id: "m-2", stream: room("m-2") }));
    const { plan: made } = await plan(verdict);
    expect(made?.cases?.map(({ report }) => report)).toEqual([waiting]);
    expect(made?.leftOut).toEqual([]);
  });

  it("that leaves nothing says why", async () => {
    await waits("m-1");
    await world.askAs(BOB, { action: "next-case" });
    expect(messageOf(await plan(REJECT))).toBe("leave no case to decide (1 held): no plan was made");
  });

  it("has at most 500 cases", async () => {
    const report = weaponsReport({ id: "m-1", score: 0.6 });
    await world.report(report);
    const [record] = (await world.ledger.openReviews(1)).records;
    const records = Array.from({ length: 501 }, (_, index) => ({ ...record, key: `standard#${index}` }));
    const openReviews = async () => ({ records: records as never[] });
    const answer = await world.askAs(
      ALICE,
      { action: "plan-verdicts", cases: { source: "standard" }, ...REJECT },
      { ledger: { ...world.ledger, openReviews } },
    );
    expect(messageOf(answer)).toMatch("match more than 500 cases");
  });
});

describe("rejections", () => {
  it("are written when they are applied, and left out where a case has ended or is held by then", async () => {
    const [one, two, three] = [await waits("m-1"), await waits("m-2"), await waits("m-3")];
    const named = await planned(REJECT);
    await world.askAs(BOB, { action: "review", report: one, verdict: "reject", dryRun: false });
    await world.askAs(BOB, { action: "next-case" }); // m-2
    const answer = await apply(named);
    const leftOut = [
      { report: one, because: "ended", by: BOB },
      { report: two, because: "held", by: BOB, until: "2026-11-21T12:06:00.000Z" },
    ];
    const batch = {
      action: "reject",
      state: "done",
      count: 3,
      left: 0,
      outcomes: { rejected: 1, "left-out": 2 },
      leftOut,
    };
    expect(answer).toMatchObject({ ok: true, batch });
    expect(await verdictOf(three)).toMatchObject({ verdict: "rejected", by: ALICE, orderId: named.orderId });
    expect(await verdictOf(two)).toBeUndefined();
    expect(await world.askAs(BOB, { action: "status", orderId: named.orderId })).toMatchObject({ batch });
    expect(world.queue).toEqual([]);
    const { orders } = await world.askAs(BOB, { action: "plans" });
    expect(orders).toMatchObject([{ orderId: named.orderId, action: "reject", state: "done", count: 3, left: 0 }]);
  });

  it("that were taken back are not written again by a resume", async () => {
    const key = await waits("m-1");
    const named = await planned(REJECT);
    await apply(named);
    await world.askAs(BOB, { action: "reopen", report: key });
    expect(await apply({ ...named, resume: true })).toMatchObject({ ok: true });
    expect(await verdictOf(key)).toBeUndefined();
  });

  it("expire after ten minutes, are applied once, and name the hash", async () => {
    await waits("m-1");
    const late = await planned(REJECT);
    expect(messageOf(await apply({ ...late, planSha256: "0".repeat(64) }))).toMatch(
      "is not the hash of the stored plan",
    );
    world.wait(10 * MINUTE_MS);
    expect(messageOf(await apply(late))).toMatch("expired at");
    const named = await planned(REJECT);
    await apply(named);
    world.wait(1);
    expect(messageOf(await apply(named))).toMatch("a plan is applied once");
    expect(messageOf(await world.askAs(BOB, { action: "undo", orderId: named.orderId }))).toMatch("reopen each case");
  });

  it("above the limit of one person need a second one, also if they are split", async () => {
    world = await createIncidentWorld({ limits: { ...policy.limits, total: 2 } });
    for (const id of ["m-1", "m-2"]) await waits(id);
    expect(await apply(await planned(REJECT))).toMatchObject({ ok: true });
    const key = await waits("m-3");
    const named = await planned(REJECT);
    expect(messageOf(await apply(named))).toMatch("needs the approval of a second person");
    expect(await verdictOf(key)).toBeUndefined();
    expect(await world.askAs(BOB, { action: "approve", ...named })).toMatchObject({ ok: true });
    expect(await apply(named, CAROL)).toMatchObject({
      ok: true,
      batch: { outcomes: { rejected: 1 }, approvedBy: BOB },
    });
  });
});

describe("approvals", () => {
  it("are given by the worker with the order of each stream, and refused where a case has ended or is held by then", async () => {
    const [one, two, three] = [await waits("m-1"), await waits("m-2"), await waits("m-3")];
    const named = await planned(APPROVE);
    await world.askAs(BOB, { action: "review", report: one, verdict: "reject", dryRun: false });
    await world.askAs(BOB, { action: "next-case" }); // m-2
    await apply(named);
    await world.workAll();
    const approved = { verdict: "approved", by: ALICE, orderId: named.orderId, action: "disable" };
    expect(await verdictOf(three)).toMatchObject(approved);
    expect(await world.ledger.readReview(three)).not.toHaveProperty("review");
    expect(await verdictOf(two)).toBeUndefined();
    expect(await world.askAs(BOB, { action: "status", orderId: named.orderId })).toMatchObject({
      batch: { state: "done", count: 3, outcomes: { verified: 1, refused: 2 } },
      results: [
        { stream: room("m-1"), report: one, outcome: "refused", error: "case-ended" },
        { stream: room("m-2"), report: two, outcome: "refused", error: "case-held" },
        { stream: room("m-3"), report: three, outcome: "verified" },
      ],
    });
    expect(world.live.calls.map(({ stream }) => stream)).toEqual([room("m-3")]);
    expect(await world.ledger.recentOrders(room("m-3"))).toMatchObject([{ authority: { approves: three } }]);
  });

  it("that were refused, because another person held the case, are not given by a second delivery", async () => {
    const key = await waits("m-1");
    const named = await planned(APPROVE);
    await world.askAs(BOB, { action: "next-case" });
    await apply(named);
    await world.workAll();
    await world.askAs(BOB, { action: "release", report: key });
    await world.deliver({ kind: "order", orderId: named.orderId, index: 0 });
    expect(await verdictOf(key)).toBeUndefined();
    expect(world.live.calls).toEqual([]);
  });

  it("that were refused do not take the case off the list when they are delivered again", async () => {
    const key = await waits("m-1");
    const named = await planned(APPROVE);
    await world.askAs(BOB, { action: "next-case" });
    await apply(named);
    await world.workAll();
    const approve = { action: "review", report: key, verdict: "approve", as: "pause", dryRun: false };
    const notQueued = { enqueue: () => Promise.reject(new Error("away")) };
    expect(await world.askAs(BOB, approve, notQueued)).toMatchObject({ ok: false });
    await world.deliver({ kind: "order", orderId: named.orderId, index: 0 });
    expect(await world.ledger.readReview(key)).toMatchObject({ review: "open", verdict: { by: BOB } });
    expect(await world.askAs(BOB, approve)).toMatchObject({ ok: true, results: [{ outcome: "accepted" }] });
  });

  it("of a case that is approved and whose order is then cancelled do not stay in the list", async () => {
    const key = await waits("m-1");
    const named = await planned(APPROVE);
    await apply(named);
    const { orderId } = named;
    const approval = { verdict: "approved", by: ALICE, at: NOON.toISOString(), reason: "INC-881", orderId } as const;
    await world.ledger.writeVerdict(key, approval, world.deps.now); // by a worker that died before the order was placed
    await world.askAs(BOB, { action: "cancel", orderId });
    await world.workAll();
    expect(await world.askAs(BOB, { action: "reopen", report: key })).toMatchObject({ ok: true });
    expect(world.live.calls).toEqual([]);
  });

  it("are not given again one by one: that would send another order of the plan", async () => {
    const keys = [await waits("m-1"), await waits("m-2")];
    const named = await planned(APPROVE);
    await apply(named);
    await world.workAll();
    const before = world.ledger.dump();
    for (const dryRun of [true, false]) {
      const event = { action: "review", report: keys[1], verdict: "approve", as: "disable", hours: 2, dryRun };
      const again = await world.askAs(ALICE, event);
      expect(messageOf(again)).toMatch(/^was approved to disable until .* by .*user\/alice at .*; nothing was done$/);
    }
    expect(world.queue).toEqual([]);
    expect(world.ledger.dump()).toBe(before);
  });

  it("are undone like a batch, each stream once", async () => {
    const stream = room("m-1");
    for (const id of ["m-1", "m-2"]) await waits(id, { stream });
    const named = await planned(APPROVE);
    await apply(named);
    await world.workAll();
    const { plan: back } = await world.askAs(ALICE, { action: "undo", orderId: named.orderId });
    expect(back).toMatchObject({ action: "enable", streams: [stream] });
  });

  it("leave out protected streams, and streams that are disabled for as long", async () => {
    world = await createIncidentWorld({ protected: [room("m-1")] });
    const [safe, off, free] = [await waits("m-1"), await waits("m-2"), await waits("m-3")];
    await world.ask({ action: "disable", streams: [room("m-2")], hours: 24, dryRun: false });
    const { plan: made } = await plan(APPROVE);
    expect(made?.streams).toEqual([{ ...room("m-3"), report: free }]);
    expect(made?.leftOut).toEqual([
      { report: safe, because: "protected-stream" },
      { report: off, because: "already-off" },
    ]);
  });
});
