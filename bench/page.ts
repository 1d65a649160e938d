/** The page RESULTS.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import type { Results } from "./results.ts";
import { boundsOf, changesOf, machineText, tableOf } from "./table.ts";

const INTRODUCTION = `Written by \`npm run bench\`; every sample is in [\`results.json\`](results.json). \`ours\` is offair. A ratio compares the medians (or the named
quantiles) of rounds in which both sides took turns. Absolute times are for orientation only: they depend on the machine more than the ratios do.`;

const SPREAD = `The spread of a row is the width of the 95 % confidence interval of its ratio, divided by the ratio. The interval is a bootstrap: the rounds are
drawn again with replacement, 1,000 times with a fixed seed, each whole and with both sides, and 95 % of the ratios of the draws lie in it. So more
rounds make it narrower, and each bench repeats its rounds until all of its rows have a spread under 5 %, or until a limit of rounds or time; the row
then names the number of rounds. With fewer than six rounds there is no interval of 95 %, and the row says *not known*. Sizes and counts have no spread
(–). The interval is that of one run: another process may be compiled otherwise, which moves \`sign\` and \`verify\` by a few percent.

A row that is held against wall time names the CPU that one order, page or report takes. It is *bound by the machine* if the cores, or the one thread
of the stand-ins, were busy for at least 80 % of the time: with more or faster cores, its ratio would be another one.`;

const CHANGES = `A row is *faster* or *slower* if its ratio differs from the one before by more than both intervals are wide, otherwise it is the *same*. Ratios from
another processor, number of cores or version of Node are shown, but not judged.`;

export function resultsPage(results: Results, benches: readonly Bench[]): string {
  const machines = Object.entries(results).map(([name, run]) => `- ${name} ${machineText(run)}`);
  return `${[
    ...["# Measured side by side", INTRODUCTION, tableOf(results)],
    benches.map(({ name, about }) => `- **${name}**: ${about}`).join("\n"),
    ...["## What the spread means", SPREAD],
    ...["## What changed since the last run", CHANGES, changesOf(results)],
    ...["## What limits the ratios", boundsOf(results)],
    readFileSync(join(import.meta.dirname, "experiments.md"), "utf8").trim(),
    ...["## Machines", machines.join("\n")],
  ].join("\n\n")}\n`;
}
