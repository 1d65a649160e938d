import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  type Call,
  type Callback,
  type Evidence,
  type PushEvent,
  readEvidence,
  writeEvidence,
} from "../../../../local/exercises/evidence.ts";
import {
  KEY_CHANGED_REFUSED,
  KEY_RESTORED,
  RIGHT_PAIR,
  WRONG_PAIR_REFUSED,
} from "../../../../local/exercises/gameday/event-log.ts";
import { faultsOf } from "../../../../local/exercises/gameday/faults.ts";
import { AUDITOR } from "../../../../local/exercises/gameday/history.ts";
import { type Day, daySchema } from "../../../../local/exercises/gameday/run.ts";
import { score } from "../../../../local/exercises/gameday/scorecard.ts";
import { secretsOf } from "../../../../local/exercises/gameday/secrets.ts";
import { formatScorecard } from "../../../../local/exercises/scorecard.ts";
import { room } from "../evidence.ts";
import { at, call, doctored, goodDay, posted, RESUME, SEED, withItem } from "./good-day.ts";

/** The claims that are broken, with their evidence; that faults are missing is another matter, see the last test. */
const brokenIn = (evidence: Evidence<Day>) =>
  score(evidence)
    .results.filter(({ invariant, failures }) => invariant !== "–" && failures.length > 0)
    .map(({ invariant, failures }) => [invariant, ...failures]);

const { newPair, oldPair, oldSource, pairOf } = secretsOf(SEED);
const order = (number: number, rest: object) =>
  doctored("ledger", (items) => [
    ...items,
    ...items.filter((item) => item.number === 1).map((item) => ({ ...item, sk: `ORDER#${number}`, number, ...rest })),
  ]);

/** The day with a pool of four users that may write. */
const inPool: typeof doctored = (name, change) => {
  const day = doctored(name, change);
  const others = ["worker-2", "worker-3", "worker-4"].map((user) => [pairOf(user).ak, user]);
  return { ...day, run: { ...day.run, users: { ...day.run.users, ...Object.fromEntries(others) } } };
};
const callOf = (user: string, seq: number, ms: number, rest: Partial<Call> = {}) =>
  call(seq, ms, {
    ...{ user, ak: user === "worker" ? newPair.ak : pairOf(user).ak, path: "stream/blocks" },
    ...{ status: 429, committed: false, ...rest },
  });

const off = (stream: string) =>
  doctored("live-states", () => [
    { moment: "the end", disabled: [{ ...room(stream), resume_time: null }], encoders: [] },
  ]);

const push = (kind: PushEvent["kind"], ms: number): PushEvent => ({ ...room("room-1"), kind, time: at(ms) });
const callback = (startedMs: number): Callback => ({
  ...{ ...room("room-1"), seq: 1, time: at(startedMs + 500), event: "PUBLISH", status: 200 },
  publish_timestamp: String(Math.floor(Date.parse(at(startedMs)) / 1_000)),
});
/** An order that acts again, after the orders of the day. */
const acted = (action: string, republish: object, pushes: PushEvent[]): Evidence<Day> => ({
  ...order(4, {
    ...{ action, outcome: "failed", attempts: [], placedAt: at(50_000) },
    authority: { kind: "rule", cause: "huawei-push#1", republish },
  }),
  pushes,
});
const withoutEnable = () =>
  doctored("ledger", (items) => items.filter(({ number, pk }) => number !== 3 && !pk.startsWith("OPERATOR#")));
const disabledUntilResume: Evidence["live-states"] = [
  { moment: "the end", disabled: [{ ...room("room-1"), resume_time: RESUME }], encoders: [] },
];
const manifest = (figures: object): string => {
  const snapshots = [
    { domain: "push.example.com", count: 2 },
    { domain: room("x").domain, count: 5 },
  ];
  return JSON.stringify({ payload: Buffer.from(JSON.stringify({ snapshots, figures })).toString("base64") });
};
const history = (stdout: string, exit: number): Evidence["commands"][number] => ({
  ...{ who: AUDITOR, args: ["history"], at: at(0), tookMs: 1, exit, stdout, stderr: "" },
});

