import { afterEach, describe, expect, it } from "@jest/globals";
import type { Simulator, SimulatorOptions } from "../../../local/live/simulator-types.ts";
import { auditor, DOMAIN, room, startWithClock } from "./client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(more: SimulatorOptions = {}) {
  const started = await startWithClock(more);
  simulator = started.simulator;
  return started;
}

const pushing = () =>
  simulator
    .state()
    .encoders.filter(({ online }) => online)
    .map(({ client_ip }) => client_ip);
const [studio, truck] = [
  { ...room("a"), client_ip: "192.0.2.1", reconnectAfterMs: 3_000 },
  { ...room("a"), client_ip: "192.0.2.2", reconnectAfterMs: null },
];

describe("standby streams", () => {
  it("are switched by Live's own calls, for which no right is needed", async () => {
    const { call } = await start();
    const [user, query] = [auditor, { publish_domain: DOMAIN }];
    const off = { publish_domain: DOMAIN, stream_backup_enable: false };
    expect(await call("GET", "domain/stream-backup", { user, query })).toMatchObject({ status: 200, json: off });
    const on = { ...off, stream_backup_enable: true };
    expect(await call("PUT", "domain/stream-backup", { user, body: on })).toMatchObject({ status: 200, json: on });
    expect((await call("GET", "domain/stream-backup", { user, query })).json).toEqual(on);
    expect(simulator.state().settings.standbyDomains).toEqual([DOMAIN]);
    await call("PUT", "domain/stream-backup", { user, body: off });
    expect(simulator.state().settings.standbyDomains).toEqual([]);
  });

  it.each([
    ["a text for the switch", { publish_domain: DOMAIN, stream_backup_enable: "true" }],
    ["no switch", { publish_domain: DOMAIN }],
    ["another domain", { publish_domain: "push.example.com", stream_backup_enable: true }],
    ["no domain", { stream_backup_enable: true }],
  ])("are not switched by %s", async (_, body) => {
    const { call } = await start();
    expect((await call("PUT", "domain/stream-backup", { body })).status).toBe(400);
    expect(simulator.state().settings.standbyDomains).toEqual([]);
  });

  it("let several encoders push one name; without them, a second one replaces the first", async () => {
    await start();
    simulator.addEncoders([studio, truck]);
    expect(pushing()).toEqual(["192.0.2.2"]);
    simulator.reset();
    simulator.changeSettings({ standbyDomains: [DOMAIN] });
    simulator.addEncoders([studio, truck]);
    expect(pushing()).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(simulator.removeEncoders(room("a"))).toBe(2);
    expect(simulator.events().map(({ kind }) => kind)).toEqual(["started", "started", "stopped", "stopped"]);
  });

  it("are all cut by a pause, or only the primary one, which is the last in order when it comes back", async () => {
    const { call, pass, pause } = await start({ standbyDomains: [DOMAIN] });
    const listed = async () => {
      const { json } = await call("GET", "realtime/streams", { query: { publish_domain: DOMAIN } });
      return json.streams.map(({ client_ip }: { client_ip: string }) => client_ip);
    };
    simulator.addEncoders([studio, truck]);
    await pause();
    expect(pushing()).toEqual([]);
    pass(3_000);
    expect(pushing()).toEqual(["192.0.2.1"]);

    simulator.changeSettings({ switches: { pauseWithStandby: "primary" } });
    simulator.addEncoders([truck]);
    expect(await listed()).toEqual(["192.0.2.1"]);
    await pause();
    expect(pushing()).toEqual(["192.0.2.2"]);
    expect(await listed()).toEqual(["192.0.2.2"]);
    pass(3_000);
    expect(pushing()).toEqual(["192.0.2.2", "192.0.2.1"]);
    await pause();
    expect(pushing()).toEqual(["192.0.2.1"]);
  });

  it("are all cut and refused while the stream is disabled", async () => {
    const { pass } = await start({ standbyDomains: [DOMAIN], switches: { pauseWithStandby: "primary" } });
    simulator.addEncoders([studio, { ...truck, reconnectAfterMs: 1_000 }]);
    simulator.addDisabled([room("a")]);
    pass(10_000);
    expect(pushing()).toEqual([]);
    expect(simulator.state().encoders).toMatchObject([{ refusals: 3 }, { refusals: 10 }]);
  });

  it("leave no interruption in the statistics when one takes over for another", async () => {
    const { call, pass, pause } = await start({
      ...{ standbyDomains: [DOMAIN], switches: { pauseWithStandby: "primary" } },
      statistics: { delayMs: 0 },
    });
    simulator.addEncoders([studio]);
    pass(2_000);
    simulator.addEncoders([truck]);
    pass(2_000);
    await pause();
    pass(6_000);
    const query = { publish_domain: DOMAIN, app: "live", stream: "a" };
    const { json } = await call("GET", "stats/stream-detail", { version: "v2", query });
    expect(json.video_framerate).toMatchObject([{ data_list: Array(10).fill(25) }]);
  });
});
