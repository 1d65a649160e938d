/** Four days of audits with two changes of the key, and two streams that are off. */
import { jest } from "@jest/globals";
import type { Objects } from "../support/chain.ts";
import { createWorld } from "./world.ts";

const ROOM = { domain: "push.example.com", app: "live", stream: "room-42" };

/** The day that is exported. */
export const DAYS = ["--from", "2026-03-14", "--to", "2026-03-14"];

export async function exportedObjects(): Promise<Objects> {
  jest.spyOn(console, "info").mockImplementation(() => {});
  const world = createWorld();
  world.disable(ROOM, "2026-03-13T10:10:00.000Z", { hours: 72 });
  world.disable({ ...ROOM, stream: "room-43" }, "2026-03-14T23:57:00.000Z");
  const seeds = (slot: string) => (slot < "2026-03-12T06" ? [1] : slot < "2026-03-15T06" ? [2, 1] : [3, 2]);
  await world.run("2026-03-12T00:00:00.000Z", "2026-03-16T00:00:00.000Z", (slot) => ({ seeds: seeds(slot) }));
  return world.objects;
}
