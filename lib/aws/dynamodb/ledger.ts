/**
 * The ledger in one DynamoDB table: conditional writes, strongly consistent reads, no transactions.
 *
 * | pk | sk | content | written by |
 * | --- | --- | --- | --- |
 * | `REPORT#source#id` | `REPORT` | a report, its decision, its outcome, a person's verdict | worker; the verdict: incident |
 * | `REPORT#source#id` | `UNTRANSLATED` | an authenticated message that could not be translated, and its verdict | the same |
 * | `STREAM#sha256` | `ORDER#0000000001` … | the orders of a stream with their attempts, numbered by conditional put | worker, incident |
 * | `STREAM#sha256` | `LOCK` | the worker that acts on the stream, and until when | worker |
 * | `STREAM#sha256` | `SEEN#sha256` | recent reports on the stream by one reporter, for a day | worker |
 * | `OPERATOR#orderId` | `ORDER#000000` … | an operator's orders, one per stream | incident |
 * | `OPERATOR#orderId` | `PLAN`, `PART#0000` … | a plan: its head, and its streams by the hundred | incident |
 * | `OPERATOR#orderId` | `STATE` | the state of a plan or of a few orders: approved, applied, cancelled, undone | incident |
 * | `OPERATOR#ALONE` | `TAKEN#person` | how many streams a person acted on without approval | incident |
 * | `BATCH#orderId` | `RESULT#000000` … | the result of each stream of an applied plan | worker |
 * | `CONTROL` | `MODE` | observe or enforce, and the frozen sources | incident |
 * | `CONTROL` | `CHANGE#time#sha256` | every change of the mode and of frozen sources | incident |
 * | `LIMITS` | `TAKEN` | the counters of the action limits | worker |
 * | `AUDIT` | `LIVE_STREAMS` | how many streams were live at the last count | audit |
 * | `AUDIT` | `HEAD` | the chain head: chain-head.ts | audit |
 *
 * Exported items (time-index.ts) have `hour` and `at` of their last change, for the index `byTime`. Items that wait for a person have
 * `review` and `decidedAt`, for the index `inReview`. Indexes are eventually consistent, so no decision depends on one.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Ledger } from "../../ledger/ledger.ts";
import { createLedgerLimits } from "./action-limits.ts";
import { createLiveStreams } from "./live-stream-count.ts";
import { createLedgerMode } from "./mode.ts";
import { createLedgerOperators } from "./operator-orders.ts";
import { createLedgerOrders } from "./orders.ts";
import { createLedgerPlans } from "./plans.ts";
import { createRecentReports } from "./recent-reports.ts";
import { createLedgerReports } from "./reports.ts";
import { openTable } from "./table.ts";

export interface LedgerOptions {
  /** Returns a unique text. */
  readonly newRevision?: () => string;
  /** The time of each change. */
  readonly now?: () => Date;
}

export function createLedger(
  dynamo: DynamoDBClient,
  tableName: string,
  { newRevision, now = () => new Date() }: LedgerOptions = {},
): Ledger {
  const table = openTable(dynamo, tableName, now);
  return {
    ...createLedgerReports(table),
    ...createRecentReports(table),
    ...createLedgerLimits(table, newRevision),
    readLiveStreams: createLiveStreams(dynamo, tableName).read,
    ...createLedgerOrders(table),
    ...createLedgerOperators(table),
    ...createLedgerPlans(table),
    ...createLedgerMode(table),
  };
}
