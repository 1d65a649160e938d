/**
 * Huawei Cloud Live on the loopback address, as documented: it proves every signature itself, keeps the quotas and the lock of
 * keys, has encoders that push and come back, and calls back whoever asked to be told of that. What nobody knows about the real one is a switch, see settings.ts.
 */
import { createServer } from "node:http";
import type { Stream } from "../../lib/core/stream.ts";
import { listenOnLoopback } from "../kit/http.ts";
import type { CallbackRecord } from "./callbacks.ts";
import { isControl, serveControl } from "./control.ts";
import type { EncoderEvent, EncoderInput } from "./encoders.ts";
import type { Fault, FaultInput } from "./faults.ts";
import { createLiveServer } from "./server.ts";
import { type SettingsInput, settingsSchema } from "./settings.ts";
import { type CallRecord, createWorld, type DisabledInput, type SimulatorState } from "./world.ts";

export { SWITCHES } from "./settings.ts";

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

export async function startSimulator({
  now = () => new Date(),
  ...options
}: SimulatorOptions = {}): Promise<Simulator> {
  const initial = settingsSchema.parse(options);
  const closing = new AbortController();
  let world = createWorld(initial, now);
  const serveLive = createLiveServer(() => world, closing.signal);

  // Node's own limit of 16 KiB of headers would hide the gateway's answer to a long URI
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (incoming, outgoing) => {
    const served = isControl(incoming.url ?? "")
      ? serveControl(simulator, incoming, outgoing)
      : serveLive(incoming, outgoing);
    served.catch((error: unknown) => {
      if (!closing.signal.aborted && !incoming.socket.destroyed) console.error("simulator:", error);
      incoming.socket.destroy();
    });
  });
  const listening = await listenOnLoopback(server, initial.port);

  const simulator: Simulator = {
    url: listening.url,
    close() {
      closing.abort();
      world.close();
      return listening.close();
    },
    state: () => world.state(),
    changeSettings: (change) => world.changeSettings(change),
    addEncoders: (encoders) => world.addEncoders(encoders),
    removeEncoders: (stream) => world.removeEncoders(stream),
    addDisabled: (streams) => world.addDisabled(streams),
    removeDisabled: (stream) => world.removeDisabled(stream),
    calls: (since) => world.calls(since),
    events: (since) => world.events(since),
    callbacks: (since) => world.callbacks(since),
    addFault: (rule) => world.faults.add(rule),
    faults: () => world.faults.all(),
    removeFaults: (id) => world.faults.remove(id),
    reset() {
      world.close();
      world = createWorld(initial, now);
    },
  };
  return simulator;
}
