/** Invariants 6 and 7, by the calls that Live received: signature failures in a row, and calls in each sliding minute. */
import { MINUTE_MS } from "../../../lib/core/time.ts";
import type { Evidence } from "../evidence.ts";
import { result } from "../scorecard.ts";
import type { Check } from "./facts.ts";
import type { Day } from "./run.ts";

const MAX_FAILURES = 5;

/** Live locks a key at the sixth failure in a row. Calls whose signature was not checked, because of a fault, are ignored. */
export const keyNeverLocked: Check = ({ calls }) => {
  const rows = new Map<string, number>();
  let longest = 0;
  const broken: string[] = [];
  for (const { ak, status, fault, committed, seq, time } of calls) {
    if (ak === null) continue;
    const before = rows.get(ak) ?? 0;
    const failures = status === 401 ? before + 1 : fault === undefined || committed ? 0 : before;
    rows.set(ak, failures);
    longest = Math.max(longest, failures);
    if (status === 401 && failures === MAX_FAILURES + 1)
      broken.push(`call ${seq} of ${time}: the ${failures}th signature failure in a row locks the key`);
  }
  return result(6, "the key is never locked", `${longest} failures in a row at most`, broken);
};

const QUOTA_OF: Readonly<Record<string, string>> = {
  "POST stream/block-once": "blockOnce",
  "POST stream/blocks": "writeBlocks",
  "PUT stream/blocks": "writeBlocks",
  "DELETE stream/blocks": "readBlocks",
  "GET stream/blocks": "readBlocks",
  "GET realtime/streams": "online",
};

export interface Rate {
  readonly name: string;
  /** Calls in the busiest sliding minute. */
  readonly most: number;
  readonly limit: number;
}

/** Every call counts, with any answer; a call of a removed key counts for its user. */
export function ratesOf({ calls, run: { users, quotas, share } }: Evidence<Day>): Rate[] {
  const counted = calls.flatMap(({ ak, method, path, time }) => {
    const [user, quota] = [users[ak ?? ""], QUOTA_OF[`${method} ${path}`]];
    return user !== undefined && quota !== undefined ? [{ user, quota, atMs: Date.parse(time) }] : [];
  });
  return [...Map.groupBy(counted, ({ user, quota }) => `${user} ${quota}`)].map(([name, group]) => {
    const times = group.map(({ atMs }) => atMs).sort((a, b) => a - b);
    let [first, most] = [0, 0];
    times.forEach((atMs, index) => {
      while ((times[first] ?? atMs) <= atMs - MINUTE_MS) first += 1;
      most = Math.max(most, index - first + 1);
    });
    return { name, most, limit: Math.floor((quotas[group[0]?.quota ?? ""] ?? 0) * share) };
  });
}

export const quotasAreKept: Check = (evidence) =>
  result(
    7,
    "no sliding minute over the share of a quota",
    `${evidence.calls.length} calls`,
    ratesOf(evidence)
      .filter(({ most, limit }) => most > limit)
      .map(({ name, most, limit }) => `${name}: ${most} calls in a minute, ${limit} allowed`),
  );
