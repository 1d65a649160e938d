/**
 * Asks Live's list after several streams at once. One stream costs one call by its name; many of one ingest domain at the same moment
 * are looked for on the domain's pages, where those are fewer than the streams. What the pages do not show is still asked for by name:
 * absence is never concluded from a list alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { READ_BACK_MS } from "../deadlines.ts";
import { type Stream, streamKey } from "../stream.ts";
import { type LiveClient, MAX_PAGE_SIZE } from "./live.ts";
import type { DisabledStream } from "./pages.ts";

/** So long a question waits for company; a round trip to Live takes longer. */
const GATHER_MS = 5;
/** Below this, asking one by one is never dearer by more than a call. */
const MIN_GROUP = 3;

type Ask = LiveClient["findDisabled"];

export function createReadBack({ findDisabled, disabledPage }: Pick<LiveClient, "findDisabled" | "disabledPage">): Ask {
  const waiting = new Map<string, { streams: Stream[]; found: Promise<Map<string, DisabledStream>> }>();

  async function gather(domain: string, streams: readonly Stream[]): Promise<Map<string, DisabledStream>> {
    await sleep(GATHER_MS);
    waiting.delete(domain); // who comes now is asked for by the next one
    const found = new Map<string, DisabledStream>();
    if (streams.length < MIN_GROUP) return found;
    const deadline = AbortSignal.timeout(READ_BACK_MS);
    let pages = 1;
    for (let page = 0; page < pages; page++) {
      const { total, rows } = await disabledPage(domain, { page, deadline });
      for (const row of rows) found.set(streamKey(row), row);
      const wanted = Math.ceil(total / MAX_PAGE_SIZE);
      if (rows.length < MAX_PAGE_SIZE || wanted >= streams.length) break; // the last one, or too many to be worth it
      pages = wanted;
    }
    return found;
  }

  return async function findOneOfMany(stream) {
    const { domain } = stream;
    let group = waiting.get(domain);
    if (!group) {
      const streams: Stream[] = [];
      group = { streams, found: gather(domain, streams) };
      waiting.set(domain, group);
    }
    group.streams.push(stream);
    const found = await group.found.catch(() => new Map<string, DisabledStream>());
    return found.get(streamKey(stream)) ?? findDisabled(stream, { deadline: AbortSignal.timeout(READ_BACK_MS) });
  };
}
