/** Pure: the cases that this person has: the first is on the screen, the next one was fetched early. */
import { MAX_SKIPPED } from "../../../lib/operator/contract/limits.ts";
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import type { DryRun } from "./verdicts.ts";

export interface HeldCase {
  readonly shown: ReviewCase;
  /** When it was read, in milliseconds since 1970 by this computer's clock. */
  readonly readAtMs: number;
  /** How far the deployment's clock is ahead of this computer's. */
  readonly aheadMs: number;
  /** What an approval would do. */
  readonly dryRun: DryRun;
}

export interface Shelf {
  readonly cases: readonly HeldCase[];
  /** Cases that this person does not want now, the earliest first. */
  readonly skipped: readonly string[];
}

export const EMPTY: Shelf = { cases: [], skipped: [] };

/**
 * So many are fetched: the one on the screen and the next, and one more for a person who decides faster than a busy deployment answers.
 * More would keep urgent cases from others.
 */
export const wantsMore = ({ cases }: Shelf, isFast: boolean): boolean => cases.length < (isFast ? 3 : 2);

export const keyOf = ({ shown }: HeldCase): string => shown.key;

/**
 * What the deployment must not hand out: what this person has and has decided, and then what was skipped last.
 *
 * @param decided - cases with a decision that is not answered yet.
 * @param except - a case that is asked for again, to hold it for longer.
 */
export function skipList({ cases, skipped }: Shelf, decided: readonly string[], except?: string): string[] {
  const list = new Set([...skipped, ...decided, ...cases.map(keyOf)]);
  if (except !== undefined) list.delete(except);
  return [...list].slice(-MAX_SKIPPED);
}

/** Another version of a case takes the place of the earlier one. */
export function put(shelf: Shelf, held: HeldCase): Shelf {
  const isThere = shelf.cases.some((each) => keyOf(each) === keyOf(held));
  const cases = isThere
    ? shelf.cases.map((each) => (keyOf(each) === keyOf(held) ? held : each))
    : [...shelf.cases, held];
  return { ...shelf, cases };
}

/** A decision on it was taken back: it is on the screen again. */
export const putFirst = (shelf: Shelf, held: HeldCase): Shelf => ({
  ...shelf,
  cases: [held, ...shelf.cases.filter((each) => keyOf(each) !== keyOf(held))],
});

/** Behind the case on the screen. */
export function putNext(shelf: Shelf, held: HeldCase): Shelf {
  const [first, ...rest] = shelf.cases.filter((each) => keyOf(each) !== keyOf(held));
  return { ...shelf, cases: first ? [first, held, ...rest] : [held] };
}

/** Another person may take it. */
export function notHeld({ holder: _, ...shown }: ReviewCase): ReviewCase {
  return shown;
}

export const change = (shelf: Shelf, key: string, changed: (held: HeldCase) => HeldCase): Shelf => ({
  ...shelf,
  cases: shelf.cases.map((each) => (keyOf(each) === key ? changed(each) : each)),
});

export const takeOut = (shelf: Shelf, key: string): Shelf => ({
  ...shelf,
  cases: shelf.cases.filter((each) => keyOf(each) !== key),
});

export const skip = (shelf: Shelf, key: string): Shelf => ({
  ...takeOut(shelf, key),
  skipped: [...shelf.skipped.filter((each) => each !== key), key],
});

/** Milliseconds for which nobody else may take the case; undefined if nobody holds it. */
export function holdLeftMs({ shown: { holder }, aheadMs }: HeldCase, nowMs: number): number | undefined {
  const untilMs = Date.parse(holder?.until ?? "");
  return Number.isNaN(untilMs) ? undefined : untilMs - (nowMs + aheadMs);
}
