/** A run of the canary as stored: the worker's notes, and the result that the canary function derives from them. */
import type { Link } from "./links.ts";

/** The worker's note of one delivery. A later delivery of the same message replaces it. */
export interface CanaryNote {
  readonly startedAt: string;
  readonly endedAt: string;
  /** How it ended; absent if it failed, and the message is delivered again. */
  readonly outcome?: string;
  /** The reason, where the outcome alone does not give it. */
  readonly because?: string;
  /** Code and message of the failure. */
  readonly error?: string;
  readonly message?: string;
}

/** The two halves of a run: the report that disables the stream, and the message that enables it again. */
const CANARY_STEPS = ["disable", "enable"] as const;
export type CanaryStep = (typeof CANARY_STEPS)[number];
export type CanaryNotes = { readonly [Step in CanaryStep]?: CanaryNote };

/** The result of the last run, for `offair doctor`. */
export interface CanaryResult {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** `observed`: the mode is observe, so the run ended with the decision. */
  readonly result: "arrived" | "observed" | "broken";
  /** Where the run broke, and the reason. */
  readonly link?: Link;
  readonly message?: string;
  /** Milliseconds by link, of the links that it passed. */
  readonly tookMs: Readonly<Record<string, number>>;
}

/** Written by the worker. */
export interface CanaryNoteStore {
  /** @param id - of the report. */
  noteCanary(id: string, step: CanaryStep, note: CanaryNote): Promise<void>;
}

/** Written by the canary function, and read by `offair doctor`. */
export interface CanaryStore {
  readNotes(id: string): Promise<CanaryNotes>;
  writeResult(result: CanaryResult): Promise<void>;
  /** Undefined before the first run. */
  readResult(): Promise<CanaryResult | undefined>;
}
