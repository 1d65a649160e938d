/** Checks one chain entry, by itself and against the entry before it. Pure. */

import { type ChainEntry, isOfSchedule } from "../../archive/chain-entry.ts";
import { type Envelope, isSignedBy } from "../../archive/dsse.ts";
import { chainManifestName } from "../../archive/manifest.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { finding, type VerificationFinding } from "./finding.ts";
import type { Trust } from "./key-trust.ts";

/** What is known from the entries before. */
export interface VerifyState {
  /** The entry before, if it has the previous number. */
  readonly before?: { readonly number: number; readonly sha256: string; readonly isSuspect: boolean };
  /** The last scheduled hour (epoch, ms), while no entry since then is missing or suspect. */
  readonly slotMs?: number;
  /** Until when the ledger's events are exported (epoch, ms), under the same condition. */
  readonly eventsUntilMs?: number;
}

/** A slot may be a minute ahead of the audit's clock, and clocks are corrected. */
const CLOCK_MS = 5 * MINUTE_MS;

/**
 * Checks that every signature is by a key of the chain. It needs nothing of the content, which is read only after this: a forged entry can
 * have any content.
 */
export function signatureIssue(at: number, envelope: Envelope, trust: Trust): VerificationFinding | undefined {
  const keys = envelope.signatures.map(({ keyid }) => trust.keyOf(keyid));
  if (keys.includes(undefined)) return wrongSigners(at, envelope, trust);
  if (keys.every((key) => key && isSignedBy(envelope, key))) return undefined;
  return finding("altered", chainManifestName(at), "its signature is not valid: it was changed after signing");
}

/** Checks number, key and position 1 of an entry with valid signatures. Returns the first issue only: the others would follow from it. */
export function entryIssue(
  at: number,
  { manifest, envelope }: ChainEntry,
  trust: Trust,
): VerificationFinding | undefined {
  const object = chainManifestName(at);
  if (manifest.number !== at) return finding("reordered", object, `contains the entry of number ${manifest.number}`);
  if (signersOf(envelope) !== inForce(at, trust)) return wrongSigners(at, envelope, trust);
  if ((at === 1) !== (manifest.previous === null)) {
    return finding("altered", object, "only entry 1 may have no entry before it");
  }
  return undefined;
}

const signersOf = ({ signatures }: Envelope): string => signatures.map(({ keyid }) => keyid).join(" and ");
const inForce = (at: number, trust: Trust): string =>
  trust
    .signersOf(at)
    .map(({ id }) => id)
    .join(" and ");

const wrongSigners = (at: number, envelope: Envelope, trust: Trust): VerificationFinding => {
  const message = `is signed by ${signersOf(envelope)}; the key in force here is ${inForce(at, trust)}`;
  return finding("unknown-key", chainManifestName(at), message);
};

/** Checks the place of a correctly signed entry: the hash of the entry before it, and its hour. */
export function orderIssues({ number, manifest }: ChainEntry, { before, slotMs }: VerifyState): VerificationFinding[] {
  const object = chainManifestName(number);
  const issues: VerificationFinding[] = [];
  if (before && !before.isSuspect && manifest.previous !== before.sha256) {
    const message = `is not the entry that number ${number} was written after`;
    issues.push(finding("altered", chainManifestName(before.number), message));
  }
  const slot = Date.parse(manifest.slot);
  if (slot > Date.parse(manifest.writtenAt) + CLOCK_MS) {
    issues.push(finding("altered", object, `was written before its slot ${manifest.slot}`));
  }
  if (!isOfSchedule(manifest)) return issues;
  if (slot % HOUR_MS !== 0) issues.push(finding("altered", object, `its slot ${manifest.slot} is not a full hour`));
  if (slotMs === undefined) return issues;
  if (slot <= slotMs) {
    issues.push(finding("reordered", object, `its hour ${manifest.slot} is not later than the one before`));
  }
  if (slot > slotMs + HOUR_MS) {
    const from = new Date(slotMs + HOUR_MS).toISOString();
    issues.push(finding("missing", object, `there is no entry for the hours from ${from} until ${manifest.slot}`));
  }
  return issues;
}

/** Reports what the audit recorded about its own gaps: a missed hour, an incomplete list, a failed part, a gap between exports. */
export function incompleteness(
  { number, manifest }: ChainEntry,
  { eventsUntilMs }: VerifyState,
): VerificationFinding[] {
  const object = chainManifestName(number);
  if (manifest.kind === "missed") return [finding("incomplete", object, `no audit ran at ${manifest.slot}`)];
  if (manifest.kind !== "audit") return [];
  const { snapshots, lacks = [], events } = manifest;
  const findings = [
    ...snapshots
      .filter(({ complete }) => !complete)
      .map(({ object: name, because }) => finding("incomplete", name, `is not complete: ${because}`)),
    ...lacks.map(({ part, error }) => finding("incomplete", object, `lacks its ${part}: ${error}`)),
  ];
  // An export may overlap the one before: two audits ran at the same time.
  if (events && eventsUntilMs !== undefined && Date.parse(events.from) > eventsUntilMs) {
    const from = new Date(eventsUntilMs).toISOString();
    const message = `the ledger's events from ${from} until ${events.from} are in no export`;
    findings.push(finding("incomplete", events.object, message));
  }
  return findings;
}

/** The state for the next entry. */
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
