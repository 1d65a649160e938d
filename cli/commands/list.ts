/** `offair list`: what is off right now, as Live says it, and why, as the ledger says it. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { openOperator } from "../operator/client.ts";
import type { OperatorResponse, ShownResult } from "../operator/response.ts";
import type { Command } from "../terminal/command.ts";
import { secondOf } from "../terminal/duration.ts";
import { textOf, type Values } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { resultRow } from "../workflows/results-file.ts";

export const list: Command = {
  name: "list",
  group: "incident",
  summary: "what is off right now, and why",
  operands: [],
  options: { url: { type: "string" }, domain: { type: "string" }, app: { type: "string" }, stream: { type: "string" } },
  help: `offair list [--domain NAME] [--app NAME] [--stream NAME] [--json]

Every stream that Live keeps off right now, until when, on whose word and why. What no order of ours explains is shown as
"not by offair". A pause cuts a push once and keeps nothing off, so it is not shown.

  --domain NAME  of one ingest domain; otherwise of all in scope
  --app NAME     of one app, spelled exactly so
  --stream NAME  of one stream, spelled exactly so
  --url URL      of offair; otherwise OFFAIR_URL
  --json         an object a stream, and the summary last. A file of them is a list for offair plan.`,

  async run({ values }, deps) {
    const { out } = deps;
    const filter = Object.fromEntries(
      ["domain", "app", "stream"].flatMap((name) => {
        const text = textOf(values, name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
    const reply = await openOperator(values, deps).ask({ action: "list", reason: "offair list", ...filter });
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { results, ...rest } = reply.answer;
    const exit = exitOf(reply);
    if (values.json) {
      for (const each of results) out.json({ ...resultRow(each), type: "off" });
      out.json({ type: "summary", ...rest, count: results.length, exit });
    } else sayText(reply.answer, values, out);
    return exit;
  },
};

const UNTIL_WIDTH = 22;

function sayText({ results, totals = {}, truncated }: OperatorResponse, values: Values, out: Out): void {
  const narrowed = ["app", "stream"].flatMap((name) =>
    values[name] === undefined ? [] : [`--${name} ${values[name]}`],
  );
  const of = narrowed.length === 0 ? "" : ` with ${escapeInvisible(narrowed.join(" "))}`; // Live counts what was asked for
  if (results.length > 0) out.say(out.paint("bold", `${"UNTIL".padEnd(UNTIL_WIDTH)}STREAM`));
  for (const each of results) for (const line of rowText(each, out.paint)) out.say(line);
  for (const [domain, total] of Object.entries(totals)) {
    out.say(`${total.toLocaleString("en-US")} off of ${escapeInvisible(domain)}${of}, as Live says`);
  }
  if (truncated) out.warn("offair: more is off than one answer holds: narrow it with --domain, --app or --stream");
}

function* rowText({ stream, resumeTime, order }: ShownResult, paint: Out["paint"]): Generator<string> {
  yield `${(resumeTime ? secondOf(resumeTime) : "-").padEnd(UNTIL_WIDTH)}${escapeInvisible(formatStream(stream))}`;
  if (!order) {
    yield `  by       ${paint("yellow", "not by offair: no offair order explains it")}`;
    return;
  }
  yield `  by       ${escapeInvisible(order.by)}`;
  yield `  because  ${escapeInvisible(order.reason)}`;
  yield `  since    ${secondOf(order.placedAt)}, order ${order.number}, ${escapeInvisible(order.outcome ?? "under way")}`;
}
