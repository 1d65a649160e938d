import type { Stream } from "../../../lib/core/stream.ts";
import type { FaultInput } from "../../live/faults.ts";
import type { Scale } from "./scale.ts";

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

export interface ReportPlan {
  readonly id: string;
  readonly stream: Stream;
  readonly category: string;
  readonly score?: number;
  /** How long before it is posted the harm was seen. */
  readonly ageMs: number;
}
