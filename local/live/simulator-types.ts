import type { Stream } from "../../lib/core/stream.ts";
import type { CallbackChoice, CallbackRecord } from "./callbacks.ts";
import type { EncoderEvent, EncoderInput } from "./encoders.ts";
import type { Fault, FaultInput } from "./faults.ts";
import type { CallRecord } from "./log.ts";
import type { SettingsInput } from "./settings.ts";
import type { DisabledInput, SimulatorState } from "./world.ts";

export interface SimulatorOptions extends SettingsInput {
  /** The simulator's clock; Live's is `clockOffsetMs` ahead of it. */
  readonly now?: () => Date;
}

/** A change of any settings; quotas, `ceilings`, switches, `statistics` and `callbacks` may be partial. */
export type SettingsChange = Omit<SettingsInput, "port" | "seed">;

/** The control API `/_sim/…` in process. Invalid input throws a ZodError or a RangeError. */
export interface Simulator {
  /** `http://127.0.0.1:…`, without a "/" at the end. */
  readonly url: string;
  /** Closes every connection, including hanging ones. */
  close(): Promise<void>;
  state(): SimulatorState;
  changeSettings(change: SettingsChange | Readonly<Record<string, unknown>>): void;
  addEncoders(encoders: readonly EncoderInput[]): void;
  /** Removes the encoders of one stream, or all. Returns their number. */
  removeEncoders(stream?: Stream): number;
  /** Disables streams without a call to Live; up to a hundred thousand at once. */
  addDisabled(streams: readonly DisabledInput[]): void;
  removeDisabled(stream?: Stream): number;
  /** Calls to Live after number `since`, without calls of the control API. */
  calls(since?: number): CallRecord[];
  events(since?: number): EncoderEvent[];
  /** Attempts of callbacks after number `since`; see `notifications` and `callbacks` of the settings. */
  callbacks(since?: number): CallbackRecord[];
  /** Sends Live's message about the start or end of a push once more, at any time. */
  sendCallback(choice: CallbackChoice): void;
  addFault(rule: FaultInput): Fault;
  faults(): Fault[];
  removeFaults(id?: string): number;
  /** Restores the initial state: settings, streams, logs, locks, faults and the random seed. */
  reset(): void;
}
