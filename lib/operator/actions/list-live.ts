/** `live`: the streams that are pushed now, as Live lists them, each with why a plan would leave it out. It changes nothing. */
import { definedOnly } from "../../core/defined-only.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import {
  addUnreadable,
  type ListOnline,
  type OnlineRow,
  type UnreadableRow,
  type UnreadableRows,
} from "../../orders/live-lists.ts";
import { fitting, MAX_LIVE_BYTES } from "../../plans/response-size.ts";
import { type Selected, type Selector, select } from "../../plans/selector.ts";
import { ingestDomains, inScope, isProtected, type Policy } from "../../policy/policy.ts";
import type { EventOf } from "../contract/request.ts";
import { done, messageOf, refused, refusedAt } from "../contract/response.ts";
import type { LiveRow, OperatorResponse } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

/** Domains that are read at the same time: each is read page by page, and together they have the time of one request. */
const CONCURRENCY = 4;

export async function listLive(
  event: EventOf<"live">,
  { policy, listOnline, now }: Uses<"policy" | "listOnline" | "now">,
): Promise<OperatorResponse> {
  const { selector } = event;
  const readAt = now().toISOString();
  const issue = selector && outsideScope(selector, policy);
  if (issue) return refused([issue]);
  const wanted: readonly Selector[] = selector ? [selector] : ingestDomains(policy).map((domain) => ({ domain }));
  const lists = await mapConcurrently(wanted, CONCURRENCY, async (each) => {
    return { each, list: await readOnline(each, listOnline) };
  });
  const rows: LiveRow[] = [];
  let count = 0;
  let unreadable: UnreadableRows | undefined;
  for (const { each, list } of lists) {
    if ("failure" in list) return refusedAt("/selector", incomplete(each.domain, list.failure));
    const selected = select(each, list.rows);
    rows.push(...rowsOf(selected, policy));
    count += selected.liveCount;
    unreadable = addUnreadable(unreadable, each.domain, list.unreadable);
  }
  const shown = fitting(rows.sort(newestFirst), MAX_LIVE_BYTES);
  const truncated = shown.length < rows.length || undefined;
  return done(definedOnly({ live: { rows: shown, count, readAt }, unreadable, truncated }));
}

/** Why a selector can find nothing that a plan may act on. */
export function outsideScope({ domain, app }: Selector, policy: Policy) {
  const domains = ingestDomains(policy);
  if (!domains.includes(domain)) {
    return { pointer: "/selector/domain", message: `is not an ingest domain in scope: ${domains.join(", ")}` };
  }
  if (app === undefined || inScope({ domain, app }, policy)) return undefined;
  return { pointer: "/selector/app", message: "is not an app in scope of that ingest domain" };
}

export interface OnlineRows {
  readonly rows: readonly OnlineRow[];
  /** Rows that are not as documented. */
  readonly unreadable: readonly UnreadableRow[];
}

/** @returns what happened, if the list could not be read completely: nobody could say which streams are missing. */
export async function readOnline(
  { domain, app }: { readonly domain: string; readonly app?: string | undefined },
  listOnline: ListOnline,
): Promise<OnlineRows | { readonly failure: string }> {
  const all: OnlineRow[] = [];
  const unreadable: UnreadableRow[] = [];
  try {
    for await (const { rows, unreadable: unread = [] } of listOnline(domain, { app })) {
      all.push(...rows);
      unreadable.push(...unread);
    }
  } catch (failure) {
    logWarn("operator.live-list-unavailable", { domain, ...describeError(failure) });
    return { failure: `${messageOf(failure)}; the list of live streams could not be read completely` };
  }
  return { rows: all, unreadable };
}

const incomplete = (domain: string, failure: string): string =>
  `${failure} (${domain}), so streams would be missing: try again, or narrow it`;

function rowsOf({ candidates, skipped }: Selected, policy: Policy): LiveRow[] {
  const leftOutOf = (stream: LiveRow): LiveRow["leftOut"] =>
    inScope(stream, policy) ? (isProtected(stream, policy) ? "protected-stream" : undefined) : "out-of-scope";
  return [
    ...candidates.map((each) => definedOnly({ ...each, leftOut: leftOutOf(each) })),
    ...skipped.map(({ stream, because }) => ({ ...stream, leftOut: because })),
  ];
}

/** Those without a known start come first. */
const newestFirst = ({ startTime: one = "~" }: LiveRow, { startTime: other = "~" }: LiveRow): number =>
  one < other ? 1 : one > other ? -1 : 0;
