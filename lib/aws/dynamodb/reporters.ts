/**
 * Stores who reported a report, for a week, and the record of each reporter. The record has no reports: only the first item links a report
 * with its reporter, and DynamoDB deletes it (docs/security.md).
 */
import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { type CountedReport, counted, RECORD_KEPT_MS, type ReporterRecord } from "../../precision/reporter-record.ts";
import type { KnownReporter, ReporterLink, ReporterStore } from "../../precision/reporter-store.ts";
import { isUnchanged } from "./item-change.ts";
import { epochSeconds, type LedgerTable, openTable, parseItem } from "./table.ts";
import type { Key } from "./time-index.ts";

/** Its name begins with neither REPORT nor UNTRANSLATED, so that it is not exported (time-index.ts). */
const RECORD = "RECORD#";

const linkId = (key: string): Key => ({ pk: `REPORT#${key}`, sk: "BY" });
const recordId = (source: string, reporterHash: string): Key => ({
  pk: `REPORTER#${source}`,
  sk: `${RECORD}${reporterHash}`,
});

const PAGE = 500;
/** Verdicts on reports of one reporter at one moment. */
const TRIES = 5;

const linkSchema = z.object({
  reporterHash: z.string(),
  /** What was counted for this report. */
  isRight: z.boolean().exactOptional(),
  countedAt: z.iso.datetime().exactOptional(),
});
const recordSchema = z.object({
  ...{ sk: z.string(), right: z.number(), wrong: z.number(), countedAt: z.iso.datetime() },
  revision: z.string(),
});

/** Of the worker: part of the ledger. */
export const createReporterLinks = ({ put }: LedgerTable) => ({
  async linkReporter(key: string, { reporterHash, expiresAt }: ReporterLink): Promise<void> {
    await put({ ...linkId(key), reporterHash, expiresAt: epochSeconds(new Date(expiresAt)) });
  },
});

/** Of the incident function. */
export function createReporterStore(dynamo: DynamoDBClient, tableName: string): ReporterStore {
  const { get, pages, update } = openTable(dynamo, tableName, () => new Date());

  async function read(id: Key): Promise<(ReporterRecord & { readonly revision: string }) | undefined> {
    const item = await get(id);
    if (!item) return undefined;
    const { right, wrong, countedAt, revision } = parseItem(recordSchema, item, "the record of a reporter");
    return { right, wrong, at: countedAt, revision };
  }

  async function addTo(id: Key, judged: CountedReport, before: CountedReport | undefined): Promise<void> {
    const revision = randomUUID();
    for (let tries = 0; tries < TRIES; tries++) {
      const record = await read(id);
      if (record?.revision === revision) return; // the SDK repeated a request whose response was lost
      const { right, wrong, at: countedAt } = counted(record, judged, before);
      const expiresAt = epochSeconds(new Date(Date.parse(judged.at) + RECORD_KEPT_MS));
      const isWritten = await update(id, {
        set: { right, wrong, countedAt, expiresAt, revision },
        ...{ condition: isUnchanged("revision", record?.revision), values: { ":before": record?.revision } },
      });
      if (isWritten) return;
    }
    throw new OffairError("ERR_BUSY", "other verdicts on this reporter's reports were faster too often");
  }

  return {
    async countReport({ key, source }, judged) {
      const item = await get(linkId(key));
      if (!item) return;
      const { reporterHash, isRight, countedAt } = parseItem(linkSchema, item, `the reporter of ${key}`);
      const before = isRight === undefined || countedAt === undefined ? undefined : { isRight, at: countedAt };
      if (isRight === judged.isRight) return;
      const revision = randomUUID();
      const isWritten = await update(linkId(key), {
        set: { isRight: judged.isRight, countedAt: judged.at, revision },
        condition: `attribute_exists(pk) AND ${isUnchanged("countedAt", before?.at)}`,
        values: { ":before": before?.at },
      });
      // Also ours if the SDK repeated a request whose response was lost.
      const isOurs = isWritten || (await get(linkId(key)))?.revision === revision;
      if (isOurs) await addTo(recordId(source, reporterHash), judged, before);
    },

    async listReporters(source, most) {
      const reporters: KnownReporter[] = [];
      for await (const items of pages(`REPORTER#${source}`, RECORD, PAGE, true)) {
        for (const item of items) {
          const { sk, right, wrong, countedAt } = parseItem(recordSchema, item, "the record of a reporter");
          reporters.push({ reporterHash: sk.slice(RECORD.length), right, wrong, at: countedAt });
        }
        if (reporters.length >= most) break;
      }
      return reporters.slice(0, most);
    },
  };
}
