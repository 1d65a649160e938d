/** The script of a game day as data: when each report is sent and each fault is set. */
import { type Stream, streamKey } from "../../../lib/core/stream.ts";
import { createRandom, hex8, pick } from "../../kit/random.ts";
import type { FaultInput } from "../../live/faults.ts";
import type { SettingsChange } from "../../live/simulator-types.ts";
import type { ReportPlan } from "../senders.ts";
import { type DayUsers, dayUsers } from "./day-users.ts";
import { type Scale, scaleOf } from "./scale.ts";

export type SourceKey = "oldSource" | "newSource" | "foreignSource";
export type LiveFault = FaultInput & { readonly id: string };

export type Deed =
  /** Signed once, posted `copies` times at the same moment. */
  | { readonly kind: "post"; readonly report: ReportPlan; readonly copies: number; readonly signedWith: SourceKey }
  | { readonly kind: "operator"; readonly event: Readonly<Record<string, unknown>> }
  | { readonly kind: "kill" }
  | { readonly kind: "live-fault"; readonly rule: LiveFault }
  | { readonly kind: "throttle"; readonly service: "sqs" | "dynamodb"; readonly probability: number }
  | { readonly kind: "worker-key"; readonly pair: "wrongPair" | "newPair" }
  /** Records when Live has refused the bad key of this user, and a worker has reported it. */
  | { readonly kind: "watch-refusal"; readonly of: "rotated" | "changed" }
  | { readonly kind: "old-key-removed" }
  /** Another key of the changed user at Huawei, or its own again. */
  | { readonly kind: "huawei-key"; readonly isChanged: boolean }
  | { readonly kind: "source-keys"; readonly keys: readonly SourceKey[] }
  | { readonly kind: "clock"; readonly offsetMs: number }
  | { readonly kind: "poison" }
  | { readonly kind: "audit" };

/** The condition that a step waits for after its time; the wait is limited. */
export interface Condition {
  /** Waits until this fault rule of Live has fired once. */
  readonly onceStruck?: string;
  /** Waits for this time after an event. */
  readonly after?: { readonly fault: string; readonly ms: number };
}

export interface Step extends Condition {
  /** Time since the start of the day. */
  readonly atMs: number;
  readonly deed: Deed;
}

/** An encoder that pushes its stream at the start of the day. */
export interface Broadcast extends Stream {
  /** Time since its push began. */
  readonly pushedForMs: number;
  /** Null: it does not push again after a cut. */
  readonly reconnectAfterMs: number | null;
}

export interface Script {
  readonly seed: number;
  readonly scale: Scale;
  readonly users: DayUsers;
  /** In order of time. */
  readonly steps: readonly Step[];
  readonly broadcasts: readonly Broadcast[];
  /** How Live delivers its callbacks on this day. */
  readonly callbacks: NonNullable<SettingsChange["callbacks"]>;
  /** Ids of the reports that are posted again, with the same bytes, after the end. */
  readonly postedAgain: readonly string[];
}

export type Timetable = ReturnType<typeof timetableOf>;

/** The main events. The waits between them are fixed, because caches last one second and the lock six. */
function timetableOf({ lengthMs, lockSeconds }: Scale) {
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

/** The ingest domain of the streams of the day. */
export const DOMAIN = "publish.example.huawei.com";
export const room = (name: string): Stream => ({ domain: DOMAIN, app: "live", stream: name });
export const OUTSIDE: Stream = { domain: "elsewhere.example.net", app: "live", stream: "not-ours" };

/** Builds a script from steps in any order; the same seed gives the same script. */
export class ScriptWriter {
  readonly scale: Scale;
  readonly timetable: Timetable;
  readonly random: () => number;
  readonly #steps: Step[] = [];
  readonly #streams = new Map<string, Stream>();
  readonly #postedAgain: string[] = [];

  readonly users: DayUsers;

  constructor(reports: number, seed: number, workers: number) {
    this.users = dayUsers(workers, seed);
    this.scale = scaleOf(reports, this.users.sizes);
    this.timetable = timetableOf(this.scale);
    this.random = createRandom(seed);
  }

  at(atMs: number, deed: Deed, condition: Condition = {}): void {
    this.#steps.push({ atMs, ...condition, deed });
  }

  /** A usual report of a live stream. */
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

  /** The time at which senders rotate: well within the overlap of the webhook's secrets. */
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
      users: this.users,
      steps: this.#steps.toSorted((a, b) => a.atMs - b.atMs),
      ...pushesOf(seed, [...this.#streams.values()]),
      postedAgain: this.#postedAgain,
    };
  }
}

/** Encoders that come back at once, later or never, and callbacks that are late, early, doubled, swapped or lost. */
function pushesOf(seed: number, streams: readonly Stream[]): Pick<Script, "broadcasts" | "callbacks"> {
  const random = createRandom(seed + 200);
  return {
    broadcasts: streams.map((stream) => ({
      ...stream,
      pushedForMs: random() < 0.5 ? 0 : Math.floor(random() * 3_600_000),
      reconnectAfterMs: pick(random, [null, null, 300, 1_000, 2_000, 5_000, 20_000]),
    })),
    callbacks: {
      publishDelayMs: pick(random, [3_000, 5_000, 9_000]),
      publishDoneDelayMs: pick(random, [0, 3_000, 9_000]),
      jitterMs: pick(random, [3_000, 6_000, 12_000]),
      ...{ drop: 0.1, duplicate: 0.15, swap: 0.15, strayComma: 0.1 },
    },
  };
}

interface PostOptions extends Condition {
  readonly copies?: number;
  readonly signedWith?: SourceKey;
}
