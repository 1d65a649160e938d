import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { streamKey } from "../../../../lib/core/stream.ts";
import type { Policy } from "../../../../lib/policy/policy.ts";
import type { Evidence } from "../../../../local/exercises/evidence.ts";
import { readEvidence, writeEvidence } from "../../../../local/exercises/evidence.ts";
import { HELD_ALERT } from "../../../../local/exercises/flood/checks.ts";
import { actingCategories, planFlood } from "../../../../local/exercises/flood/load-profile.ts";
import { type Flood, floodSchema } from "../../../../local/exercises/flood/run.ts";
import { score } from "../../../../local/exercises/flood/scorecard.ts";
import { formatScorecard } from "../../../../local/exercises/scorecard.ts";
import { policy } from "../../../support/fixtures.ts";
import { call, NO_RECORDS, orderItem, post, reportItem, room } from "../evidence.ts";
import "../../../support/runs.ts";

const DECIDED_AT = "2026-11-21T22:00:03.000Z";
const report = (id: string, stream: string, outcome: string | undefined, because?: string) =>
  reportItem(id, room(stream), { decidedAt: DECIDED_AT, outcome, because });
const disable = (stream: string) => orderItem(1, room(stream), { outcome: "verified" });

/** Six reports on five streams with a limit of two: two taken off, one of them reported again, three held for review. */
const good: Evidence<Flood> = {
  ...NO_RECORDS,
  run: {
    ...{ reports: 6, streams: 5, seconds: 1, seed: 1 },
    startedAt: "2026-11-21T22:00:00.000Z",
    postedAt: "2026-11-21T22:00:01.000Z",
    endedAt: "2026-11-21T22:00:04.000Z",
    drained: true,
    limits: { perSource: 50, total: 100, shareOfLive: 0.4, atLeast: 1 },
  },
  posts: ["1", "2", "3", "4", "5", "1"].map((stream, index) => post(`msg_${index + 1}`, room(stream))),
  ledger: [
    report("msg_1", "1", "verified"),
    report("msg_2", "2", "accepted"),
    report("msg_3", "3", "held", "limit-share"),
    report("msg_4", "4", "held", "limit-share"),
    report("msg_5", "5", "held", "limit-share"),
    report("msg_6", "1", "ignored", "already-disabled"),
    disable("1"),
    disable("2"),
    { pk: "AUDIT", sk: "LIVE_STREAMS", count: 5 },
  ],
  calls: [call(1, "POST", room("1")), call(2, "POST", room("2"))],
  "live-states": [
    {
      moment: "the end",
      disabled: [],
      encoders: ["1", "2", "3", "4", "5"].map((name) => ({ stream: room(name), online: Number(name) > 2, pushes: 1 })),
    },
  ],
  alerts: [HELD_ALERT, "offair-local-urgent-queue-old"].map((name) => ({ at: DECIDED_AT, name, note: "" })),
  reviews: ["standard#msg_3", "standard#msg_4", "standard#msg_5"],
};

const brokenIn = (evidence: Evidence<Flood>): string[] => score(evidence).results.flatMap(({ failures }) => failures);
const textOf = (evidence: Evidence<Flood>): string => formatScorecard(score(evidence));

const withReport = (id: string, change: object): Partial<Evidence<Flood>> => ({
  ledger: good.ledger.map((item) => (item.pk === `REPORT#standard#${id}` ? { ...item, ...change } : item)),
});
const withEncoder = (change: (each: Evidence["live-states"][number]["encoders"][number]) => object[]) => ({
  "live-states": good["live-states"].map((state) => ({ ...state, encoders: state.encoders.flatMap(change) as never })),
});

