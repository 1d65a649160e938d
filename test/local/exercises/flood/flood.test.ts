import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { streamKey } from "../../../../lib/core/stream.ts";
import type { Policy } from "../../../../lib/policy/policy.ts";
import { HELD_ALERT } from "../../../../local/exercises/flood/checks.ts";
import type { FloodMaterial } from "../../../../local/exercises/flood/inputs.ts";
import { actingCategories, planFlood } from "../../../../local/exercises/flood/load-profile.ts";
import { formatFloodCard, scoreFlood } from "../../../../local/exercises/flood/scorecard.ts";
import { writeMaterial } from "../../../../local/exercises/write-inputs.ts";
import { policy } from "../../../support/fixtures.ts";
import "../../../support/runs.ts";

const room = (name: string) => ({ domain: "publish.example.huawei.com", app: "live", stream: name });

/** Six reports on five streams with a limit of two: two taken off, one of them reported again, three held. */
const good: FloodMaterial = {
  run: {
    ...{ reports: 6, streams: 5, seconds: 1, seed: 1 },
    startedAt: "2026-11-21T22:00:00.000Z",
    pouredAt: "2026-11-21T22:00:01.000Z",
    endedAt: "2026-11-21T22:00:04.000Z",
    drained: true,
    limits: { perSource: 50, total: 100, shareOfLive: 0.4, atLeast: 1 },
  },
  posts: ["1", "2", "3", "4", "5", "1"].map((name, index) => ({
    ...{ id: `msg_${index + 1}`, stream: room(name), category: "csam", status: 202, tries: 1 },
    ...{ at: "2026-11-21T22:00:00.000Z", answeredAt: "2026-11-21T22:00:00.100Z" },
  })),
  reports: [
    { id: "msg_1", outcome: "verified" },
    { id: "msg_2", outcome: "accepted" },
    { id: "msg_3", outcome: "held", because: "limit-share" },
    { id: "msg_4", outcome: "held", because: "limit-share" },
    { id: "msg_5", outcome: "held", because: "limit-share" },
    { id: "msg_6", outcome: "ignored", because: "already-disabled" },
  ].map((item) => ({ decidedAt: "2026-11-21T22:00:03.000Z", ...item })),
  orders: ["1", "2"].map((name) => ({ stream: room(name), action: "disable", outcome: "verified", attempts: 1 })),
  liveStreams: 5,
  writes: ["1", "2"].map((name) => ({ stream: room(name), committed: true })),
  encoders: ["1", "2", "3", "4", "5"].map((name) => ({ stream: room(name), online: Number(name) > 2, pushes: 1 })),
  alerts: [HELD_ALERT, "offair-local-urgent-queue-old"],
  reviews: ["standard#msg_3", "standard#msg_4", "standard#msg_5"],
  deadLetters: 0,
};

const brokenIn = (material: FloodMaterial): string[] => scoreFlood(material).findings.flatMap(({ broken }) => broken);

const withReport = (id: string, change: object): Partial<FloodMaterial> => ({
  reports: good.reports.map((item) => (item.id === id ? { ...item, ...change } : item)),
});

