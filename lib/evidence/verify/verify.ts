/**
 * Verifies that a bundle is what the audits wrote, using the public key that the caller pinned. Nothing in the bundle is trusted by itself.
 * Objects are read one at a time; only their names stay in memory.
 */

import type { Bundle } from "../../archive/bundle.ts";
import { openEnvelope } from "../../archive/dsse.ts";
import { chainManifestName, chainNumberOf, objectsOf, parseManifest, seemingObjects } from "../../archive/manifest.ts";
import { orUndefined } from "../../core/parse-json.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { chainSegments } from "./chain-segments.ts";
import { finding, type VerificationFinding } from "./finding.ts";
import { findRotations, type Trust, trustFrom } from "./key-trust.ts";
import { createRoomForLeftOvers } from "./left-over.ts";
import { type CheckedEntry, count, EMPTY, type Summary } from "./summary.ts";
import { checkChainBounds, type Names, unlistedObjects, type VerifyOptions } from "./verify-bounds.ts";
import { advance, entryIssue, incompleteness, orderIssues, signatureIssue, type VerifyState } from "./verify-entry.ts";
import { checkObject, readFrom } from "./verify-object.ts";

interface Verification {
  readonly bundle: Bundle;
  readonly names: Names;
  readonly trust: Trust;
}

/** Yields the findings and returns the summary: `collectFindings` collects both. */
export async function* verifyBundle(
  bundle: Bundle,
  options: VerifyOptions,
): AsyncGenerator<VerificationFinding, Summary, undefined> {
  for (const { object, message } of bundle.issues ?? []) yield finding("unreadable", object, message);
  const names: Names = new Map();
  for await (const name of bundle.names()) names.set(name, false);
  const numbers = [...names.keys()].map(chainNumberOf).filter((number) => number !== undefined);
  const trust = trustFrom(options.publicKey, await findRotations(bundle, numbers));
  const { chain, keyEntries } = chainSegments(numbers, new Set(trust.rotations.map(({ number }) => number)));
  const verification = { bundle, names, trust };
  for (const number of keyEntries) yield* (await verifyEntry(number, {}, verification)).findings;

  const { pinnedFrom } = trust;
  const isReplaced = pinnedFrom !== undefined && pinnedFrom > (chain.at(-1) ?? 0);
  let summary: Summary = { ...EMPTY, isExcerpt: chain[0] !== 1, ...(isReplaced && { replacedAt: pinnedFrom }) };
  let state: VerifyState = {};
  const room = createRoomForLeftOvers();
  for (const [index, number] of chain.entries()) {
    const expected = (chain[index - 1] ?? number - 1) + 1;
    if (number !== expected) {
      yield finding("missing", chainManifestName(expected), gap(expected, number - 1));
      state = {};
    }
    const checked = await verifyEntry(number, state, verification);
    yield* checked.findings;
    summary = count(summary, checked, options.head);
    state = advance(state, number, checked.sha256, checked.entry);
    if (checked.entry) room.add(checked.entry);
  }
  yield* checkChainBounds(summary, chain, options);
  yield* unlistedObjects(verification, summary, room);
  return summary;
}

const gap = (from: number, to: number): string =>
  from === to ? "the entry is missing" : `the entries from number ${from} to ${to} are missing`;

/** Checks the signatures first. The content of an entry without valid signatures is not parsed. */
async function verifyEntry(
  number: number,
  state: VerifyState,
  { bundle, names, trust }: Verification,
): Promise<CheckedEntry> {
  const object = chainManifestName(number);
  names.set(object, true);
  const bytes = await readFrom(bundle, object);
  if (!bytes) return { number, findings: [finding("unreadable", object, "cannot be read")], objectsIntact: 0 };
  const checked = { number, sha256: sha256Hex(bytes), objectsIntact: 0 };
  const envelope = orUndefined(() => openEnvelope(bytes));
  if (!envelope) {
    const message = "is not a chain entry, or not in the encoding in which it was stored";
    return { ...checked, findings: [finding("unreadable", object, message)] };
  }
  const forged = signatureIssue(number, envelope, trust);
  if (forged) {
    // The finding on the entry is enough: its objects are not reported as appended.
    for (const name of seemingObjects(envelope.payload)) if (names.has(name)) names.set(name, true);
    return { ...checked, findings: [forged] };
  }
  const manifest = orUndefined(() => parseManifest(envelope.payload));
  if (!manifest) return { ...checked, findings: [finding("unreadable", object, "is signed, and not a chain entry")] };

  const entry = { number, sha256: checked.sha256, manifest, envelope };
  const issue = entryIssue(number, entry, trust);
  const findings = issue ? [issue] : [...orderIssues(entry, state), ...incompleteness(entry, state)];
  let objectsIntact = 0;
  for (const each of objectsOf(manifest)) {
    if (names.has(each.object)) names.set(each.object, true);
    const found = await checkObject(each, names, bundle);
    if (found) findings.push(found);
    else if (!issue) objectsIntact += 1;
  }
  return { ...checked, findings, objectsIntact, ...(!issue && { entry }) };
}

/** Runs a verification to its end and collects its findings and its summary. */
export async function collectFindings(verification: AsyncGenerator<VerificationFinding, Summary, undefined>) {
  const findings: VerificationFinding[] = [];
  for (;;) {
    const { done, value } = await verification.next();
    if (done) return { findings, summary: value };
    findings.push(value);
  }
}
