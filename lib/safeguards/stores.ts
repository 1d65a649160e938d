/** Storage of what stops an action: the counters of the action limits, and the mode with its frozen sources. */
import type { LiveStreams, Taken } from "./action-limits.ts";
import type { Mode, ModeChange, ModeRecord } from "./mode.ts";

export interface LimitStore {
  /**
   * Changes what is taken of the limits, in one conditional write. `change` may be asked again, when another worker was faster.
   *
   * @param change - without `taken`, nothing is written.
   */
  changeTaken<T>(change: (taken: Taken) => { readonly taken?: Taken; readonly answer: T }): Promise<T>;
  /** For who is about to change it, and has something else to read as well. Never rejects; nothing rests on it. */
  readTakenAhead(): Promise<void>;
  /** The same, of what one person did alone. @param person - as caller.ts names them. */
  changeSoloUse<T>(
    person: string,
    change: (taken: Taken) => { readonly taken?: Taken; readonly answer: T },
  ): Promise<T>;
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
