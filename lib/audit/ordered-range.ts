/**
 * Counts the streams that offair's orders kept off during an export, from moment to moment, so that a page shows what happened between two
 * lists. Like the expected disables, it counts the disables that Live accepted; but not those of the canary.
 */

import { MAX_REASONS, type Range, shortReason } from "../archive/figures.ts";
import type { Expected, LedgerEvent } from "../archive/line-schemas.ts";
import { effectAt } from "../archive/order-effect.ts";
import { isOfCanary } from "../core/canary.ts";
import { streamKey } from "../core/stream.ts";
import { isSettled, takesOff } from "./drift/fold-expected.ts";
import { kindOfReason } from "./page/collect.ts";

/** A change of one stream. `untilMs`: the resume time of a disable; undefined for an enable. */
interface Change {
  readonly number: number;
  readonly atMs: number;
  readonly untilMs: number | undefined;
  readonly domain: string;
  readonly reason: string;
}
type Off = Pick<Change, "domain" | "reason"> & { readonly atMs: number; readonly untilMs: number };

/** Domains that are kept. */
const MAX_DOMAINS = 20;

export function createOrderedRange() {
  /** By `streamKey`. */
  const changes = new Map<string, Change[]>();
  const begun: Off[] = [];
  const before = new Map<string, Off>();
  /** Off all the time, by domain and reason. */
  const steady = new Map<string, Pick<Off, "domain" | "reason"> & { count: number }>();

  return {
    /** Takes an exported event into account. */
    note(event: LedgerEvent): void {
      if (event.kind !== "order" || !isSettled(event.order)) return;
      const { order } = event;
      if (isOfCanary(order.authority.cause)) return;
      // Nothing is known of the effect, and a stream that was off stays off.
      if (order.action === "disable" && !takesOff(order)) return;
      const { number, resumeTime, reason } = order;
      const key = streamKey(order.stream);
      const known = changes.get(key) ?? [];
      changes.set(key, known);
      known.push({
        ...{ number, domain: order.stream.domain, reason: kindOfReason(reason) },
        atMs: Date.parse(effectAt(order)),
        untilMs: resumeTime === undefined ? undefined : Date.parse(resumeTime),
      });
    },
    /**
     * Takes a disable into account that was in force at the beginning of the export. Call this after all events were noted.
     *
     * @param until - end of the export. A disable that outlasts it is only counted: there may be 100,000.
     */
    begin({ resumeTime, number, ...expected }: Expected, until: string): void {
      if (isOfCanary(expected.cause)) return;
      const key = changes.size === 0 ? "" : streamKey(expected);
      const ofStream = changes.get(key);
      const { domain } = expected;
      const reason = kindOfReason(expected.reason);
      const untilMs = Date.parse(resumeTime);
      const off = { domain, reason, atMs: Number.NEGATIVE_INFINITY, untilMs };
      if (ofStream) {
        before.set(key, off);
        // Not an older order that ended late.
        changes.set(
          key,
          ofStream.filter((change) => change.number > number),
        );
      } else if (untilMs < Date.parse(until)) begun.push(off);
      else {
        const pair = JSON.stringify([domain, reason]);
        const known = steady.get(pair);
        if (known) known.count += 1;
        else steady.set(pair, { domain, reason, count: 1 });
      }
    },
    /** @param window - of the export: ISO instants. */
    result(window: { readonly from: string; readonly until: string }) {
      const [fromMs, endMs] = [Date.parse(window.from), Date.parse(window.until)];
      const offs = [...begun];
      for (const [key, ofStream] of changes) offs.push(...timesOff(before.get(key), ofStream));
      return { ...window, ...sweep(offs, [...steady.values()], fromMs, endMs) };
    },
  };
}

/** The times in which one stream was off: each change ends the one before. */
function timesOff(before: Off | undefined, changes: readonly Change[]): Off[] {
  const offs: Off[] = [];
  let current = before;
  const end = (atMs: number) => current && offs.push({ ...current, untilMs: Math.min(current.untilMs, atMs) });
  for (const { atMs, untilMs, domain, reason } of changes.toSorted((a, b) => a.number - b.number)) {
    end(atMs);
    current = untilMs === undefined ? undefined : { domain, reason, atMs, untilMs };
  }
  end(Number.POSITIVE_INFINITY);
  return offs;
}

class Counter {
  count = 0;
  private highest = -1;
  private highestMs = 0;
  private lowest = Number.POSITIVE_INFINITY;

  /** Called after each change, once for all changes of a moment. */
  observe(ms: number): void {
    this.lowest = Math.min(this.lowest, this.count);
    if (this.count <= this.highest) return;
    this.highest = this.count;
    this.highestMs = ms;
  }
  range(): Range {
    return { highest: this.highest, highestAt: new Date(this.highestMs).toISOString(), lowest: this.lowest };
  }
}

function sweep(
  offs: readonly Off[],
  steady: readonly (Pick<Off, "domain" | "reason"> & { readonly count: number })[],
  fromMs: number,
  endMs: number,
) {
  const total = new Counter();
  const [domains, reasons] = [new Map<string, Counter>(), new Map<string, Counter>()];
  const counterOf = (all: Map<string, Counter>, name: string) => {
    const counter = all.get(name) ?? new Counter();
    all.set(name, counter);
    return counter;
  };
  const countersOf = ({ domain, reason }: Pick<Off, "domain" | "reason">) => [
    total,
    counterOf(domains, domain),
    counterOf(reasons, reason),
  ];
  for (const each of steady) for (const counter of countersOf(each)) counter.count += each.count;
  const steps: { readonly ms: number; readonly change: 1 | -1; readonly off: Off }[] = [];
  for (const off of offs) {
    if (off.untilMs <= Math.max(off.atMs, fromMs) || off.atMs >= endMs) continue;
    steps.push({ ms: Math.max(off.atMs, fromMs), change: 1, off });
    if (off.untilMs < endMs) steps.push({ ms: off.untilMs, change: -1, off });
    countersOf(off); // each counter begins at 0
  }
  steps.sort((a, b) => a.ms - b.ms);
  let ms = fromMs;
  let changed = new Set([total, ...domains.values(), ...reasons.values()]);
  const observe = () => {
    for (const counter of changed) counter.observe(ms);
  };
  for (const step of steps) {
    if (step.ms !== ms) {
      observe();
      ms = step.ms;
      changed = new Set();
    }
    for (const counter of countersOf(step.off)) {
      counter.count += step.change;
      changed.add(counter);
    }
  }
  observe();
  return {
    total: total.range(),
    domains: highest(domains, MAX_DOMAINS).map(([domain, range]) => ({ domain, ...range })),
    reasons: highest(reasons, MAX_REASONS).map(([reason, range]) => ({ reason: shortReason(reason), ...range })),
  };
}

const highest = (counters: ReadonlyMap<string, Counter>, max: number): [string, Range][] =>
  [...counters]
    .map(([name, counter]): [string, Range] => [name, counter.range()])
    .sort(([a, one], [b, other]) => other.highest - one.highest || (a < b ? -1 : 1))
    .slice(0, max);
