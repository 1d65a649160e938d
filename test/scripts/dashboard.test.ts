/** The body of the dashboard, as CloudWatch documents it, and the metrics that it shows. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { METRIC_NAMES } from "../../lib/core/metrics.ts";
import { dashboardBody } from "../../scripts/dashboard/dashboard.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The documented fields that are used; any other is an error.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
 */
const place = {
  x: z.number().int().min(0).max(23),
  y: z.number().int().min(0),
  width: z.number().int().min(1).max(24),
  height: z.number().int().min(1).max(1_000),
};
const metricSchema = z
  .tuple([z.string().max(255), z.string().max(255)])
  .rest(z.union([z.string(), z.strictObject({ stat: z.string(), label: z.string().exactOptional() })]));
const graphSchema = z.strictObject({
  ...place,
  type: z.literal("metric"),
  properties: z.strictObject({
    title: z.string(),
    period: z.number().multipleOf(60),
    view: z.literal("timeSeries"),
    region: z.string(),
    yAxis: z.strictObject({ left: z.strictObject({ min: z.number(), showUnits: z.boolean() }) }),
    metrics: z.array(metricSchema).min(1).max(500),
  }),
});
const alarmsSchema = z.strictObject({
  ...place,
  type: z.literal("alarm"),
  properties: z.strictObject({
    title: z.string(),
    sortBy: z.enum(["default", "stateUpdatedTimestamp", "timestamp"]),
    alarms: z.array(z.string()).min(1).max(100),
  }),
});
const bodySchema = z.strictObject({
  start: z.string().regex(/^-PT\d+H$/),
  periodOverride: z.enum(["auto", "inherit"]),
  widgets: z.array(z.discriminatedUnion("type", [graphSchema, alarmsSchema])).max(500),
});

const { widgets } = bodySchema.parse(dashboardBody());
const graphs = widgets.flatMap((widget) => (widget.type === "metric" ? [widget] : []));
const own = graphs
  .flatMap(({ properties }) => properties.metrics)
  .flatMap(([namespace, name]) => (namespace.startsWith("AWS/") ? [] : [name]));

describe("the dashboard", () => {
  it("is 24 columns wide, without an overlap or a gap", () => {
    const taken = new Map<string, number>();
    for (const { x, y, width, height } of widgets)
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++)
          taken.set(`${column},${row}`, (taken.get(`${column},${row}`) ?? 0) + 1);
    expect([...taken.values()].filter((count) => count > 1)).toEqual([]);
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(taken.size).toBe(24 * bottom);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });

  it("shows every metric of offair, and no other", () => {
    expect([...new Set(own)].sort()).toEqual([...METRIC_NAMES].sort());
  });

  it("shows metrics that some function writes", () => {
    const list = join("lib", "core", "metrics.ts"); // has every name, written or not
    const files = globSync(["functions/*.ts", "lib/**/*.ts"], { cwd: ROOT }).filter((file) => file !== list);
    const sources = files.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");
    expect(own.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });

  it("has the median and the slowest of a hundred of the time to off", () => {
    const [timeToOff] = graphs.filter(({ properties }) => properties.title.startsWith("Time to off"));
    expect(timeToOff?.properties.metrics).toMatchObject([
      [expect.stringMatching(/^offair\//), "TimeToOff", { stat: "p50" }],
      [expect.stringMatching(/^offair\//), "TimeToOff", { stat: "p99" }],
    ]);
  });
});
