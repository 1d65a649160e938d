/** What the packaged template says of the cost of a month: indexes of the ledger, event source mappings, alarms, secrets, keys, dashboards. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Index } from "../../scripts/cost/request-units.ts";

const keys = z.array(z.object({ AttributeName: z.string() }));
const metric = z.object({ MetricStat: z.unknown().optional() });
const resourceSchema = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z
    .object({
      GlobalSecondaryIndexes: z
        .array(
          z.object({
            IndexName: z.string(),
            KeySchema: keys,
            Projection: z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).default([]) }),
          }),
        )
        .default([]),
      Metrics: z.array(metric).optional(),
    })
    .default({ GlobalSecondaryIndexes: [] }),
});
type Resource = z.infer<typeof resourceSchema>;

const resourcesIn = (templatePath: string): Resource[] =>
  Object.values(z.record(z.string(), resourceSchema).parse(JSON.parse(readFileSync(templatePath, "utf8")).Resources));

export const indexesOf = (templatePath: string): Index[] =>
  resourcesIn(templatePath).flatMap(({ Properties }) =>
    Properties.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      name: IndexName,
      keys: KeySchema.map(({ AttributeName }) => AttributeName),
      projects: Projection.ProjectionType === "ALL" ? ("all" as const) : Projection.NonKeyAttributes,
    })),
  );

export interface Standing {
  readonly mappings: number;
  readonly alarms: number;
  /** An alarm on an expression counts each metric of it. */
  readonly alarmMetrics: number;
  readonly secrets: number;
  readonly kmsKeys: number;
  readonly dashboards: number;
}

/** @param conditions - that hold: `CanaryIsOn`. */
export function standingOf(templatePath: string, conditions: readonly string[]): Standing {
  const exist = resourcesIn(templatePath).filter(({ Condition = "" }) => !Condition || conditions.includes(Condition));
  const of = (type: string) => exist.filter(({ Type }) => Type === type);
  const metricsOf = ({ Properties: { Metrics } }: Resource): number =>
    Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  const alarms = of("AWS::CloudWatch::Alarm");
  return {
    mappings: of("AWS::Lambda::EventSourceMapping").length,
    alarms: alarms.length,
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    secrets: of("AWS::SecretsManager::Secret").length,
    kmsKeys: of("AWS::KMS::Key").length,
    dashboards: of("AWS::CloudWatch::Dashboard").length,
  };
}
