/** `offair events list --bundle` or `--bucket`: the events of exported evidence, with the ids that they were sent with. */

import { toCloudEvent } from "../../lib/events/cloud-event.ts";
import type { OffairEvent } from "../../lib/events/event.ts";
import { orderingKeyOf } from "../../lib/events/make-event.ts";
import type { EventRow } from "../../lib/operator/contract/response-schema.ts";
import { readArchivedEvents } from "../evidence/archived-events.ts";
import { exitOfGaps, gapText } from "../evidence/checked-reader.ts";
import { openGiven } from "../evidence/open-source.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { filterOf } from "./filter.ts";
import { printEvents } from "./list.ts";

const DEFAULT_STAGE = "prod";

export async function listArchived(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out, env, now } = deps;
  const ignored = ["subscriber", "limit", "all", "url"].find((name) => values[name] !== undefined);
  if (ignored !== undefined) throw new UsageError(`--${ignored} is not for the events of an archive`);
  const since = instantOf(values, "since", now());
  if (since === undefined) throw new UsageError("--since is missing: from which time on?");
  const until = instantOf(values, "until", now());
  const { type, stream } = filterOf(values);
  const stage = textOf(values, "stage") ?? DEFAULT_STAGE;
  const orderingKey = stream && orderingKeyOf(stream);
  const isWanted = (event: OffairEvent): boolean =>
    (type === undefined || event.type === type) && (orderingKey === undefined || event.orderingKey === orderingKey);
  const bundle = await openGiven(values, env);
  try {
    const asked = { since: new Date(since), until: until === undefined ? undefined : new Date(until) };
    const { events, gaps } = await readArchivedEvents(bundle, asked, out.progress);
    const rows = events.filter(isWanted).map((event) => rowOf(event, `/offair/${stage}`));
    printEvents(rows, { values, isFirst: true }, deps);
    for (const gap of gaps) out.warn(gapText(gap));
    if (rows.length === 0 && !values.json) out.warn(`no events since ${since}`);
    return exitOfGaps(gaps);
  } finally {
    await bundle.close();
  }
}

/** The archive has no log, so that the event has no number in it. */
function rowOf(event: OffairEvent, source: string): EventRow {
  const loggedAt = event.time;
  const { sequence: _, ...sent } = toCloudEvent({ ...event, number: 0, loggedAt }, { source });
  return { event: sent, loggedAt };
}