it("says of a day on which everything held that it held", () => {
  expect(brokenIn(goodDay())).toEqual([]);
});

it("tells what became of the reports, and when their streams went off", () => {
  expect(Object.fromEntries(score(goodDay()).rows)).toMatchObject({
    reports: "3 sent in 3 posts, 2 accepted",
    "  ended as": "1 accepted, 1 verified",
    "  dead letters": "0",
    orders: "3 placed: 2 verified, 1 accepted",
    "  repeated": "1 unknown: ERR_LIVE_UNKNOWN",
    "  done again": "1 after an attempt of unknown result",
    "time to off": "p50 1.8 s, p99 1.8 s, of 2",
    calls: "5; in the fullest sliding minute:",
  });
});

it("is the same when it is computed from the files", async () => {
  const directory = mkdtempSync(join(tmpdir(), "offair-evidence-"));
  try {
    await writeEvidence(goodDay(), directory);
    expect(score(await readEvidence(directory, daySchema))).toEqual(score(goodDay()));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("finds", () => {
  it.each<[string, Evidence<Day>, readonly [number, RegExp]]>([
    [
      "a forged report that was let in",
      doctored("posts", (posts) => posts.map((each) => (each.id === "msg_forged" ? { ...each, status: 202 } : each))),
      [1, /msg_forged: a forged report was answered 202/],
    ],
    [
      "a call to a stream out of scope",
      doctored("calls", (calls) => [
        ...calls,
        call(6, 7_000, { method: "GET", stream: { domain: "elsewhere.example.net", app: "live", stream: "x" } }),
      ]),
      [2, /call 6/],
    ],
    [
      "an accepted report that is nowhere",
      doctored("ledger", (items) => items.filter(({ pk }) => pk !== "REPORT#standard#msg_pause")),
      [3, /msg_pause: accepted, but neither/],
    ],
    ["a report without an outcome", withItem("msg_pause", { outcome: undefined }), [3, /msg_pause: /]],
    ["an order without an outcome", withItem(2, { outcome: undefined }), [3, /order 2 \(disable\): has no outcome/]],
    [
      "an operator's order that was never placed",
      doctored("ledger", (items) => items.filter(({ number }) => number !== 3)),
      [3, /op-1 0: the operator's order was never placed/],
    ],
    [
      "a report that was decided on twice",
      doctored("ledger", (items) => [
        ...items,
        ...items
          .filter(({ pk }) => pk === "REPORT#standard#msg_pause")
          .map((item) => ({ ...item, pk: `${item.pk}#2` })),
      ]),
      [4, /msg_pause: decided 2 times/],
    ],
    [
      "a second order for the same report",
      order(4, { authority: { kind: "rule", cause: "standard#msg_pause" }, outcome: "failed", attempts: [] }),
      [4, /standard#msg_pause placed more than one order/],
    ],
    [
      "an order for a report that nobody sent",
      order(4, { authority: { kind: "rule", cause: "standard#msg_other" }, outcome: "failed", attempts: [] }),
      [4, /order 4 \(pause\): unknown cause/],
    ],
    [
      "a call that was repeated though its answer was known",
      doctored("calls", (calls) => [...calls, call(6, 1_350, {})]),
      [4, /Live carried the attempt of 2026-11-21T22:00:01.200Z out 2 times/],
    ],
    [
      "an attempt after one that was sent",
      withItem(2, {
        attempts: [
          { at: at(2_200), result: "sent" },
          { at: at(3_200), result: "sent" },
        ],
      }),
      [4, /order 2 \(disable\): tried again after it was sent/],
    ],
    [
      "a call that Live carried out, recorded as not done",
      withItem(1, { attempts: [{ at: at(1_200), result: "not-done" }] }),
      [4, /carried out an attempt recorded as not done/],
    ],
    [
      "a call that no intent was written for",
      doctored("calls", (calls) => [call(6, 900, {}), ...calls]),
      [4, /call 6: POST room-1 without an intent/],
    ],
    [
      "an outcome that no call stands behind",
      doctored("calls", (calls) => calls.filter(({ seq }) => seq !== 1)),
      [4, /order 1 \(pause\): accepted, but Live did nothing/],
    ],
    ["an outcome from before the call", withItem(1, { endedAt: at(1_200) }), [4, /written at .* before call 1/]],
    ["an order from before the decision", withItem("msg_pause", { decidedAt: at(1_150) }), [4, /decided on at/]],
    [
      "an order other than the decision",
      withItem("msg_pause", { decision: { action: "disable" } }),
      [4, /not what was/],
    ],
    [
      "a secret key in a log",
      doctored("logs", () => [{ functionName: "worker", line: `canonicalRequest ${newPair.sk}` }]),
      [5, /logs: the new SK is in/],
    ],
    [
      "an access key on a queue",
      doctored("messages", () => [{ queue: "UrgentDeadLetters", body: `{"ak":"${oldPair.ak}"}`, attributes: {} }]),
      [5, /messages: the old AK/],
    ],
    [
      "a webhook secret in a snapshot",
      doctored("objects", () => [{ key: "a", text: oldSource }]),
      [5, /objects: the oldSource secret/],
    ],
    [
      "the signature of a report in the ledger",
      doctored("ledger", (items) => [
        ...items,
        { pk: "A", sk: "B", hash: `${"B".repeat(43)}=`, headers: `v1,${"A".repeat(42)}1=` },
      ]),
      [5, /ledger: the webhook signature/],
    ],
    [
      "the signature of a call in an alert",
      doctored("alerts", () => [{ at: at(0), name: "a", note: `Signature=${"0a".repeat(32)}` }]),
      [5, /alerts: the signature of a call/],
    ],
    [
      "a sixth signature failure in a row, which a spoiled call does not interrupt",
      doctored("calls", (calls) => [
        ...calls,
        ...[1, 2, 3, 4, 5].map((n) => call(10 + n, 8_000 + n, { method: "GET", status: 401, committed: false })),
        call(16, 8_010, { method: "GET", status: 503, committed: false, fault: "503:storm" }),
        call(17, 8_020, { method: "GET", status: 401, committed: false }),
      ]),
      [6, /call 17 of .* the 6th signature failure in a row/],
    ],
    [
      "a sliding minute over the share of a quota, whatever the calls came to",
      doctored("calls", (calls) => [
        ...calls,
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => call(10 + n, 61_200 + n, { status: 429, committed: false })),
      ]),
      [7, /worker blockOnce: 9 calls in a minute, 8 allowed/],
    ],
    [
      "a user of a pool over its part of the limit for all users",
      inPool("calls", (calls) => [
        ...calls,
        ...[1, 2, 3, 4, 5, 6, 7].map((n) => callOf("worker-2", 20 + n, 61_200 + n)),
      ]),
      [7, /worker-2 writeBlocks: 7 calls in a minute, 6 allowed/],
    ],
    [
      "a sixth signature failure in a row of one user of a pool, though another user's calls succeed",
      inPool("calls", (calls) => [
        ...calls,
        ...[1, 2, 3, 4, 5, 6].flatMap((n) => [
          callOf("worker-2", 20 + 2 * n, 8_000 + n, { method: "GET", status: 401, path: "none" }),
          callOf("worker-3", 21 + 2 * n, 8_000 + n, { method: "GET", status: 200, path: "none" }),
        ]),
      ]),
      [6, /call 32 of .* the 6th signature failure in a row/],
    ],
    [
      "a fifth call of a user in flight",
      inPool("calls", (calls) => [
        ...calls,
        ...[1, 2, 3, 4, 5].map((n) => callOf("worker-2", 20 + n, 8_000 + n, { path: "none", inFlight: n })),
        callOf("worker-3", 30, 8_010, { path: "none", inFlight: 4 }),
      ]),
      [6, /call 25 of .*: 5 calls of worker-2 in flight/],
    ],
    [
      "a stream that is off against its newest order",
      off("room-1"),
      [11, /room-1: off, though its newest order is not a disable/],
    ],
    [
      "a stream that is on against its newest order",
      doctored("ledger", (items) => items.filter(({ number, pk }) => number !== 3 && !pk.startsWith("OPERATOR#"))),
      [11, /order 2 \(disable\): verified, but the stream is not off/],
    ],
    [
      "a newest order that was superseded",
      withItem(3, { outcome: "superseded" }),
      [11, /superseded, though it is the newest/],
    ],
    [
      "a disable for a re-publish without a push after the cut",
      acted("disable", { after: 1, times: 2 }, [push("started", 500), push("cut", 1_300), push("reconnected", 1_400)]),
      [4, /order 4 \(disable\): it counts 2 re-publishes, but 1 pushes began/],
    ],
    [
      "a disable for a push that is said to have gone on, and was cut",
      acted("disable", { after: 1, times: 0, wentOn: true }, [push("started", 500), push("cut", 1_300)]),
      [4, /order 4 \(disable\): it says that the push went on, but it ended/],
    ],
    [
      "a verified pause of a push that goes on",
      {
        ...withItem(1, { outcome: "verified", proof: { by: "callback", at: at(2_000) } }),
        pushes: [push("started", 500)],
      },
      [4, /order 1 \(pause\).*: verified, but its push goes on/],
    ],
    [
      "a pause that nothing has verified",
      withItem(1, { outcome: "verified" }),
      [4, /order 1 \(pause\).*: verified without a proof/],
    ],
    [
      "an unverified pause of a push that was cut",
      { ...withItem(1, { outcome: "unverified" }), pushes: [push("started", 500), push("cut", 1_300)] },
      [4, /order 1 \(pause\).*: unverified, but its push ended/],
    ],
    [
      "more orders for re-publishes than pushes that Live reported",
      acted("pause", { after: 1, times: 1 }, [push("started", 500), push("cut", 1_300), push("reconnected", 1_400)]),
      [4, /room-1: 1 orders for 0 reported pushes/],
    ],
    [
      "a re-publish that was answered with success, and nothing followed",
      { ...withoutEnable(), callbacks: [callback(61_000)], "live-states": disabledUntilResume },
      [3, /room-1: pushed again at 2026-11-21T22:01:01.000Z, after .*order 1 \(pause\), and nothing followed/],
    ],
    [
      "a dead letter without a reason",
      doctored("messages", () => [{ queue: "BulkDeadLetters", body: "{}", attributes: {} }]),
      [3, /on BulkDeadLetters without a reason: {}/],
    ],
    [
      "a page that calls an order of offair somebody else's",
      doctored("objects", () => [
        { key: "pages/1.html", text: `<tr><th>room-1</th><td>${room("x").domain}</td><td>not by offair</td></tr>` },
      ]),
      [11, /pages\/1.html: +room-1/],
    ],
    [
      "a finding that calls it unexpected",
      doctored("objects", () => [
        { key: "findings/1.ndjson.gz", text: JSON.stringify({ kind: "unexpected", ...room("room-1") }) },
      ]),
      [11, /findings\/1.ndjson.gz: room-1 is unexpected/],
    ],
    [
      "figures that count it among those of others",
      doctored("objects", () => [{ key: "manifests/1.json", text: manifest({ notByOffair: 3 }) }]),
      [11, /manifests\/1.json: 3 streams not by offair, but others disabled 2/],
    ],
    [
      "a row of the history that no order of offair explains",
      doctored("commands", () => [
        history(`${JSON.stringify({ type: "off", ...room("room-1"), from: at(0), by: null })}\n`, 0),
      ]),
      [11, /offair history: room-1, off from .*, is not by offair/],
    ],
    [
      "a history that cannot be read",
      doctored("commands", () => [history("", 1)]),
      [11, /offair history ended with 1/],
    ],
    ["a stream that is off without any order", off("room-2"), [11, /room-2.*off without any order/]],
  ])("%s", (_, doctoredDay, [invariant, evidence]) => {
    expect(brokenIn(doctoredDay)).toContainEqual([invariant, ...Array(1).fill(expect.stringMatching(evidence))]);
  });
});

it("adds up the calls of all users of a pool, against the limit for all of them", () => {
  const calls = ["worker", "worker-2", "worker-3", "worker-4"].flatMap((user, index) =>
    [1, 2, 3, 4, 5, 6, 7].map((n) => callOf(user, 20 + 10 * index + n, 61_300 + 10 * index + n)),
  );
  const [[, ...failures] = []] = brokenIn(inPool("calls", (before) => [...before, ...calls]));
  expect(failures).toContain("all users writeBlocks: 30 calls in a minute, 24 allowed");
});

it("counts five signature failures in a row, and any number with a success between them, as held", () => {
  const failures = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) =>
      call(from + n, 8_000 + from + n, { method: "GET", status: 401, committed: false }),
    );
  const calls = [
    ...failures(10, 5),
    call(20, 8_020, { method: "GET", status: 200, committed: false }),
    ...failures(30, 5),
  ];
  expect(
    brokenIn(doctored("calls", (before) => [...before, ...calls.map((one) => ({ ...one, path: "none" }))])),
  ).toEqual([]);
});

it("takes what rests on a queue for not lost, and for not ended", () => {
  const lost = doctored("ledger", (items) => items.filter(({ pk }) => pk !== "REPORT#standard#msg_pause"));
  const messages = [
    { queue: "UrgentQueue", body: '{"kind":"reports","reports":[{"id":"msg_pause"}]}', attributes: {} },
  ];
  const claims = score({ ...lost, messages }).results.filter(({ failures }) => failures.length > 0);
  expect(claims.map(({ claim }) => claim)).toContain("everything accepted has ended");
  expect(claims.map(({ claim }) => claim)).not.toContain("nothing accepted is lost");
});

it("is broken when nobody was told of a blocked key", () => {
  const told = ["bulk-dead-letters", "key-blocked"].map((name) => ({
    at: at(0),
    name: `offair-local-${name}`,
    note: "",
  }));
  const untold = (alerts: Evidence["alerts"]) =>
    score({ ...goodDay(), alerts }).results.find(({ claim }) => claim === "the on-call is paged")?.failures;
  expect(untold(told)).toEqual([]);
  expect(untold(told.slice(0, 1))).toEqual(["alarm did not fire: key-blocked"]);
});

it("is broken when no call of another user of a pool succeeds while the key of one is bad", () => {
  const happened = [
    { at: at(7_000), fault: WRONG_PAIR_REFUSED, hits: 1, note: "worker" },
    { at: at(12_000), fault: RIGHT_PAIR, hits: 1, note: "worker" },
    { at: at(30_000), fault: KEY_CHANGED_REFUSED, hits: 1, note: "worker-2" },
    { at: at(33_000), fault: KEY_RESTORED, hits: 1, note: "worker-2" },
  ];
  const goOn = (calls: Evidence["calls"]) =>
    score({ ...inPool("calls", (before) => [...before, ...calls]), happened }).results.find(
      ({ claim }) => claim === "while the key of a user is bad, the others go on",
    );
  const written = { status: 204, committed: true };
  const first = callOf("worker-2", 20, 8_000, written);
  expect(goOn([first, callOf("worker-3", 21, 31_000, written)])?.failures).toEqual([]);
  expect(goOn([first, callOf("worker-2", 21, 31_000, written)])?.failures).toEqual([
    `from ${at(30_000)} to ${at(33_000)} nobody called in the place of worker-2`,
  ]);
  expect(score(goodDay()).results.map(({ claim }) => claim)).not.toContain(goOn([])?.claim);
});

it("is broken when a fault never happened, and names it", () => {
  const card = score(doctored("posts", (posts) => [...posts, posted(9, "msg_pause", { copy: "posted again" })]));
  const missing = card.results.find(({ claim }) => claim === "every fault of the day happened")?.failures ?? [];
  expect(missing).toContain("did not happen: ledger throttled");
  expect(missing).not.toContain("did not happen: posted again");
  expect(missing.length).toBeLessThan(faultsOf(goodDay()).length);
  expect(card.held).toBe(false);
  expect(formatScorecard(card)).toContain("BROKEN");
});
