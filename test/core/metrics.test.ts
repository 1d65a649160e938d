import { describe, expect, it } from "@jest/globals";
import { metricsLine, WITHOUT_ZEROS } from "../../lib/core/metrics.ts";

const NOW = new Date("2026-11-21T22:00:00.123Z");

describe("a line of metrics", () => {
  it("is one line of JSON with `_aws` at its top, as CloudWatch reads it from the log", () => {
    const line = metricsLine({ OrdersDone: 1, TimeToOff: 842.5 }, "offair/dev", NOW) ?? "";
    expect(line.endsWith("\n")).toBe(true);
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: NOW.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: "offair/dev",
            Dimensions: [[]],
            Metrics: [
              { Name: "OrdersDone", Unit: "Count" },
              { Name: "TimeToOff", Unit: "Milliseconds" },
            ],
          },
        ],
      },
      OrdersDone: 1,
      TimeToOff: 842.5,
    });
  });

  it("tells zero, which is a value", () => {
    expect(metricsLine({ SnapshotsComplete: 0 }, "offair/dev", NOW)).toContain('"SnapshotsComplete":0');
  });

  it("leaves out a zero that says nothing, because every hour of a metric costs", () => {
    const line = metricsLine({ Drift: 0, DriftMissing: 0, DriftUnexpected: 2 }, "x", NOW) ?? "";
    expect(Object.keys(JSON.parse(line))).toEqual(["_aws", "Drift", "DriftUnexpected"]);
    expect(metricsLine({ SnapshotsIncomplete: 0 }, "x", NOW)).toBeUndefined();
  });

  it.each([...WITHOUT_ZEROS])("has %s from the first on: 1 is written, and 0 is not", (name) => {
    expect(metricsLine({ [name]: 0 }, "x", NOW)).toBeUndefined();
    expect(metricsLine({ [name]: 1 }, "x", NOW)).toContain(`"${name}":1`);
  });

  it("leaves out what is no number: CloudWatch would refuse the whole line", () => {
    const line = metricsLine({ TimeToOff: Number.NaN, ClockSkew: Number.POSITIVE_INFINITY, OrdersDone: 1 }, "x", NOW);
    expect(JSON.parse(line ?? "")).toEqual({
      _aws: expect.objectContaining({
        CloudWatchMetrics: [expect.objectContaining({ Metrics: [{ Name: "OrdersDone", Unit: "Count" }] })],
      }),
      OrdersDone: 1,
    });
  });

  it.each([[{}], [{ TimeToOff: Number.NaN }]])("is not written without a value: %j", (values) => {
    expect(metricsLine(values, "offair/dev", NOW)).toBeUndefined();
  });
});
