/**
 * Reports with their decisions, and those of them that wait for a person. `review` is there for as long as one waits, and with
 * `decidedAt` it is the key of the index `inReview`, which therefore holds nothing else.
 */

import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { issuesOf } from "../../core/issues.ts";
import {
  isForReview,
  type ReportRecord,
  type ReviewRecord,
  type UntranslatedRecord,
  type Verdict,
} from "../../decisions/report-record.ts";
import type { ReportStore, ReviewStore } from "../../decisions/report-store.ts";
import { type Item, type LedgerTable, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

const reportId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "REPORT" });
const untranslatedId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "UNTRANSLATED" });

/** The pseudonym of a reporter is kept for as long as a sighting is, and not for as long as a report. */
export function withoutReporter<T extends Partial<ReportRecord>>(record: T): T {
  if (!record.report) return record;
  const { reporterHash: _personal, ...report } = record.report;
  return { ...record, report };
}

/** The attributes of the index, in its own words. */
const inReview = ({ outcome }: Pick<ReportRecord, "outcome">) =>
  isForReview(outcome) ? ({ review: "open" } as const) : {};

/** As DynamoDB has it for the key of an item. */
const MAX_KEY_BYTES = 2_048;

/** Where a page ended. It comes back from a person's hand. */
const pageSchema = z.strictObject({
  pk: z
    .string()
    .startsWith("REPORT#")
    .refine((pk) => Buffer.byteLength(pk) <= MAX_KEY_BYTES, "is too long"),
  sk: z.enum(["REPORT", "UNTRANSLATED"]),
  decidedAt: z.iso.datetime(),
});

const formatPage = ({ pk, sk, decidedAt }: Item): string =>
  Buffer.from(JSON.stringify({ pk, sk, decidedAt })).toString("base64url");

function parsePage(token: string): z.infer<typeof pageSchema> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    json = undefined; // a fault as any other: its cause would quote what it holds
  }
  const { data, error } = pageSchema.safeParse(json);
  if (data) return data;
  throw new OffairError("ERR_EVENT_INVALID", "the next page cannot be told: that text is not from the page before", {
    issues: issuesOf(error),
  });
}

type LedgerReports = Pick<ReportStore, "readReport" | "recordDecision" | "closeReport"> & ReviewStore;

export function createLedgerReports({ attempt, get, put, update }: LedgerTable): LedgerReports {
  /** The verdict that the item has now: this one, if it waited for one. */
  async function judge(id: Key, verdict: Verdict): Promise<Verdict | undefined> {
    const condition = "review = :open AND attribute_not_exists(verdict)";
    // An approval is followed by an order: only of a report, for there is nothing to do about what nobody understood.
    const remove = verdict.verdict === "approved" && id.sk === "REPORT" ? [] : ["review"];
    if (await update(id, { set: { verdict }, remove, condition, values: { ":open": "open" } })) return verdict;
    const item = await get(id); // ours, if the SDK repeated a request whose answer was lost
    return item && unwrap<ReviewRecord>(item).verdict;
  }

  return {
    async readReport(key) {
      const item = await get(reportId(key));
      return item && unwrap<ReportRecord>(item);
    },

    async recordDecision(record) {
      const stored = { ...withoutReporter(record), ...inReview(record) };
      if (await put({ ...reportId(record.key), ...stored })) return stored;
      const item = await get(reportId(record.key));
      if (!item) throw new OffairError("ERR_LEDGER", "a decision that was there is gone");
      return unwrap<ReportRecord>(item);
    },

    async closeReport(key, end) {
      const set = { ...withoutReporter(end), ...inReview(end) };
      await update(reportId(key), { set, condition: "attribute_exists(pk) AND attribute_not_exists(outcome)" });
    },

    async recordUntranslated(record) {
      await put({ ...untranslatedId(record.key), ...record, ...inReview(record) });
    },

    async openReviews(limit, after) {
      const start = after === undefined ? undefined : { ...parsePage(after), review: "open" };
      const page = await attempt("be read", (client, table) =>
        client.send(
          new QueryCommand({
            TableName: table,
            IndexName: "inReview",
            KeyConditionExpression: "#review = :open",
            ExpressionAttributeNames: { "#review": "review" },
            ExpressionAttributeValues: { ":open": "open" },
            Limit: limit + 1, // one more tells whether there is a next page
            ...(start && { ExclusiveStartKey: start }),
          }),
        ),
      );
      const { Items: items = [], LastEvaluatedKey: end } = page ?? {};
      const last = items.length > limit ? items[limit - 1] : end; // a page also ends at a megabyte
      return { records: items.slice(0, limit).map(unwrap<ReviewRecord>), ...(last && { next: formatPage(last) }) };
    },

    async readReview(key) {
      const item = await get(reportId(key));
      const report = item && ("review" in item || "verdict" in item) ? unwrap<ReportRecord>(item) : undefined;
      if (report?.review) return report;
      const other = await get(untranslatedId(key));
      // One id may stand for both: what still waits comes first, or nobody could ever say a word of it.
      return other && (!report || "review" in other) ? unwrap<UntranslatedRecord>(other) : report;
    },

    async writeVerdict(key, verdict) {
      const ofReport = await judge(reportId(key), verdict);
      // And if one id stands for both, one word of a person is said of both.
      const ofUntranslated = await judge(untranslatedId(key), ofReport ?? verdict);
      return ofReport ?? ofUntranslated;
    },

    async endReview(key) {
      const condition = "#review = :open AND attribute_exists(verdict)";
      await update(reportId(key), { remove: ["review"], condition, values: { ":open": "open" } });
    },
  };
}
