/** Pure: whether somebody who pressed a key or a button can have meant what is on the screen. */

/** Nobody sees a case and presses a key for it within this time: the key was meant for what was there before. */
export const KEY_MS = 150;
/** The second click of a double click is not meant for what the first one brought. */
export const CLICK_MS = 300;
/** Who did not ask for what is on the screen may still type what belonged to what was there before. */
export const PAUSE_MS = 1_000;

export interface Shown {
  /** When the case, or words that arrived by themselves, were painted. Undefined: not yet. */
  readonly paintedAtMs: number | undefined;
  /** When the question last changed. */
  readonly changedAtMs: number;
}

export interface Pressed {
  readonly atMs: number;
  /** By a key that is held down. */
  readonly isRepeated: boolean;
  readonly isClick: boolean;
}

export function isMeant({ atMs, isRepeated, isClick }: Pressed, { paintedAtMs, changedAtMs }: Shown): boolean {
  if (isRepeated || paintedAtMs === undefined || atMs < paintedAtMs + KEY_MS) return false;
  return !isClick || atMs >= changedAtMs + CLICK_MS;
}

/**
 * For what came to the screen by itself: no key is meant for it before the person pressed none for a second.
 *
 * @param quietSinceMs - when it came, or when the last key was pressed.
 * @returns since when no key was pressed after this one; undefined once keys can be meant.
 */
export const quietAfter = (quietSinceMs: number | undefined, atMs: number): number | undefined =>
  quietSinceMs === undefined || atMs >= quietSinceMs + PAUSE_MS ? undefined : atMs;
