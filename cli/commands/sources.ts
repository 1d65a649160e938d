/** `offair sources`: how often each source was right, by what people said of its reports. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { DEFAULT_FIGURES_DAYS, MAX_FIGURES_DAYS } from "../../lib/operator/contract/figures-requests.ts";
import { sourcesText, sourceText } from "../render/figures.ts";
import type { Command } from "../terminal/command.ts";
import { texts, wholeNumberOf } from "../terminal/options.ts";
import { requestOnce } from "../workflows/refusals.ts";

export const sources: Command = {
  name: "sources",
  group: "everyday",
  summary: "show how often each source was right",
  operands: ["[SOURCE]"],
  options: texts("days", "url"),
  help: `offair sources [SOURCE] [--days 90] [--json]

One line a source: grade, reports, actions, actions that nobody has looked at, and how often it was right, with the interval
that holds the true share with 95 % and the number of cases that it rests on. With SOURCE: also by rule, category, score
band (0.1 wide) and reporter.

A case is right if a person approved it, and wrong if a person rejected it or marked its action as a false positive (offair
help overturn). Marked as policy or context, the source counts as right, and the rule as wrong. Reports of one stream in one
category on one day are one case. Cases that people looked at are no fair sample, because rules and limits chose them;
offair review sample 2% lets people look at a share of all actions, drawn at random, and "of the sample" is without bias.

A proposal for the policy, with its replay: npm run policy:propose, in the repository.

  --days N   the reports of the last N days (${DEFAULT_FIGURES_DAYS} by default, ${MAX_FIGURES_DAYS} at most)
  --url URL  URL of offair; default: OFFAIR_URL
  --json     print JSON: one object per source, then a summary

Exit codes: 0 shown, 2 usage error, 3 refused.`,

  run({ operands: [source], values }, deps) {
    const { out } = deps;
    const days = wholeNumberOf(values, "days", MAX_FIGURES_DAYS) ?? DEFAULT_FIGURES_DAYS;
    const request = definedOnly({ action: "sources", reason: "offair sources", source, days });
    return requestOnce(request, values, deps, ({ sources: rows = [] }, exit) => {
      if (values.json) {
        for (const row of rows) out.json({ type: "source", ...row });
        return out.json({ type: "summary", count: rows.length, days, exit });
      }
      const [row] = rows;
      const lines = source !== undefined && row ? sourceText(row, days, out.paint) : sourcesText(rows, days, out.paint);
      for (const line of lines) out.say(line);
    });
  },
};
