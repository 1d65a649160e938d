/** The content of the page of an audit: this audit's results, and one point for each hour of the last 30 days. */

import type { AuditManifest, ChainManifest, DriftKind, SnapshotEntry } from "../../archive/manifest.ts";
import type { ReviewFigures } from "../../archive/review-figures.ts";
import { definedOnly } from "../../core/defined-only.ts";
import type { Stream } from "../../core/stream.ts";

/** Rows of the list of disabled streams. The page states how many more there are, and which objects contain them. */
export const MAX_LISTED = 5_000;
/** Findings of each kind. */
export const MAX_FOUND = 200;
/** Batches, requests and rules in the list of what was done. */
export const MAX_DONE = 200;
/** Cases whose due time is over. */
export const MAX_CASES = 200;
/** A list with long names ends earlier, so that a browser can open the page. */
export const MAX_LIST_CHARACTERS = 4_000_000;
export const HISTORY_DAYS = 30;
/** More than the hours of 30 days, because people's audits are in between. The newest points are kept. */
export const MAX_POINTS = 1_000;

export interface PageModel
  extends Pick<AuditManifest, "slot" | "scheduled" | "writtenAt" | "policy" | "build" | "figures" | "lacks"> {
  /** The chain head when the page was written; null if this audit begins the chain. */
  readonly previous: { readonly number: number; readonly sha256: string; readonly slot: string } | null;
  /** Id of the signing key. */
  readonly keyId: string;
  readonly domains: readonly DomainOnPage[];
  /** The first MAX_LISTED rows. */
  readonly disabled: readonly DisabledOnPage[];
  /** End of the ledger's exports, with which the lists were compared; absent if they were not compared. */
  readonly ledgerUntil?: string;
  /** Absent if this audit exported no events. */
  readonly done?: {
    /** The events. */
    readonly object: string;
    readonly from: string;
    readonly until: string;
    /** Entries, including those that are not in `entries`. */
    readonly total: number;
    /** The first MAX_DONE, most orders first. */
    readonly entries: readonly DoneOnPage[];
  };
  /** Absent if the cases that wait for a person could not be read. */
  readonly reviews?: ReviewsOnPage;
  /** Absent if nothing could be compared: no list was complete, or there was none before. */
  readonly findings?: FindingsOnPage;
  /** Oldest first, without this audit. The page leaves out points that are older than HISTORY_DAYS. */
  readonly history: readonly HistoryPoint[];
}

export interface ReviewsOnPage {
  readonly figures: ReviewFigures;
  /** The first MAX_CASES whose due time is over, the longest overdue first. */
  readonly missed: readonly CaseOnPage[];
}

export type DomainOnPage = Pick<
  SnapshotEntry,
  "domain" | "object" | "count" | "canary" | "complete" | "because" | "error" | "passes" | "startedAt" | "endedAt"
>;

export interface DisabledOnPage extends Stream {
  readonly resumeTime: string | null;
  /** The order that it is disabled by. */
  readonly order?: { readonly placedAt: string; readonly reason: string; readonly by: string };
  /** No offair order explains it. Without this and without an order it is not known who disabled the stream. */
  readonly isOthers?: true;
  /** The canary's order. */
  readonly isCanary?: true;
}

/** Disabled streams of a list, without the canary's. */
export const countOf = ({ count, canary = 0 }: Pick<SnapshotEntry, "count" | "canary">): number => count - canary;

/** The orders of one batch or request of an operator, or of one rule. */
export interface DoneOnPage {
  readonly action: string;
  readonly orders: number;
  /** Times at which the first and the last order were placed. */
  readonly first: string;
  readonly last: string;
  /** Earliest and latest resume time; empty if there is none. */
  readonly until: readonly string[];
  readonly by: string;
  /** Of a rule. */
  readonly source?: string;
  readonly policy?: string;
  /** Of an operator. */
  readonly orderId?: string;
  /** Order id of the batch that it undoes. */
  readonly undoes?: string;
  readonly approvedBy?: string;
  readonly isBreakGlass?: boolean;
  readonly reasons: readonly string[];
  readonly moreReasons: boolean;
  readonly outcomes: readonly (readonly [outcome: string, orders: number])[];
  /** If there is only one order. */
  readonly stream?: Stream;
  /** `by` and `planned`: order ids. `isAtOnce`: no stream had to be changed. */
  readonly undone:
    | "no"
    | { readonly by: string }
    | { readonly askedBy: string; readonly isAtOnce: true }
    | { readonly askedBy: string; readonly planned: string }
    | { readonly cancelledBy: string };
}

/** A case that waits for a person. */
export interface CaseOnPage {
  /** `source#id` */
  readonly key: string;
  readonly openedAt: string;
  readonly dueAt: string;
  /** Absent for a message that could not be translated. */
  readonly stream?: Stream;
}

export type AuditFindingKind = "disabled" | "enabled" | "changed" | DriftKind;

export interface FindingOnPage extends Stream {
  readonly kind: AuditFindingKind;
  /** Resume times: in Live's list, and in the ledger or the last complete list. */
  readonly listed?: string | null;
  readonly expected?: string | null;
  /** The evidence in words: the order and who placed it. */
  readonly note?: string;
}

export interface FindingsOnPage {
  readonly object: string;
  /** Absent if there is no earlier complete list. */
  readonly diff?: Readonly<Record<"disabled" | "enabled" | "changed", number>>;
  /** Absent if the ledger could not be read. */
  readonly drift?: Readonly<Record<DriftKind, number>>;
  /** Suspected drift that was neither confirmed nor ruled out. */
  readonly unasked?: number;
  /** The first MAX_FOUND of each kind. */
  readonly listed: readonly FindingOnPage[];
}

export type HistoryPoint =
  | (Pick<AuditManifest, "kind" | "slot" | "scheduled" | "figures" | "reviews"> & {
      readonly domains: readonly Pick<SnapshotEntry, "domain" | "count" | "canary" | "complete">[];
      readonly drift?: Readonly<Record<DriftKind, number>>;
    })
  | { readonly kind: "missed" | "rotation"; readonly slot: string };

/** Turns a chain entry into a point. The manifest contains the numbers, so no other object is read. */
export function historyPoint(entry: ChainManifest): HistoryPoint {
  if (entry.kind !== "audit") return { kind: entry.kind, slot: entry.slot };
  const { slot, scheduled, snapshots, findings, figures, reviews } = entry;
  const domains = snapshots.map(({ domain, count, canary, complete }) =>
    definedOnly({ domain, count, canary, complete }),
  );
  return definedOnly({ kind: "audit", slot, scheduled, domains, drift: findings?.drift, figures, reviews });
}
