/**
 * The story of one bad day, written down before it begins: what is sent when, which fault is set when. The same seed gives the same
 * story; only how long things take is left to the machine.
 */
import type { Stream } from "../../../lib/core/stream.ts";
import { createRandom } from "../../kit/random.ts";
import type { FaultInput } from "../../live/faults.ts";
import { background, type ReportPlan } from "./reports.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { scenes } from "./scenes.ts";

export type SourceKey = "oldSource" | "newSource" | "foreignSource";

export type Deed =
  /** One signing, posted so many times at the same moment. */
  | { readonly kind: "post"; readonly report: ReportPlan; readonly copies: number; readonly signedWith: SourceKey }
  | { readonly kind: "operator"; readonly event: Readonly<Record<string, unknown>> }
  | { readonly kind: "kill" }
  | { readonly kind: "live-fault"; readonly rule: FaultInput & { readonly id: string } }
  | { readonly kind: "throttle"; readonly service: "sqs" | "dynamodb"; readonly probability: number }
  | { readonly kind: "worker-key"; readonly pair: "wrongPair" | "newPair" }
  /** Notes when Live has refused the new key once. */
  | { readonly kind: "watch-refusal" }
  | { readonly kind: "old-key-removed" }
  | { readonly kind: "source-keys"; readonly keys: readonly SourceKey[] }
  | { readonly kind: "clock"; readonly offsetMs: number }
  | { readonly kind: "poison" }
  | { readonly kind: "audit" };

export interface Step {
  /** From the beginning of the day. */
  readonly atMs: number;
  /** Not before this rule of Live's faults has struck, if it does within a while. */
  readonly onceStruck?: string;
  /** Nor before so long after this was noted, if it is within a while. */
  readonly after?: { readonly fault: string; readonly ms: number };
  readonly deed: Deed;
}

export interface Script {
  readonly seed: number;
  readonly scale: Scale;
  /** In the order of their time. */
  readonly steps: readonly Step[];
  /** Streams that somebody pushes when the day begins. */
  readonly streams: readonly Stream[];
  /** Reports that are posted once more, the same bytes, when everything is over. */
  readonly postedAgain: readonly string[];
}

export interface Timetable {
  readonly overlapFromMs: number;
  readonly senderRotatesMs: number;
  readonly overlapToMs: number;
  readonly wrongKeyMs: number;
  readonly rightKeyMs: number;
  readonly oldKeyRemovedMs: number;
  readonly clockOffMs: number;
  readonly clockRightMs: number;
}

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
