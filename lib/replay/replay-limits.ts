/**
 * Applies the action limits to the actions of a replay: which ones would have been held for review, and how full each limit became. All
 * actions are kept in memory until the file has been read, because the file may hold them in any order of time: a million actions take
 * about 250 MB.
 */

import { definedOnly } from "../core/defined-only.ts";
import type { Policy } from "../policy/policy.ts";
import { type Headroom, headroom, type Limit, NOTHING_TAKEN, type Taken, take } from "../safeguards/action-limits.ts";

export interface Moment {
  readonly atMs: number;
  /**
   * Live streams as last counted; undefined before the first count. "unread" if the worker did not read the count: the last one applies.
   */
  readonly liveStreams: number | undefined | "unread";
}

export interface RequestedAction extends Moment {
  /** Index of the report in the file. */
  readonly index: number;
  readonly source: string;
  /** Whether the worker was in enforce mode, in which it asks the limits. */
  readonly isEnforced: boolean;
}

/** The moment at which a limit was fullest. */
export interface Fullest extends Headroom {
  /** The source, for the limit of one source. */
  readonly source?: string;
}

export interface LimitsRun {
  /** The limit that was full, by the report's index in the file. */
  readonly held: ReadonlyMap<number, Limit>;
  readonly fullest: readonly Fullest[];
}

/** Runs the actions through the policy's limits in order of time, with empty counters at the start. */
function run(moments: readonly (Moment | RequestedAction)[], policy: Policy, which: "all" | "enforced"): LimitsRun {
  const held = new Map<number, Limit>();
  const fullest = new Map<string, Fullest>();
  let taken: Taken = NOTHING_TAKEN;
  let liveStreams: number | undefined;
  for (const moment of moments) {
    if (moment.liveStreams !== "unread") liveStreams = moment.liveStreams;
    if (!("index" in moment) || (which === "enforced" && !moment.isEnforced)) continue;
    const { index, source, atMs } = moment;
    const request = { source, now: new Date(atMs), liveStreams };
    const { answer: full, taken: after = taken } = take(taken, request, policy);
    taken = after;
    if (full) held.set(index, full);
    for (const { limit, used, most } of headroom(taken, request, policy)) {
      const owner = limit === "limit-source" ? source : undefined;
      const name = `${limit} ${owner}`;
      const before = fullest.get(name);
      if (before && fullness(before) >= fullness({ used, most })) continue;
      fullest.set(name, definedOnly({ limit, source: owner, used, most }));
    }
  }
  return { held, fullest: [...fullest.values()] };
}

/**
 * Runs the limits twice.
 *
 * @param moments - actions, and counts of live streams without an action, in any order; of two at the same time the earlier one comes
 *   first.
 * @returns `all`: as if every action had been taken; `enforced`: only the actions for which the worker asks the limits.
 */
export function runLimits(
  moments: readonly (Moment | RequestedAction)[],
  policy: Policy,
): { readonly all: LimitsRun; readonly enforced: LimitsRun } {
  const inOrder = moments.toSorted((one, other) => one.atMs - other.atMs);
  const all = run(inOrder, policy, "all");
  const isSame = inOrder.every((moment) => !("index" in moment) || moment.isEnforced);
  return { all, enforced: isSame ? all : run(inOrder, policy, "enforced") };
}

/** Share of the limit that is used; a limit of 0 is always full. */
const fullness = ({ used, most }: Omit<Headroom, "limit">): number => (most === 0 ? 1 : used / most);
