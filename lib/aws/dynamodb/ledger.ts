/**
 * The ledger on one DynamoDB table: conditional writes, strongly consistent reads, no transactions.
 * docs/storage.md has every item with its attributes, writers and readers, and the two indexes.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Ledger } from "../../ledger/ledger.ts";
import { createLedgerLimits } from "./action-limits.ts";
import { createCanaryNotes } from "./canary.ts";
import { createLiveStreams } from "./live-stream-count.ts";
import { createLedgerMode } from "./mode.ts";
import { createLedgerOperators } from "./operator-orders.ts";
import { createOrderIndex } from "./order-index.ts";
import { createLedgerOrders } from "./orders.ts";
import { createLedgerPlans } from "./plans.ts";
import { createRecentReports } from "./recent-reports.ts";
import { createReporterLinks } from "./reporters.ts";
import { createLedgerReports } from "./reports.ts";
import { openTable, type TableOptions } from "./table.ts";

export interface LedgerOptions extends TableOptions {
  /** Returns a unique text. */
  readonly newRevision?: () => string;
  /** The time of each change. */
  readonly now?: () => Date;
}

export function createLedger(
  dynamo: DynamoDBClient,
  tableName: string,
  { newRevision, now = () => new Date(), onOutbox }: LedgerOptions = {},
): Ledger {
  const table = openTable(dynamo, tableName, now, { onOutbox });
  return {
    ...createLedgerReports(table),
    ...createRecentReports(table),
    ...createReporterLinks(table),
    ...createLedgerLimits(table, newRevision),
    readLiveStreams: createLiveStreams(dynamo, tableName).read,
    ...createLedgerOrders(table),
    ...createLedgerOperators(table),
    ...createOrderIndex(table),
    ...createLedgerPlans(table),
    ...createLedgerMode(table),
    ...createCanaryNotes(table),
  };
}
