/**
 * Whether a case that waits for a person was decided by its due time. Pure. The first verdict counts, also if it was taken back, and it is
 * compared with the due time that the case had then.
 */
import { definedOnly } from "../core/defined-only.ts";
import { isSampleCase } from "../decisions/report-record.ts";

interface GivenVerdict {
  readonly at: string;
  /** Of a verdict that was taken back: the due time before the case was opened again, if it has another one now. */
  readonly dueAt?: string;
}

/** What a record of the ledger says about its clock. */
export interface CaseClock {
  /** These two tell a sample case. */
  readonly sampled?: number;
  readonly outcome?: string;
  readonly dueAt?: string;
  readonly verdict?: GivenVerdict;
  /** Oldest first. */
  readonly earlierVerdicts?: readonly GivenVerdict[];
}

/** `in-time`, `late`: when the first verdict came. Without a verdict: `open`, and `missed` once the due time is over. */
export type DeadlineState = "in-time" | "late" | "open" | "missed";

export interface Deadline {
  readonly dueAt: string;
  readonly state: DeadlineState;
  /** When the first verdict was given. */
  readonly decidedAt?: string;
}

/**
 * @returns undefined for a record that was never held for review, or was before cases had due times, and for a sample case: its action was
 * carried out, and nothing waits for the verdict.
 */
export function deadlineOf(record: CaseClock, atMs: number): Deadline | undefined {
  if (isSampleCase(record)) return undefined;
  const { dueAt: now, verdict, earlierVerdicts = [] } = record;
  const first = earlierVerdicts[0] ?? verdict;
  const dueAt = first?.dueAt ?? now;
  if (dueAt === undefined) return undefined;
  return definedOnly({ dueAt, state: stateOf(Date.parse(dueAt), first, atMs), decidedAt: first?.at });
}

function stateOf(dueMs: number, first: GivenVerdict | undefined, atMs: number): DeadlineState {
  if (first) return Date.parse(first.at) <= dueMs ? "in-time" : "late";
  return atMs > dueMs ? "missed" : "open";
}
