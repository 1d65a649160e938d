/** What the figures read of a stored report: the attributes that the index `figures` projects. */
import type { Decision } from "../decisions/decision.ts";
import type { ReportRecord, Verdict } from "../decisions/report-record.ts";
import type { Overturn } from "../orders/overturn.ts";
import type { Category } from "../reports/claim.ts";

/** The claim and the decision in short, stored beside the report because an index cannot project parts of an attribute. */
export interface Claimed {
  readonly category: Category;
  readonly score?: number;
  readonly action: Decision["action"];
  readonly rule?: string;
  /** The first digits of the hash of the stream. */
  readonly stream: string;
}

export interface PastCase extends Pick<ReportRecord, "key" | "decidedAt" | "outcome" | "review" | "sampled"> {
  readonly claimed: Claimed;
  readonly verdict?: Pick<Verdict, "verdict" | "at">;
  readonly overturns?: readonly Pick<Overturn, "because" | "at">[];
}

export interface CasesOfSource {
  /** Newest first. */
  readonly cases: readonly PastCase[];
  /** False: the source has older reports in the time that was asked for, which were not read. */
  readonly isWhole: boolean;
}

/** Reads the reports of a source that were decided since then. */
export type ReadCases = (source: string, since: Date, until: Date) => Promise<CasesOfSource>;
