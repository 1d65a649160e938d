/**
 * Reads whether streams are live now: for the dry run of a pause or a disable, because Live confirms both for a name that nobody pushes, so
 * that a mistyped name would look like a success; and for a case. Live lists a new stream after two to four minutes
 * (ListLiveStreamsOnline), so absence is a hint and no proof.
 */
import { definedOnly } from "../../core/defined-only.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import { nearestNames } from "../../plans/nearest-names.ts";
import { codeOf } from "../contract/response.ts";
import type { Result, ReviewCase } from "../contract/response-schema.ts";
import type { Uses } from "./deps.ts";

/** A person waits for the answer: together far below the time of a request. */
const LOOKUP_MS = 4 * SECOND_MS;
const NEAREST_MS = 6 * SECOND_MS;
const CONCURRENCY = 5;

/** Adds whether the stream of each planned result is live, if the list can be read, and the nearest live names if it is not. */
export async function withLive(results: readonly Result[], deps: Uses<"listOnline">): Promise<readonly Result[]> {
  const lists = new Map<string, Promise<readonly string[]>>();
  return mapConcurrently(results, CONCURRENCY, async (result) => {
    if (result.previousResumeTime !== undefined) return result; // nobody can push a stream that is disabled
    const { state } = await readLiveNow(result.stream, deps);
    if (state === "unknown") return result;
    const isLive = state === "live";
    const { domain, app } = result.stream;
    const key = JSON.stringify([domain, app]);
    const names = isLive ? undefined : (lists.get(key) ?? namesOf(result.stream, deps));
    if (names) lists.set(key, names);
    const nearest = names && nearestNames(result.stream.stream, await names);
    return { ...result, isLive, ...(nearest && nearest.length > 0 && { nearest }) };
  });
}

/** Never fails: without an answer of Live, it is unknown. */
export async function readLiveNow(
  { domain, app, stream }: Stream,
  { listOnline }: Uses<"listOnline">,
): Promise<NonNullable<ReviewCase["live"]>> {
  try {
    let unread = 0;
    for await (const { rows, unreadable = [] } of listOnline(domain, { app, stream, withinMs: LOOKUP_MS })) {
      const row = rows.find((each) => each.app === app && each.stream === stream);
      if (row)
        return definedOnly({
          state: "live",
          since: row.startTime ?? undefined,
          clientAddress: row.clientAddress ?? undefined,
        });
      unread += unreadable.length;
    }
    if (unread > 0) return { state: "unknown", why: `Live's list has ${unread} rows that are not as documented` };
    return { state: "not-listed", why: "Live does not list it; a new push is listed after two to four minutes" };
  } catch (failure) {
    logWarn("operator.live-list-unavailable", { domain, ...describeError(failure) });
    return { state: "unknown", why: `Live could not be asked (${codeOf(failure)})` };
  }
}

/** The live names of the app that could be read in time. */
async function namesOf({ domain, app }: Stream, { listOnline }: Uses<"listOnline">): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { rows } of listOnline(domain, { app, withinMs: NEAREST_MS })) {
      names.push(...rows.filter((row) => row.app === app).map(({ stream }) => stream));
    }
  } catch (failure) {
    logWarn("operator.live-list-unavailable", { domain, ...describeError(failure) });
  }
  return names;
}
