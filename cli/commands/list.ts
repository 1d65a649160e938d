/** `offair list`: the streams that Live has disabled now, with the reasons in the ledger. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { csvHeader, csvRow } from "../render/columns.ts";
import { byName, LIST_COLUMNS, LIST_CSV, listedBy, listGroups, listShortIds } from "../render/list.ts";
import { isBy } from "../render/person.ts";
import { printGroups, printRows } from "../render/print-rows.ts";
import { unreadableText } from "../render/unreadable.ts";
import type { Command } from "../terminal/command.ts";
import { FORMAT_OPTIONS, type Format, formatOf, limitOf } from "../terminal/format.ts";
import { instantOf } from "../terminal/instant.ts";
import { numberText } from "../terminal/number-text.ts";
import { textOf, texts, type Values } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { PAGER_HELP } from "../terminal/pager.ts";
import { requestOnce } from "../workflows/refusals.ts";
import { resultRow } from "../workflows/results-file.ts";

const FORMATS = ["wide", "json", "csv"] as const;

export const list: Command = {
  name: "list",
  group: "incident",
  summary: "list the streams that are disabled now, and why",
  operands: [],
  options: { ...texts("url", "domain", "app", "stream", "name", "by", "since"), ...FORMAT_OPTIONS },
  isPaged: true,
  help: `offair list [--domain NAME] [--app NAME] [--stream NAME | --name GLOB] [--by GLOB] [--since TIME] [--limit N]
            [--all | -o wide | -o csv | --json]

Lists every stream that Live has disabled now: until when, on whose authority and why. On a terminal, the streams of one
order, batch or rule are one group, with the first names. In a pipe there is one line a stream, with tabs between the cells
until, since, order, by, outcome, because, kind and stream (cut -f8 prints the names), "-" for what is not known, and no
other line: counts and notes go to stderr. "not by offair" marks a stream that no order of offair explains. Paused streams
are not listed, because a pause cuts a push once and disables nothing. Rows of Live's list that are not as documented are
counted and named on stderr.

  --domain NAME  only this ingest domain; default: all ingest domains in scope
  --app NAME     only this app (exact match)
  --stream NAME  only this stream (exact match)
  --name GLOB    only streams with such a name; * matches any text, ? any one character ('raid-*')
  --by GLOB      only what this person or rule disabled: alice, 'rule severe*', 'not by offair'
  --since TIME   only orders placed since then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago
  --limit N      at most N streams
  --all          every name of every group
  -o wide, --output wide  one line a stream, in aligned columns
  -o csv         for a spreadsheet, as offair history --csv
  -o json, --json  one JSON object per stream, then a summary. offair plan reads a file of these lines.
${PAGER_HELP}
  --url URL      URL of offair; default: OFFAIR_URL

Exit codes: 0 done, 2 usage error, 3 refused.`,

  run({ values }, deps) {
    const { out } = deps;
    const format = formatOf(values, out, FORMATS);
    const limit = limitOf(values);
    const [domain, app, stream] = [textOf(values, "domain"), textOf(values, "app"), textOf(values, "stream")];
    const isWanted = filterOf(values, deps.now());
    const request = {
      action: "list",
      reason: "offair list",
      domain,
      app,
      stream,
      name: textOf(values, "name"),
    } as const;
    return requestOnce(definedOnly(request), values, deps, (answer, exit) => {
      const matching = answer.results.filter(isWanted);
      const rows = matching.toSorted(byName).slice(0, limit);
      const left = matching.length - rows.length;
      if (format === "json") {
        const { results: _rows, ...rest } = answer;
        for (const each of rows) out.json({ ...resultRow(each), type: "off" });
        const leftOut = left > 0 ? { leftOut: left } : {};
        return out.json({ type: "summary", ...rest, count: matching.length, ...leftOut, exit });
      }
      printList(rows, format, values, out);
      printNotes(answer, { matching: matching.length, left }, values, out);
    });
  },
};

function filterOf(values: Values, now: Date): (row: Result) => boolean {
  const by = textOf(values, "by");
  const since = instantOf(values, "since", now);
  return (row) =>
    (by === undefined || isBy(listedBy(row), by)) &&
    (since === undefined || Date.parse(row.order?.placedAt ?? "") >= Date.parse(since));
}

function printList(rows: readonly Result[], format: Format, values: Values, out: Out): void {
  if (format === "csv") {
    out.csvHead(csvHeader(LIST_CSV));
    for (const row of rows) out.row(csvRow(LIST_CSV, row));
  } else if (format === "groups") printGroups(listGroups(rows), { short: listShortIds(rows), values }, out);
  else printRows(LIST_COLUMNS, rows, format, out);
}

/** How many there are. Standard output has only rows in a pipe, so that they can be counted. */
function printNotes(
  { results, totals = {}, unreadable, truncated }: OperatorResponse,
  { matching, left }: { readonly matching: number; readonly left: number },
  values: Values,
  out: Out,
): void {
  const say = out.isTerminal ? out.say : out.warn;
  const named = (names: readonly string[]): string => {
    const given = names.filter((name) => values[name] !== undefined).map((name) => `--${name} ${values[name]}`);
    return given.length === 0 ? "" : ` with ${escapeInvisible(given.join(" "))}`;
  };
  if (left > 0) say(`… and ${numberText(left)} more: --limit shows the first ones only`);
  const filtered = named(["app", "stream"]); // Live's count is of the filtered list
  const narrowed = named(["name", "by", "since"]);
  const canaries = groupBy(results.filter(isOfCanary), ({ stream }) => stream.domain);
  for (const [domain, total] of Object.entries(totals)) {
    const canary = canaries.has(domain) ? ", of which one is the canary's" : "";
    say(`${numberText(total)} disabled on ${escapeInvisible(domain)}${filtered}, as counted by Live${canary}`);
  }
  if (Object.keys(totals).length === 0) say(`${numberText(results.length)} disabled${filtered}; Live gives no total`);
  if (narrowed !== "") say(`shown: ${numberText(matching)}${narrowed}`);
  const [first, ...rows] = unreadableText(unreadable, "these streams may be disabled too");
  if (first !== undefined) for (const line of [`offair: ${first}`, ...rows]) out.warn(line);
  if (truncated) {
    out.warn("offair: the list is longer than one response can hold: narrow it with --domain, --app or --name");
  }
}

const isOfCanary = ({ order }: Result): boolean => order?.canary === true;
