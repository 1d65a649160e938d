/** Checks whether the chain reaches as far as the caller requires, and finds objects that no chain entry names. */

import type { Bundle } from "../../archive/bundle.ts";
import { chainManifestName } from "../../archive/manifest.ts";
import { hourOf, parseObjectName } from "../../archive/object-names.ts";
import type { PublicKey } from "../../archive/signing-keys.ts";
import { finding, type VerificationFinding } from "./finding.ts";
import { leftOversOf, type RoomForLeftOvers } from "./left-over.ts";
import type { Summary } from "./summary.ts";

export interface VerifyOptions {
  readonly publicKey: PublicKey;
  /** The chain must begin at this time or before it. Without it, a chain that does not begin with entry 1 is reported as an excerpt. */
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
  if (!from && isExcerpt && first !== undefined) {
    const before = first === 2 ? "number 1 is" : `the numbers 1 to ${first - 1} are`;
    yield finding(
      "excerpt",
      chainManifestName(first - 1),
      `the chain begins with number ${first}: ${before} not in the bundle`,
    );
  }
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

/** Reports objects that no chain entry names. */
export async function* unlistedObjects(
  { bundle, names }: { readonly bundle: Bundle; readonly names: Names },
  { first, isExcerpt }: Summary,
  room: RoomForLeftOvers,
): AsyncGenerator<VerificationFinding> {
  const unnamed = [...names].flatMap(([object, isNamed]) => (isNamed ? [] : [object]));
  const leftOvers = await leftOversOf(unnamed, room, bundle);
  let before = 0;
  for (const object of unnamed) {
    const run = leftOvers.get(object);
    yield run ? leftOver(object, run) : finding("appended", object, "no chain entry names this object");
    const slot = parseObjectName(object)?.slot;
    if (isExcerpt && first && slot && slot.getTime() < Date.parse(first.slot)) before += 1;
  }
  if (first && before > 0) {
    const message = `the chain begins with number ${first.number}, but ${before} objects in the bundle are from hours before it`;
    yield finding("missing", chainManifestName(first.number - 1), message);
  }
}

const leftOver = (object: string, slot: Date): VerificationFinding =>
  finding(
    "left-over",
    object,
    `no chain entry names it: an audit at ${slot.toISOString()} may have stored it and ended before its entry. It is no evidence`,
  );
