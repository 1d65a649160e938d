/** Stores the objects of an audit, renders its page, and builds the manifest that names them. */

import { type Figures, noTimes } from "../archive/figures.ts";
import type { LackedPart, SnapshotEntry, StoredObject } from "../archive/manifest.ts";
import { findingsName, pageName, type Slot } from "../archive/object-names.ts";
import { describe, leftOver, type Packed, store } from "../archive/object-store.ts";
import { definedOnly } from "../core/defined-only.ts";
import type { AuditDraft, ChainDeps, ChainPosition } from "./chain/append-entry.ts";
import type { EventsPart, ExpectedPart } from "./export-ledger.ts";
import type { Found } from "./find-changes.ts";
import { type DomainList, storeList } from "./list-domains.ts";
import type { PageModel, ReviewsOnPage } from "./page/model.ts";
import { reportPage } from "./page/page.ts";
import type { Past } from "./recent-entries.ts";

export interface AuditParts {
  readonly lists: readonly DomainList[];
  readonly events: EventsPart | undefined;
  readonly expected: ExpectedPart | undefined;
  readonly found: Found;
  readonly reviews: ReviewsOnPage | undefined;
  /** Parts that failed. Parts that fail later are added. */
  readonly lacks: { part: LackedPart; error: string }[];
  readonly attempt: <T>(part: LackedPart, work: () => Promise<T>) => Promise<T | undefined>;
}

export interface DraftDeps extends ChainDeps {
  /** SHA-256 of the policy. */
  readonly policy: string;
  /** SHA-256 of the function's code. */
  readonly build: string;
}

interface Before {
  readonly past: Past;
  readonly position: ChainPosition;
}

export async function createDraft(
  { slot, scheduled }: Slot,
  parts: AuditParts,
  before: Before,
  deps: DraftDeps,
): Promise<AuditDraft> {
  const { lists, events, expected, found, reviews, lacks, attempt } = parts;
  const { archive, policy, build } = deps;
  const leftovers: StoredObject[] = [];
  /** @returns the object with `about`; undefined, and a failed part, if an earlier run stored other bytes under the name. */
  async function stored<T extends object>(part: LackedPart, packed: Packed | undefined, about: T | undefined) {
    if (!packed || !about) return undefined;
    if (await store(packed, archive)) return { ...describe(packed), ...about };
    lacks.push({ part, error: "ERR_ARCHIVE_CONFLICT" });
    leftovers.push(describe(await leftOver(packed.name, archive)));
    return undefined;
  }

  const snapshots: SnapshotEntry[] = [];
  for (const list of lists) {
    const entry = await storeList(list, archive);
    const canary = entry.complete ? found.disabled.canaryOf(entry.domain) : 0;
    snapshots.push(canary > 0 ? { ...entry, canary } : entry);
  }
  const { findings } = found;
  const eventsObject = await stored("events", events?.packed, events && aboutEvents(events));
  // Only together with the events that it was folded from: without them the fold could not be checked.
  const folded = eventsObject && expected;
  const expectedObject = await stored("expected", folded?.packed, folded && aboutExpected(folded));
  const packed = findings && { name: findingsName(slot), bytes: findings.bytes };
  const findingsObject = await stored("findings", packed, findings?.counts);
  const draft: AuditDraft = definedOnly({
    ...{ kind: "audit", slot: slot.toISOString(), scheduled, policy, build, snapshots },
    events: eventsObject,
    expected: expectedObject,
    findings: findingsObject,
    // Only with expected disables: without them every stream would be counted as not ordered by offair.
    figures: expectedObject && figuresOf(parts),
    reviews: reviews?.figures,
  });
  const page = await attempt("page", async () => Buffer.from(reportPage(pageOf(draft, parts, before, deps))));
  const storedPage = await stored("page", page && { name: pageName(slot), bytes: page }, {});
  return definedOnly({
    ...draft,
    page: storedPage,
    leftovers: leftovers.length > 0 ? leftovers : undefined,
    lacks: lacks.length > 0 ? [...lacks] : undefined,
  });
}

const aboutEvents = ({ count, from, until }: EventsPart) => ({ count, from, until });
const aboutExpected = ({ count, until }: ExpectedPart) => ({ count, until });

function figuresOf({ found, expected, events }: AuditParts): Figures {
  const judged = events?.judged.result() ?? [];
  return definedOnly({
    ...found.disabled.counts(),
    ordered: expected?.ordered,
    judged: judged.length > 0 ? judged : undefined, // absent if nobody said anything
    timeToOff: events?.timeToOff ?? noTimes(),
  });
}

function pageOf(
  { snapshots, findings, reviews: _, ...draft }: AuditDraft,
  { found, events, reviews, lacks }: AuditParts,
  { past, position: { end, entriesBefore } }: Before,
  { keys, now }: DraftDeps,
): PageModel {
  const compared = found.findings;
  return definedOnly({
    ...draft,
    writtenAt: now().toISOString(),
    previous: end
      ? { number: end.number, sha256: end.sha256, slot: end.entry?.manifest.slot ?? end.slot ?? draft.slot }
      : null,
    keyId: keys.current.id,
    domains: snapshots,
    disabled: found.disabled.rows(),
    ledgerUntil: findings?.drift && (draft.events?.until ?? past.eventsUntil),
    done: draft.events && events?.done.result(draft.events),
    reviews,
    findings:
      findings &&
      compared &&
      definedOnly({
        object: findings.object,
        diff: compared.isFirst ? undefined : findings,
        drift: findings.drift,
        unasked: findings.unasked,
        listed: compared.onPage,
      }),
    lacks: lacks.length > 0 ? [...lacks] : undefined,
    // Missed hours become entries just before this one, and are shown on this page already.
    history: [...past.history, ...entriesBefore.map(({ entry: { kind, slot } }) => ({ kind, slot }))],
  });
}
