/**
 * The two ways in which events leave: at once, for the items that a writer names, and by a sweep, for everything that is due. Both do the same,
 * and either may be lost, repeated or late.
 */
import { SECOND_MS } from "../core/time.ts";
import { catchUp } from "./catch-up.ts";
import { deliverTo, handleItems } from "./handle-items.ts";
import { continueReplay } from "./replay.ts";
import { attempt, type NotifyDeps, type Run, startRun, type Tally } from "./run.ts";
import type { Due, ItemKey } from "./stores.ts";
import { followPolicy } from "./subscribers.ts";

/** A call at once has less time, so that a slow subscriber does not occupy what others wait for: the sweep tries it again with more. */
export const QUICK = { timeoutMs: 3 * SECOND_MS, totalMs: 9 * SECOND_MS } as const;
/** A sweep ends before the second one after it begins, so that few run at a time. */
export const SWEEP = { timeoutMs: 10 * SECOND_MS, totalMs: 20 * SECOND_MS } as const;

/**
 * Sweeps between two minutes of the schedule, in seconds after it: Scheduler is up to a minute late. They reach far enough that a schedule which
 * was lost, or whose environment died, leaves no gap.
 */
export const WAKE_AFTER_S: readonly number[] = [20, 40, 60, 80, 100, 120, 140, 160];

/** The wake-ups of three minutes come at the same time, as a rule: an environment that has just swept has nothing to do. */
const AT_MOST_EACH_MS = 5 * SECOND_MS;

/** Between two sweeps that read what is due: the wake-ups of one minute alone, and one of them found that there had just been a sweep. */
export const LONGEST_GAP_MS: number = 20 * SECOND_MS + AT_MOST_EACH_MS;

/** More than are due of one subscriber that is slow, so that it hides nobody else's. */
const DUE = 2_000;

export interface Notify {
  /** What failed is counted, and is tried again by the next sweep. The invocation does not fail: the queue would slow down for all items. */
  handleKeys(keys: readonly ItemKey[]): Promise<Tally>;
  /** @returns undefined, and does nothing, if this environment swept a few seconds ago. */
  sweep(): Promise<Tally | undefined>;
}

export function createNotify(deps: NotifyDeps): Notify {
  let sweptAtMs = Number.NEGATIVE_INFINITY;
  return {
    async handleKeys(keys) {
      const run = begin(deps, QUICK);
      await handleItems(run, keys);
      return run.tally;
    },
    async sweep() {
      if (deps.now().getTime() - sweptAtMs < AT_MOST_EACH_MS) return undefined;
      const run = begin(deps, SWEEP);
      const [states, due] = await Promise.all([followPolicy(run), run.store.listDue(run.now(), DUE)]);
      sweptAtMs = run.now().getTime();
      const ofKind = <K extends Due["kind"]>(kind: K) =>
        due.filter((each): each is Extract<Due, { kind: K }> => each.kind === kind);
      const keys = ofKind("item").map(({ key }) => key);
      await Promise.all([
        ...ofKind("delivery").map(({ orderingKey, subscriber }) =>
          deliverTo(run, orderingKey, subscriber, undefined, true),
        ),
        handleItems(run, keys),
        ...states.map((state) => attempt(run, `catch-up of ${state.name}`, catchUp(run, state))),
        ...ofKind("replay").map(({ subscriber, id }) =>
          attempt(run, `replay ${id}`, continueReplay(run, subscriber, id)),
        ),
      ]);
      return run.tally;
    },
  };
}

const begin = (deps: NotifyDeps, { timeoutMs, totalMs }: typeof QUICK | typeof SWEEP): Run =>
  startRun(deps, timeoutMs, new Date(deps.now().getTime() + totalMs));
