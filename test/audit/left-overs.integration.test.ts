/** Audits that die while they store: what they leave behind, and what `verify` says of it. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import type { Archive } from "../../lib/aws/s3-archive.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { DAY_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import { DOMAIN, useAuditWorld } from "../support/audit-world.ts";
import { NOON } from "../support/fixtures.ts";

const world = useAuditWorld();

/** The archive of a process that is killed after it has stored so many objects. */
function dyingAfter(stores: number): { archive: Archive } {
  let left = stores;
  const store: Archive["store"] = async (...args) => {
    if (left-- <= 0) throw new OffairError("ERR_ARCHIVE", "the process was killed");
    await world.archive.store(...args);
  };
  return { archive: { ...world.archive, store } };
}
const dies = (audit: Promise<unknown>) => expect(audit).rejects.toMatchObject({ code: "ERR_ARCHIVE" });

const block = (stream: string) => {
  const resume_time = toSecondsUtc(new Date(NOON.getTime() + 2 * DAY_MS));
  world.live.addDisabled([{ domain: DOMAIN, app: "live", stream, resume_time }]);
};

/** Lists, events, expected disables, findings and page of an audit; then the entry of a missed hour, then its own. */
const STORES = [1, 2, 3, 4, 5, 6, 7];

/** The objects that no entry names, as somebody knows who has counted them. */
async function unnamed(): Promise<string[]> {
  const named = new Set<string>();
  const keys = world.storage.keys(world.bucket);
  for (const key of keys.filter((each) => each.startsWith("manifests/"))) {
    const entry = await world.entry(Number(key.slice(10, 20)));
    for (const [, name = ""] of JSON.stringify(entry).matchAll(/"object":"([^"]+)"/g)) named.add(name);
  }
  return keys.filter((key) => !key.startsWith("manifests/") && !named.has(key));
}

describe("an audit that was killed after it had stored so many objects, and was not repeated, leaves what is told as left over:", () => {
  it.each(STORES)("%i", async (stores) => {
    await dies(world.audit(0, dyingAfter(Math.min(stores, 6)))); // before there is any chain
    block("room-1");
    await world.audit(1);
    await dies(world.audit(2, dyingAfter(Math.min(stores, 6))));
    world.clock += 20 * MINUTE_MS;
    block("room-2");
    await dies(world.byPerson(dyingAfter(Math.min(stores, 6))));
    await dies(world.audit(3, dyingAfter(stores))); // the seventh is the entry of the missed hour
    await world.audit(5);
    await dies(world.audit(6, dyingAfter(Math.min(stores, 6))));
    const leftOvers = await unnamed();
    expect(leftOvers).toHaveLength(4 * Math.min(stores, 6) + Math.min(stores, 6));
    const told = await world.verify();
    expect(told.filter((each) => !each.startsWith("incomplete "))).toEqual(
      leftOvers.map((object) => `left-over ${object}`),
    );
  });
});

describe("beside them, what no audit can have left is a stranger's:", () => {
  const snapshot = (name: string) => `snapshots/domain=${DOMAIN}/dt=2026-11-21/${name}Z.ndjson.gz`;
  const EMPTY = gzipSync("");
  it.each<[string, (stored: (name: string) => Uint8Array) => [string, Uint8Array]]>([
    [
      "a list of a domain that was never listed",
      (stored) => [`snapshots/domain=evil.example/dt=2026-11-21/140000Z.ndjson.gz`, stored(snapshot("140000"))],
    ],
    ["a list of another hour", (stored) => [snapshot("140001"), stored(snapshot("130000"))]],
    [
      "events without a list",
      (stored) => ["events/dt=2026-11-21/143000Z.ndjson.gz", stored("events/dt=2026-11-21/130000Z.ndjson.gz")],
    ],
    ["a page without a list", () => ["pages/dt=2026-11-21/143000Z.html", Buffer.from("<!doctype html>")]],
    [
      "a list of a scheduled hour before the chain's first day",
      () => [snapshot("110000").replace("-21/", "-20/"), EMPTY],
    ],
    ["a list that cannot be read", () => [snapshot("143000"), Buffer.from("rows")]],
    ["a name with another ending", (stored) => [`${snapshot("140000")}.old`, stored(snapshot("140000"))]],
    ["a name in another encoding", (stored) => [snapshot("140000").replace(".", "%2E"), stored(snapshot("140000"))]],
    ["a time that is none", () => [snapshot("246000"), EMPTY]],
    ["a time long before the chain", () => [snapshot("140001").replace("2026-11-21", "2025-11-21"), EMPTY]],
    ["a time after the next audit", () => [snapshot("190000"), EMPTY]],
    ["a key", () => ["audit-key.pem", Buffer.from("key")]],
  ])("%s", async (_, plant) => {
    block("room-1");
    await world.audit(1);
    await dies(world.audit(2, dyingAfter(2)));
    await world.audit(3);
    const [name, bytes] = plant((each) => {
      const stored = world.storage.read(world.bucket, each);
      if (!stored) throw new Error(`there is no ${each}`);
      return stored;
    });
    await world.archive.store(name, bytes, { contentType: "application/octet-stream" });
    expect((await world.verify()).filter((each) => each.startsWith("appended "))).toEqual([`appended ${name}`]);
  });
});
