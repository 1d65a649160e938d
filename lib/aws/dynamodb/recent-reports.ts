/** Stores recent reports on a stream by reporter, for rules that need corroboration. They expire by DynamoDB's TTL. */
import { sha256Hex } from "../../core/sha256.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { ReportStore } from "../../decisions/report-store.ts";
import type { RecentReport } from "../../reports/recent-report.ts";
import { epochSeconds, type Item, type LedgerTable, listItems, streamPk, unwrap } from "./table.ts";

const PAGE = 200;

const reporterSk = ({ source, category, reporterHash = "" }: RecentReport): string =>
  `SEEN#${sha256Hex(JSON.stringify([source, category, reporterHash]))}`;

const toItem = ({ expiresAt, ...sighting }: RecentReport): Item => ({
  ...sighting,
  expiresAt: epochSeconds(new Date(expiresAt)),
});
const toSighting = (item: Item): RecentReport => ({
  ...unwrap<RecentReport>(item),
  expiresAt: new Date(Number(item.expiresAt) * SECOND_MS).toISOString(),
});

const newestFirst = (a: RecentReport, b: RecentReport): number =>
  a.receivedAt === b.receivedAt ? (a.key < b.key ? -1 : 1) : a.receivedAt < b.receivedAt ? 1 : -1;

export function createRecentReports(table: LedgerTable): Pick<ReportStore, "addRecentReport" | "recentReports"> {
  return {
    async addRecentReport(stream, sighting) {
      await table.update(
        { pk: streamPk(stream), sk: reporterSk(sighting) },
        { set: toItem(sighting), condition: "attribute_not_exists(pk) OR #receivedAt < :receivedAt" },
      );
    },

    async recentReports(stream, since) {
      const items = await listItems(table, streamPk(stream), "SEEN#", PAGE);
      return items
        .map(toSighting)
        .filter(({ receivedAt }) => receivedAt >= since)
        .sort(newestFirst);
    },
  };
}
