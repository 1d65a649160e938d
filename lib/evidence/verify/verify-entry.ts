/** What speaks against a link of the chain, by itself and beside the one before it. Pure. */

import { type ChainEntry, isOfSchedule } from "../../archive/chain-entry.ts";
import { isSignedBy } from "../../archive/dsse.ts";
import { chainManifestName } from "../../archive/manifest.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import type { VerificationFinding } from "./finding.ts";
import type { Trust } from "./key-trust.ts";

/** What is known when the next link is looked at. */
export interface VerifyState {
  /** The link before, if it has the number before. */
  readonly before?: { readonly number: number; readonly sha256: string; readonly isSuspect: boolean };
  /** The last slot of the schedule, while no link in between is missing or suspect; epoch, ms. */
  readonly slotMs?: number;
  /** Until when the ledger's events are exported, on the same terms; epoch, ms. */
  readonly eventsUntilMs?: number;
}

/** A slot may lie a minute ahead of the audit's clock, and clocks are corrected. */
const CLOCK_MS = 5 * MINUTE_MS;

/** Whether the link is what the holder of the key in force wrote as this number. One finding says enough. */
export function entryIssue(
  at: number,
  { manifest, envelope }: ChainEntry,
  trust: Trust,
): VerificationFinding | undefined {
  const object = chainManifestName(at);
  if (manifest.number !== at) {
    return { kind: "reordered", object, message: `holds the link of number ${manifest.number}` };
  }
  const signers = trust.signersOf(at);
  const claimed = envelope.signatures.map(({ keyid }) => keyid);
  if (claimed.join() !== signers.map(({ id }) => id).join()) {
    const message = `is signed by ${claimed.join(" and ")}; the pinned key vouches here for ${signers.map(({ id }) => id).join(" and ")}`;
    return { kind: "unknown-key", object, message };
  }
  if (!signers.every((key) => isSignedBy(envelope, key))) {
    return { kind: "altered", object, message: "its signature does not fit: it is not as it was written" };
  }
  if ((at === 1) !== (manifest.previous === null)) {
    return { kind: "altered", object, message: "only number 1 has no link before it" };
  }
  return undefined;
}

/** Of a link that is signed as it should be: its place among the others. */
export function orderIssues({ number, manifest }: ChainEntry, { before, slotMs }: VerifyState): VerificationFinding[] {
  const object = chainManifestName(number);
  const issues: VerificationFinding[] = [];
  if (before && !before.isSuspect && manifest.previous !== before.sha256) {
    const message = `is not the link that number ${number} was written after`;
    issues.push({ kind: "altered", object: chainManifestName(before.number), message });
  }
  const slot = Date.parse(manifest.slot);
  if (slot > Date.parse(manifest.writtenAt) + CLOCK_MS) {
    issues.push({ kind: "altered", object, message: `was written before its slot ${manifest.slot}` });
  }
  if (!isOfSchedule(manifest)) return issues;
  if (slot % HOUR_MS !== 0)
    issues.push({ kind: "altered", object, message: `its slot ${manifest.slot} is no full hour` });
  if (slotMs === undefined) return issues;
  if (slot <= slotMs) {
    issues.push({ kind: "reordered", object, message: `its slot ${manifest.slot} is not later than the one before` });
  }
  if (slot > slotMs + HOUR_MS) {
    const message = `there is no link for the slots from ${new Date(slotMs + HOUR_MS).toISOString()} until ${manifest.slot}`;
    issues.push({ kind: "missing", object, message });
  }
  return issues;
}

/** What the audit says of its own work: no sign of a hand, and nothing to conclude from. */
export function incompleteness(
  { number, manifest }: ChainEntry,
  { eventsUntilMs }: VerifyState,
): VerificationFinding[] {
  const object = chainManifestName(number);
  if (manifest.kind === "missed") {
    return [{ kind: "incomplete", object, message: `no audit ran in the slot ${manifest.slot}` }];
  }
  if (manifest.kind !== "audit") return [];
  const told: VerificationFinding[] = manifest.snapshots
    .filter(({ complete }) => !complete)
    .map(({ object: name, because }) => ({ kind: "incomplete", object: name, message: `is not complete: ${because}` }));
  for (const { part, error } of manifest.lacks ?? []) {
    told.push({ kind: "incomplete", object, message: `lacks its ${part}: ${error}` });
  }
  const { events } = manifest;
  // An export that overlaps the one before repeats it: two audits ran at once.
  if (events && eventsUntilMs !== undefined && Date.parse(events.from) > eventsUntilMs) {
    const message = `the ledger's events from ${new Date(eventsUntilMs).toISOString()} until ${events.from} are in no export`;
    told.push({ kind: "incomplete", object: events.object, message });
  }
  return told;
}

/** What the next link is held against. */
export function advance(
  state: VerifyState,
  at: number,
  sha256: string | undefined,
  entry: ChainEntry | undefined,
): VerifyState {
  const before = { number: at, sha256: sha256 ?? "", isSuspect: !entry };
  if (!entry) return { before };
  const { manifest } = entry;
  const slotMs = isOfSchedule(manifest) ? Date.parse(manifest.slot) : state.slotMs;
  const until = manifest.kind === "audit" && manifest.events ? Date.parse(manifest.events.until) : undefined;
  const eventsUntilMs = Math.max(until ?? Number.NEGATIVE_INFINITY, state.eventsUntilMs ?? Number.NEGATIVE_INFINITY);
  return {
    before,
    ...(slotMs !== undefined && { slotMs }),
    ...(Number.isFinite(eventsUntilMs) && { eventsUntilMs }),
  };
}
