/** Whether the chain reaches as far as the caller knows it should, and what lies beside it. */

import { chainManifestName } from "../../archive/manifest.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { VerificationFinding } from "./finding.ts";
import type { Names, VerifyOptions } from "./options.ts";
import type { Summary } from "./summary.ts";

/** The schedule has every full hour, so a time is reached by the slot at or before it. */
const hourOf = (time: Date): number => Math.floor(time.getTime() / HOUR_MS) * HOUR_MS;

export function* checkChainBounds(
  { slots, head, isExcerpt }: Summary,
  numbers: readonly number[],
  options: VerifyOptions,
): Generator<VerificationFinding> {
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === undefined || last === undefined) {
    yield { kind: "missing", object: chainManifestName(1), message: "there is no chain in this bundle" };
  }
  const next = chainManifestName((last ?? 0) + 1);
  if (options.head !== undefined && head === undefined) {
    const message = `the pinned head is none of the links: the chain ends with number ${last ?? 0}, or is another one`;
    yield { kind: "truncated", object: next, message };
  }
  if (options.through && !(slots && Date.parse(slots.until) >= hourOf(options.through))) {
    const message = `the chain ends with the slot ${slots?.until ?? "of none"}, before ${options.through.toISOString()}`;
    yield { kind: "truncated", object: next, message };
  }
  if (
    options.from &&
    isExcerpt &&
    first !== undefined &&
    !(slots && Date.parse(slots.from) <= options.from.getTime())
  ) {
    const message = `the chain begins with the slot ${slots?.from ?? "of none"}, after ${options.from.toISOString()}`;
    yield { kind: "missing", object: chainManifestName(first - 1), message };
  }
}

/** What no link answers for. An audit that ended before its link was written leaves such, and so does whoever adds something. */
export function* unlistedObjects(names: Names, { first, isExcerpt }: Summary): Generator<VerificationFinding> {
  let before = 0;
  for (const [object, isAnsweredFor] of names) {
    if (isAnsweredFor) continue;
    yield { kind: "appended", object, message: "no link of the chain answers for it" };
    if (isExcerpt && first && isBefore(object, first.slot)) before += 1;
  }
  if (first && before > 0) {
    const message = `the chain begins with number ${first.number}, but ${before} objects here are of slots before it`;
    yield { kind: "missing", object: chainManifestName(first.number - 1), message };
  }
}

/** Objects are named by their slot: `…/dt=2026-11-21/070000Z.ndjson.gz`. */
function isBefore(object: string, slot: string): boolean {
  const [, day, hour, minute, second] = /\/dt=(\d{4}-\d\d-\d\d)\/(\d\d)(\d\d)(\d\d)Z\./.exec(object) ?? [];
  return day !== undefined && Date.parse(`${day}T${hour}:${minute}:${second}Z`) < Date.parse(slot);
}