describe("the scorecard of a flood", () => {
  it("says of one in which all held what was done, and by which limit the rest was held back", () => {
    expect(brokenIn(good)).toEqual([]);
    expect(scoreFlood(good)).toMatchObject({
      held: true,
      ...{ accepted: 6, refused: {}, actions: 2, distinctStreams: 2, writesAtLive: 2, lost: 0, tooOld: 0, reviews: 3 },
      outcomes: { "held (limit-share)": 3, verified: 1, accepted: 1, "ignored (already-disabled)": 1 },
      limits: [
        { limit: "limit-source", most: 50 },
        { limit: "limit-total", most: 100 },
        { limit: "limit-share", most: 2 },
      ],
      parkedBy: { "limit-share": 3 },
      ...{ pouredMs: 1_000, handledMs: 3_000 },
    });
    expect(formatFloodCard(scoreFlood(good))).toContain("everything held");
  });

  it.each<[string, Partial<FloodMaterial>, RegExp]>([
    [
      "an action beyond the limit",
      { orders: [...good.orders, { stream: room("3"), action: "pause", attempts: 1 }] },
      /^3 actions, and the limit is 2$/,
    ],
    ["that nothing was done", { orders: [], writes: [] }, /^nothing was done at all/],
    [
      "a write at Live that no order stands behind",
      { writes: [...good.writes, { stream: room("4"), committed: true }] },
      /^4: a write at Live, and no order$/,
    ],
    [
      "a write more than the ledger knows attempts of",
      { writes: [...good.writes, { stream: room("1"), committed: true }] },
      /^Live did 3 writes, the ledger knows 2 attempts$/,
    ],
    [
      "a report that was held back for no limit's sake",
      withReport("msg_3", { because: "source-frozen" }),
      /^msg_3: .*3 ended as held \(source-frozen\)$/,
    ],
    [
      "a report that was ignored though its stream is on the air",
      withReport("msg_3", { outcome: "ignored", because: "already-disabled" }),
      /^msg_3: .* ended as ignored \(already-disabled\)$/,
    ],
    [
      "a report that says it acted, and placed no order",
      withReport("msg_3", { outcome: "accepted", because: undefined }),
      /^msg_3: .* ended as accepted/,
    ],
    [
      "a report that is nowhere",
      { reports: good.reports.filter(({ id }) => id !== "msg_3") },
      /^msg_3: accepted, and without an outcome$/,
    ],
    ["a report without an outcome", withReport("msg_3", { outcome: undefined }), /^msg_3: accepted, and without/],
    ["a message that rests", { deadLetters: 1 }, /^1 messages on dead-letter queues$/],
    ["a wait that was given up", { run: { ...good.run, drained: false } }, /^the queues were not empty/],
    [
      "that no limit was reached",
      { reports: good.reports.map((item) => ({ ...item, outcome: "verified", because: undefined })) },
      /^nothing was held/,
    ],
    ["that nobody was told", { alerts: [] }, /went off 0 times$/],
    ["that somebody was told twice", { alerts: [HELD_ALERT, HELD_ALERT] }, /went off 2 times$/],
    ["a held report that nobody is shown", { reviews: good.reviews.slice(1) }, /^msg_3: held, and not listed$/],
    [
      "a report that is shown twice",
      { reviews: [...good.reviews, ...good.reviews.slice(0, 1)] },
      /^1 are listed more than once$/,
    ],
    [
      "a stream that was cut though nothing was ordered",
      { encoders: good.encoders.map((each) => (each.stream.stream === "5" ? { ...each, pushes: 2 } : each)) },
      /5: began 2 times$/,
    ],
    [
      "a stream that is off though nothing was ordered",
      { encoders: good.encoders.map((each) => (each.stream.stream === "5" ? { ...each, online: false } : each)) },
      /5: off; began 1 times$/,
    ],
    ["that every stream was taken off", { encoders: good.encoders.slice(0, 2) }, /^there is no other stream$/],
    ["a validly signed report that was turned away", withPost(1, 401), /^msg_1: answered 401$/],
    ["that nobody had counted what is live", { liveStreams: undefined }, /^5 streams were live$/],
  ])("finds %s", (_what, change, evidence) => {
    const broken = brokenIn({ ...good, ...change });
    expect(broken.filter((line) => evidence.test(line))).toHaveLength(1);
    expect(scoreFlood({ ...good, ...change }).held).toBe(false);
  });

  it("counts what was worked on too late as neither lost nor acted on, and tells how much it was", () => {
    const late = { ...good, ...withReport("msg_3", { outcome: "review", because: "too-old" }) };
    expect(scoreFlood(late)).toMatchObject({ held: true, tooOld: 1, lost: 0 });
  });

  it("says so where the machine could not take reports as fast as they were to come", () => {
    const slow = { ...good, run: { ...good.run, pouredAt: "2026-11-21T22:00:02.000Z" } };
    expect(formatFloodCard(scoreFlood(slow))).toMatch(/posted +6 in 2\.0 s, 3 a second \(1 s were asked for/);
    expect(formatFloodCard(scoreFlood(good))).not.toContain("asked for");
  });

  it("shows names of others as text", () => {
    const evil = { stream: room("\u001b[2J\u202eevil"), committed: true };
    const text = formatFloodCard(scoreFlood({ ...good, writes: [...good.writes, evil] }));
    expect(text).toContain("\\u{1b}[2J\\u{202e}evil: a write at Live, and no order");
  });

  it("is written to files, a record a line", async () => {
    const directory = mkdtempSync(join(tmpdir(), "offair-flood-"));
    try {
      await writeMaterial(good, directory);
      const lines = readFileSync(join(directory, "posts.ndjson"), "utf8").trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual(good.posts);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

function withPost(number: number, status: number): Partial<FloodMaterial> {
  return { posts: good.posts.map((post) => (post.id === `msg_${number}` ? { ...post, status } : post)) };
}

describe("the plan of a flood", () => {
  const sizes = fc
    .record({
      streams: fc.integer({ min: 1, max: 40 }),
      more: fc.integer({ min: 0, max: 20 }),
      seconds: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(),
    })
    .map(({ streams, more, seconds, seed }) => ({ streams, reports: streams + more, seconds, seed }));

  it("names every stream at least once, each report once, evenly over the time", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const { streams, reports } = planFlood(size, ["csam", "weapons"]);
        expect(reports).toHaveLength(size.reports);
        expect(new Set(reports.map(({ id }) => id)).size).toBe(size.reports);
        expect(streams).toHaveLength(size.streams);
        expect(new Set(reports.map(({ stream }) => streamKey(stream)))).toEqual(new Set(streams.map(streamKey)));
        const stepMs = (size.seconds * 1_000) / size.reports;
        for (const [index, { atMs }] of reports.entries()) expect(atMs).toBeCloseTo(index * stepMs);
      }),
    );
  });

  it("is the same for the same seed, and another for another", () => {
    const size = { reports: 30, streams: 20, seconds: 1, seed: 1 };
    expect(planFlood(size, ["csam"])).toEqual(planFlood(size, ["csam"]));
    const order = (seed: number) => planFlood({ ...size, seed }, ["csam"]).reports.map(({ stream }) => stream.stream);
    expect(order(2)).not.toEqual(order(1));
  });

  const rulesOf = (rules: Policy["rules"], grade: "A" | "F" = "A"): Policy => ({
    ...policy,
    rules,
    sources: { standard: { adapter: "standard", grade } },
  });

  it("claims what the policy acts on at once: no review, nothing that needs another's word", () => {
    expect(actingCategories(policy)).toEqual(["csam", "weapons", "nudity"]);
    const [, harmful] = policy.rules;
    if (harmful?.action !== "pause") throw new Error("the fixture's second rule has changed");
    const corroboration = { sources: 2, withinMinutes: 10 };
    expect(actingCategories(rulesOf([{ ...harmful, corroboration }]))).toEqual([]);
    expect(actingCategories(rulesOf([harmful], "F"))).toEqual([]);
  });
});
