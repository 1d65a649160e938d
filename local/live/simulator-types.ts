import type { Stream } from "../../lib/core/stream.ts";
import type { CallbackRecord } from "./callbacks.ts";
import type { EncoderEvent, EncoderInput } from "./encoders.ts";
import type { Fault, FaultInput } from "./faults.ts";
import type { SettingsInput } from "./settings.ts";
import type { CallRecord, DisabledInput, SimulatorState } from "./world.ts";

export interface SimulatorOptions extends SettingsInput {
  /** Our clock; Live's is `clockOffsetMs` ahead of it. */
  readonly now?: () => Date;
}

/** What a settings change may hold: anything, also single quotas, switches and parts of `callbacks`. */
export type SettingsChange = Omit<SettingsInput, "port" | "seed">;

/** The same as the control API `/_sim/…`, in process. What is not as documented throws a ZodError or a RangeError. */
export interface Simulator {
  /** `http://127.0.0.1:…`, without a "/" at the end. */
  readonly url: string;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
  state(): SimulatorState;
  changeSettings(change: SettingsChange | Readonly<Record<string, unknown>>): void;
  addEncoders(encoders: readonly EncoderInput[]): void;
  /** Of one stream, or all of them; tells how many went. */
  removeEncoders(stream?: Stream): number;
  /** Disables streams behind Live's back, also a hundred thousand at once. */
  addDisabled(streams: readonly DisabledInput[]): void;
  removeDisabled(stream?: Stream): number;
  /** Calls to Live after number `since`; the control API's own are not among them. */
  calls(since?: number): CallRecord[];
  events(since?: number): EncoderEvent[];
  /** Attempts to tell somebody of a push, after number `since`: see `notifications` and `callbacks` of the settings. */
  callbacks(since?: number): CallbackRecord[];
  addFault(rule: FaultInput): Fault;
  faults(): Fault[];
  removeFaults(id?: string): number;
  /** Everything as it was at the start: settings, streams, logs, locks, faults and the dice. */
  reset(): void;
}
