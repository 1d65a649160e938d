/** What people do to a case that waits: they see it, get it, pass it on, and take a verdict back. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { deadlineOf } from "../../../lib/archive/review-deadline.ts";
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { NOON, weaponsReport } from "../../support/fixtures.ts";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

const ALICE = "arn:aws:iam::123456789012:user/alice";
const BOB = "arn:aws:iam::123456789012:user/bob";
const CAROL = "arn:aws:sts::123456789012:assumed-role/moderators/carol";

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld();
});

/** In review, because its score is below that of the rule. */
const waits = (id: string, change: object = {}) => world.report(weaponsReport({ id, score: 0.6, ...change }));
const at = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const next = (arn: string, skip: string[] = []) => world.askAs(arn, { action: "next-case", skip });
const rejectAs = (arn: string, report: string) =>
  world.askAs(arn, { action: "review", report, verdict: "reject", dryRun: false });
const messageOf = ({ errors }: { errors: readonly { message: string }[] }) => errors[0]?.message;

describe("case", () => {
  it("shows everything that a person needs, and nothing of the reporter", async () => {
    const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
    await world.ask({ action: "pause", streams: [stream], dryRun: false });
    await waits("m-0", { stream });
    const evidence = [
      { url: "https://cdn.example.com/1.jpg", sha256: "a".repeat(64) },
      { url: "https://cdn.example.com/2" },
    ];
    const reason = "a knife\u001b[2J";
    const key = await waits("m-1", { stream, reason, evidence, reporterHash: "f".repeat(32) });
    world.online.push({ ...stream, startTime: "2026-11-21T11:00:00Z", clientAddress: "192.0.2.7" });
    world.wait(MINUTE_MS);
    const answer = await world.askAs(ALICE, { action: "case", report: key });
    expect(answer).toMatchObject({
      ok: true,
      case: {
        ...{ key, source: "standard", grade: "A", stream, category: "weapons", score: 0.6, words: reason, evidence },
        rules: expect.arrayContaining([{ rule: expect.any(String), unmet: expect.any(Array) }]),
        orders: [{ action: "pause", by: "ana (claimed)", orderId: expect.stringMatching(/^op-/) }],
        live: { state: "live", since: "2026-11-21T11:00:00Z", clientAddress: "192.0.2.7" },
        ...{ ageMinutes: 1, secondsLeft: 86_400 - 60, notes: [], earlierVerdicts: [] },
      },
    });
    expect(JSON.stringify(answer)).not.toContain("ffff");
  });

  it("shows the other reports of the stream that placed an order, with what became of them", async () => {
    const { stream } = weaponsReport();
    await world.report(weaponsReport({ id: "m-0", stream }));
    const key = await waits("m-1", { stream });
    const { case: shown } = await world.askAs(ALICE, { action: "case", report: key });
    expect(shown?.reports).toMatchObject([{ key: "standard#m-0", category: "weapons", outcome: "accepted" }]);
  });

  it("does not know whether the stream is live where Live cannot be asked, and never fails for that", async () => {
    const key = await waits("m-1");
    const listOnline = async function* () {
      yield* [];
      throw new Error("hunter2");
    };
    const answer = await world.askAs(ALICE, { action: "case", report: key }, { listOnline });
    expect(answer).toMatchObject({ ok: true, case: { live: { state: "unknown" } } });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
    expect(await world.askAs(ALICE, { action: "case", report: key })).toMatchObject({
      case: { live: { state: "not-listed" } },
    });
  });

  it("that is none is refused", async () => {
    expect(messageOf(await world.askAs(ALICE, { action: "case", report: "standard#none" }))).toBe("is not in review");
  });
});

