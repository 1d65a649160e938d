import { describe, expect, it } from "@jest/globals";
import { billedMs, emptyReceives, gbSeconds } from "../../../scripts/cost/assumptions.ts";
import { one, readCounted, sceneOf } from "../../../scripts/cost/counts.ts";
import { costOfSteps, floorOfDisable, floorOfIdleMonth } from "../../../scripts/cost/floor.ts";
import { idleMonth, idleParts, monthOf } from "../../../scripts/cost/month.ts";
import { PLATFORMS } from "../../../scripts/cost/platforms.ts";
import { add, ITEMS, PRICES, times, usdOf } from "../../../scripts/cost/prices.ts";
import { type Written, writesOf } from "../../../scripts/cost/writes.ts";

const counted = readCounted();

describe("a price", () => {
  it("is multiplied by what was used: a million requests of Lambda and 400 GB-seconds", () => {
    expect(usdOf({ lambdaRequests: 1_000_000, lambdaGbSeconds: 400 })).toBeCloseTo(0.2 + 0.00533, 5);
  });

  it.each(ITEMS)("%s has a page of AWS, and a date or none", (item) => {
    const { url, usd, dated } = { dated: undefined, ...PRICES[item] };
    expect(url).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(usd).toBeGreaterThan(0);
    expect(dated ?? "2026-01-01").toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it("adds and multiplies", () => {
    expect(add({ readUnits: 1 }, times({ readUnits: 2, writeUnits: 1 }, 3))).toEqual({ readUnits: 7, writeUnits: 3 });
  });
});

describe("what is assumed", () => {
  it("bills whole milliseconds, and a function of 512 MB has 0.29 of a core", () => {
    expect(billedMs(100, 10, 512)).toBe(135);
    expect(billedMs(0.2, 0, 1_769)).toBe(1);
    expect(gbSeconds(1_000, 512)).toBe(0.5);
  });

  it("polls an empty queue with five polls of 20 seconds: 657,000 in a month", () => {
    expect(emptyReceives(1)).toBe(657_000);
  });
});

describe("the stored counts", () => {
  it("have what every report does: a request, a message, and a write before the call", () => {
    for (const kind of ["ignored", "reviewed", "paused", "disabled"]) {
      const { gatewayRequests, sqsRequests = 0, writeUnits = 0 } = one(counted, `report ${kind}`);
      expect(gatewayRequests).toBe(1);
      expect(sqsRequests).toBeGreaterThanOrEqual(3);
      expect(writeUnits).toBeGreaterThan(2);
    }
  });

  it("have every request of each report: none was lost with a connection whose owner was not found", () => {
    const all = [
      "worker dynamodb GetItem CONTROL MODE",
      "worker dynamodb PutItem REPORT REPORT",
      "notify dynamodb PutItem EVENT N",
    ];
    for (const kind of ["ignored", "reviewed", "paused", "disabled"]) {
      const { operations, times: number } = sceneOf(counted, `report ${kind}`);
      const lacking = all.filter((name) => (operations[name]?.requests ?? 0) < number);
      expect(lacking).toEqual([]);
    }
  });

  it("cost more the more is done: ignored, reviewed, disabled; and audits by what they list", () => {
    const rising = [
      ["report ignored", "report reviewed", "report disabled"],
      ["idle audit", "audit of 10 k", "audit of 100 k"],
    ];
    for (const names of rising) {
      const costs = names.map((name) => usdOf(one(counted, name)));
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
    }
  });

  it("are above their floor", () => {
    const scene = sceneOf(counted, "report disabled");
    expect(usdOf(costOfSteps(scene, floorOfDisable(scene)))).toBeLessThan(usdOf(one(counted, "report disabled")));
    expect(usdOf(add(...Object.values(floorOfIdleMonth(counted))))).toBeLessThan(usdOf(idleMonth(counted)));
  });
});

describe("what a report that disables writes", () => {
  const scene = sceneOf(counted, "report disabled");
  const steps = floorOfDisable(scene);
  const written = writesOf(scene, steps);
  const sum = (of: (each: Written) => number) => written.reduce((total, each) => total + of(each), 0);

  it("is every write unit that was counted, and every one of the floor", () => {
    expect(sum(({ units }) => units)).toBeCloseTo(one(counted, "report disabled").writeUnits ?? 0, 3);
    expect(sum(({ floor }) => floor)).toBe(steps.reduce((total, { counts }) => total + (counts.writeUnits ?? 0), 0));
    expect(written.map(({ item }) => item)).not.toContain("others");
  });
});

describe("a month", () => {
  it("costs more for a larger platform, and never less than its idle part", () => {
    const costs = PLATFORMS.map((platform) => usdOf(monthOf(counted, platform)));
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    for (const [index, platform] of PLATFORMS.entries())
      expect(costs[index]).toBeGreaterThan(usdOf(add(...Object.values(idleParts(counted, platform)))));
  });

  it("has a secret for each further user and subscriber, and the canary's alarms", () => {
    const secrets = (platform: object) => idleParts(counted, platform).secrets?.secretMonths;
    expect(secrets({ furtherSecrets: 3 })).toBe(counted.standing.secrets + 3);
    expect(secrets({ isWithCanary: true })).toBe(counted.standing.secrets + 1);
  });

  it("without a report writes what an alarm reads as a sign of life, and the differences that an audit found", () => {
    const metrics = ["clock sweep", "notify sweep", "idle audit"].flatMap((name) => sceneOf(counted, name).metrics);
    const names = metrics.map((key) => JSON.parse(key)[1]);
    expect(names.sort()).toEqual(["ClockSweeps", "Drift", "SnapshotsComplete"]);
  });

  it("interpolates audits between the counted sizes", () => {
    const writes = (disabledStreams: number) => idleParts(counted, { disabledStreams }).audits?.writeUnits ?? 0;
    expect(writes(5_500)).toBeCloseTo((writes(1_000) + writes(10_000)) / 2, 3);
  });
});
