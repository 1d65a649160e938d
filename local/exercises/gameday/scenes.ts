/** What happens on every day, whatever the dice say: each fault once where somebody looks, and the moments that break a broken worker. */
import type { FaultInput } from "../../live/faults.ts";
import { CLOCK_OFF, OLD_KEY_REMOVED, RIGHT_PAIR, WRONG_PAIR_REFUSED } from "./event-log.ts";
import { idOf, keyAt, type Part, pick, room } from "./reports.ts";
import type { Scale } from "./scale.ts";
import type { Deed, ReportPlan, Step, Timetable } from "./script-types.ts";

type Random = () => number;
type LiveFault = FaultInput & { readonly id: string };

const URGENT = "weapons"; // takes the urgent queue
const USUAL = "nudity"; // takes the bulk queue

/** The first death comes before the others, for it takes every worker with it and leaves their streams locked. */
const SCENES_MS = 2_600;

export function scenes(scale: Scale, timetable: Timetable, random: Random): Part {
  const parts = [
    spoiledAnswers(timetable, random),
    death(timetable, random),
    ...crossings(scale, timetable, random),
    rotation(timetable, random),
    wrongClock(timetable, random),
    strangers(timetable, random),
    weather(scale, timetable, random),
  ];
  return {
    steps: parts.flatMap(({ steps }) => steps),
    reports: parts.flatMap(({ reports }) => reports),
    streams: parts.flatMap(({ streams }) => streams),
    postedAgain: parts.flatMap(({ postedAgain }) => postedAgain),
  };
}

const NOTHING: Part = { steps: [], reports: [], streams: [], postedAgain: [] };

const report = (random: Random, name: string, category = USUAL): ReportPlan => {
  return { id: idOf(random), stream: room(name), category, score: 0.95, ageMs: 1_000 };
};

const posted = (atMs: number, what: ReportPlan, timetable: Timetable, copies = 1): Step => {
  return { atMs, deed: { kind: "post", report: what, copies, signedWith: keyAt(atMs, timetable) } };
};

/** One stream a fault: its first call is spoiled, each in another way. The ids begin with the fault's name in the scorecard. */
const SPOILED: readonly (readonly [id: string, category: string, fault: LiveFault])[] = [
  ["429", USUAL, { kind: "status", status: 429, code: "APIGW.0308", msg: "throttled", id: "429:stage" }],
  ["500", USUAL, { kind: "status", status: 500, code: "LIVE.100011005", msg: "internal error", id: "500:stage" }],
  ["502", USUAL, { kind: "status", status: 502, code: "APIGW.0201", id: "502:stage" }],
  ["503", "csam", { kind: "status", status: 503, code: "APIGW.0610", msg: "no back end", id: "503:stage" }],
  ["dropped-pause", URGENT, { kind: "drop-after-commit", id: "dropped:stage-pause" }],
  ["dropped-disable", "terrorism", { kind: "drop-after-commit", id: "dropped:stage-disable" }],
  ["slow", "csam", { kind: "delay", ms: 1_600, id: "slow:stage" }],
  ["reset", USUAL, { kind: "reset", id: "reset:stage" }],
  ["hung", "terrorism", { kind: "hang", id: "hung:stage" }],
];

function spoiledAnswers(timetable: Timetable, random: Random): Part {
  const staged = SPOILED.map(([name, category, fault], index) => {
    const told = report(random, `stage-${name}`, category);
    const rule = { ...fault, match: { method: "POST", stream: told.stream.stream }, times: 1 };
    const steps: Step[] = [
      { atMs: 0, deed: { kind: "live-fault", rule } },
      posted(SCENES_MS + index * 120, told, timetable, index === 0 ? 3 : 1),
      ...(index === 1 ? [posted(SCENES_MS + 1_500, told, timetable)] : []), // once more by an impatient sender
    ];
    return { told, steps };
  });
  return {
    ...NOTHING,
    steps: staged.flatMap(({ steps }) => steps),
    reports: staged.map(({ told }) => told),
    streams: staged.map(({ told }) => told.stream),
  };
}

