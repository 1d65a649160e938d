/** What figures are made of, in memory: the reports of a ledger as cases, and the records of reporters. */
import { isOfCanary } from "../../lib/core/canary.ts";
import { definedOnly } from "../../lib/core/defined-only.ts";
import { streamKey } from "../../lib/core/stream.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { CasesOfSource, PastCase } from "../../lib/precision/past-case.ts";
import { type CountedReport, counted, type ReporterRecord } from "../../lib/precision/reporter-record.ts";
import type { ReporterStore } from "../../lib/precision/reporter-store.ts";

export function casesOf(records: Iterable<ReportRecord>, source: string, since: Date, until: Date): CasesOfSource {
  const cases = [...records]
    .filter(
      ({ key, report, decision }) =>
        report.source === source && !isOfCanary(key) && !decision.republish && !report.appeal,
    )
    .filter(({ decidedAt }) => decidedAt >= since.toISOString() && decidedAt <= until.toISOString())
    .sort((a, b) => (a.decidedAt < b.decidedAt ? 1 : -1))
    .map(({ key, report, decision, decidedAt, outcome, review, sampled, verdict, overturns }): PastCase => {
      const { category, score, stream } = report;
      const { action, rule } = decision;
      const claimed = definedOnly({ category, score, action, rule, stream: streamKey(stream) });
      return definedOnly({ key, decidedAt, claimed, outcome, review, sampled, verdict, overturns });
    });
  return { cases, isWhole: true };
}

/** @returns the store, and the function of the ledger that links a report with its reporter. */
export function createMemoryReporters() {
  const links = new Map<string, { readonly reporterHash: string; counted?: CountedReport }>();
  const records = new Map<string, Map<string, ReporterRecord>>();
  const store: ReporterStore = {
    async countReport({ key, source }, judged) {
      const link = links.get(key);
      if (!link || link.counted?.isRight === judged.isRight) return;
      const ofSource = records.get(source) ?? new Map<string, ReporterRecord>();
      ofSource.set(link.reporterHash, counted(ofSource.get(link.reporterHash), judged, link.counted));
      records.set(source, ofSource);
      link.counted = judged;
    },
    async listReporters(source, most) {
      const all = [...(records.get(source) ?? [])].map(([reporterHash, record]) => ({ reporterHash, ...record }));
      return all.slice(0, most);
    },
  };
  const linkReporter = async (key: string, { reporterHash }: { readonly reporterHash: string }): Promise<void> => {
    if (!links.has(key)) links.set(key, { reporterHash });
  };
  return { store, linkReporter };
}
