/**
 * The story of one bad day, written down before it begins: what is sent when, which fault is set when. The same seed gives the same
 * story; only how long things take is left to the machine.
 */
import { createRandom } from "../../kit/random.ts";
import { background } from "./reports.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { scenes } from "./scenes.ts";
import type { Script, Timetable } from "./script-types.ts";

/** The turning points. Waits between them are fixed, for they rest on caches of a second and a lock of six. */
export function timetableOf({ lengthMs, lockSeconds }: Scale): Timetable {
  const wrongKeyMs = Math.max(5_500, Math.round(0.25 * lengthMs));
  const rightKeyMs = wrongKeyMs + lockSeconds * 1_000 + 2_000;
  const clockOffMs = Math.max(rightKeyMs + 5_000, Math.round(0.75 * lengthMs));
  return {
    overlapFromMs: 1_000,
    senderRotatesMs: Math.max(3_000, Math.round(0.2 * lengthMs)),
    overlapToMs: Math.max(9_000, Math.round(0.6 * lengthMs)),
    wrongKeyMs,
    rightKeyMs,
    oldKeyRemovedMs: rightKeyMs + 2_000,
    clockOffMs,
    clockRightMs: clockOffMs + 3_000,
  };
}

export function writeScript(reports: number, seed: number): Script {
  const scale = scaleOf(reports);
  const random = createRandom(seed);
  const timetable = timetableOf(scale);
  const staged = scenes(scale, timetable, random);
  const filler = background(reports - staged.reports.length, scale, timetable, random);
  const steps = [...staged.steps, ...filler.steps].sort((a, b) => a.atMs - b.atMs);
  const streams = new Map([...staged.streams, ...filler.streams].map((stream) => [stream.stream, stream]));
  return {
    seed,
    scale,
    steps,
    streams: [...streams.values()],
    postedAgain: [...staged.postedAgain, ...filler.postedAgain],
  };
}

/** The fewest reports that leave room for the scenes. */
export const MIN_REPORTS = 50;
