/** Past reports out of the ledger, for a replay. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { readByTime, type Span } from "./read-by-time.ts";
import { unwrap } from "./table.ts";

/** As the ledger holds it, less the table's own attributes; what was not translated included. */
export type ExportedReport = Readonly<Record<string, unknown>>;

/** Orders and changes are in the index as well; and reports that were decided on before, and had their verdict in the span. */
const REPORTS_OF_THE_SPAN = {
  expression: "(attribute_exists(#report) OR attribute_exists(#untranslated)) AND #decidedAt BETWEEN :since AND :until",
  names: { "#report": "report", "#untranslated": "untranslated", "#decidedAt": "decidedAt" },
};

/**
 * Those that were decided on in the span, in the order in which they last changed: at their end as a rule, days later by a verdict.
 *
 * @param span - until the present: what has changed after its end is not told.
 * @throws OffairError `ERR_LEDGER`
 */
export async function* exportReports(
  dynamo: DynamoDBClient,
  table: string,
  span: Span,
): AsyncGenerator<ExportedReport> {
  for await (const item of readByTime(dynamo, table, span, REPORTS_OF_THE_SPAN)) yield unwrap(item);
}
