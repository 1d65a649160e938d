import { describe, expect, it } from "@jest/globals";
import { MIN_REPORTS, writeScript } from "../../../../local/exercises/gameday/script.ts";
import type { Step } from "../../../../local/exercises/gameday/script-writer.ts";

const posts = (steps: readonly Step[]) =>
  steps.flatMap(({ atMs, deed }) => (deed.kind === "post" ? [{ atMs, ...deed }] : []));

it("tells the same story for the same seed, and another one for another", () => {
  expect(writeScript(60, 7)).toEqual(writeScript(60, 7));
  expect(writeScript(60, 8).steps).not.toEqual(writeScript(60, 7).steps);
});

describe.each([MIN_REPORTS, 60, 1_000])("a day of %i reports", (reports) => {
  const script = writeScript(reports, 7);

  it("has so many different ones, and its steps in their order", () => {
    expect(new Set(posts(script.steps).map(({ report }) => report.id)).size).toBe(reports);
    const times = script.steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("signs with the old secret only while the source still has it, but for the one who missed the rotation", () => {
    const over = script.steps.find(({ deed }) => deed.kind === "source-keys" && deed.keys.length === 1)?.atMs ?? 0;
    const late = posts(script.steps).filter(({ atMs, signedWith }) => signedWith === "oldSource" && atMs >= over);
    expect(late.map(({ report }) => report.stream.stream)).toEqual(["stale"]);
  });

  it("has work for four workers while the pair is wrong, so that a missing guard cannot go unseen", () => {
    const at = (pair: string) =>
      script.steps.find(({ deed }) => deed.kind === "worker-key" && deed.pair === pair)?.atMs ?? 0;
    const during = posts(script.steps).filter(
      ({ atMs, report }) =>
        atMs > at("wrongPair") && atMs < at("newPair") && report.stream.stream.startsWith("wrong-key"),
    );
    expect(during.length).toBe(10);
  });

  it("has an audit that wants more pages than the share of a minute, so that a missing lease cannot go unseen", () => {
    const { crowd, quotas, share } = script.scale;
    expect((2 * crowd) / 100).toBeGreaterThan(share * quotas.readBlocks);
  });

  it("replaces the key of no second user, because there is none", () => {
    expect(script.users).toMatchObject({ names: ["worker", "audit"], rotated: "worker", changed: undefined });
    expect(script.steps.some(({ deed }) => deed.kind === "huawei-key")).toBe(false);
  });

  it("posts some reports once more when all is over, with a signature that is good then", () => {
    const again = posts(script.steps).filter(({ report }) => script.postedAgain.includes(report.id));
    expect(again.length).toBeGreaterThan(5);
    expect(new Set(again.map(({ signedWith }) => signedWith))).toEqual(new Set(["newSource"]));
  });
});

describe.each([2, 4, 8])("a day with %i users", (workers) => {
  const scripts = [1, 2, 3, 4, 5].map((seed) => writeScript(60, seed, workers));

  it("turns two of them bad, others with other seeds", () => {
    for (const { users, steps } of scripts) {
      expect(users.names).toEqual(expect.arrayContaining([users.rotated, users.changed]));
      expect(users.rotated).not.toBe(users.changed);
      const deeds = steps.flatMap(({ deed }) => (deed.kind === "huawei-key" ? [deed.isChanged] : []));
      expect(deeds).toEqual([true, false]);
    }
    expect(new Set(scripts.map(({ users }) => users.rotated)).size).toBe(Math.min(workers, 5));
  });

  it("has the pace of one user in all, below the limits for all users together", () => {
    const one = writeScript(60, 1).scale;
    for (const { scale, users } of scripts) {
      const { quotas, ceilings } = scale;
      const each = (quota: keyof typeof quotas, callers: number) => Math.min(quotas[quota], ceilings[quota] / callers);
      for (const quota of ["blockOnce", "writeBlocks"] as const) {
        expect(workers * each(quota, workers)).toBeGreaterThanOrEqual(one.quotas[quota]);
      }
      expect(workers * each("readBlocks", users.names.length)).toBeGreaterThanOrEqual(one.quotas.readBlocks / 2);
    }
  });

  it("has an audit that wants more pages than the share of a user, so that a missing lease cannot go unseen", () => {
    for (const {
      scale: { crowd, quotas, ceilings, share },
      users,
    } of scripts) {
      const each = Math.min(quotas.readBlocks, ceilings.readBlocks / users.names.length);
      expect((2 * crowd) / 100).toBeGreaterThan(share * each * users.sizes.audit);
    }
  });
});
