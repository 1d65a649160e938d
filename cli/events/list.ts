/** `offair events list`: the events of the log, with what became of each for one subscriber. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { EventRow } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import { printRows } from "../render/print-rows.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { numberText } from "../terminal/number-text.ts";
import { textOf, type Values, wholeNumberOf } from "../terminal/options.ts";
import { printIssues } from "../workflows/refusals.ts";
import { filterOf } from "./filter.ts";
import { cloudEventRow, eventsText, pipedColumns } from "./render.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 100_000;
/** Of one request. */
const MAX_PAGE = 5_000;

export async function listEvents(values: Values, deps: CommandDeps): Promise<Exit> {
  const { now, out } = deps;
  const limit = wholeNumberOf(values, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT;
  if (values.all && values.limit !== undefined) throw new UsageError("give either --limit or --all");
  if (values.stage !== undefined) throw new UsageError("--stage is for --bundle and --bucket");
  const operator = openOperator(values, deps);
  const asked = definedOnly({
    ...{ action: "events", reason: "offair events", order: values.all ? "oldest" : "newest" },
    since: instantOf(values, "since", now()) ?? new Date(now().getTime() - DAY_MS).toISOString(),
    until: instantOf(values, "until", now()) ?? now().toISOString(), // the same for every page
    subscriber: textOf(values, "subscriber"),
    ...filterOf(values),
  });
  const newest: EventRow[] = [];
  let count = 0;
  let after: string | undefined;
  do {
    out.progress(`reading events: ${numberText(count)} so far`);
    const most = values.all ? MAX_PAGE : Math.min(MAX_PAGE, limit - count);
    const reply = await operator.ask(definedOnly({ ...asked, limit: most, after }));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { events = [], next } = reply.answer;
    if (values.all) printEvents(events, { values, isFirst: count === 0 }, deps);
    else newest.push(...events);
    count += events.length;
    after = next;
  } while (after !== undefined && (values.all || count < limit));
  if (!values.all) printEvents(newest.reverse(), { values, isFirst: true }, deps);
  if (count === 0 && !values.json) out.warn(`no events since ${asked.since}`);
  if (after !== undefined) out.warn(`there are earlier events: --all shows every event since ${asked.since}`);
  return EXIT.done;
}

/** In the order in which they were logged. */
export function printEvents(
  rows: readonly EventRow[],
  { values, isFirst }: { readonly values: Values; readonly isFirst: boolean },
  { out }: Pick<CommandDeps, "out">,
): void {
  const withDelivery = values.subscriber !== undefined;
  if (values.json) for (const row of rows) out.json(cloudEventRow(row));
  else if (!out.isTerminal) printRows(pipedColumns(withDelivery), rows, "lines", out);
  else if (rows.length > 0) for (const line of eventsText(rows, { withDelivery, isFirst }, out)) out.say(line);
}
