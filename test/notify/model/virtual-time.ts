/** Simulated time: what sleeps is woken in the order of its times, and whoever is woken goes on until it sleeps again. */
import { setImmediate as turn } from "node:timers/promises";

export interface VirtualTime {
  readonly now: () => Date;
  sleep(ms: number): Promise<void>;
  /** Does something at a time, unless the story ends before. */
  at(ms: number, act: () => void): void;
  advance(ms: number): Promise<void>;
}

export function createVirtualTime(start: Date): VirtualTime {
  let nowMs = start.getTime();
  const timers: { readonly atMs: number; readonly act: () => void }[] = [];

  function at(atMs: number, act: () => void): void {
    let low = 0;
    for (let high = timers.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((timers[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, { atMs: Math.max(atMs, nowMs), act });
  }

  return {
    now: () => new Date(nowMs),
    sleep: (ms) => new Promise((resolve) => at(nowMs + ms, resolve)),
    at,
    async advance(ms) {
      const untilMs = nowMs + ms;
      await turn();
      for (let [next] = timers; next && next.atMs <= untilMs; [next] = timers) {
        timers.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.act();
        await turn();
      }
      nowMs = untilMs;
    },
  };
}