describe("next-case", () => {
  it("hands out the most urgent case first, and each to one person", async () => {
    const early = await waits("m-1");
    world.wait(MINUTE_MS);
    const late = await waits("m-2");
    expect(await next(ALICE)).toMatchObject({
      case: { key: early, holder: { by: ALICE, until: at(7 * MINUTE_MS) } },
    });
    expect(await next(BOB)).toMatchObject({ case: { key: late } });
    const none = { says: "no other case waits for you: 2 held by others", held: 2 };
    expect(await next(CAROL)).toMatchObject({ ok: true, noCase: none });
  });

  it("hands out cases of the sample after all others, also on later pages and where their time is over", async () => {
    await world.askAs(ALICE, { action: "sample", share: 1, dryRun: false });
    const keys: string[] = [];
    for (let n = 0; n < 100; n++) keys.push(await world.report(weaponsReport({ id: `s-${n}` })));
    await world.askAs(ALICE, { action: "sample", share: 0, dryRun: false });
    world.wait(8 * 24 * 60 * MINUTE_MS);
    const later = world.deps.now().toISOString();
    const urgent = await waits("m-1", { receivedAt: later, occurredAt: later });
    expect(await next(ALICE)).toMatchObject({ case: { key: urgent } });
    expect(await next(BOB)).toMatchObject({ case: { key: keys[0], isSample: true } });
    expect(await next(BOB, keys)).toMatchObject({ noCase: { held: 1, skipped: 100 } });
  });

  it("says where nothing waits", async () => {
    const none = { says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 };
    expect(await next(ALICE)).toEqual({ ok: true, results: [], errors: [], noCase: none });
  });

  it("gives a person the case that is held already, for longer, unless it is skipped", async () => {
    const [one, two] = [await waits("m-1"), await waits("m-2")];
    await next(ALICE);
    world.wait(4 * MINUTE_MS);
    expect(await next(ALICE)).toMatchObject({ case: { key: one, holder: { until: at(10 * MINUTE_MS) } } });
    expect(await next(ALICE, [one])).toMatchObject({ case: { key: two } });
    expect(await next(ALICE, [one, two])).toMatchObject({ noCase: { skipped: 2 } });
  });

  it("hands a case out again a minute after its hold, because clocks differ", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    world.wait(6 * MINUTE_MS);
    expect(await next(BOB)).toHaveProperty("noCase");
    world.wait(1);
    expect(await next(BOB)).toMatchObject({ case: { key, holder: { by: BOB } } });
    expect(messageOf(await rejectAs(ALICE, key))).toMatch(`is held by ${BOB} until `);
  });

  it("answers a repeated request as the first time", async () => {
    await waits("m-1");
    const again = () => world.askAs(ALICE, { action: "next-case", id: "00000000-0000-4000-8000-000000000001" });
    const first = await again();
    world.wait(MINUTE_MS);
    expect(await again()).toEqual(first);
  });

  it("does not believe a hold of a clock that was far ahead", async () => {
    const key = await waits("m-1");
    await world.askAs(ALICE, { action: "next-case" }, { now: () => new Date(NOON.getTime() + 60 * MINUTE_MS) });
    expect(await next(BOB)).toMatchObject({ case: { key } });
  });

  it("hands out nothing that has a verdict, also where the list is behind", async () => {
    const key = await waits("m-1");
    const { records } = await world.ledger.openReviews(10);
    await rejectAs(ALICE, key);
    const ledger = { ...world.ledger, openReviews: async () => ({ records }) };
    expect(await world.askAs(BOB, { action: "next-case" }, { ledger })).toHaveProperty("noCase");
  });
});

it("release lets the case go to another person, and repeated it changes nothing", async () => {
  const key = await waits("m-1");
  await next(ALICE);
  const released = await world.askAs(ALICE, { action: "release", report: key });
  expect([released.ok, released.case?.holder]).toEqual([true, undefined]);
  expect(await next(BOB)).toMatchObject({ case: { key } });
  expect(await world.askAs(ALICE, { action: "release", report: key })).toMatchObject({ case: { holder: { by: BOB } } });
});

