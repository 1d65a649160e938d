/** What a flood leaves behind: everything that its scorecard is computed from. The ledger's items are as the table holds them. */
import type { Stream } from "../../../lib/core/stream.ts";

/** A report as posted, with the last answer to it; status null where there was none. */
export interface Post {
  readonly id: string;
  readonly stream: Stream;
  readonly category: string;
  readonly at: string;
  readonly answeredAt: string;
  readonly status: number | null;
  readonly tries: number;
}

/** Of the ledger: what became of a report. */
export interface ReportItem {
  readonly id: string;
  readonly outcome?: string | undefined;
  readonly because?: string | undefined;
  readonly decidedAt: string;
}

export interface OrderItem {
  readonly stream: Stream;
  readonly action: string;
  readonly outcome?: string | undefined;
  readonly attempts: number;
}

/** A write that Live saw. */
export interface Write {
  readonly stream: { readonly domain: string | null; readonly app: string | null; readonly stream: string | null };
  readonly committed: boolean;
}

export interface EncoderState {
  readonly stream: Stream;
  readonly online: boolean;
  /** How often it began to push: 1, unless it was cut and came back. */
  readonly pushes: number;
}

export interface Run {
  readonly reports: number;
  readonly streams: number;
  readonly seconds: number;
  readonly seed: number;
  readonly startedAt: string;
  /** When the last post was answered. */
  readonly pouredAt: string;
  /** When nothing was left on the queues, or the wait was given up. */
  readonly endedAt: string;
  readonly drained: boolean;
  /** The policy's, for the source whose key was stolen. */
  readonly limits: {
    readonly perSource: number;
    readonly total: number;
    readonly shareOfLive: number;
    readonly atLeast: number;
  };
}

export interface FloodMaterial {
  readonly run: Run;
  readonly posts: readonly Post[];
  readonly reports: readonly ReportItem[];
  readonly orders: readonly OrderItem[];
  /** As the ledger has it from the audit before the flood; undefined where nobody counted. */
  readonly liveStreams: number | undefined;
  readonly writes: readonly Write[];
  readonly encoders: readonly EncoderState[];
  /** Names of the alarms that went off, in their order. */
  readonly alerts: readonly string[];
  /** What the incident function lists as waiting for a person, `source#id` each. */
  readonly reviews: readonly string[];
  /** Messages that rest on dead-letter queues. */
  readonly deadLetters: number;
}
