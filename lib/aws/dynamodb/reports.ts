/**
 * Stores reports with their decisions, and the reviews that wait for a person. An item has `review` only while it waits; `review` and
 * `decidedAt` are the key of the index `inReview`, which therefore has only waiting items.
 */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { issuesOf } from "../../core/issues.ts";
import { parseJson } from "../../core/parse-json.ts";
import {
  isForReview,
  type ReportRecord,
  type ReviewRecord,
  type UntranslatedRecord,
  type Verdict,
} from "../../decisions/report-record.ts";
import type { ReportStore, ReviewStore } from "../../decisions/report-store.ts";
import { inFigures } from "./past-cases.ts";
import { type Item, type LedgerTable, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

const reportId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "REPORT" });
const untranslatedId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "UNTRANSLATED" });

/** Removes the reporter's pseudonym, which is kept only in recent reports (a day) and not in the ledger's report. */
export function withoutReporter<T extends Partial<ReportRecord>>(record: T): T {
  if (!record.report) return record;
  const { reporterHash: _personal, ...report } = record.report;
  return { ...record, report };
}

/** The index attribute of an outcome that needs a review. */
const inReview = (key: string, { outcome }: Pick<ReportRecord, "outcome">) =>
  isForReview(key, outcome) ? ({ review: "open" } as const) : {};

/** DynamoDB's limit for a partition key. */
const MAX_KEY_BYTES = 2_048;

/** The end of a page. It comes back from the client, so it is validated. */
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
  const { data, error } = pageSchema.safeParse(parseJson(Buffer.from(token, "base64url")));
  if (data) return data;
  throw new OffairError("ERR_EVENT_INVALID", "the next page cannot be read: `after` is not the `next` of a page", {
    issues: issuesOf(error),
  });
}

type LedgerReports = Pick<
  ReportStore,
  "readReport" | "recordDecision" | "closeReport" | "changeOutcome" | "addOverturn"
> &
  ReviewStore;

export function createLedgerReports({ attempt, get, put, update }: LedgerTable): LedgerReports {
  /** Writes a verdict if the item waits for one. @returns the verdict that the item has now. */
  async function setVerdict(id: Key, verdict: Verdict): Promise<Verdict | undefined> {
    const condition = "review = :open AND attribute_not_exists(verdict)";
    // An approved report stays in review until its order is placed. An approval of an untranslated message or of a sample case has no order.
    const remove = verdict.orderId !== undefined && id.sk === "REPORT" ? [] : ["review"];
    if (await update(id, { set: { verdict }, remove, condition, values: { ":open": "open" } })) return verdict;
    const item = await get(id); // has this verdict if the SDK repeated a request whose response was lost
    return item && unwrap<ReviewRecord>(item).verdict;
  }

  return {
    async readReport(key) {
      const item = await get(reportId(key));
      return item && unwrap<ReportRecord>(item);
    },

    async recordDecision(record) {
      const stored = { ...withoutReporter(record), ...inReview(record.key, record) };
      if (await put({ ...reportId(record.key), ...stored, ...inFigures(stored) })) return stored;
      const item = await get(reportId(record.key));
      if (!item) throw new OffairError("ERR_LEDGER", "a stored decision has disappeared");
      return unwrap<ReportRecord>(item);
    },

    async closeReport(key, end) {
      const set = { ...withoutReporter(end), ...inReview(key, end) };
      await update(reportId(key), { set, condition: "attribute_exists(pk) AND attribute_not_exists(outcome)" });
    },

    async changeOutcome(key, from, to) {
      return update(reportId(key), { set: { outcome: to }, condition: "outcome = :from", values: { ":from": from } });
    },

    async addOverturn(key, overturn) {
      await update(reportId(key), { append: { overturns: [overturn] }, condition: "attribute_exists(pk)" });
    },

    async recordUntranslated(record) {
      await put({ ...untranslatedId(record.key), ...record, ...inReview(record.key, record) });
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
            Limit: limit + 1, // one more shows whether there is a next page
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
      // Both items may have the same id: the waiting one is returned, so that it can get a verdict.
      return other && (!report || "review" in other) ? unwrap<UntranslatedRecord>(other) : report;
    },

    async writeVerdict(key, verdict) {
      const ofReport = await setVerdict(reportId(key), verdict);
      // If both items have the same id, the verdict applies to both.
      const ofUntranslated = await setVerdict(untranslatedId(key), ofReport ?? verdict);
      return ofReport ?? ofUntranslated;
    },

    async endReview(key) {
      const condition = "#review = :open AND attribute_exists(verdict)";
      await update(reportId(key), { remove: ["review"], condition, values: { ":open": "open" } });
    },
  };
}
