import type { SampleSetting } from "./sample.ts";

export const isFrozen = (source: string, { frozen = {} }: ModeRecord): boolean => Object.hasOwn(frozen, source);
export type Mode = "observe" | "enforce";

/** Who changed the mode or froze a source, when and why. */
export interface ModeChange {
  readonly changedAt: string;
  readonly changedBy: string;
  readonly reason: string;
}

export interface ModeRecord extends Partial<ModeChange> {
  readonly mode: Mode;
  /** Frozen sources, by name: their reports do not cause actions in either mode. */
  readonly frozen?: Readonly<Record<string, ModeChange>>;
  /** The share of the actions that people look at afterwards, drawn at random. Absent: none. */
  readonly sample?: ModeChange & SampleSetting;
}
