/**
 * Evaluates a CloudWatch alarm of the template. Differences from CloudWatch: windows slide and end now, not on the full minute, so an
 * alarm may fire up to a minute sooner; and the time before the start does not count as missing data, so an alarm about missing data
 * fires only after its whole period has passed.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
import * as z from "zod";
import { resourcesOf } from "./resources.ts";
import type { Scope, Template } from "./template.ts";

const SECOND_MS = 1_000;

export interface DataPoint {
  readonly value: number;
  readonly at: Date;
}
/** By `metricKey`. */
export type Series = ReadonlyMap<string, readonly DataPoint[]>;

export interface AlarmRule {
  readonly name: string;
  readonly description: string;
  /** The terms to add up; a single term without a math expression. */
  readonly terms: readonly { readonly metric: string; readonly statistic: "Sum" | "Maximum" }[];
  /** The value of a term in a window without data. */
  readonly fill: 0 | undefined;
  readonly periodMs: number;
  readonly periods: number;
  readonly isBreaching: (value: number) => boolean;
  readonly missingIsBreaching: boolean;
}

export const metricKey = (namespace: string, name: string, dimensions: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify([namespace, name, ...Object.entries(dimensions).sort()]);

const COMPARISONS = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
};

const text = z.string().min(1);
const statistic = z.enum(["Sum", "Maximum"]);
const period = z.coerce.number().int().min(60);
const metricSchema = z
  .object({
    Namespace: text,
    MetricName: text,
    Dimensions: z.array(z.object({ Name: text, Value: text })).default([]),
  })
  .transform(({ Namespace, MetricName, Dimensions }) =>
    metricKey(Namespace, MetricName, Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))),
  );
const sumSchema = z
  .string()
  .regex(/^FILL\(\w+, 0\)( \+ FILL\(\w+, 0\))*$/, "only sums of filled metrics are implemented");
const querySchema = z.union([
  z.object({ Id: text, Expression: sumSchema, ReturnData: z.literal(true) }),
  z.object({
    Id: text,
    ReturnData: z.literal(false),
    MetricStat: z.object({ Metric: metricSchema, Period: period, Stat: statistic }),
  }),
]);

export const alarmSchema = z.object({
  AlarmName: text,
  AlarmDescription: text,
  ComparisonOperator: z.enum(["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]),
  Threshold: z.coerce.number(),
  EvaluationPeriods: z.coerce.number().int().min(1),
  DatapointsToAlarm: z.undefined({ error: "M out of N is not implemented" }).optional(),
  TreatMissingData: z.enum(["breaching", "notBreaching"]),
  Namespace: text.optional(),
  MetricName: text.optional(),
  Dimensions: z.unknown().optional(),
  Statistic: statistic.optional(),
  Period: period.optional(),
  Metrics: z.array(querySchema).optional(),
});
type AlarmProperties = z.infer<typeof alarmSchema>;

/** @throws Error that names an alarm which the local stack cannot evaluate */
export const readAlarms = (template: Template, scope: Scope): AlarmRule[] =>
  resourcesOf(template, "AWS::CloudWatch::Alarm", alarmSchema, scope).map(([id, properties]) => {
    const { AlarmName, AlarmDescription, ComparisonOperator, Threshold, EvaluationPeriods } = properties;
    return {
      name: AlarmName,
      description: AlarmDescription,
      ...readMetric(id, properties),
      periods: EvaluationPeriods,
      isBreaching: (value) => COMPARISONS[ComparisonOperator](value, Threshold),
      missingIsBreaching: properties.TreatMissingData === "breaching",
    };
  });

function readMetric(id: string, { Metrics, Period, Statistic, ...metric }: AlarmProperties) {
  if (Metrics === undefined) {
    const { data: key } = metricSchema.safeParse(metric);
    if (!key || !Period || !Statistic) throw new Error(`${id}: its metric, period or statistic is missing`);
    const terms = [{ metric: key, statistic: Statistic }];
    return { terms, fill: undefined, periodMs: Period * SECOND_MS };
  }
  const stats = new Map(Metrics.flatMap((query) => ("MetricStat" in query ? [[query.Id, query.MetricStat]] : [])));
  const expressions = Metrics.flatMap((query) => ("Expression" in query ? [query.Expression] : []));
  const used = [...expressions.join("").matchAll(/FILL\((\w+),/g)].map(([, name = ""]) => stats.get(name));
  const [first] = used;
  const terms = used.flatMap((stat) => (stat ? [{ metric: stat.Metric, statistic: stat.Stat }] : []));
  const isOne = expressions.length === 1 && terms.length === used.length;
  if (!first || !isOne || used.some((stat) => stat?.Period !== first.Period)) {
    throw new Error(`${id}: its expression does not match its metrics`);
  }
  return { terms, fill: 0 as const, periodMs: first.Period * SECOND_MS };
}

/** The total length of an alarm's windows. */
export const rangeMs = ({ periodMs, periods }: AlarmRule): number => periodMs * periods;

/** The value of the newest window if the alarm is in ALARM (undefined if data is missing); `null` if it is not. */
export function alarmedAt(rule: AlarmRule, series: Series, now: Date, startedAt: Date): { value?: number } | null {
  const windows = Array.from({ length: rule.periods }, (_, index) => {
    const endMs = now.getTime() - index * rule.periodMs;
    const value = valueIn(rule, series, endMs);
    const isMeasured = value !== undefined && value !== rule.fill;
    const isOver = isMeasured || endMs - rule.periodMs >= startedAt.getTime(); // there is no data from before the start
    return { value, breaches: isOver && (value === undefined ? rule.missingIsBreaching : rule.isBreaching(value)) };
  });
  if (!windows.every(({ breaches }) => breaches)) return null;
  const value = windows[0]?.value;
  return value === undefined ? {} : { value };
}

function valueIn({ terms, fill, periodMs }: AlarmRule, series: Series, endMs: number): number | undefined {
  const values = terms.map(({ metric, statistic: kind }) => {
    const inside = (series.get(metric) ?? [])
      .filter(({ at }) => at.getTime() > endMs - periodMs && at.getTime() <= endMs)
      .map(({ value }) => value);
    if (inside.length === 0) return fill;
    return kind === "Sum" ? inside.reduce((sum, value) => sum + value, 0) : Math.max(...inside);
  });
  return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value));
}