describe("a verdict", () => {
  it("is refused to others while a person holds the case, who is named, and is given by that person", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    const before = world.ledger.dump();
    for (const verdict of [{ verdict: "reject" }, { verdict: "approve", as: "disable" }]) {
      for (const dryRun of [true, false]) {
        const answer = await world.askAs(BOB, { action: "review", report: key, dryRun, ...verdict });
        expect(messageOf(answer)).toBe(
          `is held by ${ALICE} until ${at(6 * MINUTE_MS)}: nothing was done; take the next case, or wait until then`,
        );
      }
    }
    expect(world.ledger.dump()).toBe(before);
    expect(await rejectAs(ALICE, key)).toMatchObject({ ok: true, verdict: { by: ALICE } });
    expect(await world.ledger.readReview(key)).not.toHaveProperty("heldBy");
    expect(messageOf(await rejectAs(BOB, key))).toMatch(`was rejected by ${ALICE} at `);
  });

  it("that somebody took the case before is refused by the write itself", async () => {
    const key = await waits("m-1");
    const writeVerdict: typeof world.ledger.writeVerdict = async (...given) => {
      await next(ALICE);
      return world.ledger.writeVerdict(...given);
    };
    const ledger = { ...world.ledger, writeVerdict };
    for (const verdict of [{ verdict: "reject" }, { verdict: "approve", as: "disable" }]) {
      const event = { action: "review", report: key, dryRun: false, ...verdict };
      expect(messageOf(await world.askAs(BOB, event, { ledger }))).toMatch(`is held by ${ALICE}`);
    }
    expect(world.queue).toEqual([]);
  });

  it("ends the hold also where it is an approval, whose order is sent", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    const approve = { action: "review", report: key, verdict: "approve", as: "pause", dryRun: false };
    expect(await world.askAs(ALICE, approve)).toMatchObject({ ok: true, results: [{ outcome: "accepted" }] });
    expect(await next(BOB)).toMatchObject({ noCase: { says: "nothing waits for review" } });
  });
});

describe("note", () => {
  it("is kept with the case, whoever has it", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    const text = "seen at 0:42\nask the authority";
    const answer = await world.askAs(BOB, { action: "note", report: key, text });
    expect(answer).toMatchObject({ case: { notes: [{ by: BOB, at: at(0), text }], holder: { by: ALICE } } });
    expect(await world.askAs(BOB, { action: "review" })).toMatchObject({ reviews: [{ key, noteCount: 1 }] });
  });

  it.each([
    ["of 100 KB", "x".repeat(100_000), "must be at most 2000 characters"],
    ["without a word", " \n ", "must not be empty"],
    ["that changes the terminal", "\u001b[2J", "must not hold control characters other than line breaks and tabs"],
  ])("%s is refused with a sentence", async (_, text, message) => {
    const key = await waits("m-1");
    expect(messageOf(await world.askAs(BOB, { action: "note", report: key, text }))).toBe(message);
    expect(await world.ledger.readReview(key)).not.toHaveProperty("notes");
  });

  it("is refused once there are 20", async () => {
    const key = await waits("m-1");
    for (let n = 0; n < 20; n++) await world.askAs(BOB, { action: "note", report: key, text: `note ${n}` });
    expect(messageOf(await world.askAs(BOB, { action: "note", report: key, text: "one more" }))).toMatch(
      "has 20 notes",
    );
  });
});

describe("second-opinion", () => {
  it("gives the case to others, and takes it from the person who asks, also in another role", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    const asked = await world.askAs(ALICE, { action: "second-opinion", report: key, reason: "unsure of the age" });
    expect(asked).toMatchObject({ ok: true, case: { secondOpinion: { by: ALICE, reason: "unsure of the age" } } });
    expect(await next(ALICE)).toMatchObject({ noCase: { awaitingOthers: 1 } });
    for (const arn of [ALICE, "arn:aws:sts::123456789012:assumed-role/moderators/Alice"])
      expect(messageOf(await rejectAs(arn, key))).toMatch("somebody else has to decide");
    const twice = await world.askAs(BOB, { action: "second-opinion", report: key });
    expect(messageOf(twice)).toMatch("waits for another person");
    expect(await next(BOB)).toMatchObject({ case: { key } });
    expect(await rejectAs(BOB, key)).toMatchObject({ ok: true });
  });

  it("is refused while another person holds the case", async () => {
    const key = await waits("m-1");
    await next(ALICE);
    expect(messageOf(await world.askAs(BOB, { action: "second-opinion", report: key }))).toMatch("is held by");
  });
});

