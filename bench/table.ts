/** The table of RESULTS.md: one row for each ratio, with its spread, its target, and whether it reaches the target. */
import type { Row, Samples } from "./bench.ts";
import { quantile, ratioOf, verdict } from "./ratio.ts";
import type { Results } from "./results.ts";

const HEAD = [
  "| bench | ratio | of | to | spread | target | |",
  "| --- | ---: | --- | --- | ---: | ---: | --- |",
] as const;

export function tableOf(results: Results): string {
  const lines = Object.entries(results).flatMap(([bench, { rows, samples }]) =>
    rows.map((row) => lineOf(bench, row, samples)),
  );
  return [...HEAD, ...lines].join("\n");
}

function lineOf(
  bench: string,
  { what, above, below, target, quantile: share = 0.5 }: Row,
  samples: Readonly<Record<string, Samples>>,
): string {
  const [over, under] = [samples[above], samples[below]];
  if (!over || !under) throw new RangeError(`${bench}: there are no samples of ${above} or of ${below}`);
  const { ratio, low, high } = ratioOf(over, under, share);
  const aim = "atMost" in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  const spread = low === high ? "–" : `${digits(low)} – ${digits(high)}`;
  return `| ${bench}: ${what} | ${digits(ratio)} | ${above} ${told(over, share)} | ${below} ${told(under, share)} | ${spread} | ${aim} | ${verdict(ratio, target)} |`;
}

const digits = (ratio: number): string => ratio.toFixed(2);

/** The absolute value of a side, for orientation; it depends on the machine. */
function told({ unit, values }: Samples, share: number): string {
  const value = quantile(values, share);
  if (unit === "calls") return `(${value.toFixed(0)} calls)`;
  if (unit === "usd") return value < 1 ? `(${(value * 1e6).toFixed(1)} µ$)` : `(${value.toFixed(2)} $)`;
  if (unit === "bytes") return `(${(value / 1_000).toFixed(0)} kB)`;
  if (unit === "ms") return `(${value.toFixed(value < 10 ? 1 : 0)} ms)`;
  return value < 1_000_000 ? `(${(value / 1_000).toFixed(1)} µs)` : `(${(value / 1_000_000).toFixed(1)} ms)`;
}

/** The limits of the ratios; rows with the same text share one entry. */
export const boundsOf = (results: Results): string =>
  Object.entries(results)
    .flatMap(([bench, { rows }]) => {
      const bounded = Object.groupBy(rows, ({ bound = "" }) => bound);
      return Object.entries(bounded).flatMap(([bound, alike = []]) =>
        bound === "" ? [] : [`- **${bench}: ${alike.map(({ what }) => what).join("; ")}.** ${bound}`],
      );
    })
    .join("\n");
