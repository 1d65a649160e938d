/**
 * The ledger on one DynamoDB table: conditional writes, strongly consistent reads, no transactions.
 *
 * | pk | sk | what | written by |
 * | --- | --- | --- | --- |
 * | `REPORT#source#id` | `REPORT` | a report, its decision, its outcome, a person's verdict | worker; the verdict: incident |
 * | `REPORT#source#id` | `UNTRANSLATED` | a proven message that nobody could translate, and its verdict | the same |
 * | `STREAM#sha256` | `ORDER#0000000001` … | the orders of a stream with their attempts; the number is the lock | worker, incident |
 * | `STREAM#sha256` | `LOCK` | who acts on the stream, until when | worker |
 * | `STREAM#sha256` | `SEEN#sha256` | what somebody said of the stream, for a day | worker |
 * | `OPERATOR#orderId` | `ORDER#000000` … | what an operator asked for, a stream each | incident |
 * | `OPERATOR#orderId` | `PLAN`, `PART#0000` … | a plan: its head, and the streams by the hundred | incident |
 * | `OPERATOR#orderId` | `STATE` | of a plan, or of a few orders: approved, applied, cancelled, undone | incident |
 * | `OPERATOR#ALONE` | `TAKEN#person` | how many streams they acted on without a second person | incident |
 * | `BATCH#orderId` | `RESULT#000000` … | what came of each stream of an applied plan | worker |
 * | `CONTROL` | `MODE` | observe or enforce, and the sources that are frozen | incident |
 * | `CONTROL` | `CHANGE#time#sha256` | every change of these | incident |
 * | `LIMITS` | `TAKEN` | what is taken of the limits | worker |
 * | `AUDIT` | `LIVE_STREAMS` | how many streams were live when last counted | audit |
 * | `AUDIT` | `HEAD` | the last link of the chain: audit-head.ts | audit |
 *
 * Items that are told by time (ledger-time.ts) carry `hour` and `at` of their last change for the index `byTime`; those that wait for a
 * person `review` and `decidedAt`, for the index `inReview`. The indexes lag a moment behind, and no decision rests on one.
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
  /** Another text each time. */
  readonly newRevision?: () => string;
  /** What each change is dated with. */
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
