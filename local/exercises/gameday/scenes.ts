/** The scenes of every game day, for any seed: each fault once where it is checked, and the events that reveal a broken worker. */
import { pick } from "../../kit/random.ts";
import {
  CLOCK_OFF,
  CLOCK_RIGHT,
  KEY_CHANGED,
  KEY_CHANGED_REFUSED,
  OLD_KEY_REMOVED,
  RIGHT_PAIR,
  WRONG_PAIR_REFUSED,
} from "./event-log.ts";
import { type Condition, type Deed, type LiveFault, OUTSIDE, room, type ScriptWriter } from "./script-writer.ts";

const URGENT = "weapons"; // queued as urgent
const USUAL = "nudity"; // queued as bulk

/** The first kill is before the other scenes, because it ends every worker and leaves their streams locked. */
const SCENES_MS = 2_600;

export function addScenes(writer: ScriptWriter): void {
  for (const addScene of [
    ...[spoiledAnswers, death, ignoredPauses, crossings, rotation, wrongClock, changedKey, unrelatedStreams, weather],
  ]) {
    addScene(writer);
  }
}

/** One stream for each fault, which affects its first call. The ids begin with the fault's name in the scorecard. */
const SPOILED: readonly (readonly [name: string, category: string, fault: LiveFault])[] = [
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

function spoiledAnswers(writer: ScriptWriter): void {
  for (const [index, [name, category, fault]] of SPOILED.entries()) {
    const report = writer.report(`stage-${name}`, category);
    const rule = { ...fault, match: { method: "POST", stream: report.stream.stream }, times: 1 };
    writer.at(0, { kind: "live-fault", rule });
    writer.post(SCENES_MS + index * 120, report, { copies: index === 0 ? 3 : 1 });
    if (index === 1) writer.post(SCENES_MS + 1_500, report); // again, by an impatient sender
  }
}

/** Kills a worker between Live's commit and its answer; not the first worker, whose key is not verified yet. */
function death(writer: ScriptWriter): void {
  const [first, killed] = [writer.report("stage-first", URGENT), writer.report("stage-killed", URGENT)];
  const match = { method: "POST", stream: killed.stream.stream };
  const rule: LiveFault = { kind: "delay", ms: 900, id: "slow:killed", times: 1, match };
  writer.at(0, { kind: "live-fault", rule });
  writer.post(0, first);
  writer.post(1_200, killed);
  writer.at(1_250, { kind: "kill" }, { onceStruck: rule.id });
}

/** Live answers that it accepted a pause, and the push goes on. */
function ignoredPauses(writer: ScriptWriter): void {
  for (const index of [1, 2, 3]) {
    const report = writer.report(`stage-ignored-${index}`, URGENT);
    const match = { method: "POST", path: "stream/block-once", stream: report.stream.stream };
    writer.at(0, { kind: "live-fault", rule: { kind: "ignore-write", id: `ignored:${index}`, times: 1, match } });
    writer.post(SCENES_MS + 1_200 + index * 100, report);
  }
}

const operator = (action: "disable" | "enable", streams: readonly object[], reason: string): Deed => {
  const event = {
    action,
    streams,
    ...(action === "disable" && { hours: 72, shorten: true }),
    reason,
    requestedBy: "ana@example.com",
  };
  return { kind: "operator", event: { ...event, dryRun: false } };
};

/**
 * An operator disables streams; Live refuses the first calls; meanwhile the operator enables them. The older order is then delivered
 * again after the newer one was carried out. Reports on the same streams arrive between both.
 */
function crossings(writer: ScriptWriter): void {
  const count = 1 + Math.floor(writer.scale.lengthMs / 20_000);
  for (let index = 0; index < count; index++) {
    const streams = ["a", "b", "c"].map((letter) => room(`cross-${index + 1}${letter}`));
    const atMs = SCENES_MS + 300 + index * 20_000;
    const ids = streams.map((stream) => {
      const id = `503:cross-${stream.stream}`;
      const match = { method: "POST", path: "stream/blocks", stream: stream.stream };
      const rule: LiveFault = {
        kind: "status",
        status: 503,
        code: "APIGW.0610",
        msg: "no back end",
        id,
        match,
        times: 3,
      };
      writer.push(stream);
      writer.at(Math.max(0, atMs - 100), { kind: "live-fault", rule });
      return id;
    });
    const before = writer.report(`cross-${index + 1}a`, URGENT);
    const after = writer.report(`cross-${index + 1}b`, USUAL);
    writer.post(atMs - 50, before);
    writer.at(atMs, operator("disable", streams, "INC-1: off while we look"));
    writer.at(atMs + 50, operator("enable", streams, "INC-1: taken back"), { onceStruck: ids.at(-1) ?? "" });
    writer.post(atMs + 1_500, after);
  }
}

/** Rotates the key of a user of the worker: first with a wrong secret, then with the right one; then removes the old key. Reports arrive all the time. */
function rotation(writer: ScriptWriter): void {
  const { overlapFromMs, overlapToMs, wrongKeyMs, rightKeyMs, oldKeyRemovedMs } = writer.timetable;
  writer.at(overlapFromMs, { kind: "source-keys", keys: ["oldSource", "newSource"] });
  writer.at(overlapToMs, { kind: "source-keys", keys: ["newSource"] });
  writer.at(wrongKeyMs, { kind: "worker-key", pair: "wrongPair" });
  writer.at(wrongKeyMs, { kind: "watch-refusal", of: "rotated" });
  const refused: Condition = { after: { fault: WRONG_PAIR_REFUSED, ms: 5_000 } };
  writer.at(rightKeyMs, { kind: "worker-key", pair: "newPair" }, refused);
  writer.at(oldKeyRemovedMs, { kind: "old-key-removed" }, { after: { fault: RIGHT_PAIR, ms: 2_000 } });
  const report = (name: string, category: string, atMs: number, condition?: Condition) => {
    const told = writer.report(name, category);
    writer.post(atMs, told, condition);
    writer.postAgainAtTheEnd(told.id);
  };
  for (let index = 0; index < 10; index++) {
    // The last of them after the refusal, however late it comes: the others of a pool have to go on.
    const condition: Condition | undefined =
      index < 6 ? undefined : { after: { fault: WRONG_PAIR_REFUSED, ms: (index - 6) * 300 } };
    report(`wrong-key-${index + 1}`, index % 2 === 0 ? "csam" : USUAL, wrongKeyMs + 1_300 + index * 300, condition);
  }
  for (let index = 0; index < 3; index++) {
    const condition = { after: { fault: OLD_KEY_REMOVED, ms: 100 + index * 200 } };
    report(`old-key-${index + 1}`, URGENT, oldKeyRemovedMs, condition);
  }
}

function wrongClock(writer: ScriptWriter): void {
  const { clockOffMs, clockRightMs } = writer.timetable;
  const removed: Condition = { after: { fault: OLD_KEY_REMOVED, ms: 1_000 } };
  writer.at(clockOffMs, { kind: "clock", offsetMs: 16 * 60_000 }, removed);
  writer.at(clockRightMs, { kind: "clock", offsetMs: 0 }, { after: { fault: CLOCK_OFF, ms: 3_000 } });
  for (let index = 0; index < 5; index++) {
    // the last of them after the clock is right again
    const condition = { after: { fault: CLOCK_OFF, ms: 100 + index * 800 } };
    writer.post(clockOffMs, writer.report(`clock-${index + 1}`, URGENT), condition);
  }
}

/** Only in a pool: the key of another user is replaced at Huawei, while its calls are in flight, and later put right. Reports arrive all the time. */
function changedKey(writer: ScriptWriter): void {
  if (writer.users.changed === undefined) return;
  const { clockRightMs } = writer.timetable;
  writer.at(clockRightMs, { kind: "huawei-key", isChanged: true }, { after: { fault: CLOCK_RIGHT, ms: 1_000 } });
  writer.at(clockRightMs, { kind: "watch-refusal", of: "changed" }, { after: { fault: KEY_CHANGED, ms: 0 } });
  const refused: Condition = { after: { fault: KEY_CHANGED_REFUSED, ms: 3_000 } };
  writer.at(clockRightMs + 4_000, { kind: "huawei-key", isChanged: false }, refused);
  for (let index = 0; index < 12; index++) {
    const report = writer.report(`changed-key-${index + 1}`, index % 2 === 0 ? "csam" : USUAL);
    const after =
      index < 8 ? { fault: KEY_CHANGED, ms: index * 300 } : { fault: KEY_CHANGED_REFUSED, ms: (index - 8) * 300 };
    writer.post(clockRightMs, report, { after });
  }
}

/** Invalid input: another source's key, a sender with an old key, a stream out of scope, a message that offair did not write. */
function unrelatedStreams(writer: ScriptWriter): void {
  writer.post(1_800, writer.report("forged", USUAL), { signedWith: "foreignSource" });
  writer.post(writer.timetable.overlapToMs + 2_500, writer.report("stale", USUAL), { signedWith: "oldSource" });
  writer.post(2_000, { ...writer.report("not-ours", USUAL), stream: OUTSIDE });
  writer.at(2_200, { kind: "poison" });
  writer.at(500, { kind: "audit" });
}

/** Faults that affect all calls for a time: services that throttle for seconds, and storms at Live with a fixed number of failed calls. */
function weather(writer: ScriptWriter): void {
  const { random, scale, timetable } = writer;
  const isLong = scale.reports >= 300;
  const at = (part: number) => Math.floor((part + 0.04 * random()) * scale.lengthMs);
  /** Not while the key is wrong: calls that Live does not check would hide the signature failures. */
  const after = (part: number) => Math.max(at(part), timetable.oldKeyRemovedMs + Math.floor(part * 3_000));
  const throttled = (atMs: number, ms: number, service: "sqs" | "dynamodb", probability: number) => {
    writer.at(atMs, { kind: "throttle", service, probability });
    writer.at(atMs + ms, { kind: "throttle", service, probability: 0 });
  };
  const storm = (atMs: number, rule: LiveFault) =>
    writer.at(atMs, { kind: "live-fault", rule }, { after: { fault: OLD_KEY_REMOVED, ms: 500 } });
  for (const part of isLong ? [0.18, 0.42, 0.66, 0.9] : []) writer.at(at(part), { kind: "kill" });
  throttled(at(0.1), 1_500, "dynamodb", 0.4);
  throttled(at(0.55), 2_000, "dynamodb", 0.4);
  throttled(at(0.35), 2_000, "sqs", 0.5);
  // Three refusals in a row stop sending for the rest of the minute, so only a long day has more than two.
  storm(after(0.5), {
    ...{ kind: "status", status: 429, code: "APIGW.0308", msg: "throttled", id: "storm-429:1" },
    ...{ match: { path: "stream/block-once" }, times: isLong ? 4 : 1 },
  });
  storm(after(0.62), {
    ...{ kind: "status", status: 503, code: "APIGW.0610", msg: "no back end", id: "storm-503:1" },
    ...{
      match: writer.users.changed === undefined ? { user: "worker" } : { method: "POST" },
      probability: 0.35,
      times: 2 + Math.floor(scale.reports / 50),
    },
  });
  storm(after(pick(random, [0.68, 0.7])), {
    ...{ kind: "drop-after-commit", id: "storm-dropped:1", match: { method: "POST" } },
    ...{ probability: isLong ? 0.2 : 1, times: 1 + Math.floor(scale.reports / 100) },
  });
}
