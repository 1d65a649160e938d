/**
 * Reads whether streams are pushed now, for the dry run of a pause or a disable: Live confirms both for a name that nobody pushes, so a
 * mistyped name would look like a success. Live lists a new stream after two to four minutes, so absence is a hint and no proof.
 */
import { describeError, logWarn } from "../../core/log.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import type { Stream } from "../../core/stream.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { ListOnline } from "../../orders/live-lists.ts";
import { nearestNames } from "../../plans/nearest-names.ts";
import type { Result } from "../contract/response-schema.ts";

export interface LiveNowDeps {
  readonly listOnline: ListOnline;
}

/** A person waits for the answer: together far below the time of a request. */
const LOOKUP_MS = 4 * SECOND_MS;
const NEAREST_MS = 6 * SECOND_MS;
const CONCURRENCY = 5;

/** Adds whether the stream of each planned result is live, if the list can be read, and the nearest live names if it is not. */
export async function withLive(results: readonly Result[], deps: LiveNowDeps): Promise<readonly Result[]> {
  const read = await mapConcurrently(
    results,
    CONCURRENCY,
    async ({ stream, previousResumeTime }) => (previousResumeTime === undefined ? readLive(stream, deps) : undefined), // nobody can push a stream that is disabled
  );
  const lists = new Map<string, Promise<readonly string[]>>();
  return mapConcurrently(results, CONCURRENCY, async (result, index) => {
    const isLive = read[index];
    if (isLive === undefined) return result;
    const { domain, app } = result.stream;
    const key = JSON.stringify([domain, app]);
    const names = isLive ? undefined : (lists.get(key) ?? namesOf(result.stream, deps));
    if (names) lists.set(key, names);
    const nearest = names && nearestNames(result.stream.stream, await names);
    return { ...result, isLive, ...(nearest && nearest.length > 0 && { nearest }) };
  });
}

async function readLive({ domain, app, stream }: Stream, { listOnline }: LiveNowDeps): Promise<boolean | undefined> {
  try {
    for await (const { rows, unreadable = [] } of listOnline(domain, { app, stream, withinMs: LOOKUP_MS })) {
      if (rows.some((row) => row.app === app && row.stream === stream)) return true;
      if (unreadable.length > 0) return undefined; // it may be this one
    }
    return false;
  } catch (failure) {
    logWarn("operator.live-list-unavailable", { domain, ...describeError(failure) });
    return undefined;
  }
}

/** The live names of the app that could be read in time. */
async function namesOf({ domain, app }: Stream, { listOnline }: LiveNowDeps): Promise<readonly string[]> {
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
