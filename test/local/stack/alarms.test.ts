import { describe, expect, it } from "@jest/globals";
import { metricsLine } from "../../../lib/core/metrics.ts";
import { type AlarmRule, metricKey } from "../../../local/stack/alarm.ts";
import { metricsIn } from "../../../local/stack/alarm-metrics.ts";
import { type Alert, createAlarmBoard } from "../../../local/stack/alarms.ts";

const START = new Date("2026-11-21T22:00:00Z");
const later = (seconds: number) => new Date(START.getTime() + seconds * 1_000);
const rule: AlarmRule = {
  name: "key-blocked",
  description: "Live does not accept the key.",
  terms: [{ metric: "KeyBlocked", statistic: "Sum" }],
  fill: undefined,
  periodMs: 60_000,
  periods: 1,
  isBreaching: (value) => value >= 1,
  missingIsBreaching: false,
};

describe("an alert", () => {
  it("is told once for as long as its alarm is on, and again when it goes off again", () => {
    const alerts: Alert[] = [];
    const board = createAlarmBoard([rule], (alert) => alerts.push(alert), START);
    for (const seconds of [10, 200]) {
      board.record("KeyBlocked", { value: 1, at: later(seconds) });
      for (const moment of [seconds, seconds + 1, seconds + 59]) {
        board.evaluate(later(moment));
        expect(board.active()).toEqual(["key-blocked"]);
      }
      board.evaluate(later(seconds + 60));
      expect(board.active()).toEqual([]);
    }
    const told = { name: "key-blocked", description: "Live does not accept the key.", value: 1 };
    expect(alerts).toEqual([
      { ...told, at: later(10) },
      { ...told, at: later(200) },
    ]);
  });
});

describe("a log line", () => {
  const metrics = (record: Record<string, unknown>) => metricsIn({ functionName: "offair-local-worker", record });

  it("that emitMetrics writes has its metrics, also those that are 0", () => {
    const line = metricsLine({ SnapshotsComplete: 1, Drift: 0 }, "offair/local", START) ?? "";
    expect(metrics(JSON.parse(line))).toEqual([
      [metricKey("offair/local", "SnapshotsComplete"), 1],
      [metricKey("offair/local", "Drift"), 0],
    ]);
  });

  it("that Lambda writes after a failed invocation counts as an error of the function", () => {
    expect(metrics({ type: "platform.report", record: { status: "timeout" } })).toEqual([
      [metricKey("AWS/Lambda", "Errors", { FunctionName: "offair-local-worker" }), 1],
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["an ordinary one", { level: "INFO", message: { event: "report.accepted" } }],
    [
      "metrics that the JSON log format has wrapped",
      { level: "INFO", message: metricsLine({ OrdersDone: 1 }, "x", START) },
    ],
    [
      "metrics with a dimension only",
      {
        _aws: {
          Timestamp: 1,
          CloudWatchMetrics: [{ Namespace: "x", Dimensions: [["stage"]], Metrics: [{ Name: "OrdersDone" }] }],
        },
        OrdersDone: 1,
      },
    ],
    ["a report of success", { type: "platform.report", record: { status: "success" } }],
  ])("has none: %s", (_, record) => {
    expect(metrics(record)).toEqual([]);
  });
});
