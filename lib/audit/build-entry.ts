/** Stores the objects of an audit, renders its page, and builds the manifest that names them. */

import { noTimes } from "../archive/figures.ts";
import type { LackedPart, SnapshotEntry, StoredObject } from "../archive/manifest.ts";
import { findingsName, pageName, type Slot } from "../archive/object-names.ts";
import { describe, leftOver, type Packed, store } from "../archive/object-store.ts";
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
  { lists, events, expected, found, reviews, lacks, attempt }: AuditParts,
  before: Before,
  deps: DraftDeps,
): Promise<AuditDraft> {
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
  const draft: AuditDraft = {
    kind: "audit",
    slot: slot.toISOString(),
    scheduled,
    policy,
    build,
    snapshots,
    ...(eventsObject && { events: eventsObject }),
    ...(expectedObject && { expected: expectedObject }),
    ...(findingsObject && { findings: findingsObject }),
    // Only with expected disables: without them every stream would be counted as not ordered by offair.
    ...(expectedObject && {
      figures: {
        ...found.disabled.counts(),
        ...(expected && { ordered: expected.ordered }),
        ...(events && withJudged(events.judged.result())),
        timeToOff: [...(events?.timeToOff ?? noTimes())],
      },
    }),
    ...(reviews && { reviews: reviews.figures }),
  };
  const page = await attempt("page", async () =>
    Buffer.from(
      reportPage({
        ...pageOf(draft, found, before, deps),
        ...(events && eventsObject && { done: events.done.result(eventsObject) }),
        ...(reviews && { reviews }),
        ...(lacks.length > 0 && { lacks: [...lacks] }),
      }),
    ),
  );
  const storedPage = await stored("page", page && { name: pageName(slot), bytes: page }, {});
  return {
    ...draft,
    ...(storedPage && { page: storedPage }),
    ...(leftovers.length > 0 && { leftovers }),
    ...(lacks.length > 0 && { lacks: [...lacks] }),
  };
}

/** Absent if nobody said anything. */
const withJudged = (judged: ReturnType<EventsPart["judged"]["result"]>) => (judged.length === 0 ? {} : { judged });

const aboutEvents = ({ count, from, until }: EventsPart) => ({ count, from, until });
const aboutExpected = ({ count, until }: ExpectedPart) => ({ count, until });

function pageOf(
  { slot, scheduled, policy, build, snapshots, events, figures, findings }: AuditDraft,
  found: Found,
  { past, position: { end, entriesBefore } }: Before,
  { keys, now }: DraftDeps,
): PageModel {
  const compared = found.findings;
  const ledgerUntil = findings?.drift && (events?.until ?? past.eventsUntil);
  return {
    slot,
    scheduled,
    policy,
    build,
    writtenAt: now().toISOString(),
    previous: end
      ? { number: end.number, sha256: end.sha256, slot: end.entry?.manifest.slot ?? end.slot ?? slot }
      : null,
    keyId: keys.current.id,
    domains: snapshots,
    disabled: found.disabled.rows(),
    ...(figures && { figures }),
    ...(ledgerUntil !== undefined && { ledgerUntil }),
    ...(findings &&
      compared && {
        findings: {
          object: findings.object,
          ...(!compared.isFirst && { diff: findings }),
          ...(findings.drift && { drift: findings.drift }),
          ...(findings.unasked !== undefined && { unasked: findings.unasked }),
          listed: compared.onPage,
        },
      }),
    // Missed hours become entries just before this one, and are shown on this page already.
    history: [...past.history, ...entriesBefore.map(({ entry: { kind, slot } }) => ({ kind, slot }))],
  };
}