describe("the scorecard of a flood", () => {
  it("says of one in which all held what was done, and by which limit the rest was held back", () => {
    expect(brokenIn(good)).toEqual([]);
    expect(score(good).held).toBe(true);
    expect(Object.fromEntries(score(good).rows)).toMatchObject({
      posted: "6 in 1.0 s, 6 a second",
      accepted: "6; refused: none",
      handled: "6 in 3.0 s, 2 a second",
      "  ended as": "3 held (limit-share), 1 verified, 1 accepted, 1 ignored (already-disabled)",
      "  lost": "0; dead letters 0",
      actions: "2 on 2 streams; 2 writes at Live",
      limits: "limit-source 50, limit-total 100, limit-share 2 (the lowest)",
      "  held by": "3 limit-share",
      review: "3 wait for review",
    });
    expect(textOf(good)).toContain("everything held");
  });

  it.each<[string, Partial<Evidence<Flood>>, RegExp]>([
    ["an action beyond the limit", { ledger: [...good.ledger, disable("3")] }, /^3 actions, and the limit is 2$/],
    ["that nothing was done", { calls: [] }, /^there was no write/],
    [
      "a write at Live that no order stands behind",
      { calls: [...good.calls, call(3, "POST", room("4"))] },
      /"4".*: 1 writes at Live, 0 attempts in the ledger$/,
    ],
    [
      "a write more than the ledger knows attempts of",
      { calls: [...good.calls, call(3, "POST", room("1"))] },
      /"1".*: 2 writes at Live, 1 attempts in the ledger$/,
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
      { ledger: good.ledger.filter(({ pk }) => pk !== "REPORT#standard#msg_3") },
      /^msg_3: accepted, and without an outcome$/,
    ],
    ["a report without an outcome", withReport("msg_3", { outcome: undefined }), /^msg_3: accepted, and without/],
    [
      "a message that rests",
      { messages: [{ queue: "UrgentDeadLetters", body: "", attributes: {} }] },
      /^1 messages on dead-letter queues$/,
    ],
    ["a wait that was given up", { run: { ...good.run, drained: false } }, /^the queues were not empty/],
    [
      "that no limit was reached",
      { ledger: good.ledger.map((item) => ({ ...item, outcome: "verified", because: undefined })) },
      /^nothing was held for review/,
    ],
    ["that nobody was told", { alerts: [] }, /fired 0 times$/],
    ["that somebody was told twice", { alerts: [...good.alerts, ...good.alerts] }, /fired 2 times$/],
    [
      "a held report that nobody is shown",
      { reviews: good.reviews.slice(1) },
      /^msg_3: held for review, and not listed$/,
    ],
    [
      "a report that is shown twice",
      { reviews: [...good.reviews, ...good.reviews.slice(0, 1)] },
      /^1 are listed more than once$/,
    ],
    [
      "a stream that was cut though nothing was ordered",
      withEncoder((each) => [each.stream.stream === "5" ? { ...each, pushes: 2 } : each]),
      /5: began 2 times$/,
    ],
    [
      "a stream that is off though nothing was ordered",
      withEncoder((each) => [each.stream.stream === "5" ? { ...each, online: false } : each]),
      /5: off; began 1 times$/,
    ],
    [
      "that every stream was taken off",
      withEncoder((each) => (each.online ? [] : [each])),
      /^there is no other stream$/,
    ],
    ["a validly signed report that was turned away", withPost(1, 401), /^msg_1: answered 401$/],
    [
      "that nobody had counted what is live",
      { ledger: good.ledger.filter(({ pk }) => pk !== "AUDIT") },
      /^5 streams were live$/,
    ],
  ])("finds %s", (_what, change, evidence) => {
    const broken = brokenIn({ ...good, ...change });
    expect(broken.filter((line) => evidence.test(line))).toHaveLength(1);
    expect(score({ ...good, ...change }).held).toBe(false);
  });

  it("counts what was worked on too late as neither lost nor acted on, and tells how much it was", () => {
    const late = { ...good, ...withReport("msg_3", { outcome: "review", because: "too-old" }) };
    expect(score(late).held).toBe(true);
    expect(textOf(late)).toMatch(/too old +1: .*\n +lost +0;/);
  });

  it("says so where the machine could not take reports as fast as they were to come", () => {
    const slow = { ...good, run: { ...good.run, postedAt: "2026-11-21T22:00:02.000Z" } };
    expect(textOf(slow)).toMatch(/posted +6 in 2\.0 s, 3 a second \(1 s were requested/);
    expect(textOf(good)).not.toContain("requested");
  });

  it("shows names of others as text", () => {
    const evil = room("\u202eevil");
    const evidence = {
      ...good,
      posts: [...good.posts, post("msg_7", evil)],
      ledger: [...good.ledger, reportItem("msg_7", evil, { outcome: "failed" })],
    };
    expect(textOf(evidence)).toContain("\\u{202e}evil ended as failed");
  });

  it("is written to files, a record a line", async () => {
    const directory = mkdtempSync(join(tmpdir(), "offair-flood-"));
    try {
      await writeEvidence(good, directory);
      const lines = readFileSync(join(directory, "posts.ndjson"), "utf8").trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual(good.posts);
      expect(score(await readEvidence(directory, floodSchema))).toEqual(score(good));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

function withPost(number: number, status: number): Partial<Evidence<Flood>> {
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
