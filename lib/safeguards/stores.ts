/** Storage of the safeguards: the counters of the action limits, and the mode with its frozen sources. */
import type { CounterChange, LiveStreams, Taken } from "./action-limits.ts";
import type { Mode, ModeChange, ModeRecord } from "./mode.ts";
import type { SampleSetting } from "./sample.ts";

export interface LimitStore {
  /**
   * Changes the counters of the action limits in one conditional write.
   *
   * @param change - called again when another worker's write came first; nothing is written if it returns no `taken`.
   * @throws OffairError `ERR_BUSY` when other workers were faster too often.
   */
  changeTaken<T>(change: (taken: Taken) => CounterChange<T>): Promise<T>;
  /** The same for what one operator did without approval. @param person - from `personOf`. */
  changeSoloUse<T>(person: string, change: (taken: Taken) => CounterChange<T>): Promise<T>;
  /** Undefined before the first count. */
  readLiveStreams(): Promise<LiveStreams | undefined>;
}

/** Lists later changes of the mode and of sources, the newest first. */
export type ListModeChanges = (
  after: string,
) => Promise<readonly { readonly changedAt: string; readonly source?: string }[]>;

export interface ModeStore {
  /** `observe` until the mode is set for the first time. */
  readMode(): Promise<ModeRecord>;
  /** Does not change the frozen sources. */
  writeMode(mode: ModeChange & { readonly mode: Mode }): Promise<void>;
  /** Sets the share of actions that are drawn for the sample. */
  writeSample(sample: ModeChange & SampleSetting): Promise<void>;
  /** Freezes a source, or unfreezes it. */
  writeFreeze(source: string, frozen: boolean, change: ModeChange): Promise<void>;
}
