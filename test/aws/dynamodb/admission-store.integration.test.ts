/** One contract for the gate's store: the table that functions share, and the double in memory that stands for it in other tests. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { createAdmissionStore } from "../../../lib/aws/dynamodb/admission-store.ts";
import { OffairError } from "../../../lib/core/errors.ts";
import type { AdmissionStore } from "../../../lib/huawei/admission/admission.ts";
import { FOREVER_MS } from "../../../lib/huawei/admission/key-state.ts";
import { memoryGateStore } from "../../support/gate.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
const NOW = new Date("2026-04-22T12:00:00Z");
let sliceMs = NOW.getTime();
let sliceStart = NOW;
beforeEach(() => {
  sliceMs += 5_000; // a slice of its own for each test
  sliceStart = new Date(sliceMs);
});

const onTable = (user = "worker") => createAdmissionStore(table.current.dynamo, TABLE, user, () => NOW);
const lease = (more: Partial<Parameters<AdmissionStore["takeLease"]>[0]> = {}) => ({
  quota: "block-once" as const,
  sliceStart,
  urgent: false,
  upTo: 2,
  upToWithoutUrgent: 2,
  ...more,
});

describe.each<[string, () => AdmissionStore]>([
  ["on the table", onTable],
  ["in memory", memoryGateStore],
])("the gate's store %s", (name, create) => {
  it("gives so many leases of a slice and no more; the next slice and another quota have their own", async () => {
    const store = create();
    expect(await store.takeLease(lease())).toMatchObject({ granted: true });
    expect(await store.takeLease(lease())).toMatchObject({ granted: true });
    expect(await store.takeLease(lease())).toMatchObject({ granted: false });
    expect(await store.takeLease(lease({ quota: "online" }))).toMatchObject({ granted: true });
    expect(await store.takeLease(lease({ sliceStart: new Date(sliceStart.getTime() + 3_600_000) }))).toMatchObject({
      granted: true,
    });
  });

  it("gives none where nothing may be taken, also of an untouched slice", async () => {
    expect(await create().takeLease(lease({ upTo: 0, upToWithoutUrgent: 0 }))).toMatchObject({ granted: false });
  });

  it("lets racing takers have exactly the budget between them", async () => {
    const store = create();
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, taker) =>
        store.takeLease(lease({ urgent: taker % 2 === 0, upTo: 11, upToWithoutUrgent: 11 })),
      ),
    );
    expect(taken.filter(({ granted }) => granted)).toHaveLength(11);
  });

  it("lets bulk beyond its part only in a slice where the urgent queue was not", async () => {
    const store = create();
    const late = lease({ upTo: 1, upToWithoutUrgent: 3 });
    for (let n = 0; n < 2; n++) expect(await store.takeLease(late)).toMatchObject({ granted: true });
    expect(await store.takeLease(lease({ urgent: true, upTo: 3, upToWithoutUrgent: 3 }))).toMatchObject({
      granted: true,
    });
    const next = lease({ ...late, quota: "read-blocks" });
    expect(await store.takeLease({ ...next, urgent: true })).toMatchObject({ granted: true });
    expect(await store.takeLease(next)).toMatchObject({ granted: false });
  });

  it("gives nothing of a slice that was filled, before or after its first lease", async () => {
    const store = create();
    const later = new Date(sliceStart.getTime() + 3_600_000);
    await store.takeLease(lease());
    await store.blockSlices({ ...lease(), sliceStarts: [sliceStart, later], budget: 2 });
    expect(await store.takeLease(lease())).toMatchObject({ granted: false });
    expect(await store.takeLease(lease({ urgent: true, sliceStart: later }))).toMatchObject({ granted: false });
  });

  it("gives so many leases fewer of a slice that lost some, before or after its first one", async () => {
    for (const quota of ["read-blocks", "write-blocks"] as const) {
      const [store, slice] = [create(), lease({ quota, sliceStart: new Date(sliceStart.getTime() + 7_200_000) })];
      const before =
        quota === "read-blocks" && (await store.takeLease({ ...slice, upTo: 4, upToWithoutUrgent: 4 })).granted;
      await store.forfeitLeases({ ...slice, leases: 2 });
      const taken = await Promise.all(
        [1, 2, 3].map(() => store.takeLease({ ...slice, upTo: 4, upToWithoutUrgent: 4 })),
      );
      expect(taken.filter(({ granted }) => granted)).toHaveLength(before ? 1 : 2);
    }
  });

  it("marks a slice of the usual length for all quotas, and one of another length for its own", async () => {
    const store = create();
    await store.takeLease(lease({ urgent: true }));
    expect(await store.takeLease(lease({ quota: "online", upTo: 0, upToWithoutUrgent: 1 }))).toMatchObject({
      granted: false,
    });
    const tiny = lease({ quota: "online", sliceMs: 70_000, upTo: 0, upToWithoutUrgent: 1 });
    expect(await store.takeLease(tiny)).toMatchObject({ granted: true });
    expect(await store.readSlice(sliceStart)).toEqual({ urgent: true, loans: {} });
  });

  describe("lends a lane", () => {
    const loan = { environment: "one", untilMs: NOW.getTime() + 5_000 };
    const next = () => new Date(sliceStart.getTime() + 3_600_000);

    it("until an urgent call of any quota marks the slice, which sees every loan", async () => {
      const store = create();
      expect(await store.takeLease(lease({ loan }))).toMatchObject({ granted: true });
      await store.takeLease(lease({ loan: { environment: "two", untilMs: 7 } }));
      const urgent = await store.takeLease(lease({ quota: "read-blocks", urgent: true }));
      expect(urgent).toEqual({ granted: true, loans: { one: loan.untilMs, two: 7 } });
      expect(await store.takeLease(lease({ quota: "online", loan }))).toMatchObject({ granted: false });
      expect(await store.takeLease(lease({ quota: "online" }))).toMatchObject({ granted: true });
      expect(await store.readSlice(sliceStart)).toEqual({ urgent: true, loans: { one: loan.untilMs, two: 7 } });
    });

    it("only for a lease that the budget has", async () => {
      const store = create();
      const none = lease({ loan, upTo: 0, upToWithoutUrgent: 0 });
      expect(await store.takeLease(none)).toMatchObject({ granted: false });
      expect(await store.readSlice(sliceStart)).toEqual({ urgent: false, loans: {} });
    });

    it("ahead, unless an urgent call was faster, and takes it back in every slice", async () => {
      const store = create();
      await store.takeLease(lease({ loan }));
      expect(await store.lendAhead({ environment: "one", sliceStart: next() })).toBe(true);
      expect((await store.takeLease(lease({ urgent: true, sliceStart: next() }))).loans).toEqual({ one: 0 });
      expect(await store.lendAhead({ environment: "two", sliceStart: next() })).toBe(false);
      await store.endLoans({ environment: "one", sliceStarts: [sliceStart, next()] });
      expect(await store.readSlice(sliceStart)).toEqual({ urgent: false, loans: {} });
      expect(await store.readSlice(next())).toEqual({ urgent: true, loans: {} });
    });

    it("or gives up of what it never lent", async () => {
      const store = create();
      await store.endLoans({ environment: "one", sliceStarts: [next()] });
      expect(await store.readSlice(next())).toEqual({ urgent: false, loans: {} });
    });
  });

  it("replaces a key's state only for who has seen the newest", async () => {
    const [store, key] = [create(), `${name} ${sliceMs}`];
    expect(await store.readKey(key)).toBeUndefined();
    expect(await store.replaceKey(key, "first", "r1", undefined)).toBe(true);
    expect(await store.replaceKey(key, "also first", "r2", undefined)).toBe(false);
    expect(await store.replaceKey(key, "second", "r3", "r1")).toBe(true);
    expect(await store.replaceKey(key, "also second", "r4", "r1")).toBe(false);
    expect(await store.readKey(key)).toEqual({ state: "second", revision: "r3" });
  });

  it("lets one of those who race for a key's state win", async () => {
    const [store, key] = [create(), `${name} ${sliceMs}`];
    const won = await Promise.all(
      Array.from({ length: 10 }, (_, n) => store.replaceKey(key, `${n}`, `r${n}`, undefined)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.readKey(key))?.state).toBe(`${won.indexOf(true)}`);
  });
});

describe("the gate's store on the table", () => {
  it("keeps Huawei users apart", async () => {
    await onTable("worker").takeLease(lease({ upTo: 1, upToWithoutUrgent: 1 }));
    expect(await onTable("worker").takeLease(lease({ upTo: 1, upToWithoutUrgent: 1 }))).toMatchObject({
      granted: false,
    });
    expect(await onTable("audit").takeLease(lease({ upTo: 1, upToWithoutUrgent: 1 }))).toMatchObject({ granted: true });
    await onTable("worker").replaceKey("k", "of worker", "r", undefined);
    expect(await onTable("audit").readKey("k")).toBeUndefined();
  });

  it("takes a lease with one request, and lets it expire", async () => {
    await onTable().takeLease(lease({ urgent: true }));
    expect(table.current.requests.map(({ command }) => command)).toEqual(["UpdateItemCommand"]);
    const Key = { pk: "RATE#worker", sk: sliceStart.toISOString() };
    const { Item } = await table.current.documents.send(new GetCommand({ TableName: TABLE, Key }));
    expect(Item).toEqual({ ...Key, "used#block-once": 1, urgent: true, expiresAt: NOW.getTime() / 1_000 + 600 });
  });

  it("counts a lease twice rather than not at all when the answer is lost", async () => {
    table.current.loseAnswerOf("UpdateItemCommand");
    expect(await onTable().takeLease(lease())).toMatchObject({ granted: true });
    expect(await onTable().takeLease(lease())).toMatchObject({ granted: false });
  });

  it("knows its own state again when the answer is lost", async () => {
    table.current.loseAnswerOf("UpdateItemCommand");
    expect(await onTable().replaceKey(`lost ${sliceMs}`, "mine", "r1", undefined)).toBe(true);
  });

  it("puts a key into the outbox in the request that blocks it, where it stays when the state changes again", async () => {
    const noted: unknown[] = [];
    const key = `blocked ${sliceMs}`;
    const store = createAdmissionStore(table.current.dynamo, TABLE, "worker", () => NOW, {
      onOutbox: (each) => noted.push(each),
    });
    await store.replaceKey(key, "first", "r1", undefined);
    expect(noted).toEqual([]);
    await store.replaceKey(key, "second", "r2", "r1", { sinceMs: NOW.getTime(), untilMs: NOW.getTime() + 300_000 });
    const Key = { pk: "KEY#worker", sk: key };
    expect(noted).toEqual([Key]);
    await store.replaceKey(key, "third", "r3", "r2");
    const { Item } = await table.current.documents.send(new GetCommand({ TableName: TABLE, Key }));
    expect(Item).toMatchObject({
      ...{ state: "third", revision: "r3", outbox: "open" },
      blocked: { since: NOW.toISOString(), until: new Date(NOW.getTime() + 300_000).toISOString() },
    });
    expect(Item?.outboxAt).toMatch(new RegExp(`^${NOW.toISOString()}#`));
    await store.replaceKey(key, "fourth", "r4", "r3", { sinceMs: NOW.getTime(), untilMs: FOREVER_MS });
    const { Item: later } = await table.current.documents.send(new GetCommand({ TableName: TABLE, Key }));
    expect(later).toMatchObject({ blocked: { since: NOW.toISOString() } });
    expect(later?.blocked).not.toHaveProperty("until");
  });

  it("says ERR_LEDGER where the table does not answer", async () => {
    const nowhere = createAdmissionStore(table.current.dynamo, "no-such-table", "worker", () => NOW);
    for (const asked of [
      () => nowhere.takeLease(lease()),
      () => nowhere.readSlice(sliceStart),
      () => nowhere.lendAhead({ ...lease(), environment: "one" }),
      () => nowhere.endLoans({ ...lease(), environment: "one", sliceStarts: [sliceStart] }),
      () => nowhere.forfeitLeases({ ...lease(), leases: 1 }),
      () => nowhere.blockSlices({ ...lease(), sliceStarts: [sliceStart], budget: 1 }),
      () => nowhere.readKey("k"),
      () => nowhere.replaceKey("k", "s", "r", undefined),
    ]) {
      const error = await Promise.resolve(asked()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(OffairError);
      expect(error).toMatchObject({ code: "ERR_LEDGER" });
    }
  });
});
