/** Invariants 6 and 7, by the calls as Live saw them: signature failures in a row, and calls in each sliding minute. */

import { finding } from "../finding.ts";
import type { Check } from "./finding.ts";
import { dayOf, type Material } from "./inputs.ts";

const MAX_FAILURES = 5;

/** Live locks a key at the sixth failure in a row. A call that a fault kept from being looked at neither counts nor ends the row. */
export const keyNeverLocked: Check = (material) => {
  const rows = new Map<string, number>();
  let longest = 0;
  const broken: string[] = [];
  for (const { ak, status, fault, committed: isDone, seq, time } of material["live-calls"]) {
    if (ak === null) continue;
    const failures = status === 401 ? (rows.get(ak) ?? 0) + 1 : fault === undefined || isDone ? 0 : (rows.get(ak) ?? 0);
    rows.set(ak, failures);
    longest = Math.max(longest, failures);
    if (status === 401 && failures === MAX_FAILURES + 1)
      broken.push(`call ${seq} of ${time}: the ${failures}th signature failure in a row locks the key`);
  }
  return finding(6, "the key is never locked", `${longest} failures in a row at most`, broken);
};

const QUOTA_OF: Readonly<Record<string, string>> = {
  "POST stream/block-once": "blockOnce",
  "POST stream/blocks": "writeBlocks",
  "PUT stream/blocks": "writeBlocks",
  "DELETE stream/blocks": "readBlocks",
  "GET stream/blocks": "readBlocks",
  "GET realtime/streams": "online",
};

export interface Pace {
  readonly user: string;
  readonly quota: string;
  /** In the fullest sliding minute. */
  readonly most: number;
  readonly limit: number;
}

/** Every call counts, whatever came of it; one of a removed key still counts for its user. */
export function pacesOf(material: Material): Pace[] {
  const { users, quotas, share } = dayOf(material);
  const calls = material["live-calls"].flatMap(({ ak, method, path, time }) => {
    const [user, quota] = [users[ak ?? ""], QUOTA_OF[`${method} ${path}`]];
    return user !== undefined && quota !== undefined ? [{ user, quota, atMs: Date.parse(time) }] : [];
  });
  return [...Map.groupBy(calls, ({ user, quota }) => `${user} ${quota}`).values()].map((group) => {
    const { user = "", quota = "" } = group[0] ?? {};
    const times = group.map(({ atMs }) => atMs).sort((a, b) => a - b);
    let [first, most] = [0, 0];
    times.forEach((atMs, index) => {
      while ((times[first] ?? atMs) <= atMs - 60_000) first += 1;
      most = Math.max(most, index - first + 1);
    });
    return { user, quota, most, limit: Math.floor((quotas[quota] ?? 0) * share) };
  });
}

export const paceIsKept: Check = (material) => {
  const paces = pacesOf(material);
  const broken = paces.filter(({ most, limit }) => most > limit);
  return finding(
    7,
    "no sliding minute over the share of a quota",
    `${material["live-calls"].length} calls`,
    broken.map(({ user, quota, most, limit }) => `${user} ${quota}: ${most} calls in a minute, ${limit} allowed`),
  );
};
