/**
 * Whether a bundle is what the audits wrote, by a key that the caller pinned: nothing is believed because it stands in the bundle.
 * Objects are read one at a time; what is kept of them is their names.
 */

import type { Bundle } from "../../archive/bundle.ts";
import { type ChainEntry, toEntry } from "../../archive/chain-entry.ts";
import { chainManifestName, chainNumberOf, objectsOf } from "../../archive/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { chainRun } from "./chain-segments.ts";
import type { VerificationFinding } from "./finding.ts";
import { findRotations, type Trust, trustFrom } from "./key-trust.ts";
import type { Names, VerifyOptions } from "./options.ts";
import { type CheckedEntry, count, EMPTY, type Summary } from "./summary.ts";
import { checkChainBounds, unlistedObjects } from "./verify-bounds.ts";
import { advance, entryIssue, incompleteness, orderIssues, type VerifyState } from "./verify-entry.ts";
import { objectIssue, readFrom } from "./verify-object.ts";

/** @returns the summary, after the last finding: `collectFindings` takes both. */
export async function* verifyBundle(
  bundle: Bundle,
  options: VerifyOptions,
): AsyncGenerator<VerificationFinding, Summary, undefined> {
  for (const issue of bundle.issues ?? []) yield { kind: "unreadable", ...issue };
  const names: Names = new Map();
  for await (const name of bundle.names()) names.set(name, false);
  const numbers = [...names.keys()].map(chainNumberOf).filter((number) => number !== undefined);
  const trust = trustFrom(options.publicKey, await findRotations(bundle, numbers));
  const run = chainRun(numbers, new Set(trust.rotations.map(({ number }) => number)));
  for (const number of run.keyEntries) yield* (await verifyEntry(number, {}, trust, bundle, names)).findings;

  const { pinnedFrom } = trust;
  const isBehind = pinnedFrom !== undefined && pinnedFrom > (run.numbers.at(-1) ?? 0);
  let summary: Summary = {
    ...{ ...EMPTY, isExcerpt: run.numbers[0] !== 1 },
    ...(isBehind && { replacedAt: pinnedFrom }),
  };
  let state: VerifyState = {};
  for (const [index, number] of run.numbers.entries()) {
    const expected = (run.numbers[index - 1] ?? number - 1) + 1;
    if (number !== expected) {
      yield { kind: "missing", object: chainManifestName(expected), message: gap(expected, number - 1) };
      state = {};
    }
    const seen = await verifyEntry(number, state, trust, bundle, names);
    yield* seen.findings;
    summary = count(summary, seen, options.head);
    state = advance(state, number, seen.sha256, seen.entry);
  }
  yield* checkChainBounds(summary, run.numbers, options);
  yield* unlistedObjects(names, summary);
  return summary;
}

const gap = (from: number, to: number): string =>
  from === to ? "the link is not there" : `the links from number ${from} to ${to} are not there`;

async function verifyEntry(
  number: number,
  state: VerifyState,
  trust: Trust,
  bundle: Bundle,
  names: Names,
): Promise<CheckedEntry> {
  const object = chainManifestName(number);
  names.set(object, true);
  const bytes = await readFrom(bundle, object);
  if (!bytes)
    return { number, findings: [{ kind: "unreadable", object, message: "cannot be read" }], objectsIntact: 0 };
  const sha256 = sha256Hex(bytes);
  const entry = entryOrNothing(number, bytes);
  if (!entry) {
    const message = "is no link, or not in the spelling in which it was stored";
    return { number, sha256, findings: [{ kind: "unreadable", object, message }], objectsIntact: 0 };
  }
  const issue = entryIssue(number, entry, trust);
  const findings = issue ? [issue] : [...orderIssues(entry, state), ...incompleteness(entry, state)];
  const objects = objectsOf(entry.manifest);
  let objectsIntact = 0;
  for (const each of objects) {
    const found = await objectIssue(each, names.has(each.object), bundle);
    if (found) findings.push(found);
    else if (!issue) objectsIntact += 1;
    if (names.has(each.object)) names.set(each.object, true); // also of a link that is not trusted: that one is named already
  }
  return { number, sha256, findings, ...(!issue && { entry }), objectsIntact };
}

function entryOrNothing(number: number, bytes: Uint8Array): ChainEntry | undefined {
  try {
    return toEntry(number, bytes);
  } catch {
    return undefined;
  }
}

/** For callers that want both; a chain in order has few findings. */
export async function collectFindings(verification: AsyncGenerator<VerificationFinding, Summary, undefined>) {
  const findings: VerificationFinding[] = [];
  for (;;) {
    const { done, value } = await verification.next();
    if (done) return { findings, summary: value };
    findings.push(value);
  }
}
