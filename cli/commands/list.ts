/** `offair list`: the streams that Live has disabled now, with the reasons in the ledger. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { groupBy } from "../../lib/core/group-by.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { unreadableText } from "../render/unreadable.ts";
import type { Command } from "../terminal/command.ts";
import { secondOf } from "../terminal/duration.ts";
import { textOf, texts, type Values } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { requestOnce } from "../workflows/refusals.ts";
import { resultRow } from "../workflows/results-file.ts";

export const list: Command = {
  name: "list",
  group: "incident",
  summary: "list the streams that are disabled now, and why",
  operands: [],
  options: texts("url", "domain", "app", "stream"),
  help: `offair list [--domain NAME] [--app NAME] [--stream NAME] [--json]

Lists every stream that Live has disabled now: until when, on whose authority and why. "not by offair" marks a stream that
no order of offair explains. Paused streams are not listed, because a pause cuts a push once and disables nothing. Rows of
Live's list that are not as documented are counted and named on stderr.

  --domain NAME  only this ingest domain; default: all ingest domains in scope
  --app NAME     only this app (exact match)
  --stream NAME  only this stream (exact match)
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: one object per stream, then a summary. offair plan reads a file of these lines.

Exit codes: 0 done, 2 usage error, 3 refused.`,

  run({ values }, deps) {
    const { out } = deps;
    const [domain, app, stream] = [textOf(values, "domain"), textOf(values, "app"), textOf(values, "stream")];
    const request = definedOnly({ action: "list", reason: "offair list", domain, app, stream });
    return requestOnce(request, values, deps, (answer, exit) => {
      if (!values.json) return printList(answer, values, out);
      const { results, ...rest } = answer;
      for (const each of results) out.json({ ...resultRow(each), type: "off" });
      out.json({ type: "summary", ...rest, count: results.length, exit });
    });
  },
};

const UNTIL_WIDTH = 22;

function printList(answer: OperatorResponse, values: Values, out: Out): void {
  const { results, totals = {}, truncated } = answer;
  const filters = ["app", "stream"]
    .filter((name) => values[name] !== undefined)
    .map((name) => `--${name} ${values[name]}`);
  const filtered = filters.length === 0 ? "" : ` with ${escapeInvisible(filters.join(" "))}`; // Live's count is of the filtered list
  if (results.length > 0) out.say(out.paint("bold", `${"UNTIL".padEnd(UNTIL_WIDTH)}STREAM`));
  for (const each of results) for (const line of rowText(each, out.paint)) out.say(line);
  const canaries = groupBy(results.filter(isOfCanary), ({ stream }) => stream.domain);
  for (const [domain, total] of Object.entries(totals)) {
    const canary = canaries.has(domain) ? ", of which one is the canary's" : "";
    out.say(
      `${total.toLocaleString("en-US")} disabled on ${escapeInvisible(domain)}${filtered}, as counted by Live${canary}`,
    );
  }
  if (Object.keys(totals).length === 0) {
    out.say(`${results.length.toLocaleString("en-US")} disabled${filtered}; Live gives no total`);
  }
  const [first, ...rows] = unreadableText(answer.unreadable, "these streams may be disabled too");
  if (first !== undefined) for (const line of [`offair: ${first}`, ...rows]) out.warn(line);
  if (truncated) {
    out.warn("offair: the list is longer than one response can hold: narrow it with --domain, --app or --stream");
  }
}

const isOfCanary = ({ order }: Result): boolean => order?.canary === true;

function* rowText({ stream, resumeTime, order }: Result, paint: Out["paint"]): Generator<string> {
  yield `${(resumeTime ? secondOf(resumeTime) : "-").padEnd(UNTIL_WIDTH)}${escapeInvisible(formatStream(stream))}`;
  if (!order) {
    yield `  by       ${paint("yellow", "not by offair: no order of offair explains it")}`;
    return;
  }
  yield `  by       ${order.canary ? "the canary of offair, " : ""}${escapeInvisible(order.by)}`;
  yield `  because  ${escapeInvisible(order.reason)}`;
  yield `  since    ${secondOf(order.placedAt)}, order ${order.number}, ${escapeInvisible(order.outcome ?? "in progress")}`;
}
