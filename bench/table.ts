/** The tables of RESULTS.md: each ratio with its spread and its target, and what changed since the last run. */
import type { Row, Samples } from "./bench.ts";
import { changeOf } from "./changes.ts";
import { describeCpu, isBoundByMachine } from "./cpu.ts";
import { NARROW } from "./effort.ts";
import { quantile, type Ratio, ratioOf, spreadOf, verdict } from "./ratio.ts";
import type { Results, Run } from "./results.ts";

const HEAD = [
  "| bench | ratio | of | to | 95 % interval, spread | target | |",
  "| --- | ---: | --- | --- | --- | ---: | --- |",
] as const;

export function tableOf(results: Results): string {
  const lines = Object.entries(results).flatMap(([bench, run]) => run.rows.map((row) => lineOf(bench, row, run)));
  return [...HEAD, ...lines].join("\n");
}

function lineOf(bench: string, row: Row, { samples }: Run): string {
  const { what, above, below, target, quantile: share = 0.5, cpu } = row;
  const measured = ratioOf(row, samples);
  const { ratio } = measured;
  const aim = "atMost" in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  const said = [verdict(ratio, target), ...(cpu && isBoundByMachine(cpu) ? ["bound by the machine"] : [])].join(", ");
  const [of, to] = [above, below].map((side) => `${side} ${told(samples[side], share)}`);
  const spread = row.isExact ? "–" : describeSpread(measured);
  return `| ${bench}: ${what} | ${digits(ratio)} | ${of} | ${to} | ${spread} | ${aim} | ${said} |`;
}

export function describeSpread(measured: Ratio): string {
  const { interval, rounds } = measured;
  const counted = rounds === 1 ? "one round" : `${rounds} rounds`;
  const spread = spreadOf(measured);
  if (!interval || spread === undefined) return `${counted}: not known`;
  const tooWide = spread < NARROW ? "" : ", not under 5 %";
  return `${digits(interval.low)} – ${digits(interval.high)}: ${percent(spread)} in ${counted}${tooWide}`;
}

const digits = (ratio: number): string => ratio.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The absolute value of a side, for orientation; it depends on the machine. */
function told(samples: Samples | undefined, share: number): string {
  const { unit, values = [] } = samples ?? {};
  const value = quantile(values, share);
  if (unit === "calls") return `(${value.toFixed(0)} calls)`;
  if (unit === "usd") return value < 1 ? `(${(value * 1e6).toFixed(1)} µ$)` : `(${value.toFixed(2)} $)`;
  if (unit === "bytes") return `(${(value / 1_000).toFixed(0)} kB)`;
  if (unit === "ms") return `(${value.toFixed(value < 10 ? 1 : 0)} ms)`;
  return value < 1_000_000 ? `(${(value / 1_000).toFixed(1)} µs)` : `(${(value / 1_000_000).toFixed(1)} ms)`;
}

/** The ratios of the run before, and what has changed. A bench that has run once is left out. */
export function changesOf(results: Results): string {
  const lines = Object.entries(results).flatMap(([bench, run]) => {
    const { before, rows, samples } = run;
    if (!before) return [];
    return rows.map((row) => {
      const now = ratioOf(row, samples);
      const last = before.ratios[row.what];
      const then = last ? `${digits(last.ratio)} | ${machineText(before)}` : "– | –";
      const change = changeOf(row, samples[row.above]?.unit ?? "ms", now, run, before);
      return `| ${bench}: ${row.what} | ${digits(now.ratio)} | ${then} | ${change} |`;
    });
  });
  return ["| bench | ratio | before | on | change |", "| --- | ---: | ---: | --- | --- |", ...lines].join("\n");
}

export const machineText = ({ at, node, cpu, cpus }: Pick<Run, "at" | "node" | "cpu" | "cpus">): string =>
  `${at.slice(0, 10)}, Node ${node}, ${cpus} × ${cpu}`;

/** The limits of the ratios; rows with the same text share one entry. */
export const boundsOf = (results: Results): string =>
  Object.entries(results)
    .flatMap(([bench, { rows }]) => {
      const textOf = ({ bound, cpu }: Row) => [bound ?? [], cpu ? describeCpu(cpu) : []].flat().join(" ");
      return Object.entries(Object.groupBy(rows, textOf)).flatMap(([bound, alike = []]) =>
        bound === "" ? [] : [`- **${bench}: ${alike.map(({ what }) => what).join("; ")}.** ${bound}`],
      );
    })
    .join("\n");
