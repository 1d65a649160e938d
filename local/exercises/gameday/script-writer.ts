/** The script of one bad day as data: what is sent when, and which fault is set when. */
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { createRandom, hex8 } from "../../kit/random.ts";
import type { FaultInput } from "../../live/faults.ts";
import type { ReportPlan } from "../senders.ts";
import { type Scale, scaleOf } from "./scale.ts";

export type SourceKey = "oldSource" | "newSource" | "foreignSource";
export type LiveFault = FaultInput & { readonly id: string };

export type Deed =
  /** One signing, posted `copies` times at the same moment. */
  | { readonly kind: "post"; readonly report: ReportPlan; readonly copies: number; readonly signedWith: SourceKey }
  | { readonly kind: "operator"; readonly event: Readonly<Record<string, unknown>> }
  | { readonly kind: "kill" }
  | { readonly kind: "live-fault"; readonly rule: LiveFault }
  | { readonly kind: "throttle"; readonly service: "sqs" | "dynamodb"; readonly probability: number }
  | { readonly kind: "worker-key"; readonly pair: "wrongPair" | "newPair" }
  /** Notes when Live has refused the new key once. */
  | { readonly kind: "watch-refusal" }
  | { readonly kind: "old-key-removed" }
  | { readonly kind: "source-keys"; readonly keys: readonly SourceKey[] }
  | { readonly kind: "clock"; readonly offsetMs: number }
  | { readonly kind: "poison" }
  | { readonly kind: "audit" };

/** What a step waits for beyond its time, each for a while only. */
export interface Condition {
  /** The first call that this rule of Live's faults spoils. */
  readonly onceStruck?: string;
  /** So long after this turn of the day. */
  readonly after?: { readonly fault: string; readonly ms: number };
}

export interface Step extends Condition {
  /** From the beginning of the day. */
  readonly atMs: number;
  readonly deed: Deed;
}

export interface Script {
  readonly seed: number;
  readonly scale: Scale;
  /** In the order of their time. */
  readonly steps: readonly Step[];
  /** Streams that are pushed when the day begins. */
  readonly streams: readonly Stream[];
  /** Ids of the reports that are posted once more, the same bytes, when everything is over. */
  readonly postedAgain: readonly string[];
}

export type Timetable = ReturnType<typeof timetableOf>;

/** The turning points. Waits between them are fixed: they depend on caches of a second and a lock of six. */
export function timetableOf({ lengthMs, lockSeconds }: Scale) {
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

export const room = (name: string): Stream => ({ domain: "publish.example.huawei.com", app: "live", stream: name });
export const OUTSIDE: Stream = { domain: "elsewhere.example.net", app: "live", stream: "not-ours" };

/** Writes the steps of a script in any order; the same seed gives the same script. */
export class ScriptWriter {
  readonly scale: Scale;
  readonly timetable: Timetable;
  readonly random: () => number;
  readonly #steps: Step[] = [];
  readonly #streams = new Map<string, Stream>();
  readonly #postedAgain: string[] = [];

  constructor(reports: number, seed: number) {
    this.scale = scaleOf(reports);
    this.timetable = timetableOf(this.scale);
    this.random = createRandom(seed);
  }

  at(atMs: number, deed: Deed, condition: Condition = {}): void {
    this.#steps.push({ atMs, ...condition, deed });
  }

  /** A usual report of a stream that is pushed. */
  report(name: string, category: string): ReportPlan {
    const stream = room(name);
    this.push(stream);
    return { id: this.reportId(), stream, category, score: 0.95, ageMs: 1_000 };
  }

  reportId(): string {
    return `msg_${hex8(this.random)}${hex8(this.random)}${hex8(this.random)}`;
  }

  post(
    atMs: number,
    report: ReportPlan,
    { copies = 1, signedWith = this.keyAt(atMs), ...condition }: PostOptions = {},
  ) {
    this.at(atMs, { kind: "post", report, copies, signedWith }, condition);
  }

  push(stream: Stream): void {
    this.#streams.set(streamKey(stream), stream);
  }

  postAgainAtTheEnd(id: string): void {
    this.#postedAgain.push(id);
  }

  /** Before the overlap of the webhook's secrets ends, and well after it began. */
  keyAt(atMs: number): SourceKey {
    return atMs < this.timetable.senderRotatesMs ? "oldSource" : "newSource";
  }

  countReports(): number {
    return new Set(this.#steps.flatMap(({ deed }) => (deed.kind === "post" ? [deed.report.id] : []))).size;
  }

  finish(seed: number): Script {
    return {
      seed,
      scale: this.scale,
      steps: this.#steps.toSorted((a, b) => a.atMs - b.atMs),
      streams: [...this.#streams.values()],
      postedAgain: this.#postedAgain,
    };
  }
}

interface PostOptions extends Condition {
  readonly copies?: number;
  readonly signedWith?: SourceKey;
}
