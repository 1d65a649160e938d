/**
 * The index `figures`: every report with what people said of it, by source and time, in the few attributes that figures need. The counts are
 * made when somebody asks for them, from the reports themselves, so that no write is counted twice and no counter drifts.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isOfCanary } from "../../core/canary.ts";
import { definedOnly } from "../../core/defined-only.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { streamKey } from "../../core/stream.ts";
import type { ReportRecord } from "../../decisions/report-record.ts";
import type { Claimed, PastCase, ReadCases } from "../../precision/past-case.ts";
import { type Item, queryPages, unwrap } from "./table.ts";

/** Enough to tell apart the streams of one source, category and day. */
const STREAM_DIGITS = 16;

const monthOf = (instant: string): string => instant.slice(0, 7);
const partitionOf = (source: string, month: string): string => `${source}#${month}`;

/** The attributes of the index. Without those of the canary, of re-publishes, which no source reported, and of appeals, which report nothing. */
export function inFigures({ key, report, decision, decidedAt }: ReportRecord): Item {
  if (isOfCanary(key) || decision.republish || report.appeal) return {};
  const { source, category, score, stream } = report;
  const claimed: Claimed = definedOnly({
    category,
    score,
    action: decision.action,
    rule: decision.rule,
    stream: sha256Hex(streamKey(stream)).slice(0, STREAM_DIGITS),
  });
  return { figuresOf: partitionOf(source, monthOf(decidedAt)), claimed };
}

/** The newest reports of a source. With about 300 bytes each, 20,000 are 6 MB: six pages and 750 read units. */
export const MAX_CASES = 20_000;

/** Apart from the ledger, because only the incident function needs it. The index is eventually consistent; no decision depends on it. */
export function createReadCases(dynamo: DynamoDBClient, table: string, most = MAX_CASES): ReadCases {
  const client = DynamoDBDocumentClient.from(dynamo);

  return async (source, since, until) => {
    const between = { ":since": since.toISOString(), ":until": until.toISOString() };
    const cases: PastCase[] = [];
    for (const month of monthsBack(since, until)) {
      const query = {
        TableName: table,
        IndexName: "figures",
        KeyConditionExpression: "figuresOf = :of AND decidedAt BETWEEN :since AND :until",
        ExpressionAttributeValues: { ":of": partitionOf(source, month), ...between },
        ScanIndexForward: false,
      };
      for await (const items of queryPages(client, query, "the index `figures` cannot be read")) {
        cases.push(...items.map(toCase));
        if (cases.length > most) return { cases: cases.slice(0, most), isWhole: false };
      }
    }
    return { cases, isWhole: true };
  };
}

const toCase = ({ claimed, ...item }: Item): PastCase => ({ ...unwrap<PastCase>(item), claimed: claimed as Claimed });

/** `2026-11`, the newest first. */
function* monthsBack(since: Date, until: Date): Generator<string> {
  const first = monthOf(since.toISOString());
  const month = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), 1));
  for (; monthOf(month.toISOString()) >= first; month.setUTCMonth(month.getUTCMonth() - 1)) {
    yield monthOf(month.toISOString());
  }
}