/** A worker dies between Live's commit and its answer; not the first one, whose key nobody had proven yet. */
function death(timetable: Timetable, random: Random): Part {
  const [first, told] = [report(random, "stage-first", URGENT), report(random, "stage-killed", URGENT)];
  const rule: LiveFault = {
    ...{ kind: "delay", ms: 900, id: "slow:killed", times: 1 },
    match: { method: "POST", stream: told.stream.stream },
  };
  const steps: Step[] = [
    { atMs: 0, deed: { kind: "live-fault", rule } },
    posted(0, first, timetable),
    posted(1_200, told, timetable),
    { atMs: 1_250, onceStruck: rule.id, deed: { kind: "kill" } },
  ];
  return { ...NOTHING, steps, reports: [first, told], streams: [first.stream, told.stream] };
}

const operator = (action: "disable" | "enable", streams: readonly object[], reason: string): Deed => {
  const event = { action, streams, ...(action === "disable" && { hours: 72 }), reason, requestedBy: "ana@example.com" };
  return { kind: "operator", event: { ...event, dryRun: false } };
};

/**
 * An operator disables streams; Live turns the first calls down; the operator takes it back meanwhile. So the older order comes
 * round again after the newer one was carried out. Reports on the same streams cross both.
 */
function crossings({ lengthMs }: Scale, timetable: Timetable, random: Random): Part[] {
  return Array.from({ length: 1 + Math.floor(lengthMs / 20_000) }, (_, index) => {
    const streams = ["a", "b", "c"].map((letter) => room(`cross-${index + 1}${letter}`));
    const atMs = SCENES_MS + 300 + index * 20_000;
    const rules = streams.map(({ stream }): LiveFault => {
      const id = `503:cross-${stream}`;
      const match = { method: "POST", path: "stream/blocks", stream };
      return { kind: "status", status: 503, code: "APIGW.0610", msg: "no back end", id, match, times: 3 };
    });
    const [before, after] = [report(random, `cross-${index + 1}a`, URGENT), report(random, `cross-${index + 1}b`)];
    const steps: Step[] = [
      ...rules.map((rule): Step => ({ atMs: Math.max(0, atMs - 100), deed: { kind: "live-fault", rule } })),
      posted(atMs - 50, before, timetable),
      { atMs, deed: operator("disable", streams, "INC-1: off while we look") },
      {
        atMs: atMs + 50,
        onceStruck: rules[2]?.id ?? "",
        deed: operator("enable", streams, "INC-1: taken back"),
      },
      posted(atMs + 1_500, after, timetable),
    ];
    return { ...NOTHING, steps, reports: [before, after], streams };
  });
}

/** A new key whose secret is wrong at first; then right; then the old key goes. Streams are to be taken off all the while. */
function rotation(timetable: Timetable, random: Random): Part {
  const { wrongKeyMs, rightKeyMs, oldKeyRemovedMs } = timetable;
  const during = Array.from({ length: 10 }, (_, index) => {
    const told = report(random, `wrong-key-${index + 1}`, index % 2 === 0 ? "csam" : USUAL);
    return { told, atMs: wrongKeyMs + 1_300 + index * 300 };
  });
  const after = Array.from({ length: 3 }, (_, index) => report(random, `old-key-${index + 1}`, URGENT));
  const steps: Step[] = [
    { atMs: timetable.overlapFromMs, deed: { kind: "source-keys", keys: ["oldSource", "newSource"] } },
    { atMs: timetable.overlapToMs, deed: { kind: "source-keys", keys: ["newSource"] } },
    { atMs: wrongKeyMs, deed: { kind: "worker-key", pair: "wrongPair" } },
    { atMs: wrongKeyMs, deed: { kind: "watch-refusal" } },
    {
      atMs: rightKeyMs,
      after: { fault: WRONG_PAIR_REFUSED, ms: 5_000 },
      deed: { kind: "worker-key", pair: "newPair" },
    },
    { atMs: oldKeyRemovedMs, after: { fault: RIGHT_PAIR, ms: 2_000 }, deed: { kind: "old-key-removed" } },
    ...during.map(({ told, atMs }) => posted(atMs, told, timetable)),
    ...after.map((told, index): Step => {
      return { ...posted(oldKeyRemovedMs, told, timetable), after: { fault: OLD_KEY_REMOVED, ms: 100 + index * 200 } };
    }),
  ];
  const reports = [...during.map(({ told }) => told), ...after];
  const streams = reports.map(({ stream }) => stream);
  return { steps, reports, streams, postedAgain: reports.map(({ id }) => id) };
}

