/** An exported event of the ledger, and an expected disable, which is derived from such events. */
import type { Stream } from "../core/stream.ts";

export type { LedgerEvent } from "../ledger/export-event.ts";

/** A disable in force: according to the ledger Live accepted it and its resume time has not come, so Live should list the stream. */
export interface Expected extends Stream {
  readonly resumeTime: string;
  /** Number of the order within its stream. */
  readonly number: number;
  readonly placedAt: string;
  /** `unverified`: Live accepted the call, but its list did not show the stream directly afterwards. */
  readonly outcome: "verified" | "unverified";
  readonly reason: string;
  /** `rule <id>` with its policy, or the operator. */
  readonly by: string;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string;
}
