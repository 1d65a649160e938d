/** Storage of what stops an action: the counters of the action limits, and the mode with its frozen sources. */
import type { CounterChange, LiveStreams, Taken } from "./action-limits.ts";
import type { Mode, ModeChange, ModeRecord } from "./mode.ts";

export interface LimitStore {
  /**
   * Changes what is taken of the limits, in one conditional write. `change` may be asked again, when another worker was faster.
   *
   * @param change - without `taken`, nothing is written.
   */
  changeTaken<T>(change: (taken: Taken) => CounterChange<T>): Promise<T>;
  /** The same, of what one person did alone. @param person - as caller.ts names them. */
  changeSoloUse<T>(person: string, change: (taken: Taken) => CounterChange<T>): Promise<T>;
  /** Undefined while nobody has counted. */
  readLiveStreams(): Promise<LiveStreams | undefined>;
}

export interface ModeStore {
  /** `observe` until somebody has said otherwise. */
  readMode(): Promise<ModeRecord>;
  /** Leaves alone what is frozen. */
  writeMode(mode: ModeChange & { readonly mode: Mode }): Promise<void>;
  /** Freezes a source, or lets it act again. */
  writeFreeze(source: string, frozen: boolean, change: ModeChange): Promise<void>;
}
