import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createIncidentWorld, type IncidentWorld } from "../operator-world.ts";

const room = (stream: string) => ({ domain: "push.example.com", app: "live", stream });
const pushed = (stream: string) => ({ ...room(stream), startTime: null, clientAddress: null });

let world: IncidentWorld;
beforeEach(async () => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  world = await createIncidentWorld();
  world.online.push(...["raid-006", "raid-007", "raid-017", "raid-070", "other"].map(pushed));
});

describe.each(["pause", "disable"])("the dry run of a %s", (action) => {
  it("says whether somebody pushes each name, and names the nearest live ones", async () => {
    const { results } = await world.ask({ action, streams: [room("raid-7"), room("raid-007"), room("zzzzzzzzzz")] });
    expect(results.map(({ isLive, nearest }) => ({ isLive, nearest }))).toEqual([
      { isLive: false, nearest: ["raid-007", "raid-017", "raid-070"] },
      { isLive: true, nearest: undefined },
      { isLive: false, nearest: undefined },
    ]);
  });

  it("says nothing of it, and goes on, if Live's list cannot be read", async () => {
    const listOnline = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("Live is away")) }),
    });
    const { ok, results } = await world.ask({ action, streams: [room("raid-7")] }, { listOnline });
    expect([ok, results[0]?.outcome, results[0]?.isLive]).toEqual([true, "planned", undefined]);
  });
});

it("reads the list of an app once, however many names nobody pushes", async () => {
  const asked: unknown[] = [];
  const { listOnline } = world.deps;
  const streams = ["raid-1", "raid-2", "raid-3"].map(room);
  await world.ask(
    { action: "disable", streams },
    {
      listOnline: (domain, filter) => {
        asked.push(filter.stream);
        return listOnline(domain, filter);
      },
    },
  );
  expect(asked).toEqual(["raid-1", "raid-2", "raid-3", undefined]);
});

it("is not asked of a stream that is disabled, of an enable, or of the order itself", async () => {
  const asked: unknown[] = [];
  const change = {
    listOnline: () => {
      asked.push("asked");
      return world.deps.listOnline("push.example.com", {});
    },
  };
  await world.ask({ action: "disable", streams: [room("raid-7")], hours: 24, dryRun: false }, change);
  await world.ask({ action: "disable", streams: [room("raid-7")], hours: 48 }, change);
  await world.ask({ action: "enable", streams: [room("raid-7")] }, change);
  expect(asked).toEqual([]);
});
