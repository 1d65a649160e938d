import { describe, expect, it } from "@jest/globals";
import { type AlarmRule, alarmedAt, metricKey, readAlarms, type Series } from "../../../local/stack/alarm.ts";

const START = new Date("2026-11-21T22:00:00Z");
const later = (seconds: number) => new Date(START.getTime() + seconds * 1_000);

const KEY = metricKey("offair/local", "KeyBlocked");
const blocked = {
  AlarmName: "offair-local-key-blocked",
  AlarmDescription: "Live does not accept the key.",
  Namespace: "offair/local",
  MetricName: "KeyBlocked",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 2,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  TreatMissingData: "notBreaching",
  AlarmActions: [{ Ref: "Alerts" }],
};
const query = (Id: string, MetricName: string, Period = 3_600) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: "offair/local", MetricName }, Period, Stat: "Sum" },
});
const missing = {
  AlarmName: "offair-local-audit-missing",
  AlarmDescription: "No snapshot.",
  Metrics: [
    { Id: "stored", Expression: "FILL(a, 0) + FILL(b, 0)", ReturnData: true },
    query("a", "SnapshotsComplete"),
    query("b", "SnapshotsIncomplete"),
  ],
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: "LessThanThreshold",
  TreatMissingData: "breaching",
};

function read(Properties: Record<string, unknown>): AlarmRule {
  const scope = { resources: new Map([["Queue", { ref: "", attributes: { QueueName: "queue" } }]]), pseudo: {} };
  const [rule] = readAlarms({ Resources: { Alarm: { Type: "AWS::CloudWatch::Alarm", Properties } } }, scope);
  if (!rule) throw new Error("no alarm was read");
  return rule;
}

const series = (points: Record<string, [seconds: number, value: number][]>): Series =>
  new Map(
    Object.entries(points).map(([metric, values]) => [metric, values.map(([s, value]) => ({ at: later(s), value }))]),
  );

describe("an alarm", () => {
  it("goes off as soon as its window holds enough, and stops when that is over", () => {
    const rule = read(blocked);
    const points = series({
      [KEY]: [
        [10, 1],
        [50, 1],
      ],
    });
    expect(alarmedAt(rule, series({ [KEY]: [[10, 1]] }), later(40), START)).toBeNull();
    expect(alarmedAt(rule, points, later(50), START)).toEqual({ value: 2 });
    expect(alarmedAt(rule, points, later(69), START)).toEqual({ value: 2 });
    expect(alarmedAt(rule, points, later(70), START)).toBeNull();
  });

  it("is silent without data, where silence is good", () => {
    expect(alarmedAt(read(blocked), series({}), later(600), START)).toBeNull();
  });

  it("takes the maximum of what is measured, above the threshold and not at it", () => {
    const rule = read({
      ...blocked,
      Namespace: "AWS/SQS",
      MetricName: "ApproximateAgeOfOldestMessage",
      Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": ["Queue", "QueueName"] } }],
      Statistic: "Maximum",
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 60,
    });
    const key = metricKey("AWS/SQS", "ApproximateAgeOfOldestMessage", { QueueName: "queue" });
    const points = series({
      [key]: [
        [10, 60],
        [11, 61],
        [12, 3],
      ],
    });
    expect(alarmedAt(rule, points, later(10), START)).toBeNull();
    expect(alarmedAt(rule, points, later(12), START)).toEqual({ value: 61 });
  });
});

describe("an alarm about silence", () => {
  const rule = read(missing);
  const complete = metricKey("offair/local", "SnapshotsComplete");
  const incomplete = metricKey("offair/local", "SnapshotsIncomplete");

  it("waits until all of its time has passed since the beginning", () => {
    expect(alarmedAt(rule, series({}), later(7_199), START)).toBeNull();
    expect(alarmedAt(rule, series({}), later(7_200), START)).toEqual({ value: 0 });
  });

  it("is content with either of the metrics that it adds up", () => {
    for (const metric of [complete, incomplete]) {
      const points = series({ [metric]: [[3_700, 1]] });
      expect(alarmedAt(rule, points, later(10_000), START)).toBeNull();
      expect(alarmedAt(rule, points, later(10_900), START)).toEqual({ value: 0 });
    }
  });

  it("has no value where nothing fills the gap", () => {
    const { Metrics: _, ...plain } = missing;
    const unfilled = read({ ...plain, Namespace: "x", MetricName: "y", Statistic: "Sum", Period: 60 });
    expect(alarmedAt(unfilled, series({}), later(120), START)).toEqual({});
  });
});

describe("an alarm that cannot be watched here is an error that names it", () => {
  it.each([
    ["another statistic", { ...blocked, Statistic: "Average" }],
    ["another comparison", { ...blocked, ComparisonOperator: "LessThanLowerThreshold" }],
    ["another treatment of missing data", { ...blocked, TreatMissingData: "ignore" }],
    ["M out of N", { ...blocked, DatapointsToAlarm: 1 }],
    ["no period", { ...blocked, Period: undefined }],
    ["no metric", { ...blocked, MetricName: undefined }],
    ["another expression", { ...missing, Metrics: [{ ...missing.Metrics[0], Expression: "a / b" }] }],
    ["an expression of what is not there", { ...missing, Metrics: missing.Metrics.slice(0, 2) }],
    ["two periods", { ...missing, Metrics: [...missing.Metrics.slice(0, 2), query("b", "SnapshotsIncomplete", 60)] }],
    ["two expressions", { ...missing, Metrics: [...missing.Metrics, { ...missing.Metrics[0], Id: "twice" }] }],
  ])("%s", (_, properties) => {
    expect(() => read(properties)).toThrow(/^Alarm\b/);
  });
});
