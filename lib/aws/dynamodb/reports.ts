/**
 * Stores reports with their decisions, and the reviews that wait for a person. An item has `review` only while it waits; `review` and
 * `dueAt` are the key of the index `inReview`, which therefore has only waiting items, the most urgent first.
 */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { issuesOf } from "../../core/issues.ts";
import { parseJson } from "../../core/parse-json.ts";
import { decideCase, endReview, followVerdict, markAlarms, type Refusal } from "../../decisions/cases.ts";
import {
  isForReview,
  type ReportRecord,
  type ReviewRecord,
  type UntranslatedRecord,
  type Verdict,
} from "../../decisions/report-record.ts";
import type { ReportStore, ReviewStore } from "../../decisions/report-store.ts";
import { type Changed, createChangeItem, isCase } from "./cases.ts";
import { appendOnce } from "./item-change.ts";
import { inFigures } from "./past-cases.ts";
import { type Item, type LedgerTable, streamPk, unwrap } from "./table.ts";
import type { Key } from "./time-index.ts";

const reportId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "REPORT" });
const untranslatedId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "UNTRANSLATED" });

const idOf = (record: ReviewRecord): Key => ("report" in record ? reportId(record.key) : untranslatedId(record.key));

/** Removes the reporter's pseudonym, which is kept only in recent reports (a day) and not in the ledger's report. */
export function withoutReporter<T extends Partial<ReportRecord>>(record: T): T {
  if (!record.report) return record;
  const { reporterHash: _personal, ...report } = record.report;
  return { ...record, report };
}

/** The index attribute of an outcome that needs a review. @throws OffairError without a due time: the index would not have the case. */
function inReview(
  key: string,
  { outcome, dueAt }: Pick<ReportRecord, "outcome" | "dueAt">,
): Pick<ReportRecord, "review"> {
  if (!isForReview(key, outcome)) return {};
  if (dueAt === undefined) throw new OffairError("ERR_LEDGER", `${key} is held for review without a due time`);
  return { review: "open" };
}

/** DynamoDB's limit for a partition key. */
const MAX_KEY_BYTES = 2_048;

/** The end of a page. It comes back from the client, so it is validated. */
const pageSchema = z.strictObject({
  pk: z
    .string()
    .startsWith("REPORT#")
    .refine((pk) => Buffer.byteLength(pk) <= MAX_KEY_BYTES, "is too long"),
  sk: z.enum(["REPORT", "UNTRANSLATED"]),
  dueAt: z.iso.datetime(),
});

const formatPage = ({ pk, sk, dueAt }: Item): string =>
  Buffer.from(JSON.stringify({ pk, sk, dueAt })).toString("base64url");

function parsePage(token: string): z.infer<typeof pageSchema> {
  const { data, error } = pageSchema.safeParse(parseJson(Buffer.from(token, "base64url")));
  if (data) return data;
  throw new OffairError("ERR_EVENT_INVALID", "the next page cannot be read: `after` is not the `next` of a page", {
    issues: issuesOf(error),
  });
}

type LedgerReports = Pick<
  ReportStore,
  "readReport" | "recordDecision" | "closeReport" | "changeOutcome" | "takeAppeal" | "addOverturn"
> &
  ReviewStore;

export function createLedgerReports(table: LedgerTable): LedgerReports {
  const { attempt, get, pages, put, update } = table;
  const changeItem = createChangeItem(table);

  /** The item that waits, if one does; else the report's, if it was a case. */
  async function caseItem(key: string): Promise<{ readonly id: Key; readonly record: ReviewRecord } | undefined> {
    const item = await get(reportId(key));
    const report = item && unwrap<ReportRecord>(item);
    const ofReport = report && isCase(report) ? { id: reportId(key), record: report } : undefined;
    if (report?.review) return ofReport;
    const other = await get(untranslatedId(key));
    // Both items may have the same key: the waiting one is returned, so that it can get a verdict.
    if (!other || (ofReport && !("review" in other))) return ofReport;
    return { id: untranslatedId(key), record: unwrap<UntranslatedRecord>(other) };
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

    async takeAppeal(stream, orderNumber, key) {
      const id = { pk: streamPk(stream), sk: `APPEAL#${String(orderNumber).padStart(10, "0")}` };
      if (await put({ ...id, key })) return key;
      for await (const [item] of pages(id.pk, id.sk, 1, true)) if (item) return String(item.key);
      throw new OffairError("ERR_LEDGER", "a stored appeal has disappeared");
    },

    addOverturn: (key, overturn) => appendOnce(table, reportId(key), { list: "overturns", value: overturn }),

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

    async readCase(record) {
      const item = await get(idOf(record));
      return item && unwrap<ReviewRecord>(item);
    },

    async noteAlarms(read, alarms) {
      return "record" in (await changeItem(idOf(read), (record) => markAlarms(record, read, alarms)));
    },

    async readReview(key) {
      return (await caseItem(key))?.record;
    },

    async changeCase(key, change) {
      const found = await caseItem(key);
      return found ? changeItem(found.id, change) : { refusal: { because: "not-in-review" } };
    },

    async writeVerdict(key, verdict, now) {
      const decide = (record: ReviewRecord) => decideCase(record, verdict, now());
      const given = verdictOf(await changeItem(reportId(key), decide), verdict);
      if (!("because" in given)) await changeItem(untranslatedId(key), (record) => followVerdict(record, given));
      else if (given.because === "not-in-review")
        return verdictOf(await changeItem(untranslatedId(key), decide), verdict);
      return given;
    },

    async endReview(key, orderId) {
      await changeItem(reportId(key), (record) => endReview(record, orderId));
    },
  };
}

/** The verdict that the case has now: this one, or an earlier one. */
function verdictOf(changed: Changed, given: Verdict): Verdict | Refusal {
  if ("record" in changed) return changed.record.verdict ?? given;
  return changed.refusal.because === "ended" ? changed.refusal.verdict : changed.refusal;
}
