/** What is known from the ledger: what it exported, and what follows from it. */
export type { LedgerEvent } from "../ledger/export-event.ts";

/** A disable that Live took, by the ledger, and that is not over: what its list is expected to hold. */
export interface Expected {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  readonly resumeTime: string;
  /** Of the order. */
  readonly number: number;
  readonly placedAt: string;
  /** `unverified`: the list did not show it at once. */
  readonly outcome: "verified" | "unverified";
  readonly reason: string;
  /** `rule <id>` with its policy, or the operator. */
  readonly by: string;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string;
}
