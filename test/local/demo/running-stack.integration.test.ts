import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { addEncoders, startPushing } from "../../../local/demo/running-stack.ts";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { Simulator } from "../../../local/live/simulator-types.ts";

const STREAM = { domain: "push.example.com", app: "live", stream: "room-1" };

let simulator: Simulator;
let listener: Server | undefined;
beforeEach(async () => {
  simulator = await startSimulator({ ingestDomains: [STREAM.domain] });
});
afterEach(async () => {
  listener?.close();
  await simulator.close();
});
const pushed = () => simulator.state().encoders.map(({ stream }) => stream);

describe("startPushing", () => {
  it("begins to push a stream once", async () => {
    expect(await startPushing(simulator.url, STREAM)).toBe(true);
    expect(await startPushing(simulator.url, STREAM)).toBe(false);
    expect(pushed()).toEqual(["room-1"]);
  });

  it("resolves when Live has called back about the push", async () => {
    const called: string[] = [];
    const server = createServer((request, response) => {
      called.push(request.url ?? "");
      response.end();
    });
    listener = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/told`;
    simulator.changeSettings({ notifications: [{ domain: STREAM.domain, url, authSignKey: "k".repeat(32) }] });
    expect(await startPushing(simulator.url, STREAM)).toBe(true);
    expect(called).toEqual(["/told"]);
  });

  it.each([
    ["an ingest domain that Live does not know", { ...STREAM, domain: "nowhere.example.com" }],
    ["a name that no stream can have", { ...STREAM, stream: "a\nb" }],
  ])("pushes nothing to %s", async (_, stream) => {
    await addEncoders(simulator.url, [{ ...STREAM, stream: "rival\n" }]); // it reads past what others push
    expect(await startPushing(simulator.url, stream)).toBe(false);
    expect(pushed()).toEqual(["rival\n"]);
  });
});

it("addEncoders says in the simulator's words what is wrong", async () => {
  await expect(addEncoders(simulator.url, [{ ...STREAM, domain: "nowhere.example.com" }])).rejects.toThrow(
    "nowhere.example.com is not an ingest domain",
  );
});
