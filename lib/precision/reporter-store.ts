/** Storage of the records of reporters, who are known by their pseudonyms only. */
import type { CountedReport, ReporterRecord } from "./reporter-record.ts";

export interface ReporterLink {
  /** The pseudonym. */
  readonly reporterHash: string;
  /** The link between report and reporter is deleted after this time. */
  readonly expiresAt: string;
}

export interface KnownReporter extends ReporterRecord {
  readonly reporterHash: string;
}

export interface ReporterStore {
  /**
   * Counts a judged report for its reporter, once, or changes what was counted. Does nothing if the reporter is not known any more. If it is
   * interrupted, the report may be missing in the record, but it is never counted twice.
   */
  countReport(report: { readonly key: string; readonly source: string }, judged: CountedReport): Promise<void>;
  /** @param most - of the reporters. */
  listReporters(source: string, most: number): Promise<readonly KnownReporter[]>;
}
