/** Exports past reports from the ledger, for a policy replay. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { readByTime, type Span } from "./read-by-time.ts";
import { unwrap } from "./table.ts";

/** A record as stored, without the table's own attributes; untranslated messages are included. */
export type ExportedReport = Readonly<Record<string, unknown>>;

/** The index also has orders and changes, and reports that were decided earlier but got their verdict in the span. */
const REPORTS_OF_THE_SPAN = {
  expression: "(attribute_exists(#report) OR attribute_exists(#untranslated)) AND #decidedAt BETWEEN :since AND :until",
  names: { "#report": "report", "#untranslated": "untranslated", "#decidedAt": "decidedAt" },
};

/**
 * Yields the reports that were decided in the span, ordered by their last change: usually their outcome, or a verdict days later.
 *
 * @param span - should end now, because reports that changed after its end are omitted.
 * @throws OffairError `ERR_LEDGER`
 */
export async function* exportReports(
  dynamo: DynamoDBClient,
  table: string,
  span: Span,
): AsyncGenerator<ExportedReport> {
  for await (const item of readByTime(dynamo, table, span, REPORTS_OF_THE_SPAN)) yield unwrap(item);
}
