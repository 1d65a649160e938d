/**
 * For which times the exports that were read are certain to contain every order. An order that changes while its window is exported moves
 * to the next window, so the last window alone proves nothing about the orders before it.
 */
import { MINUTE_MS } from "../../core/time.ts";

/** From `from` (inclusive) until `until` (exclusive); ISO instants. */
export interface ExportWindow {
  readonly from: string;
  readonly until: string;
}

/** Clocks of workers and audits, and of Live, are assumed to differ by less than this. */
export const CLOCKS_MS = 5 * MINUTE_MS;

/** Windows without a gap between them. */
interface Run {
  readonly fromMs: number;
  /** Begin of its last window. */
  lastMs: number;
  untilMs: number;
}

export function createCoverage() {
  const windows = new Map<string, ExportWindow>();
  let known: readonly Run[] | undefined;

  const runs = (): readonly Run[] => {
    known ??= runsOf([...windows.values()]);
    return known;
  };
  /** The last run that begins before the moment. It may end before the moment too. */
  const runBefore = (ms: number): Run | undefined => runs().findLast(({ fromMs }) => fromMs <= ms - CLOCKS_MS);

  return {
    add(window: ExportWindow): void {
      windows.set(window.from, window);
      known = undefined;
    },
    /** Whether every order that had an effect between the two moments is in the exports. */
    isComplete(fromMs: number, untilMs: number): boolean {
      const run = runBefore(fromMs);
      return run !== undefined && untilMs + CLOCKS_MS <= run.lastMs;
    },
    /** Whether an export begins before the moment. */
    reachesBack: (ms: number): boolean => runBefore(ms) !== undefined,
    /** End of the windows without a gap, from the moment on; null if nothing was exported. */
    knownUntil(ms: number): string | null {
      const run = runBefore(ms) ?? runs().at(-1);
      return run ? new Date(run.untilMs).toISOString() : null;
    },
  };
}

function runsOf(windows: readonly ExportWindow[]): Run[] {
  const runs: Run[] = [];
  const sorted = windows.map(({ from, until }) => ({ fromMs: Date.parse(from), untilMs: Date.parse(until) }));
  for (const { fromMs, untilMs } of sorted.sort((a, b) => a.fromMs - b.fromMs)) {
    const run = runs.at(-1);
    if (run && fromMs <= run.untilMs) {
      run.lastMs = Math.max(run.lastMs, fromMs);
      run.untilMs = Math.max(run.untilMs, untilMs);
    } else runs.push({ fromMs, lastMs: fromMs, untilMs });
  }
  return runs;
}
