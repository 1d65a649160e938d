/**
 * A simulator of Huawei Cloud Live on the loopback address, as documented: it verifies every signature, enforces quotas and the lock of
 * keys, has encoders that push and reconnect, and sends callbacks about pushes. Undocumented behaviour is a switch, see settings.ts.
 */
import { createServer } from "node:http";
import { listenOnLoopback } from "../kit/http.ts";
import { isControl, serveControl } from "./control.ts";
import { createLiveServer } from "./server.ts";
import { settingsSchema } from "./settings.ts";
import type { Simulator, SimulatorOptions } from "./simulator-types.ts";
import { createWorld } from "./world.ts";

export { SWITCH_GROUPS, SWITCHES } from "./settings.ts";

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
    sendCallback: (choice) => world.sendCallback(choice),
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
