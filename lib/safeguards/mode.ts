export const isFrozen = (source: string, { frozen = {} }: ModeRecord): boolean => Object.hasOwn(frozen, source);
export type Mode = "observe" | "enforce";

/** Who changed something at run time, when and why. */
export interface ModeChange {
  readonly changedAt: string;
  readonly changedBy: string;
  readonly reason: string;
}

export interface ModeRecord extends Partial<ModeChange> {
  readonly mode: Mode;
  /** Sources on whose word nothing acts, whatever the mode; absent: none. */
  readonly frozen?: Readonly<Record<string, ModeChange>>;
}
