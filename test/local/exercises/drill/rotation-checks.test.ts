import { expect, it } from "@jest/globals";
import type { DrillRotation } from "../../../../local/exercises/drill/run.ts";
import { score } from "../../../../local/exercises/drill/scorecard.ts";
import type { Call } from "../../../../local/exercises/evidence.ts";
import { call } from "../evidence.ts";
import { RAID, wellDone } from "./good-drill.ts";

const [raider = { domain: "", app: "", stream: "" }] = RAID;
const rotation: DrillRotation = {
  ...{ before: { worker: "old", audit: "a" }, after: { worker: "new", audit: "b" } },
  ...{ keys: { worker: ["new"], audit: ["b"] }, mostKeys: { worker: 2, audit: 2 }, failures: [] },
};
const nowhere = { domain: null, app: null, stream: null };
const iam = (more: Partial<Call> = {}): Call =>
  call(20, "POST", nowhere, { path: "/v5/users/worker/access-keys", status: 201, ak: "old", ...more });
const refused = (count: number, ak = "new"): Call[] =>
  Array.from({ length: count }, (_, index) => call(30 + index, "GET", nowhere, { ak, status: 401, committed: false }));

/** The beginnings of the claims about the rotation that do not hold. */
function broken(change: Partial<DrillRotation> = {}, more: readonly Call[] = [], keys = ["old", "new"]): string[] {
  const well = wellDone();
  const calls = well.calls.map((each, index) => ({ ...each, ak: keys[index % keys.length] ?? null }));
  const happened = ["new key of worker lost", "new key of audit lost"].map((fault) => {
    return { at: "2026-11-22T03:05:00Z", fault, hits: 1, note: "" };
  });
  return score({
    ...{ ...well, calls: [...calls, iam(), ...more], happened: [...well.happened, ...happened] },
    run: { ...well.run, rotate: true, rotation: { ...rotation, ...change } },
  })
    .results.filter(({ failures }) => failures.length > 0)
    .map(({ claim }) => claim.slice(0, 24));
}

it("holds where each user has a new key; calls to IAM are no calls of a stream", () => {
  expect(raider.stream).toBe("raid-1");
  expect(broken()).toEqual([]);
});

it("asks of each user of a pool what it asks of one", () => {
  const pool = {
    ...{ before: { ...rotation.before, "worker-2": "old-2" }, after: { ...rotation.after, "worker-2": "new-2" } },
    ...{ keys: { ...rotation.keys, "worker-2": ["new-2"] }, mostKeys: { ...rotation.mostKeys, "worker-2": 2 } },
  };
  expect(broken(pool)).toEqual([]);
  expect(broken(pool, [], ["old-2", "new"])).toEqual([]);
  expect(broken({ ...pool, keys: { ...pool.keys, "worker-2": ["old-2", "new-2"] } })).toEqual([
    "each Huawei user has one",
  ]);
  expect(broken({ ...pool, mostKeys: { ...pool.mostKeys, "worker-2": 3 } })).toEqual(["no Huawei user ever has "]);
});

it.each<[string, Parameters<typeof broken>, string]>([
  ["an old key that stayed", [{ keys: { worker: ["old", "new"], audit: ["b"] } }], "each Huawei user has one"],
  ["a secret with the old key", [{ after: { worker: "old", audit: "b" } }], "each Huawei user has one"],
  ["three keys", [{ mostKeys: { worker: 3, audit: 2 } }], "no Huawei user ever has "],
  ["a third key that was asked for", [{}, [iam({ status: 409, committed: false })]], "no Huawei user ever has "],
  ["a rotation after the work", [{}, [], ["old"]], "the rotation happened in"],
  ["six failures in a row", [{}, refused(6)], "no key fails more than 5"],
])("finds %s", (_, change, claim) => {
  expect(broken(...change)).toContain(claim);
});

it("allows five failures in a row, and counts those of each key alone", () => {
  expect(broken({}, [...refused(5), ...refused(5, "old")])).toEqual([]);
});
