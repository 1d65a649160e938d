/** A data point that an AWS service, and not a function, writes to CloudWatch. */
export interface ServiceMetric {
  /** `AWS/Lambda` or `AWS/Scheduler`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

export type OnMetric = (metric: ServiceMetric) => void;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const lambdaMetric = (FunctionName: string, name: string, value: number): ServiceMetric => ({
  ...{ namespace: "AWS/Lambda", name, value },
  dimensions: { FunctionName },
});
