/**
 * For which times the exports that were read are certain to contain every order. An order that changes between the end of a window and the
 * moment of its export moves to a later window, so an export proves nothing alone: another one must cover that moment.
 */
import { MINUTE_MS } from "../../core/time.ts";

/** From `from` (inclusive) until `until` (exclusive), exported before `writtenAt`; ISO instants. */
export interface ExportWindow {
  readonly from: string;
  readonly until: string;
  readonly writtenAt: string;
}

/** Clocks of workers and audits, and of Live, are assumed to differ by less than this. */
export const CLOCKS_MS = 5 * MINUTE_MS;

interface Window {
  readonly fromMs: number;
  /** Latest end of this window and the ones before it in its run. */
  readonly reachMs: number;
  readonly writtenMs: number;
}
/** Windows without a gap between them. */
type Run = readonly Window[];

const endOf = (run: Run): number => run.at(-1)?.reachMs ?? Number.NEGATIVE_INFINITY;

/** Until when a run must reach, so that it has every order that had an effect before the moment. */
function neededFor(ms: number, run: Run): number {
  let [low, high] = [0, run.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((run[middle]?.reachMs ?? 0) < ms + CLOCKS_MS) low = middle + 1;
    else high = middle;
  }
  return (run[low]?.writtenMs ?? ms) + CLOCKS_MS;
}

export function createCoverage() {
  const windows = new Map<string, ExportWindow>();
  let known: readonly Run[] | undefined;

  const runs = (): readonly Run[] => {
    known ??= runsOf([...windows.values()]);
    return known;
  };
  /** The last run that begins before the moment. It may end before the moment too. */
  const runBefore = (ms: number): Run | undefined =>
    runs().findLast(([first]) => first !== undefined && first.fromMs <= ms - CLOCKS_MS);

  return {
    add(window: ExportWindow): void {
      windows.set(window.from, window);
      known = undefined;
    },
    /** Whether every order that had an effect between the two moments is in the exports. */
    isComplete(fromMs: number, untilMs: number): boolean {
      const run = runBefore(fromMs);
      return run !== undefined && endOf(run) >= neededFor(untilMs, run);
    },
    /** Until when the exports must be read, so that they are complete until the second moment. */
    neededUntil: (fromMs: number, untilMs: number): number => neededFor(untilMs, runBefore(fromMs) ?? []),
    /** Whether an export begins before the moment. */
    reachesBack: (ms: number): boolean => runBefore(ms) !== undefined,
    /** End of the windows without a gap, from the moment on; null if nothing was exported. */
    knownUntil(ms: number): string | null {
      const run = runBefore(ms) ?? runs().at(-1);
      return run ? new Date(endOf(run)).toISOString() : null;
    },
  };
}

function runsOf(windows: readonly ExportWindow[]): Run[] {
  const runs: Window[][] = [];
  const sorted = windows.map(({ from, until, writtenAt }) => ({
    ...{ fromMs: Date.parse(from), untilMs: Date.parse(until), writtenMs: Date.parse(writtenAt) },
  }));
  for (const { fromMs, untilMs, writtenMs } of sorted.sort((a, b) => a.fromMs - b.fromMs)) {
    const run = runs.at(-1);
    const reachedMs = run ? endOf(run) : Number.NEGATIVE_INFINITY;
    if (run && fromMs <= reachedMs) run.push({ fromMs, reachMs: Math.max(reachedMs, untilMs), writtenMs });
    else runs.push([{ fromMs, reachMs: untilMs, writtenMs }]);
  }
  return runs;
}
