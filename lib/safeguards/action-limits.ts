/**
 * Limits of automatic actions in a sliding window: in total, by source, and as a share of the live streams. Pure: the store writes what
 * `take` returns in one conditional update, so that no two workers take the same place.
 */
import { CLOCK_MARGIN_MS, MINUTE_MS } from "../core/time.ts";
import { type Policy, sourceOf } from "../policy/policy.ts";

/** Counted actions by slice of time, oldest first; `startMs` in milliseconds since 1970. */
export interface Taken {
  readonly slices: readonly { readonly startMs: number; readonly bySource: Readonly<Record<string, number>> }[];
}

export const NOTHING_TAKEN: Taken = { slices: [] };

/** What to store of the limits, if anything, and what to answer to the caller. */
export interface CounterChange<T> {
  readonly taken?: Taken;
  readonly answer: T;
}

export const LIMITS = ["limit-total", "limit-source", "limit-share"] as const;
export type Limit = (typeof LIMITS)[number];

export interface Headroom {
  readonly limit: Limit;
  readonly used: number;
  readonly most: number;
}

/**
 * Slices in a window. The window moves slice by slice, so it is up to one slice longer than configured: too few actions rather than too
 * many.
 */
const SLICES = 12;

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

interface ActionRequest {
  readonly source: string;
  readonly now: Date;
  /** Live streams as last counted; undefined before the first count. */
  readonly liveStreams: number | undefined;
}

/** The limits that all sources share. @param liveStreams - as last counted; undefined before the first count. */
export function mostInAll(liveStreams: number | undefined, { limits }: Pick<Policy, "limits">) {
  const { total, shareOfLive, atLeast } = limits;
  return { total, share: Math.max(atLeast, Math.floor((liveStreams ?? 0) * shareOfLive)) };
}

const countOf = (counts: Readonly<Record<string, number>>, source: string): number =>
  Object.hasOwn(counts, source) ? (counts[source] ?? 0) : 0;

/** Places that this source took in the window. */
export const usedOf = (taken: Taken, source: string, now: Date, policy: Policy): number =>
  sum(inWindow(taken, now, policy).map(({ bySource }) => countOf(bySource, source)));

/** How full each limit is that an action of this source counts towards. */
export function headroom(taken: Taken, { source, now, liveStreams }: ActionRequest, policy: Policy): Headroom[] {
  const { perSource } = policy.limits;
  const { total, share } = mostInAll(liveStreams, policy);
  const bySource = inWindow(taken, now, policy).map((slice) => slice.bySource);
  const used = sum(bySource.flatMap((counts) => Object.values(counts)));
  return [
    {
      limit: "limit-source",
      used: usedOf(taken, source, now, policy),
      most: sourceOf(source, policy)?.maxActions ?? perSource,
    },
    { limit: "limit-total", used, most: total },
    { limit: "limit-share", used, most: share },
  ];
}

/** Takes one place in every counter at once; or in none, and then the answer is the limit that is full. */
export function take(taken: Taken, request: ActionRequest, policy: Policy): CounterChange<Limit | undefined> {
  const full = headroom(taken, request, policy).find(({ used, most }) => used >= most);
  return full ? { answer: full.limit } : { answer: undefined, taken: addTo(taken, { ...request, count: 1 }, policy) };
}

/** Counts `count` more actions, whatever the limits. */
export function addTo(
  taken: Taken,
  { source, count, now }: Pick<ActionRequest, "source" | "now"> & { readonly count: number },
  policy: Policy,
): Taken {
  const slices = inWindow(taken, now, policy);
  const sliceMs = sliceMsOf(policy);
  // If this worker's clock is behind another's, the action counts in the newest slice, so that the slices stay in order.
  const startMs = Math.max(Math.floor(now.getTime() / sliceMs) * sliceMs, slices.at(-1)?.startMs ?? 0);
  const current = slices.find((slice) => slice.startMs === startMs)?.bySource ?? {};
  return {
    slices: [
      ...slices.filter((slice) => slice.startMs !== startMs),
      { startMs, bySource: { ...current, [source]: countOf(current, source) + count } },
    ],
  };
}

const sliceMsOf = ({ limits }: Policy): number => (limits.windowMinutes * MINUTE_MS) / SLICES;

/** The slices that are at least partly in the window. */
const inWindow = (taken: Taken, now: Date, policy: Policy): Taken["slices"] =>
  withoutFuture(taken.slices, now.getTime(), sliceMsOf(policy)).filter(
    ({ startMs }) => startMs + sliceMsOf(policy) > now.getTime() - policy.limits.windowMinutes * MINUTE_MS,
  );

/** Counts the actions of a worker whose clock is ahead as taken now; otherwise its places, and all later ones, would stay taken for longer. */
function withoutFuture(slices: Taken["slices"], nowMs: number, sliceMs: number): Taken["slices"] {
  const ahead = slices.filter(({ startMs }) => startMs > nowMs + CLOCK_MARGIN_MS);
  if (ahead.length === 0) return slices;
  const believed = slices.slice(0, slices.length - ahead.length);
  const startMs = Math.max(Math.floor(nowMs / sliceMs) * sliceMs, believed.at(-1)?.startMs ?? 0);
  const bySource: Record<string, number> = {};
  for (const counts of [...believed.filter((slice) => slice.startMs === startMs), ...ahead])
    for (const [source, count] of Object.entries(counts.bySource)) bySource[source] = countOf(bySource, source) + count;
  return [...believed.filter((slice) => slice.startMs !== startMs), { startMs, bySource }];
}
/** The number of live streams in all ingest domains in scope, as an audit last counted them. */
export interface LiveStreams {
  readonly count: number;
  readonly countedAt: string;
}
