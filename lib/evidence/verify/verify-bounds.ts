/** Checks whether the chain reaches as far as the caller requires, and finds objects that no chain entry names. */

import { chainManifestName } from "../../archive/manifest.ts";
import { hourOf } from "../../archive/object-names.ts";
import type { PublicKey } from "../../archive/signing-keys.ts";
import { finding, type VerificationFinding } from "./finding.ts";
import type { Summary } from "./summary.ts";

export interface VerifyOptions {
  readonly publicKey: PublicKey;
  /** The chain must begin at this time or before it. Otherwise an excerpt may begin anywhere, and the summary reports where. */
  readonly from?: Date | undefined;
  /** The chain must contain the scheduled hours up to this time. */
  readonly through?: Date | undefined;
  /** SHA-256 of a stored chain entry, from the ledger, the log or another verification: the chain must contain this entry. */
  readonly head?: string | undefined;
}

/** Every name of the bundle, and whether a chain entry names it. */
export type Names = Map<string, boolean>;

/** @param numbers - of the chain, ascending. */
export function* checkChainBounds(
  { slots, head, isExcerpt }: Summary,
  numbers: readonly number[],
  options: VerifyOptions,
): Generator<VerificationFinding> {
  const [first, last = 0] = [numbers[0], numbers.at(-1)];
  if (first === undefined) yield finding("missing", chainManifestName(1), "the bundle contains no chain");
  const next = chainManifestName(last + 1);
  if (options.head !== undefined && head === undefined) {
    yield finding(
      "truncated",
      next,
      `no entry is the pinned head: the chain ends with number ${last}, or is a different one`,
    );
  }
  const { from, through } = options;
  // Every full hour is scheduled, so the hour that contains the time is enough.
  if (through && !(slots && Date.parse(slots.until) >= hourOf(through).getTime())) {
    const end = slots ? `ends with the hour ${slots.until}` : "has no scheduled hour";
    yield finding("truncated", next, `the chain ${end}, and was to reach ${through.toISOString()}`);
  }
  if (from && isExcerpt && first !== undefined && !(slots && Date.parse(slots.from) <= from.getTime())) {
    const begin = slots ? `begins with the hour ${slots.from}` : "has no scheduled hour";
    yield finding(
      "missing",
      chainManifestName(first - 1),
      `the chain ${begin}, and was to begin by ${from.toISOString()}`,
    );
  }
}

/** Finds objects that no chain entry names: added by somebody, or left by an audit that ended before it wrote its entry. */
export function* unlistedObjects(names: Names, { first, isExcerpt }: Summary): Generator<VerificationFinding> {
  let before = 0;
  for (const [object, isNamed] of names) {
    if (isNamed) continue;
    yield finding("appended", object, "no chain entry names this object");
    if (isExcerpt && first && isBefore(object, first.slot)) before += 1;
  }
  if (first && before > 0) {
    const message = `the chain begins with number ${first.number}, but ${before} objects in the bundle are from hours before it`;
    yield finding("missing", chainManifestName(first.number - 1), message);
  }
}

/** Object names contain their hour: `…/dt=2026-11-21/070000Z.ndjson.gz`. */
function isBefore(object: string, slot: string): boolean {
  const [, day, hour, minute, second] = /\/dt=(\d{4}-\d\d-\d\d)\/(\d\d)(\d\d)(\d\d)Z\./.exec(object) ?? [];
  return day !== undefined && Date.parse(`${day}T${hour}:${minute}:${second}Z`) < Date.parse(slot);
}
