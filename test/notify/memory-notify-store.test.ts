import { describe, expect, it } from "@jest/globals";
import { DAY_MS } from "../../lib/core/time.ts";
import { withFaults } from "../support/faulty-store.ts";
import { NOON } from "../support/fixtures.ts";
import { createMemoryNotifyStore } from "../support/memory-notify-store.ts";
import { anEvent, aReport, later } from "./notify-items.ts";
import { notifyStoreContract } from "./notify-store-contract.ts";

notifyStoreContract((now) => {
  const store = createMemoryNotifyStore({ now });
  return { store, write: store.write, writeResult: store.writeResult };
});

describe("the double", () => {
  it("shows a change in its index only after the lag", async () => {
    let now = NOON;
    const store = createMemoryNotifyStore({ now: () => now, lagMs: () => 500 });
    const key = await store.write({ kind: "report", report: aReport() });
    expect(await store.listDue(later(0), 10)).toEqual([]);
    expect(await store.readOutbox(key)).toHaveLength(1);
    now = later(500);
    expect(await store.listDue(later(0), 10)).toHaveLength(1);
  });

  it("knows the last number of a log whose events have expired", async () => {
    const store = createMemoryNotifyStore({ now: () => NOON });
    await store.append([anEvent("type.a", 1)]);
    store.expireEvents(later(90 * DAY_MS));
    expect(await store.tail("type.a", 1)).toEqual({ events: [], last: 1, deliveries: [] });
  });

  it("fails before or after a request is carried out, as the caller says", async () => {
    const inner = createMemoryNotifyStore({ now: () => NOON });
    const faults = ["failed", "lost", "none"] as const;
    let asked = 0;
    const store = withFaults(inner, () => faults[asked++] ?? "none");
    await expect(store.append([anEvent("type.a", 1)])).rejects.toThrow("cannot be reached");
    expect(inner.log("type.a")).toHaveLength(0);
    await expect(store.append([anEvent("type.a", 1)])).rejects.toThrow("cannot be reached");
    expect(inner.log("type.a")).toHaveLength(1);
    expect(await store.append([anEvent("type.a", 1)])).toBe(true);
  });
});
