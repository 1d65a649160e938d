/** Reads until when streams are disabled now: as Live lists them, or by the ledger if the list cannot be read. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { type Stream, streamKey } from "../../core/stream.ts";
import { latestEffectiveOrder } from "../../orders/order-history.ts";
import { type OffNow, readOffNow } from "../../plans/disabled-now.ts";
import type { Result } from "../contract/response-schema.ts";
import { isShorter } from "../contract/shorter.ts";
import type { Uses } from "./deps.ts";

export type EndsDeps = Uses<"ledger" | "listDisabled" | "now">;

/** Concurrent reads of the ledger. */
const CONCURRENCY = 25;

/** Looks up each stream by its name: for a few streams. */
export async function readEnds(streams: readonly Stream[], deps: EndsDeps): Promise<OffNow> {
  const reads = streams.map(({ domain, app, stream }) => readOffNow([domain], { app, stream }, deps.listDisabled));
  const found = await Promise.all(reads);
  const off = {
    until: new Map(found.flatMap(({ until }) => [...until])),
    isWhole: found.every(({ isWhole }) => isWhole),
  };
  return addEnds(off, streams, deps);
}

/** Adds the ends that the ledger has, if the list could not be read to its end. Disables that others made are not in the ledger. */
export const withLedger = async (
  off: OffNow,
  streams: readonly Stream[],
  deps: Uses<"ledger" | "now">,
): Promise<OffNow> => (off.isWhole ? off : addEnds(off, streams, deps));

/** Adds the ends that the list should have and has not, and those of orders that wait, because a newer order takes their place. */
async function addEnds(
  off: OffNow,
  streams: readonly Stream[],
  { ledger, now }: Uses<"ledger" | "now">,
): Promise<OffNow> {
  const until = new Map(off.until);
  await mapConcurrently(streams, CONCURRENCY, async (stream) => {
    const { action, outcome, resumeTime } = latestEffectiveOrder(await ledger.recentOrders(stream)) ?? {};
    if (action !== "disable" || resumeTime === undefined || Date.parse(resumeTime) <= now().getTime()) return;
    const listed = until.get(streamKey(stream));
    const waits = outcome === undefined;
    const counts = listed === undefined ? waits || !off.isWhole : waits && isEarlier(listed, resumeTime);
    if (counts) until.set(streamKey(stream), resumeTime);
  });
  return { ...off, until };
}

/** @param end - null: without a known end. */
const isEarlier = (end: string | null, other: string): boolean => end !== null && Date.parse(end) < Date.parse(other);

/** @returns the reason to refuse a disable that would end the present one earlier, if it would. */
export function refusalToShorten(stream: Stream, resumeTime: string, { until }: OffNow): string | undefined {
  const present = until.get(streamKey(stream));
  if (!isShorter(resumeTime, present)) return undefined;
  const end = present === null ? "without a known end" : `until ${present}`;
  return `is disabled ${end}, and ${resumeTime} is earlier: nothing was done; set shorten (--shorten) to shorten it`;
}

/** Adds the end that the stream had before. */
export const withPreviousEnd = (result: Result, { until }: OffNow): Result =>
  definedOnly({ ...result, previousResumeTime: until.get(streamKey(result.stream)) });
