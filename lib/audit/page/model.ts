/** What the page of an audit shows: what the audit has at hand, and a line of each slot of the last 30 days. */

import type { Figures } from "../../archive/figures.ts";
import type { AuditManifest, ChainManifest, DriftKind, SnapshotEntry } from "../../archive/manifest.ts";

/** Of one list on the page. What is over it is counted, and the object that has it is named. */
export const MAX_LISTED = 5_000;
/** Of what an audit found, by kind. */
export const MAX_FOUND = 200;
/** A list ends earlier where its names are long: a page is to be opened. */
export const MAX_LIST_CHARACTERS = 4_000_000;
export const HISTORY_DAYS = 30;
/** More than every hour of them: persons' audits come in between. The newest stay. */
export const MAX_POINTS = 1_000;

export interface PageModel {
  readonly slot: string;
  /** By the schedule; or by a person, in between. */
  readonly scheduled: boolean;
  readonly writtenAt: string;
  /** SHA-256 of the policy and of the bundle that ran. */
  readonly policy: string;
  readonly build: string;
  /** The head of the chain when the page was written; null where this audit begins it. */
  readonly previous: { readonly number: number; readonly sha256: string; readonly slot: string } | null;
  /** Of the key that signs. */
  readonly keyId: string;
  readonly domains: readonly DomainOnPage[];
  /** The first MAX_LISTED rows are enough. */
  readonly disabled: readonly DisabledOnPage[];
  /** Absent where the ledger could not be read. */
  readonly figures?: Figures;
  /** Absent where nothing could be compared: no list was complete, or there was none before. */
  readonly findings?: FindingsOnPage;
  /** What the audit should have and has not, each with the code of the error. */
  readonly lacks?: AuditManifest["lacks"];
  /** Oldest first, without this slot; what is older than HISTORY_DAYS is left out by the page. */
  readonly history: readonly HistoryPoint[];
}

export type DomainOnPage = Pick<
  SnapshotEntry,
  "domain" | "object" | "count" | "complete" | "because" | "error" | "passes" | "startedAt" | "endedAt"
>;

export interface StreamOnPage {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
}

export interface DisabledOnPage extends StreamOnPage {
  readonly resumeTime: string | null;
  /** From the order that is in force; absent where none of ours is. */
  readonly order?: { readonly placedAt: string; readonly reason: string; readonly by: string };
}

export type AuditFindingKind = "disabled" | "enabled" | "changed" | DriftKind;

export interface FindingOnPage extends StreamOnPage {
  readonly kind: AuditFindingKind;
  /** Resume times: what Live lists, and what the ledger or the last complete list has. */
  readonly listed?: string | null;
  readonly expected?: string | null;
  /** In words: the order, who placed it, what was asked and answered. */
  readonly note?: string;
}

export interface FindingsOnPage {
  readonly object: string;
  /** Absent: there is no complete list from before. */
  readonly diff?: Readonly<Record<"disabled" | "enabled" | "changed", number>>;
  /** Absent: the ledger could not be read. */
  readonly drift?: Readonly<Record<DriftKind, number>>;
  /** Suspects of drift of which nothing is known: there was no time to ask, or no answer. */
  readonly unasked?: number;
  /** Of each kind, the first MAX_FOUND are enough. */
  readonly listed: readonly FindingOnPage[];
}

export type HistoryPoint =
  | {
      readonly kind: "audit";
      readonly slot: string;
      readonly scheduled: boolean;
      readonly domains: readonly Pick<SnapshotEntry, "domain" | "count" | "complete">[];
      readonly drift?: Readonly<Record<DriftKind, number>>;
      readonly figures?: Figures;
    }
  | { readonly kind: "missed" | "rotation"; readonly slot: string };

/** @param link - of the chain; its numbers stand in it, so no other object is read. */
export function historyPoint(entry: ChainManifest): HistoryPoint {
  if (entry.kind !== "audit") return { kind: entry.kind, slot: entry.slot };
  const { slot, scheduled, snapshots, findings, figures } = entry;
  return {
    ...{ kind: "audit", slot, scheduled },
    domains: snapshots.map(({ domain, count, complete }) => ({ domain, count, complete })),
    ...(findings?.drift && { drift: findings.drift }),
    ...(figures && { figures }),
  };
}