describe("reopen", () => {
  it("takes a rejection back, keeps it, and gives the case a new due time", async () => {
    const key = await waits("m-1");
    const { dueAt = "" } = (await world.ledger.readReview(key)) ?? {};
    await rejectAs(ALICE, key);
    world.wait(MINUTE_MS);
    const answer = await world.askAs(BOB, { action: "reopen", report: key, reason: "the wrong key" });
    const takenBack = { by: BOB, at: at(MINUTE_MS), reason: "the wrong key" };
    expect(answer).toMatchObject({
      ok: true,
      reopened: { verdict: { verdict: "rejected", by: ALICE }, dueAt: expect.any(String) },
      case: { earlierVerdicts: [{ verdict: "rejected", by: ALICE, takenBack, dueAt }] },
    });
    expect(Date.parse(answer.case?.dueAt ?? "")).toBeGreaterThanOrEqual(Date.parse(dueAt) + MINUTE_MS - 1_000);
    expect(answer.reopened).not.toHaveProperty("stays");
    expect(await next(ALICE)).toMatchObject({ case: { key } });
    await rejectAs(ALICE, key);
    const record = await world.ledger.readReview(key);
    expect(record).toMatchObject({ verdict: { by: ALICE }, earlierVerdicts: [{ by: ALICE, takenBack, dueAt }] });
    expect(record && deadlineOf(record, world.deps.now().getTime())).toMatchObject({ dueAt, decidedAt: at(0) });
  });

  it("says what the order of an approval did, and how to undo it", async () => {
    const key = await waits("m-1");
    const approve = { action: "review", report: key, verdict: "approve", as: "disable", hours: 2, dryRun: false };
    const { orderId } = await world.askAs(ALICE, approve);
    const { reopened } = await world.askAs(BOB, { action: "reopen", report: key });
    const resumeTime = reopened?.verdict.resumeTime;
    const says = `the stream stays disabled until ${resumeTime}, by the order ${orderId}`;
    expect(reopened?.stays).toEqual({ says, orderId, undo: `undo ${orderId}` });
  });

  it.each<[string, (key: string) => Promise<unknown>, string]>([
    ["without a verdict", async () => {}, "has no verdict that could be taken back"],
    [
      "whose order may not be queued",
      (report) =>
        world.askAs(
          ALICE,
          { action: "review", report, verdict: "approve", as: "pause", dryRun: false },
          { enqueue: () => Promise.reject(new Error("away")) },
        ),
      "is approved, and its order may not be queued yet: approve it again, and reopen it afterwards",
    ],
  ])("of a case %s is refused", async (_, prepare, message) => {
    const key = await waits("m-1");
    await prepare(key);
    expect(messageOf(await world.askAs(BOB, { action: "reopen", report: key }))).toBe(message);
  });
});

it("the list keeps to its criteria", async () => {
  const one = await waits("m-1");
  const later = at(MINUTE_MS);
  world.wait(MINUTE_MS);
  await waits("m-2", { receivedAt: later, occurredAt: later });
  const keys = async (criteria: object) =>
    (await world.askAs(ALICE, { action: "review", ...criteria })).reviews?.map(({ key }) => key);
  expect(await keys({ before: at(1) })).toEqual([one]);
  expect(await keys({ source: "nobody" })).toEqual([]);
  expect(await keys({ category: "csam" })).toEqual([]);
  expect(await keys({ rule: "unsure", category: "weapons", source: "standard" })).toHaveLength(2);
  const mixed = await world.askAs(ALICE, { action: "review", report: one, verdict: "reject", rule: "x" });
  expect(mixed).toMatchObject({ ok: false, errors: [{ pointer: "/rule" }] });
});