function wrongClock(timetable: Timetable, random: Random): Part {
  const { clockOffMs, clockRightMs } = timetable;
  const told = Array.from({ length: 5 }, (_, index) => report(random, `clock-${index + 1}`, URGENT));
  const steps: Step[] = [
    {
      atMs: clockOffMs,
      after: { fault: OLD_KEY_REMOVED, ms: 1_000 },
      deed: { kind: "clock", offsetMs: 16 * 60_000 },
    },
    { atMs: clockRightMs, after: { fault: CLOCK_OFF, ms: 3_000 }, deed: { kind: "clock", offsetMs: 0 } },
    ...told.map((one, index): Step => {
      // the last of them when it is right again
      return { ...posted(clockOffMs, one, timetable), after: { fault: CLOCK_OFF, ms: 100 + index * 800 } };
    }),
  ];
  return { ...NOTHING, steps, reports: told, streams: told.map(({ stream }) => stream) };
}

/** Somebody else's key; a sender that missed the rotation; a stream that is not ours; a message that nobody of ours wrote. */
function strangers(timetable: Timetable, random: Random): Part {
  const [forged, stale] = [report(random, "forged"), report(random, "stale")];
  const outside = {
    ...report(random, "not-ours"),
    stream: { domain: "elsewhere.example.net", app: "live", stream: "not-ours" },
  };
  const steps: Step[] = [
    { atMs: 1_800, deed: { kind: "post", report: forged, copies: 1, signedWith: "foreignSource" } },
    {
      atMs: timetable.overlapToMs + 2_500,
      deed: { kind: "post", report: stale, copies: 1, signedWith: "oldSource" },
    },
    posted(2_000, outside, timetable),
    { atMs: 2_200, deed: { kind: "poison" } },
    { atMs: 500, deed: { kind: "audit" } },
  ];
  return { ...NOTHING, steps, reports: [forged, stale, outside] };
}

/** What comes over everybody for a while: throttled services for seconds, storms at Live until they have struck so many calls. */
function weather({ lengthMs, reports }: Scale, { oldKeyRemovedMs }: Timetable, random: Random): Part {
  const at = (part: number) => Math.floor((part + 0.04 * random()) * lengthMs);
  /** Not while the key is wrong: what Live does not look at fails no signature. */
  const after = (part: number) => Math.max(at(part), oldKeyRemovedMs + Math.floor(part * 3_000));
  const kills = reports < 300 ? [] : [0.18, 0.42, 0.66, 0.9];
  const throttled = (atMs: number, ms: number, service: "sqs" | "dynamodb", probability: number): Step[] => [
    { atMs, deed: { kind: "throttle", service, probability } },
    { atMs: atMs + ms, deed: { kind: "throttle", service, probability: 0 } },
  ];
  const storm = (atMs: number, rule: LiveFault): Step => {
    return { atMs, after: { fault: OLD_KEY_REMOVED, ms: 500 }, deed: { kind: "live-fault", rule } };
  };
  const steps: Step[] = [
    ...kills.map((part): Step => ({ atMs: at(part), deed: { kind: "kill" } })),
    ...throttled(at(0.1), 1_500, "dynamodb", 0.4),
    ...throttled(at(0.55), 2_000, "dynamodb", 0.4),
    ...throttled(at(0.35), 2_000, "sqs", 0.5),
    // Three refusals in a row end a minute's sending: more than two are for a day that is long enough.
    storm(after(0.5), {
      ...{ kind: "status", status: 429, code: "APIGW.0308", msg: "throttled", id: "storm-429:1" },
      ...{ match: { user: "worker", path: "stream/block-once" }, times: reports < 300 ? 1 : 4 },
    }),
    storm(after(0.62), {
      ...{ kind: "status", status: 503, code: "APIGW.0610", msg: "no back end", id: "storm-503:1" },
      ...{ match: { user: "worker" }, probability: 0.35, times: 2 + Math.floor(reports / 50) },
    }),
    storm(after(pick(random, [0.68, 0.7])), {
      ...{ kind: "drop-after-commit", id: "storm-dropped:1" },
      match: { user: "worker", method: "POST" },
      ...{ probability: reports < 300 ? 1 : 0.2, times: 1 + Math.floor(reports / 100) },
    }),
  ];
  return { ...NOTHING, steps };
}
