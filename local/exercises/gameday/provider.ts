/** Invariants 6 and 7, by the calls that Live received: signature failures in a row, and calls in each sliding minute. */
import { MINUTE_MS } from "../../../lib/core/time.ts";
import { type Pool, poolOf } from "../../demo/huawei-users.ts";
import type { Call, Evidence } from "../evidence.ts";
import { result } from "../scorecard.ts";
import { KEY_CHANGED_REFUSED, KEY_RESTORED, RIGHT_PAIR, WRONG_PAIR_REFUSED } from "./event-log.ts";
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

/** The pools whose users make the calls that Live counts together. */
const CALLERS: Readonly<Record<string, readonly Pool[]>> = {
  ...{ blockOnce: ["worker"], writeBlocks: ["worker"], readBlocks: ["worker", "audit"], online: ["audit"] },
};

/** Every call counts, with any answer; a call of a removed key counts for its user. */
export function ratesOf({ calls, run: { users, quotas, ceilings, share } }: Evidence<Day>): Rate[] {
  const names = [...new Set(Object.values(users))];
  const callersOf = (quota: string) => names.filter((name) => CALLERS[quota]?.includes(poolOf(name))).length;
  const limitOf = (quota: string) => {
    const part = (ceilings[quota] ?? 0) / Math.max(1, callersOf(quota));
    return Math.floor(share * Math.min(quotas[quota] ?? 0, part));
  };
  const counted = calls.flatMap(({ ak, method, path, time }) => {
    const [user, quota] = [users[ak ?? ""], QUOTA_OF[`${method} ${path}`]];
    return user !== undefined && quota !== undefined ? [{ user, quota, atMs: Date.parse(time) }] : [];
  });
  const shared = counted.filter(({ quota }) => callersOf(quota) > 1);
  const ratesBy = (
    calls: typeof counted,
    nameOf: (call: (typeof counted)[number]) => string,
    limit: (quota: string) => number,
  ) =>
    [...Map.groupBy(calls, nameOf)].map(([name, group]) => {
      return { name, most: busiestMinute(group.map(({ atMs }) => atMs)), limit: limit(group[0]?.quota ?? "") };
    });
  return [
    ...ratesBy(counted, ({ user, quota }) => `${user} ${quota}`, limitOf),
    ...ratesBy(
      shared,
      ({ quota }) => `all users ${quota}`,
      (quota) => Math.floor(share * (ceilings[quota] ?? 0)),
    ),
  ];
}

/** Calls in the busiest sliding minute. */
function busiestMinute(unsorted: readonly number[]): number {
  const times = unsorted.toSorted((a, b) => a - b);
  let [first, most] = [0, 0];
  times.forEach((atMs, index) => {
    while ((times[first] ?? atMs) <= atMs - MINUTE_MS) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

export const quotasAreKept: Check = (evidence) =>
  result(
    7,
    "no sliding minute over the share of a quota, of a user or of all",
    `${evidence.calls.length} calls`,
    ratesOf(evidence)
      .filter(({ most, limit }) => most > limit)
      .map(({ name, most, limit }) => `${name}: ${most} calls in a minute, ${limit} allowed`),
  );

/** From the refusal of a bad key until it is put right. */
const PERIODS = [
  [WRONG_PAIR_REFUSED, RIGHT_PAIR],
  [KEY_CHANGED_REFUSED, KEY_RESTORED],
] as const;

const isDone = ({ status }: Call): boolean => status !== null && status < 300;

/** On a slow machine a key may be refused so late that it is put right at once. */
const SHORTEST_PERIOD_MS = 1_000;

/** In a pool. */
export const othersGoOn: Check = ({ calls, happened }) => {
  const find = (name: string) => happened.find(({ fault }) => fault === name);
  const periods = PERIODS.flatMap(([from, to]) => {
    const [begin, end] = [find(from), find(to)];
    const isLong = begin && end && Date.parse(end.at) - Date.parse(begin.at) >= SHORTEST_PERIOD_MS;
    return isLong ? [{ user: begin.note, from: begin.at, to: end.at }] : []; // a missing event is another check's failure
  });
  const answered = periods.map(({ user, from, to }) => {
    const isOther = (call: Call) => call.user !== null && call.user !== user && poolOf(call.user) === "worker";
    return calls.filter((call) => isDone(call) && isOther(call) && call.time >= from && call.time <= to).length;
  });
  const shown = periods.map(({ user }, index) => `${answered[index]} calls without ${user}`).join(", ");
  return result("–", "while the key of a user is bad, the others go on", shown, [
    ...periods.flatMap(({ user, from, to }, index) =>
      answered[index] === 0 ? [`from ${from} to ${to} nobody called in the place of ${user}`] : [],
    ),
  ]);
};
