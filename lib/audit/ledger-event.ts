/** What is known from the ledger: what it exported, and what follows from it. */
export type { LedgerEvent } from "../moderation/ledger-event.ts";

/** A disable that is in force by the ledger: what Live's list is expected to hold. */
export interface Expected {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  readonly resumeTime: string;
  /** Of the order. */
  readonly number: number;
  readonly placedAt: string;
  readonly reason: string;
  /** `rule <id>` with its policy, or the operator. */
  readonly by: string;
  /** `source#id` of the report, or the operator's order id. */
  readonly cause: string;
}
