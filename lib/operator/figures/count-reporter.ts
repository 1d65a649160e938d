/** After a statement about a report: counts it for the reporter's record. The figures of sources do not need it. */
import { describeError, logWarn } from "../../core/log.ts";
import type { ReportStore } from "../../decisions/report-store.ts";
import { judge } from "../../precision/judgement.ts";
import type { ReporterStore } from "../../precision/reporter-store.ts";

export interface CountDeps {
  readonly ledger: Pick<ReportStore, "readReport">;
  readonly reporters: ReporterStore;
}

/** A failure is logged: the statement itself is stored, and the record of one reporter is only an aid. */
export async function countForReporter(key: string, { ledger, reporters }: CountDeps): Promise<void> {
  try {
    const record = await ledger.readReport(key);
    const judgement = record && judge(record);
    if (!record || !judgement) return;
    const { isSourceRight: isRight, at } = judgement;
    await reporters.countReport({ key, source: record.report.source }, { isRight, at });
  } catch (failure) {
    logWarn("operator.reporter-not-counted", { key, ...describeError(failure) });
  }
}
