/** The section about sources: how often people said that they were right, by the statements of the time shown. */
import { type Html, html, name, number, sum, table } from "./html.ts";
import type { HistoryPoint } from "./model.ts";

const shareText = (right: number, wrong: number): string =>
  right + wrong === 0 ? "–" : `${((100 * right) / (right + wrong)).toFixed(1)} %`;

export function judgedSources(points: readonly HistoryPoint[]): Html {
  const all = points.flatMap((point) => (point.kind === "audit" ? (point.figures?.judged ?? []) : []));
  const sources = [...Map.groupBy(all, ({ source }) => source)].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sources.length === 0) return html`<p>People have said of no report whether it was right, in the time shown.</p>`;
  return html`${table(
    "What people said of each source's reports: verdicts, and actions that were marked as wrong",
    [
      { head: "Source" },
      { head: "Right", kind: "n" },
      { head: "Wrong", kind: "n" },
      { head: "Share that was right", kind: "n" },
    ],
    sources.map(([source, each]) => {
      // A correction of a statement from before the time shown can make a sum negative.
      const right = Math.max(0, sum(each.map((one) => one.right)));
      const wrong = Math.max(0, sum(each.map((one) => one.wrong)));
      // No interval: these are statements and not cases, and no random sample.
      return [name(source), number(right), number(wrong), shareText(right, wrong)];
    }),
  )}
<p>These reports are no fair sample of a source, because rules, limits and complaints chose them. <code>offair sources</code> shows the figures of a random sample, and by rule, category and score.</p>`;
}
