/** The link that an audit becomes: its objects are stored, and described. */

import { noTimes, topReasons } from "../archive/figures.ts";
import type { LackedPart, SnapshotEntry, StoredObject } from "../archive/manifest.ts";
import { findingsName, pageName, type Slot } from "../archive/object-names.ts";
import { type AuditArchive, describe, leftOver, type Packed, store } from "../archive/object-store.ts";
import type { AuditKeys } from "../archive/signing-keys.ts";
import { type AuditDraft, entriesBefore } from "./chain/append-entry.ts";
import type { ChainEnd } from "./chain/chain-end.ts";
import type { EventsPart, ExpectedPart } from "./export-ledger.ts";
import type { Found } from "./find-changes.ts";
import { type DomainList, storeList } from "./list-domains.ts";
import type { PageModel } from "./page/model.ts";
import { reportPage } from "./page/page.ts";
import type { Past } from "./recent-entries.ts";

export interface AuditParts {
  readonly lists: readonly DomainList[];
  readonly events: EventsPart | undefined;
  readonly expected: ExpectedPart | undefined;
  readonly found: Found;
  /** What it should have and has not. */
  readonly lacks: { part: LackedPart; error: string }[];
  readonly attempt: <T>(part: LackedPart, work: () => Promise<T>) => Promise<T | undefined>;
}

export interface DraftDeps {
  readonly archive: AuditArchive;
  readonly keys: AuditKeys;
  readonly now: () => Date;
  readonly policy: string;
  readonly build: string;
}

export async function createDraft(
  { slot, scheduled }: Slot,
  { lists, events, expected, found, lacks, attempt }: AuditParts,
  before: { readonly past: Past; readonly end: ChainEnd | undefined },
  deps: DraftDeps,
): Promise<AuditDraft> {
  const { archive, policy, build } = deps;
  const leftovers: StoredObject[] = [];
  async function stored<T extends object>(part: LackedPart, packed: Packed | undefined, about: T | undefined) {
    if (!packed || !about) return undefined;
    if (await store(packed, archive)) return { ...describe(packed), ...about };
    lacks.push({ part, error: "ERR_ARCHIVE_CONFLICT" });
    leftovers.push(describe(await leftOver(packed.name, archive)));
    return undefined;
  }

  const snapshots: SnapshotEntry[] = [];
  for (const list of lists) snapshots.push(await storeList(list, archive));
  const { findings } = found;
  const eventsObject = await stored("events", events?.packed, events && aboutEvents(events));
  // Only beside the events that it was folded from: nobody could fold it again without them.
  const folded = eventsObject && expected;
  const expectedObject = await stored("expected", folded?.packed, folded && aboutExpected(folded));
  const packed = findings && { name: findingsName(slot), bytes: findings.bytes };
  const findingsObject = await stored("findings", packed, findings?.counts);
  const draft: AuditDraft = {
    kind: "audit",
    slot: slot.toISOString(),
    ...{ scheduled, policy, build, snapshots },
    ...(eventsObject && { events: eventsObject }),
    ...(expectedObject && { expected: expectedObject }),
    ...(findingsObject && { findings: findingsObject }),
    // Without what is expected nobody can say whose a stream is: it would count every one as not by us.
    ...(expectedObject && {
      figures: { ...topReasons(found.disabled.reasons()), timeToOff: [...(events?.timeToOff ?? noTimes())] },
    }),
  };
  const page = await attempt("page", async () =>
    Buffer.from(reportPage({ ...pageOf(draft, found, before, deps), ...(lacks.length > 0 && { lacks: [...lacks] }) })),
  );
  const storedPage = await stored("page", page && { name: pageName(slot), bytes: page }, {});
  return {
    ...draft,
    ...(storedPage && { page: storedPage }),
    ...(leftovers.length > 0 && { leftovers }),
    ...(lacks.length > 0 && { lacks: [...lacks] }),
  };
}

const aboutEvents = ({ count, from, until }: EventsPart) => ({ count, from, until });
const aboutExpected = ({ count, until }: ExpectedPart) => ({ count, until });

function pageOf(
  { slot, scheduled, policy, build, snapshots, figures, findings }: AuditDraft,
  found: Found,
  { past, end }: { readonly past: Past; readonly end: ChainEnd | undefined },
  { keys, now }: DraftDeps,
): PageModel {
  const previous = end && {
    number: end.number,
    sha256: end.sha256,
    slot: end.entry?.manifest.slot ?? end.slot ?? slot,
  };
  const compared = found.findings;
  return {
    ...{ slot, scheduled, policy, build, writtenAt: now().toISOString() },
    previous: previous ?? null,
    keyId: keys.current.id,
    domains: snapshots,
    disabled: found.disabled.rows(),
    ...(figures && { figures }),
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
    // The hours that nobody audited become links just before this one: who looks after an outage sees them.
    history: [
      ...past.history,
      ...entriesBefore({ scheduled, slot }, end, keys).map(({ entry: { kind, slot } }) => ({ kind, slot })),
    ],
  };
}
