/**
 * Evaluates the alarms of the packaged template on the running stack: metrics in the functions' log lines, failed invocations, the
 * services' own metrics, and the queues' depth and age. Calls `onAlert` once for each alarm that changes to ALARM, where CloudWatch would publish to the topic.
 */
import { basename } from "node:path";
import * as z from "zod";
import { type AlarmRule, alarmedAt, type DataPoint, metricKey, rangeMs, readAlarms } from "./alarm.ts";
import { type Measured, measureQueue, metricsIn } from "./alarm-metrics.ts";
import { functionSchema, resourcesOf } from "./resources.ts";
import type { Stack } from "./stack.ts";
import { type Physical, readTemplate, type Template } from "./template.ts";

export interface Alert {
  /** As in docs/errors.md, after the stage: `offair-local-key-blocked`. */
  readonly name: string;
  readonly description: string;
  /** The value above the threshold; absent if data is missing. */
  readonly value?: number;
  readonly at: Date;
}

export interface AlarmsOptions {
  readonly templatePath: string;
  readonly onAlert: (alert: Alert) => void;
  /** Interval at which the queues are measured. Default 1000. */
  readonly sampleMs?: number;
}

export interface Alarms {
  /** Names of the alarms that are in ALARM now. */
  active(): string[];
  /** Measures the queues a last time, then stops. */
  close(): Promise<void>;
}

/** @throws Error that names an alarm which the local stack cannot evaluate */
export async function watchAlarms(
  stack: Pick<Stack, "queues" | "onLog" | "onMetric" | "alarmDenied">,
  { templatePath, onAlert, sampleMs = 1_000 }: AlarmsOptions,
): Promise<Alarms> {
  const template = await readTemplate(templatePath);
  const deliver = (alert: Alert) => {
    if (!stack.alarmDenied(alert.name)) onAlert(alert);
  };
  const board = createAlarmBoard(readAlarms(template, scopeOf(template, stack.queues)), deliver, new Date());
  function record(measured: readonly Measured[]): void {
    if (measured.length === 0) return;
    const now = new Date();
    for (const [metric, value] of measured) board.record(metric, { value, at: now });
    board.evaluate(now);
  }
  const stops = [
    stack.onLog((line) => record(metricsIn(line))),
    stack.onMetric(({ namespace, name, dimensions, value }) =>
      record([[metricKey(namespace, name, dimensions), value]]),
    ),
  ];
  async function sample(): Promise<void> {
    const samples = await Promise.allSettled(Object.values(stack.queues).map(measureQueue));
    const now = new Date();
    for (const each of samples) {
      if (each.status === "rejected") continue; // the queues cannot be reached: this counts as missing data
      for (const [metric, value] of each.value) board.record(metric, { value, at: now });
    }
    board.evaluate(now);
  }
  let sampling = Promise.resolve();
  const timer = setInterval(() => {
    sampling = sampling.then(sample);
  }, sampleMs);
  return {
    active: board.active,
    async close() {
      clearInterval(timer);
      await sampling;
      await sample();
      for (const stop of stops) stop();
    },
  };
}

/** Stores the data points and the alarms that are in ALARM. Drops data points older than every alarm's window. */
export function createAlarmBoard(rules: readonly AlarmRule[], onAlert: (alert: Alert) => void, startedAt: Date) {
  const keepMs = new Map<string, number>();
  for (const rule of rules) {
    for (const { metric } of rule.terms) keepMs.set(metric, Math.max(rangeMs(rule), keepMs.get(metric) ?? 0));
  }
  const series = new Map<string, DataPoint[]>();
  const active = new Set<string>();

  function evaluate(now: Date): void {
    for (const [metric, points] of series) {
      const keptFrom = now.getTime() - (keepMs.get(metric) ?? 0);
      while (points[0] && points[0].at.getTime() <= keptFrom) points.shift();
    }
    for (const rule of rules) {
      const { name, description } = rule;
      const alarmed = alarmedAt(rule, series, now, startedAt);
      if (alarmed && !active.has(name)) onAlert({ name, description, ...alarmed, at: now });
      if (alarmed) active.add(name);
      else active.delete(name);
    }
  }

  return {
    record(metric: string, point: DataPoint): void {
      if (!keepMs.has(metric)) return;
      const points = series.get(metric);
      if (points) points.push(point);
      else series.set(metric, [point]);
    },
    evaluate,
    active: () => [...active],
  };
}

/** The names that the alarms' dimensions refer to. */
function scopeOf(template: Template, queues: Stack["queues"]) {
  const nothing = { resources: new Map<string, Physical>(), pseudo: {} };
  const names = resourcesOf(template, "AWS::Lambda::Function", functionSchema.pick({ FunctionName: true }), nothing);
  const groups = resourcesOf(template, "AWS::Scheduler::ScheduleGroup", z.object({ Name: z.string() }), nothing);
  const resources = new Map<string, Physical>([
    ...groups.map(([id, { Name }]): [string, Physical] => [id, { ref: Name, attributes: {} }]),
    ...names.map(([id, { FunctionName }]): [string, Physical] => [id, { ref: FunctionName, attributes: {} }]),
    ...Object.entries(queues).map(([id, url]): [string, Physical] => [
      id,
      { ref: url, attributes: { QueueName: basename(url) } },
    ]),
  ]);
  return { resources, pseudo: {} };
}
